package io.millrace.demo;

import io.millrace.fastpath.tcp.TcpState;
import io.millrace.fastpath.wire.TcpHeader;
import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Prints a {@link Ladder}: time runs downwards, the client stands left, the server right. Thread: any. */
final class LadderDrawing {
    private static final int STATE_WIDTH = 13;
    private static final int RUNG_WIDTH = 58;
    private static final int HEAD = 8;
    private static final int TAIL = 8;

    private final Ladder ladder;
    private final PrintWriter out;

    LadderDrawing(final Ladder ladder, final PrintWriter out) {
        this.ladder = ladder;
        this.out = out;
    }

    /** Draws the handshake and the first exchange, and the close; what lies between is counted. */
    void print(final String client, final String server) {
        final List<Ladder.Rung> rungs = ladder.rungs();
        out.printf("  %-" + STATE_WIDTH + "s %-" + RUNG_WIDTH + "s %s%n", client, "", server);
        final boolean whole = rungs.size() <= HEAD + TAIL;
        for (int i = 0; i < rungs.size(); i++) {
            if (whole || i < HEAD || i >= rungs.size() - TAIL) {
                print(rungs.get(i));
            } else if (i == HEAD) {
                out.printf("  %-" + STATE_WIDTH + "s %s%n", "",
                        centre("... " + (rungs.size() - HEAD - TAIL) + " more segments ...", ' '));
            }
        }
    }

    private void print(final Ladder.Rung rung) {
        final String text = ' ' + describe(rung) + (rung.arrived ? " " : " LOST ");
        final String arrow = rung.fromClient ? '-' + centre(text, '-') + '>' : '<' + centre(text, '-') + '-';
        out.printf("  %-" + STATE_WIDTH + "s %s %s%n", name(rung.states[0]), arrow, name(rung.states[1]));
    }

    private String describe(final Ladder.Rung rung) {
        final StringBuilder text = new StringBuilder(TcpHeader.flagsText(rung.flags));
        text.append(" seq=").append(ladder.relative(rung.sequence, rung.fromClient));
        if ((rung.flags & TcpHeader.ACK) != 0) {
            text.append(" ack=").append(ladder.relative(rung.acknowledgement, !rung.fromClient));
        }
        if (rung.length > 0) {
            text.append(" len=").append(rung.length);
        }
        text.append(" win=").append(rung.window);
        if (rung.mss > 0) {
            text.append(" mss=").append(rung.mss);
        }
        return text.toString();
    }

    private static String centre(final String text, final char fill) {
        final int room = Math.max(0, RUNG_WIDTH - 2 - text.length());
        final String left = String.valueOf(fill).repeat(room / 2);
        return left + text + String.valueOf(fill).repeat(room - room / 2);
    }

    private static String name(final @Nullable TcpState state) {
        return state == null ? "" : state.name();
    }
}
