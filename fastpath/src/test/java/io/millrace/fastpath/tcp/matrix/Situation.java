package io.millrace.fastpath.tcp.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.tcp.TcpState;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Scenario;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.wire.Seq;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A connection where a cell begins: in its state, with what the cell gives. Thread: the test's. */
final class Situation implements AutoCloseable {
    private static final byte[] NOTHING = {};
    private static final int MSS = 1_460;
    private static final int WINDOW = 65_535;
    /** Longer than an acknowledgement is delayed, shorter than an RTO. */
    private static final long ACKNOWLEDGED_MS = 100;

    private final Scenario at;
    private int sndNxt;

    Situation(final Cell cell, final int iss, final int peerIss) {
        final boolean unreadBeforeFin = cell.start().isPeerDone() && cell.given().startsWith("unread=");
        at = Scenario.in(unreadBeforeFin ? before(cell.start()) : scenarioState(cell.start()), TcpSettings.DEFAULT, iss,
                peerIss);
        sndNxt = cell.start() == Start.CLOSED ? iss : at.sndNxt();
        if (cell.start() == Start.SYN_RECEIVED_ACTIVE) {
            at.peer().send("S", NOTHING, MSS, -1);
            at.peer().seq(peerIss + 1);
        }
        if (unreadBeforeFin) {
            at.peer().send("FA", cell.given().substring("unread=".length()));
            if (cell.start() == Start.LAST_ACK) {
                give("shutdown");
            }
            settle();
        } else if (!cell.given().isEmpty()) {
            for (final String given : cell.given().split(" ")) {
                give(given);
            }
        }
        takeSent();
        at.application().took(-1);
    }

    private static TcpState scenarioState(final Start start) {
        return start == Start.SYN_RECEIVED_ACTIVE ? TcpState.SYN_SENT : start.state();
    }

    /** The state in which the FIN arrives that leads to this one. */
    private static TcpState before(final Start start) {
        return switch (start) {
            case CLOSE_WAIT, LAST_ACK -> TcpState.ESTABLISHED;
            case CLOSING -> TcpState.FIN_WAIT_1;
            case TIME_WAIT -> TcpState.FIN_WAIT_2;
            default -> throw new IllegalArgumentException(start.toString());
        };
    }

    private void give(final String given) {
        final String word = given.contains("=") ? given.substring(0, given.indexOf('=')) : given;
        final String value = given.substring(Math.min(given.length(), word.length() + 1));
        switch (word) {
            case "send" -> assertThat(stack().send(at.handle(), bytes(value))).isEqualTo(value.length());
            case "shutdown" -> stack().tcp().shutdownOutput(at.handle());
            case "shutdown-input" -> stack().tcp().shutdownInput(at.handle());
            case "close" -> stack().tcp().close(at.handle());
            case "unread" -> {
                at.peer().send("A", value);
                settle();
            }
            case "ahead" -> ahead(value);
            case "zero-window" -> fillWindow();
            case "peer-window" -> at.peer().window(Integer.parseInt(value)).ack(sndNxt);
            default -> throw new IllegalArgumentException(given);
        }
        stack().run();
        takeSent();
    }

    /** {@code 2:cdF}: text that lies ahead of RCV.NXT by so many bytes, then perhaps a FIN. */
    private void ahead(final String what) {
        final String[] parts = what.split(":");
        final boolean fin = parts[1].endsWith("F");
        final String text = fin ? parts[1].substring(0, parts[1].length() - 1) : parts[1];
        at.peer().sendAt(fin ? "FA" : "A", rcvNxt() + Integer.parseInt(parts[0]), at.peer().ack(), bytes(text));
    }

    private void fillWindow() {
        for (int left = WINDOW; left > 0; left -= Math.min(left, MSS)) {
            at.peer().data(new byte[Math.min(left, MSS)]);
        }
        stack().advanceMs(ACKNOWLEDGED_MS);
        final List<Packet> sent = stack().allSent();
        assertThat(sent.getLast().window()).as("the window is closed").isZero();
    }

    private void settle() {
        stack().advanceMs(ACKNOWLEDGED_MS);
        takeSent();
    }

    /** Forgets what was sent; what is new moves SND.NXT. */
    private void takeSent() {
        for (final Packet packet : stack().allSent()) {
            final int next = packet.seq() + packet.length() + (packet.has("F") ? 1 : 0) + (packet.has("S") ? 1 : 0);
            if (Seq.gt(next, sndNxt)) {
                sndNxt = next;
            }
        }
    }

    static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    Scenario at() {
        return at;
    }

    StackDriver stack() {
        return at.stack();
    }

    int sndNxt() {
        return sndNxt;
    }

    int rcvNxt() {
        return at.rcvNxt();
    }

    @Override
    public void close() {
        at.close();
    }
}
