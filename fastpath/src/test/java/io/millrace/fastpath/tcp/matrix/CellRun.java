package io.millrace.fastpath.tcp.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.tcp.TcpCalls;
import io.millrace.fastpath.tcp.TcpFailure;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.tcp.TcpState;
import io.millrace.fastpath.testing.Application;
import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.Scenario;
import io.millrace.fastpath.testing.StackDriver;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Puts one cell to a stack: the event, then what the stack sent, where it went, what the user was told. */
final class CellRun {
    private static final int PEER_PORT = 40_000;
    private static final int EPHEMERAL = 49_152;
    private static final int BACKLOG = 16;
    private static final int WINDOW = 65_535;
    private static final int MOST = 1 << 17;
    /** RFC 9293 §3.8.6.3: no acknowledgement may be held back for longer. */
    private static final long LONGEST_DELAY_NS = 500_000_000L;
    private static final Set<TcpState> OVER = Set.of(TcpState.CLOSED, TcpState.LISTEN, TcpState.TIME_WAIT);

    private final long hi = Family.current().hi();
    private final long own = Family.current().lo(Packet.address(StackDriver.ADDRESS));
    private final long other = Family.current().lo(Packet.address(Peer.ADDRESS));
    private final Cell cell;
    private final Situation situation;
    private final StackDriver stack;
    private final TcpCalls tcp;
    private final Application application;
    private final int localPort;
    private final int peerPort;
    private final int unread;
    private final long waitEndsNs;
    private long handle;
    private boolean listening;
    private boolean released;

    private CellRun(final Cell cell, final Situation situation) {
        this.cell = cell;
        this.situation = situation;
        stack = situation.stack();
        tcp = stack.tcp();
        application = situation.at().application();
        handle = situation.at().handle();
        listening = cell.start().isListening();
        released = cell.given().contains("close");
        final boolean opened = cell.start() == Start.SYN_SENT || cell.start() == Start.SYN_RECEIVED_ACTIVE;
        localPort = opened ? EPHEMERAL : Scenario.PORT;
        peerPort = opened ? Scenario.PORT : PEER_PORT;
        if (cell.start() == Start.TIME_WAIT) {
            // so that a restart of the wait shows
            stack.advanceMs(1_000);
        }
        unread = tcp.available(handle);
        waitEndsNs = stack.nextTimerNs();
    }

    /** Runs the cell with these initial sequence numbers; fails with where it stands. */
    static void check(final Cell cell, final int iss, final int peerIss) {
        try (Situation situation = new Situation(cell, iss, peerIss)) {
            new CellRun(cell, situation).check();
        }
    }

    private void check() {
        final String place = cell.start().resource() + ":" + cell.line() + " " + cell.section();
        final List<String> told = new ArrayList<>();
        if (cell.isCall()) {
            final String answer = call();
            stack.run();
            if (!answer.isEmpty()) {
                told.add(answer);
            }
        } else {
            inject();
        }
        assertThat(sent()).as("reply, %s", place).isEqualTo(cell.reply().replace("R =", "R ").replace("~", ""));
        assertThat(state()).as("next state, %s", place).isEqualTo(cell.next());
        told.addAll(signals());
        assertThat(String.join(" ", told)).as("told, %s", place).isEqualTo(cell.told());
        if (OVER.contains(cell.next())) {
            assertThat(stack.engine().connections()).as("connections left, %s", place).isZero();
        } else if (handle != 0 && !released && cell.start().state() != TcpState.TIME_WAIT) {
            assertThat(tcp.state(handle)).as("state of the handle, %s", place).isEqualTo(cell.next());
        }
    }

    private void inject() {
        final int ack = cell.ack().isEmpty() ? 0 : situation.sndNxt() + Integer.parseInt(cell.ack());
        stack.inject(new Packet(Packet.address(Peer.ADDRESS), peerPort, Packet.address(StackDriver.ADDRESS), localPort,
                situation.rcvNxt() + cell.relativeSeq(), ack, Packet.flags(cell.word()), cell.number("win", WINDOW),
                cell.number("up", 0), -1, -1, Situation.bytes(cell.text())));
    }

    /** The user call of this cell; what it answers. */
    private String call() {
        switch (cell.word()) {
            case "OPEN" -> {
                return open();
            }
            case "LISTEN" -> {
                return listen();
            }
            case "SEND" -> {
                return Integer.toString(stack.send(handle, Situation.bytes(cell.text())));
            }
            case "RECEIVE" -> {
                return receive();
            }
            case "STATUS" -> {
                return (handle == 0 ? engineState() : tcp.state(handle)).toString();
            }
            case "SHUTDOWN" -> tcp.shutdownOutput(handle);
            case "SHUTDOWN-INPUT" -> tcp.shutdownInput(handle);
            case "CLOSE", "ABORT" -> letGo();
            default -> throw new IllegalArgumentException(cell.event());
        }
        return "";
    }

    private String open() {
        final long opened = tcp.connect(hi, own, localPort, hi, other, peerPort, TcpSettings.DEFAULT, application);
        if (opened == 0) {
            return tcp.failure(0).errno();
        }
        handle = opened;
        return "ok";
    }

    /** The port is free where neither a listener nor a connection of the engine has it. */
    private String listen() {
        if (cell.start() == Start.LISTEN || stack.engine().isPortInUse(localPort)) {
            return "EADDRINUSE";
        }
        stack.listen(localPort, BACKLOG, TcpSettings.DEFAULT);
        listening = true;
        return "ok";
    }

    private String receive() {
        final byte[] bytes = stack.receive(handle, MOST);
        if (bytes == null) {
            return "-1";
        }
        return bytes.length == 0 ? "0" : "reads=" + new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Without a connection of its own the user closes the listener. */
    private void letGo() {
        released = true;
        if (listening) {
            stack.unlisten(Scenario.PORT);
            listening = false;
        } else if ("CLOSE".equals(cell.word())) {
            tcp.close(handle);
        } else {
            tcp.abort(handle);
        }
    }

    private String sent() {
        List<Packet> sent = stack.allSent();
        final long untilNs = stack.nowNs() + LONGEST_DELAY_NS;
        while (cell.reply().startsWith("~") && sent.isEmpty() && stack.nextTimerNs() <= untilNs) {
            stack.toNextTimer();
            sent = stack.allSent();
        }
        return String.join("; ", sent.stream().map(this::text).toList());
    }

    /** A packet as a table says it. */
    private String text(final Packet packet) {
        final StringBuilder text = new StringBuilder();
        for (final String flag : List.of("S", "F", "R", "A", "U", "E", "C")) {
            text.append(packet.has(flag) ? flag : "");
        }
        // <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>
        final boolean absolute = packet.is("RA");
        text.append(absolute ? " =" : " ").append(packet.seq() - (absolute ? 0 : situation.sndNxt()));
        if (packet.has("A")) {
            text.append(' ').append(packet.ack() - situation.rcvNxt());
        } else {
            assertThat(packet.ack()).as("ACK field without ACK").isZero();
        }
        return text + (packet.length() == 0 ? "" : " " + new String(packet.payload(), StandardCharsets.ISO_8859_1));
    }

    private TcpState engineState() {
        return stack.engine().state(hi, own, hi, other, localPort << 16 | peerPort);
    }

    private TcpState state() {
        final TcpState state = engineState();
        return state == TcpState.CLOSED && listening ? TcpState.LISTEN : state;
    }

    private List<String> signals() {
        final List<String> told = new ArrayList<>();
        if (cell.start() == Start.SYN_RECEIVED_PASSIVE && situation.at().listener().accepts() > 0) {
            handle = situation.at().listener().accept(stack, application);
            told.add("connected");
        }
        final int events = application.events();
        add(told, events, ConnectionHandler.CONNECTED, "connected");
        add(told, events, ConnectionHandler.OUTPUT_ACKNOWLEDGED, "acknowledged");
        final boolean failed = (events & ConnectionHandler.FAILED) != 0;
        final String read = failed ? application.rest() : received();
        if (read.length() > unread) {
            told.add("reads=" + read.substring(unread));
        }
        add(told, events, ConnectionHandler.PEER_CLOSED, "peer-closed");
        add(told, events, ConnectionHandler.WRITABLE, "writable");
        add(told, events, ConnectionHandler.CLOSED, "closed");
        if (failed) {
            assertThat(application.failure()).isNotEqualTo(TcpFailure.NONE);
            told.add(application.failure().name().toLowerCase(Locale.ROOT));
        } else {
            assertThat((events & ConnectionHandler.READABLE) != 0).as("readable was told")
                    .isEqualTo(read.length() > unread || (events & ConnectionHandler.PEER_CLOSED) != 0);
        }
        if (cell.start() == Start.TIME_WAIT && stack.nextTimerNs() > waitEndsNs) {
            told.add("restarted");
        }
        return told;
    }

    private static void add(final List<String> told, final int events, final int event, final String word) {
        if ((events & event) != 0) {
            told.add(word);
        }
    }

    /** All that the user may receive now. */
    private String received() {
        final byte[] bytes = stack.receive(handle, MOST);
        return bytes == null ? "" : new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
