package io.millrace.fastpath.tcp.congestion;

import io.millrace.fastpath.flow.Tcb;

/** What BBR knows of the path: rate, round trips, aggregation (draft-ietf-ccwg-bbr-06 §5.5.1 to §5.5.9). */
final class BbrModel {
    /** A terabyte a second: more is not believed, so that nothing overflows. */
    static final long MAX_RATE = 1L << 40;

    /** Half of BBR.ExtraAckedFilterLen: the filter remembers 5 to 10 round trips, in two windows as Linux has it. */
    private static final int EXTRA_ACKED_ROUNDS = 5;
    private static final double NS_PER_SECOND = 1e9;

    private BbrModel() {}

    /** RS.delivery_rate. */
    static long rate(final AckSample sample) {
        return Math.clamp(sample.bytesPerSecond(), 0, MAX_RATE);
    }

    /**
     * RS.is_app_limited, or the packet was sent while ProbeRTT held the flow down: MarkConnectionAppLimited of §5.3.4.3 is
     * kept here and not by the sender.
     */
    static boolean isApplicationLimited(final long bbr, final AckSample sample) {
        return sample.applicationLimited || sample.priorDelivered <= BbrPath.appLimitedUntil(bbr);
    }

    /** Samples of what is in flight now, and of what is sent while it is, do not tell of the path. */
    static void markApplicationLimited(final Tcb tcb, final long bbr, final AckSample sample) {
        BbrPath.appLimitedUntil(bbr, tcb.delivered() + sample.inFlight);
    }

    /** StartRound. */
    static void startRound(final Tcb tcb, final long bbr) {
        BbrPath.nextRoundDelivered(bbr, tcb.delivered());
    }

    /** UpdateRound. */
    private static void updateRound(final Tcb tcb, final long bbr, final AckSample sample) {
        final boolean isStart = sample.priorDelivered >= 0
                && sample.priorDelivered >= BbrPath.nextRoundDelivered(bbr);
        BbrCycle.put(bbr, BbrCycle.ROUND_START, isStart);
        if (isStart) {
            startRound(tcb, bbr);
            BbrPath.roundCount(bbr, BbrPath.roundCount(bbr) + 1);
            BbrCycle.roundsSinceProbe(bbr, BbrCycle.roundsSinceProbe(bbr) + 1);
        }
    }

    /** UpdateMaxBw. */
    static void updateMaxBw(final Tcb tcb, final long bbr, final AckSample sample) {
        updateRound(tcb, bbr, sample);
        final long rate = rate(sample);
        if (rate >= BbrPath.maxBw(bbr) || !isApplicationLimited(bbr, sample)) {
            BbrPath.maxBwNow(bbr, Math.max(BbrPath.maxBwNow(bbr), rate));
        }
    }

    /** AdvanceMaxBwFilter; a cycle without samples does not count. */
    static void advanceMaxBw(final long bbr) {
        if (BbrPath.maxBwNow(bbr) != 0) {
            BbrPath.maxBwBefore(bbr, BbrPath.maxBwNow(bbr));
            BbrPath.maxBwNow(bbr, 0);
        }
    }

    /** BoundBWForModel. */
    static void boundBw(final long bbr) {
        BbrPath.bw(bbr, Math.min(BbrPath.maxBw(bbr), BbrPath.bwShort(bbr)));
    }

    /** UpdateACKAggregation. */
    static void updateAggregation(final Tcb tcb, final long bbr, final AckSample sample) {
        final double expected = (double) BbrPath.bw(bbr) * (sample.nowNs - BbrPath.extraAckedStart(bbr))
                / NS_PER_SECOND;
        double excess = BbrPath.extraAckedDelivered(bbr) - expected;
        if (excess <= 0) {
            BbrPath.extraAckedDelivered(bbr, 0);
            BbrPath.extraAckedStart(bbr, sample.nowNs);
            excess = 0;
        }
        BbrPath.extraAckedDelivered(bbr, BbrPath.extraAckedDelivered(bbr) + sample.deliveredBytes);
        remember(bbr, (int) Math.min(excess + sample.deliveredBytes, tcb.cwnd()));
    }

    private static void remember(final long bbr, final int extra) {
        final int length = BbrCycle.has(bbr, BbrCycle.FULL_BW_REACHED) ? EXTRA_ACKED_ROUNDS : 1;
        if (BbrPath.roundCount(bbr) - BbrPath.extraAckedRound(bbr) >= length) {
            BbrPath.extraAckedRound(bbr, BbrPath.roundCount(bbr));
            BbrPath.extraAckedBefore(bbr, BbrPath.extraAckedNow(bbr));
            BbrPath.extraAckedNow(bbr, 0);
        }
        BbrPath.extraAckedNow(bbr, Math.max(BbrPath.extraAckedNow(bbr), extra));
    }
}
