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
    /** How long after it was sent a record is lost that was overtaken. */
    private long patienceNs;
    /** When the last of those is lost that are not yet. */
    private long latestNs;

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
     * RACK_detect_loss: marks what is lost; sets {@link FlightState#reorderingAtNs} where something may be soon. Costs
     * O(log n) and a step for each record that was sent before what is delivered and is not lost yet: what was found lost
     * or has arrived is not looked at again. While something was sent again that is not the next by its number (a lost
     * retransmission, a probe), a step for each record from the first to the last that is out again, too; and while a
     * record waits that was sent again and taken for lost once more in error, or that the peer took back, a step for each
     * from there to the first that was never sent again and left after what is delivered.
     *
     * @return bytes newly marked.
     */
    int detect(final Tcb tcb, final CongestionControl congestion, final long nowNs) {
        board.reorderingAtNs(FlightState.FOREVER);
        if (board.rackSentNs() == FlightState.NEVER) {
            return 0;
        }
        patienceNs = board.rackRttNs() + reorderingWindowNs(tcb);
        latestNs = FlightState.NEVER;
        final int before = board.lostBytes();
        judgeSentAgain(tcb, congestion, nowNs);
        judgeWaiting(tcb, congestion, nowNs);
        if (latestNs != FlightState.NEVER) {
            board.reorderingAtNs(latestNs);
        }
        return board.lostBytes() - before;
    }

    /** As a rule it left in the order of its numbers: then the first that left too late ends the search. */
    private void judgeSentAgain(final Tcb tcb, final CongestionControl congestion, final long nowNs) {
        int left = board.retransmittedBytes();
        if (left == 0) {
            return;
        }
        final boolean ordered = board.marked(FlightState.AGAIN_IN_ORDER);
        boolean found = false;
        boolean before = true;
        for (int index = board.find(board.againHint()); left > 0 && (before || !ordered); index++) {
            index = board.skipSacked(index);
            final long record = board.at(index);
            if (board.has(record, Scoreboard.OUT_AGAIN)) {
                left -= board.length(record);
                before = judge(tcb, record, congestion, nowNs);
                if (!found && board.has(record, Scoreboard.OUT_AGAIN)) {
                    board.againHint(board.seq(record));
                    found = true;
                }
            }
        }
    }

    /** The rest, in the order of time but for what was taken for lost in error. */
    private void judgeWaiting(final Tcb tcb, final CongestionControl congestion, final long nowNs) {
        final int end = tcb.sndNxt();
        int hint = end;
        boolean later = false;
        int index = board.skipSacked(board.find(board.waitingHint()));
        while (!later && index < board.count()) {
            final long record = board.at(index);
            if (!board.has(record, Scoreboard.LOST | Scoreboard.OUT_AGAIN)) {
                final boolean before = judge(tcb, record, congestion, nowNs);
                // those behind it were sent later still
                later = !before && !board.has(record, Scoreboard.RETRANSMITTED);
                if (hint == end && !board.has(record, Scoreboard.LOST)) {
                    hint = board.seq(record);
                }
            }
            index = board.skipSacked(index + 1);
        }
        board.waitingHint(hint);
    }

    /** True where the record was sent before what is delivered: then it is lost, now or soon. */
    private boolean judge(final Tcb tcb, final long record, final CongestionControl congestion, final long nowNs) {
        final long sentNs = board.sentNs(record);
        if (!Deliveries.isSentAfter(board.rackSentNs(), board.rackEnd(), sentNs, board.end(record))) {
            return false;
        }
        if (sentNs + patienceNs - nowNs <= 0) {
            losses.mark(tcb, record, congestion, nowNs);
        } else {
            latestNs = Math.max(latestNs, sentNs + patienceNs);
        }
        return true;
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
