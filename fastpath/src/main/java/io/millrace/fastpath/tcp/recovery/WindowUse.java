package io.millrace.fastpath.tcp.recovery;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.wire.Seq;

/**
 * How much of the congestion window is used: it grows only where it is the limit (RFC 7661 §4.1), and a delivery rate
 * that the application limits is no measure of the path (draft-ietf-ccwg-bbr §4.1.2.4). Thread: the engine's.
 */
final class WindowUse {
    private final Scoreboard board;

    WindowUse(final Scoreboard board) {
        this.board = board;
    }

    /** As Linux: in slow start half of the window must have been used, later all of it. */
    boolean isLimit(final Tcb tcb) {
        if (tcb.cwnd() < tcb.ssthresh()) {
            return tcb.cwnd() < 2L * board.maxFlight();
        }
        return board.marked(FlightState.WINDOW_LIMITED);
    }

    /** Output has sent what it could, and something is in flight. */
    void onOutputDone(final Tcb tcb, final boolean blocked, final boolean exhausted) {
        final int flight = board.inFlight(tcb);
        if (Seq.ge(tcb.sndUna(), board.usageEnd()) || blocked
                || !board.marked(FlightState.WINDOW_LIMITED) && flight > board.maxFlight()) {
            board.maxFlight(flight);
            board.usageEnd(tcb.sndNxt());
            board.unmark(FlightState.WINDOW_LIMITED);
            if (blocked) {
                board.mark(FlightState.WINDOW_LIMITED);
            }
        }
        if (exhausted && board.lostBytes() == 0 && flight < tcb.cwnd()) {
            board.applicationLimited(Math.max(1, tcb.delivered() + Math.max(0, flight)));
        }
    }
}
