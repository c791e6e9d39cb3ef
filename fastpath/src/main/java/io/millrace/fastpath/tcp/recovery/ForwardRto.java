package io.millrace.fastpath.tcp.recovery;

import io.millrace.fastpath.flow.Tcb;

/**
 * F-RTO, RFC 5682 with the SACK-enhanced third step (§3.1): after a timeout only the head is sent again; where the next
 * acknowledgement advances, new data is sent instead of old, and where then something arrives that was never sent again,
 * the timeout was spurious. Thread: the engine's.
 */
final class ForwardRto {
    /** What an acknowledgement said of the timeout. */
    enum Verdict {
        UNDECIDED,
        REAL,
        SPURIOUS
    }

    private final Scoreboard board;
    private final Deliveries deliveries;

    ForwardRto(final Scoreboard board, final Deliveries deliveries) {
        this.board = board;
        this.deliveries = deliveries;
    }

    /** Step 1: the timer expired for the first time. */
    void begin(final Tcb tcb) {
        board.mark(FlightState.FORWARD_RTO);
        board.forwardRtoPoint(tcb.sndNxt());
    }

    /** Steps 2 and 3. @param advanced SND.UNA moved; @param newData something new could be sent. */
    Verdict onAck(final Tcb tcb, final boolean advanced, final boolean newData) {
        if (!board.marked(FlightState.FORWARD_RTO)) {
            return Verdict.REAL;
        }
        final boolean secondStep = tcb.sndNxt() == board.forwardRtoPoint();
        if (secondStep) {
            if (advanced && newData) {
                board.mark(FlightState.NEW_DATA_FIRST);
                return Verdict.UNDECIDED;
            }
        } else if (deliveries.isOriginalDelivered() && !deliveries.isRetransmittedAcked()) {
            return Verdict.SPURIOUS;
        }
        board.unmark(FlightState.FORWARD_RTO | FlightState.NEW_DATA_FIRST);
        return Verdict.REAL;
    }
}
