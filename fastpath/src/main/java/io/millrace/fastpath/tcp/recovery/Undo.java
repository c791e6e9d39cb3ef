package io.millrace.fastpath.tcp.recovery;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.tcp.congestion.CongestionControl;
import io.millrace.fastpath.wire.Seq;

/**
 * Recoveries that were none: what an episode changed is remembered, and taken back where D-SACKs call every
 * retransmission needless (RFC 3708), where a timestamp shows that the original arrived (Eifel, RFC 3522), or where
 * F-RTO says so. The response is that of RFC 4015. Thread: the engine's.
 */
final class Undo {
    /** Milliseconds before which no timestamp of the connection lies. */
    private static final int NEVER = 1 << 30;

    private final Scoreboard board;

    Undo(final Scoreboard board) {
        this.board = board;
    }

    /** An episode begins. @param remember the window of before; not where an episode follows from another. */
    void begin(final Tcb tcb, final boolean remember, final long nowNs) {
        if (remember) {
            board.priorCwnd(tcb.cwnd());
            board.priorSsthresh(tcb.ssthresh());
        } else if (!board.marked(FlightState.UNDOABLE)) {
            // an echo of congestion in the episode that this one follows: what was before comes not back
            return;
        }
        board.undoPoint(tcb.sndUna());
        final int out = board.retransmittedBytes();
        board.undoRetransmits(out == 0 ? -1 : (out + tcb.sndMss() - 1) / tcb.sndMss());
        board.unmark(FlightState.STAMPED);
        board.mark(FlightState.UNDOABLE);
        if (out != 0) {
            // what an earlier episode sent again is still out: its acknowledgement must not pass for an original's
            board.mark(FlightState.STAMPED);
            board.retransmitStamp(LossRecovery.timestamp(tcb, nowNs) - NEVER);
        }
    }

    /** Something is sent again. */
    void onRetransmitted(final Tcb tcb, final int bytes, final long nowNs) {
        if (!board.marked(FlightState.UNDOABLE)) {
            return;
        }
        final int segments = (bytes + tcb.sndMss() - 1) / tcb.sndMss();
        board.undoRetransmits(Math.max(0, board.undoRetransmits()) + segments);
        if (!board.marked(FlightState.STAMPED)) {
            board.mark(FlightState.STAMPED);
            board.retransmitStamp(LossRecovery.timestamp(tcb, nowNs));
        }
    }

    /** A D-SACK: so many segments were sent again in vain. */
    void onDuplicate(final Tcb tcb, final int left, final int right) {
        if (board.marked(FlightState.UNDOABLE) && board.undoRetransmits() > 0 && Seq.ge(left, board.undoPoint())) {
            final int segments = (right - left + tcb.sndMss() - 1) / tcb.sndMss();
            board.undoRetransmits(Math.max(0, board.undoRetransmits() - segments));
        }
    }

    /**
     * True where a timestamp shows that what was sent again, and now is acknowledged, had arrived before: late, not lost.
     * Asked within an episode only: 2^31 ms after its stamp every timestamp would seem to be of before.
     *
     * @param advanced SND.UNA moved.
     */
    boolean isOriginal(final AckEvent of, final boolean advanced) {
        return advanced && of.hasEcho && board.state() >= FlightState.RECOVERY && board.marked(FlightState.UNDOABLE)
                && board.marked(FlightState.STAMPED)
                && of.echo - board.retransmitStamp() < 0;
    }

    /** True where this acknowledgement shows the episode spurious. @param original {@link #isOriginal}. */
    boolean isSpurious(final boolean original) {
        // where more was sent again, and is not answered, the loss of that may have been real
        return original && board.retransmittedBytes() == 0
                || board.marked(FlightState.UNDOABLE) && board.undoRetransmits() == 0;
    }

    /** The episode is over and nothing was sent again in it: what was taken for lost arrived before. */
    boolean isNothingSentAgain() {
        return board.marked(FlightState.UNDOABLE) && board.undoRetransmits() < 0;
    }

    /** Takes back what the episode changed; nothing is lost any more. */
    void undo(final Tcb tcb, final CongestionControl congestion, final long nowNs) {
        for (int i = board.firstLost(); i >= 0; i = board.firstLost()) {
            board.unmarkLost(board.at(i));
        }
        if (!congestion.ownsWindow()) {
            tcb.cwnd(Math.max(tcb.cwnd(), board.priorCwnd()));
        }
        tcb.ssthresh(Math.max(tcb.ssthresh(), board.priorSsthresh()));
        congestion.onUndo(tcb, nowNs);
        close();
        // what RACK took for answers to retransmissions were answers to the originals
        board.rackSentNs(FlightState.NEVER);
        board.reorderingAtNs(FlightState.FOREVER);
        tcb.clear(Tcb.RECOVERY);
        board.state(FlightState.OPEN);
    }

    /** The episode can no longer be undone. */
    void close() {
        board.unmark(FlightState.UNDOABLE | FlightState.STAMPED | FlightState.FORWARD_RTO
                | FlightState.NEW_DATA_FIRST);
        board.undoRetransmits(-1);
    }
}
