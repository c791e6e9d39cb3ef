package io.millrace.fastpath.tcp.congestion;

import io.millrace.fastpath.flow.Tcb;

/** BBR's Startup and Drain, and how it sees that the pipe is full (draft-ietf-ccwg-bbr-06 §5.3.1, §5.3.2). */
final class BbrStartup {
    private static final double FULL_BW_GROWTH = 1.25;
    private static final int FULL_BW_ROUNDS = 3;
    private static final int FULL_LOSS_COUNT = 6;
    private static final int MAX_LOSS_EVENTS = 15;
    private static final int MAX_DRAIN_ROUNDS = 3;

    private BbrStartup() {}

    /** ResetFullBW, with a rate as the new baseline. */
    static void resetFullBw(final long bbr, final long rate) {
        BbrCycle.fullBw(bbr, rate);
        BbrCycle.fullBwCount(bbr, 0);
        BbrCycle.clear(bbr, BbrCycle.FULL_BW_NOW);
    }

    /** CheckFullBWReached: three round trips in which the rate did not grow by a quarter. */
    static void checkFullBw(final long bbr, final AckSample sample) {
        final long rate = BbrModel.rate(sample);
        if (BbrCycle.has(bbr, BbrCycle.FULL_BW_NOW) || !BbrCycle.has(bbr, BbrCycle.ROUND_START) || rate == 0
                || BbrModel.isApplicationLimited(bbr, sample)) {
            return;
        }
        if (rate >= BbrCycle.fullBw(bbr) * FULL_BW_GROWTH) {
            resetFullBw(bbr, rate);
            return;
        }
        BbrCycle.fullBwCount(bbr, BbrCycle.fullBwCount(bbr) + 1);
        if (BbrCycle.fullBwCount(bbr) >= FULL_BW_ROUNDS) {
            BbrCycle.set(bbr, BbrCycle.FULL_BW_NOW | BbrCycle.FULL_BW_REACHED);
        }
    }

    /** CheckStartupDone. */
    static void check(final Tcb tcb, final long bbr, final AckSample sample) {
        if (BbrCycle.state(bbr) == BbrCycle.STARTUP && isLossHigh(tcb, bbr, sample)) {
            endByCongestion(bbr);
        }
        if (BbrCycle.state(bbr) == BbrCycle.STARTUP && BbrCycle.has(bbr, BbrCycle.FULL_BW_REACHED)) {
            BbrCycle.state(bbr, BbrCycle.DRAIN);
            BbrCycle.drainStartRound(bbr, BbrPath.roundCount(bbr));
        }
    }

    /**
     * CheckStartupHighLoss. What it counts are acknowledgements that told of losses, not ranges lost in a round trip: the
     * sender tells bytes. Several ranges told by one acknowledgement count as one (as Linux).
     */
    private static boolean isLossHigh(final Tcb tcb, final long bbr, final AckSample sample) {
        if (sample.lostBytes > 0) {
            BbrCycle.lossEvents(bbr, Math.min(BbrCycle.lossEvents(bbr) + 1, MAX_LOSS_EVENTS));
        }
        final int events = BbrCycle.lossEvents(bbr);
        final boolean isRoundStart = BbrCycle.has(bbr, BbrCycle.LOSS_ROUND_START);
        if (isRoundStart) {
            BbrCycle.lossEvents(bbr, 0);
        }
        if (!BbrCycle.has(bbr, BbrCycle.RECOVERING)) {
            return false;
        }
        return tcb.has(Tcb.SACK)
                ? isRoundStart && events >= FULL_LOSS_COUNT
                        && BbrLoss.isTooHigh(tcb, sample.lostSinceSent, sample.inFlightWhenSent)
                : events > 0;
    }

    /** The pipe is full, because the path said so. */
    static void endByCongestion(final long bbr) {
        BbrCycle.undoState(bbr, BbrCycle.STARTUP);
        BbrCycle.set(bbr, BbrCycle.FULL_BW_REACHED);
        BbrPath.inflightLong(bbr,
                Math.max(BbrRates.bdp(bbr, BbrPath.maxBw(bbr), 1), BbrPath.inflightLatest(bbr)));
    }

    /** CheckDrainDone. */
    static void checkDrain(final Tcb tcb, final long bbr, final AckSample sample) {
        if (BbrCycle.state(bbr) == BbrCycle.DRAIN
                && (sample.inFlight <= BbrRates.inflight(tcb, bbr, BbrPath.bw(bbr), 1)
                        || BbrPath.roundCount(bbr) - BbrCycle.drainStartRound(bbr) > MAX_DRAIN_ROUNDS)) {
            BbrProbeBw.startDown(tcb, bbr, sample.nowNs);
        }
    }
}
