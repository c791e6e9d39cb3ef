package io.millrace.fastpath.tcp.recovery;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.tcp.congestion.CongestionControl;

/**
 * Loss by time: RACK, RFC 8985 §6.2. A segment is lost where one that was sent sufficiently later is delivered. Steps 1
 * to 3 are {@link Deliveries}. Thread: the engine's.
 */
final class Rack {
    private static final int DUPLICATE_THRESHOLD = 3;
    /** RACK.reo_wnd_persist: recoveries that a grown reordering window lasts. */
    private static final int PERSISTS = 16;
    private static final int MAX_STEPS = 64;

    private final Scoreboard board;
    private final Losses losses;

    Rack(final Scoreboard board, final Losses losses) {
        this.board = board;
        this.losses = losses;
    }

    /** Step 4: a D-SACK tells that the reordering window was too small; it grows once a round trip. */
    void onDuplicate(final Tcb tcb) {
        if (!board.marked(FlightState.REORDERING_ROUND)) {
            board.mark(FlightState.REORDERING_ROUND);
            board.reorderingRoundEnd(tcb.sndNxt());
            tcb.reorderingSteps(Math.min(MAX_STEPS, Math.max(1, tcb.reorderingSteps()) + 1));
            tcb.reorderingPersists(PERSISTS);
        }
    }

    void endRound(final Tcb tcb) {
        if (board.marked(FlightState.REORDERING_ROUND) && tcb.sndUna() - board.reorderingRoundEnd() >= 0) {
            board.unmark(FlightState.REORDERING_ROUND);
        }
    }

    /** Step 4: a recovery ended; after 16 of them the window is small again. */
    static void onRecovered(final Tcb tcb) {
        final int persists = tcb.reorderingPersists();
        if (persists > 0) {
            tcb.reorderingPersists(persists - 1);
            if (persists == 1) {
                tcb.reorderingSteps(1);
            }
        }
    }

    /** RACK_update_reo_wnd. */
    long reorderingWindowNs(final Tcb tcb) {
        final boolean recovering = board.state() >= FlightState.RECOVERY;
        if (!tcb.has(Tcb.REORDERING_SEEN) && (recovering || board.sackedSegments() >= DUPLICATE_THRESHOLD)) {
            return 0;
        }
        final long window = Math.max(1, tcb.reorderingSteps()) * (long) tcb.minRttNs() / 4;
        return Math.min(window, tcb.srttNs());
    }

    /**
     * RACK_detect_loss: marks what is lost; sets {@link FlightState#reorderingAtNs} where something may be soon.
     *
     * @return bytes newly marked.
     */
    int detect(final Tcb tcb, final CongestionControl congestion, final long nowNs) {
        board.reorderingAtNs(FlightState.FOREVER);
        if (board.rackSentNs() == FlightState.NEVER) {
            return 0;
        }
        final long patienceNs = board.rackRttNs() + reorderingWindowNs(tcb);
        final int before = board.lostBytes();
        long latestNs = FlightState.NEVER;
        int index = 0;
        while (index < board.count()) {
            final long record = board.at(index);
            if (board.has(record, Scoreboard.SACKED)) {
                index = board.skipSacked(index);
                continue;
            }
            index++;
            if (board.has(record, Scoreboard.LOST)) {
                continue;
            }
            final long sentNs = board.sentNs(record);
            if (Deliveries.isSentAfter(board.rackSentNs(), board.rackEnd(), sentNs, board.end(record))) {
                if (sentNs + patienceNs - nowNs <= 0) {
                    losses.mark(tcb, record, congestion, nowNs);
                } else {
                    latestNs = Math.max(latestNs, sentNs + patienceNs);
                }
            } else if (!board.has(record, Scoreboard.RETRANSMITTED)) {
                // those behind it were sent later still
                break;
            }
        }
        if (latestNs != FlightState.NEVER) {
            board.reorderingAtNs(latestNs);
        }
        return board.lostBytes() - before;
    }

    /** RFC 8985 §6.3: after a timeout the first is lost, and whatever was sent too long ago. */
    void detectAfterTimeout(final Tcb tcb, final boolean byTime, final CongestionControl congestion,
            final long nowNs) {
        final long patienceNs = board.rackRttNs() + reorderingWindowNs(tcb);
        for (int index = 0; index < board.count(); index++) {
            final long record = board.at(index);
            final boolean recent = byTime && index > 0 && board.rackSentNs() != FlightState.NEVER
                    && board.sentNs(record) + patienceNs - nowNs > 0;
            if (!recent && !board.has(record, Scoreboard.SACKED | Scoreboard.LOST)) {
                losses.mark(tcb, record, congestion, nowNs);
            }
        }
        board.reorderingAtNs(FlightState.FOREVER);
    }
}
