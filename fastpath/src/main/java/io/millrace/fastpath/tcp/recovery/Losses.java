package io.millrace.fastpath.tcp.recovery;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.tcp.congestion.CongestionControl;

/** Marks what is lost and tells congestion control, segment by segment. Thread: the engine's. */
final class Losses {
    private final Scoreboard board;
    private final MtuProbe mtuProbe;

    Losses(final Scoreboard board, final MtuProbe mtuProbe) {
        this.board = board;
        this.mtuProbe = mtuProbe;
    }

    /** Lost, as far as we know; not for a record that is selectively acknowledged or marked already. */
    void mark(final Tcb tcb, final long record, final CongestionControl congestion, final long nowNs) {
        board.markLost(record);
        if (mtuProbe.isLost(record)) {
            // its length may have been the reason
            return;
        }
        congestion.onSegmentLost(tcb, board.length(record), board.inFlightWhenSent(record), board.lostSince(record),
                board.has(record, Scoreboard.APPLICATION_LIMITED), nowNs);
    }
}
