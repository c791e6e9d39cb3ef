package io.millrace.fastpath.tcp.congestion;

import io.millrace.fastpath.flow.Tcb;

/** What BBR makes of losses: the short-term model and the undo of it (draft-ietf-ccwg-bbr-06 §5.5.10, §5.5.11). */
final class BbrLoss {
    static final double BETA = 0.7;
    static final double LOSS_THRESHOLD = 0.02;

    private BbrLoss() {}

    /** NoteLoss. */
    static void note(final Tcb tcb, final long bbr) {
        if (!BbrCycle.has(bbr, BbrCycle.LOSS_IN_ROUND)) {
            BbrPath.lossRoundDelivered(bbr, tcb.delivered());
            save(tcb, bbr);
        }
        BbrCycle.set(bbr, BbrCycle.LOSS_IN_ROUND);
    }

    /** SaveStateUponLoss. */
    static void save(final Tcb tcb, final long bbr) {
        BbrRates.saveCwnd(tcb, bbr);
        BbrCycle.undoState(bbr, BbrCycle.NONE);
        BbrPath.undoBwShort(bbr, BbrPath.bwShort(bbr));
        BbrPath.undoInflightShort(bbr, BbrPath.inflightShort(bbr));
        BbrPath.undoInflightLong(bbr, BbrPath.inflightLong(bbr));
    }

    /** HandleSpuriousLossDetection. */
    static void undo(final Tcb tcb, final long bbr) {
        BbrRates.restoreCwnd(tcb, bbr);
        BbrCycle.clear(bbr, BbrCycle.LOSS_IN_ROUND | BbrCycle.RECOVERING | BbrCycle.TIMED_OUT);
        BbrStartup.resetFullBw(bbr, 0);
        BbrPath.bwShort(bbr, Math.max(BbrPath.bwShort(bbr), BbrPath.undoBwShort(bbr)));
        BbrPath.inflightShort(bbr, Math.max(BbrPath.inflightShort(bbr), BbrPath.undoInflightShort(bbr)));
        BbrPath.inflightLong(bbr, Math.max(BbrPath.inflightLong(bbr), BbrPath.undoInflightLong(bbr)));
        final int state = BbrCycle.state(bbr);
        final int before = BbrCycle.undoState(bbr);
        if (before == BbrCycle.STARTUP && state != BbrCycle.STARTUP) {
            BbrCycle.clear(bbr, BbrCycle.FULL_BW_REACHED);
            if (state != BbrCycle.PROBE_RTT) {
                BbrCycle.state(bbr, BbrCycle.STARTUP);
            }
        } else if (before == BbrCycle.UP && state != BbrCycle.UP && state != BbrCycle.PROBE_RTT) {
            BbrProbeBw.startRefill(tcb, bbr);
        }
        BbrCycle.undoState(bbr, BbrCycle.NONE);
    }

    /** IsInflightTooHigh. */
    static boolean isTooHigh(final Tcb tcb, final int lostSinceSent, final int inFlightWhenSent) {
        return lostSinceSent > inFlightWhenSent * LOSS_THRESHOLD || lostSinceSent > 0 && !tcb.has(Tcb.SACK);
    }

    /** InflightAtLoss: what was in flight when losses crossed the threshold, which may be amid the packet lost. */
    static int inflightAtLoss(final int bytes, final int inFlightWhenSent, final int lostSinceSent) {
        final double before = Math.max(0, inFlightWhenSent - bytes);
        final double lostBefore = Math.max(0, lostSinceSent - bytes);
        final double prefix = (LOSS_THRESHOLD * before - lostBefore) / (1 - LOSS_THRESHOLD);
        return (int) Math.max(0, before + prefix);
    }

    /** UpdateLatestDeliverySignals. */
    static void updateLatest(final Tcb tcb, final long bbr, final AckSample sample) {
        BbrPath.bwLatest(bbr, Math.max(BbrPath.bwLatest(bbr), BbrModel.rate(sample)));
        BbrPath.inflightLatest(bbr, Math.max(BbrPath.inflightLatest(bbr), delivered(sample)));
        final boolean isStart = sample.priorDelivered >= 0
                && sample.priorDelivered >= BbrPath.lossRoundDelivered(bbr);
        BbrCycle.put(bbr, BbrCycle.LOSS_ROUND_START, isStart);
        if (isStart) {
            BbrPath.lossRoundDelivered(bbr, tcb.delivered());
        }
    }

    /** AdvanceLatestDeliverySignals. */
    static void advanceLatest(final long bbr, final AckSample sample) {
        if (BbrCycle.has(bbr, BbrCycle.LOSS_ROUND_START)) {
            BbrPath.bwLatest(bbr, BbrModel.rate(sample));
            BbrPath.inflightLatest(bbr, delivered(sample));
        }
    }

    private static int delivered(final AckSample sample) {
        return (int) Math.clamp(sample.rateBytes, 0L, Window.MAX);
    }

    /** ResetCongestionSignals. */
    static void resetSignals(final long bbr) {
        BbrCycle.clear(bbr, BbrCycle.LOSS_IN_ROUND);
        BbrPath.bwLatest(bbr, 0);
        BbrPath.inflightLatest(bbr, 0);
    }

    /** ResetShortTermModel. */
    static void resetShortTerm(final long bbr) {
        BbrPath.bwShort(bbr, BbrPath.NO_RATE);
        BbrPath.inflightShort(bbr, BbrPath.NO_BOUND);
    }

    /** The rest of UpdateCongestionSignals: once a round trip, the bounds are lowered to what was delivered. */
    static void adapt(final Tcb tcb, final long bbr) {
        if (!BbrCycle.has(bbr, BbrCycle.LOSS_ROUND_START)) {
            return;
        }
        if (BbrCycle.has(bbr, BbrCycle.LOSS_IN_ROUND) && !BbrCycle.isAccelerating(bbr)) {
            initBounds(tcb, bbr);
            BbrPath.bwShort(bbr, Math.max(BbrPath.bwLatest(bbr), (long) (BETA * BbrPath.bwShort(bbr))));
            BbrPath.inflightShort(bbr,
                    Math.max(BbrPath.inflightLatest(bbr), (int) (BETA * BbrPath.inflightShort(bbr))));
        }
        BbrCycle.clear(bbr, BbrCycle.LOSS_IN_ROUND);
    }

    /** InitLowerBounds; a window that a timeout cut to one segment tells nothing of the path (as Linux). */
    private static void initBounds(final Tcb tcb, final long bbr) {
        if (BbrPath.bwShort(bbr) == BbrPath.NO_RATE) {
            BbrPath.bwShort(bbr, BbrPath.maxBw(bbr));
        }
        if (BbrPath.inflightShort(bbr) == BbrPath.NO_BOUND) {
            final boolean isCut = BbrCycle.has(bbr, BbrCycle.TIMED_OUT);
            BbrPath.inflightShort(bbr, isCut ? Math.max(tcb.cwnd(), BbrCycle.priorCwnd(bbr)) : tcb.cwnd());
        }
    }
}
