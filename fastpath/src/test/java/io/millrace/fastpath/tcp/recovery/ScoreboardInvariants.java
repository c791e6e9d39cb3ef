package io.millrace.fastpath.tcp.recovery;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.Slab;
import io.millrace.fastpath.wire.Seq;

/**
 * What must be true of a connection's scoreboard between two turns: its records are all of [SND.UNA, SND.NXT), and what
 * it has counted is what they say. Thread: the engine's.
 */
public final class ScoreboardInvariants {
    private final Scoreboard board;

    /** @param slab of the engine. */
    public ScoreboardInvariants(final Slab slab) {
        board = new Scoreboard(slab);
    }

    /** Bytes of the slab that the connection's scoreboard holds. */
    public long slabBytes(final Tcb tcb) {
        if (LoneSegment.isUnwritten(tcb)) {
            return FlightRecords.SMALLEST_BLOCK;
        }
        return tcb.flight() == 0 ? 0 : board.look(tcb).blockLength();
    }

    /** Something will be sent: its flight will not go the short way of {@link LoneSegment}. */
    public void writeAhead(final Tcb tcb) {
        board.reserve(tcb);
        board.wrap(tcb);
    }

    /** Nor does what is in flight go that way from now on. */
    public void writeDown(final Tcb tcb) {
        board.wrap(tcb);
    }

    /** True where something is in flight that is not written down. */
    public static boolean isLone(final Tcb tcb) {
        return LoneSegment.has(tcb, LoneSegment.SENT);
    }

    /**
     * For a connection in a synchronized state.
     *
     * @throws AssertionError naming what is not true.
     */
    public void check(final Tcb tcb, final long nowNs) {
        if (LoneSegment.isUnwritten(tcb)) {
            checkLone(tcb, nowNs);
            return;
        }
        board.look(tcb);
        int next = tcb.sndUna();
        int lost = 0;
        int sacked = 0;
        int outAgain = 0;
        for (int i = 0; i < board.count(); i++) {
            final long record = board.at(i);
            require(board.seq(record) == next && Seq.gt(board.end(record), next), "the scoreboard has a gap");
            next = board.end(record);
            checkRecord(record, nowNs);
            final int length = board.length(record);
            lost += board.has(record, Scoreboard.LOST) ? length : 0;
            sacked += board.has(record, Scoreboard.SACKED) ? length : 0;
            outAgain += board.has(record, Scoreboard.OUT_AGAIN) ? length : 0;
        }
        require(next == tcb.sndNxt(), "the scoreboard ends before or behind SND.NXT");
        require(lost == board.lostBytes(), "lost: " + lost + ", counted " + board.lostBytes());
        require(outAgain == board.retransmittedBytes(),
                "sent again: " + outAgain + ", counted " + board.retransmittedBytes());
        require(tcb.has(Tcb.RECOVERY) == (board.state() == FlightState.RECOVERY), "a recovery that does not end");
        if (tcb.has(Tcb.SACK)) {
            // without the option it is an estimate from duplicates
            require(sacked == board.sackedBytes(), "sacked: " + sacked + ", counted " + board.sackedBytes());
            require(board.inFlight(tcb) >= 0, "less than nothing in flight");
        }
    }

    /** What is not written must not say more than it does, or it would be left out where it is written. */
    private static void checkLone(final Tcb tcb, final long nowNs) {
        require(LoneSegment.has(tcb, LoneSegment.SENT) == (tcb.inFlight() > 0),
                "a segment in flight is not remembered, or one that is not is");
        require(tcb.inFlight() == 0 || tcb.lastSendNs() <= nowNs, "sent in the future");
        require(!tcb.has(Tcb.RECOVERY), "a recovery without a scoreboard");
    }

    private void checkRecord(final long record, final long nowNs) {
        final int states = (board.has(record, Scoreboard.LOST) ? 1 : 0) + (board.has(record, Scoreboard.SACKED) ? 1 : 0)
                + (board.has(record, Scoreboard.OUT_AGAIN) ? 1 : 0);
        require(states <= 1, "a record is lost, sacked and sent again at once");
        require(!board.has(record, Scoreboard.LOST) || Seq.ge(board.seq(record), board.lostHint()),
                "something lost lies before the hint");
        require(!board.has(record, Scoreboard.OUT_AGAIN) || Seq.ge(board.seq(record), board.againHint()),
                "something sent again lies before the hint");
        require(states == 1 || Seq.gt(board.end(record), board.waitingHint()), "something waits before the hint");
        require(board.sentNs(record) <= nowNs, "sent in the future");
    }

    private static void require(final boolean condition, final String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }
}
