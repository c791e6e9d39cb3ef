package io.millrace.fastpath.tcp.congestion;

import io.millrace.fastpath.flow.Tcb;

/** BBR's three control parameters: pacing rate, send quantum, window (draft-ietf-ccwg-bbr-06 §5.6). */
final class BbrRates {
    static final int MIN_PIPE_SEGMENTS = 4;

    private static final double STARTUP_PACING_GAIN = 2.77;
    private static final double DRAIN_PACING_GAIN = 0.5;
    private static final double DOWN_PACING_GAIN = 0.9;
    private static final double UP_PACING_GAIN = 1.25;
    private static final double CWND_GAIN = 2;
    private static final double UP_CWND_GAIN = 2.25;
    private static final double PROBE_RTT_CWND_GAIN = 0.5;
    private static final double PACING_MARGIN = 0.99;
    private static final double HEADROOM = 0.15;
    private static final double NS_PER_SECOND = 1e9;
    private static final long MS_PER_SECOND = 1_000;
    private static final int MAX_QUANTUM = 64 << 10;
    private static final int OFFLOAD_QUANTA = 3;
    private static final long UNKNOWN_RTT_NS = 1_000_000;

    private BbrRates() {}

    private static double pacingGain(final long bbr) {
        return switch (BbrCycle.state(bbr)) {
            case BbrCycle.STARTUP -> STARTUP_PACING_GAIN;
            case BbrCycle.DRAIN -> DRAIN_PACING_GAIN;
            case BbrCycle.DOWN -> DOWN_PACING_GAIN;
            case BbrCycle.UP -> UP_PACING_GAIN;
            default -> 1;
        };
    }

    private static double cwndGain(final long bbr) {
        return switch (BbrCycle.state(bbr)) {
            case BbrCycle.UP -> UP_CWND_GAIN;
            case BbrCycle.PROBE_RTT -> PROBE_RTT_CWND_GAIN;
            default -> CWND_GAIN;
        };
    }

    /** InitPacingRate, again when the first round trip is measured. */
    static void initPacing(final Tcb tcb, final long bbr, final long rttNs) {
        final double rate = STARTUP_PACING_GAIN * BbrCycle.initialCwnd(bbr) * NS_PER_SECOND
                / (rttNs <= 0 ? UNKNOWN_RTT_NS : rttNs);
        BbrPath.pacingRate(bbr, bounded(tcb, rate));
        BbrCycle.put(bbr, BbrCycle.RTT_SEEN, rttNs > 0);
    }

    static void updatePacing(final Tcb tcb, final long bbr) {
        updatePacing(tcb, bbr, pacingGain(bbr));
    }

    /** SetPacingRateWithGain. */
    static void updatePacing(final Tcb tcb, final long bbr, final double gain) {
        if (BbrPath.bw(bbr) == 0) {
            return;
        }
        final long rate = bounded(tcb, gain * BbrPath.bw(bbr) * PACING_MARGIN);
        if (BbrCycle.has(bbr, BbrCycle.FULL_BW_REACHED) || rate > BbrPath.pacingRate(bbr)) {
            BbrPath.pacingRate(bbr, rate);
        }
    }

    /** Never 0, which would be no limit: a segment a second at least. */
    private static long bounded(final Tcb tcb, final double rate) {
        return Math.clamp((long) rate, tcb.sndMss(), BbrModel.MAX_RATE);
    }

    /** BDPMultiple of a rate. */
    static int bdp(final long bbr, final long bw, final double gain) {
        if (BbrPath.minRttNs(bbr) == BbrPath.NO_RTT) {
            return BbrCycle.initialCwnd(bbr);
        }
        return (int) Math.min(Window.MAX, gain * bw * BbrPath.minRttNs(bbr) / NS_PER_SECOND);
    }

    /** Inflight of a rate: what has to be in flight for it. */
    static int inflight(final Tcb tcb, final long bbr, final long bw, final double gain) {
        return quantized(tcb, bbr, bdp(bbr, bw, gain));
    }

    /** QuantizationBudget, with the offload budget of §5.5.8.1 and the send quantum of §5.6.3. */
    private static int quantized(final Tcb tcb, final long bbr, final int bytes) {
        final int mss = tcb.sndMss();
        final int quantum = (int) Math.max(2L * mss, Math.min(MAX_QUANTUM, BbrPath.pacingRate(bbr) / MS_PER_SECOND));
        final int floor = Math.max(OFFLOAD_QUANTA * quantum, MIN_PIPE_SEGMENTS * mss);
        return Math.max(bytes, floor) + (BbrCycle.state(bbr) == BbrCycle.UP ? 2 * mss : 0);
    }

    /** TargetInflight. */
    static int target(final Tcb tcb, final long bbr) {
        return Math.min(bdp(bbr, BbrPath.bw(bbr), 1), tcb.cwnd());
    }

    /** InflightWithHeadroom. */
    static int withHeadroom(final Tcb tcb, final long bbr) {
        final int bound = BbrPath.inflightLong(bbr);
        if (bound == BbrPath.NO_BOUND) {
            return BbrPath.NO_BOUND;
        }
        final int headroom = Math.max(tcb.sndMss(), (int) (HEADROOM * bound));
        return Math.max(bound - headroom, MIN_PIPE_SEGMENTS * tcb.sndMss());
    }

    /** ProbeRTTCwnd. */
    static int probeRttCwnd(final Tcb tcb, final long bbr) {
        return Math.max(bdp(bbr, BbrPath.bw(bbr), PROBE_RTT_CWND_GAIN), MIN_PIPE_SEGMENTS * tcb.sndMss());
    }

    /** SetCwnd. */
    static void updateCwnd(final Tcb tcb, final long bbr, final int deliveredBytes) {
        final int most = quantized(tcb, bbr, (int) Math.min(Window.MAX,
                (long) bdp(bbr, BbrPath.bw(bbr), cwndGain(bbr)) + BbrPath.extraAcked(bbr)));
        final int cwnd = tcb.cwnd();
        long next = cwnd;
        if (BbrCycle.has(bbr, BbrCycle.FULL_BW_REACHED)) {
            next = Math.min((long) cwnd + deliveredBytes, most);
        } else if (cwnd < most || tcb.delivered() < BbrCycle.initialCwnd(bbr)) {
            next = (long) cwnd + deliveredBytes;
        }
        next = Math.max(next, (long) MIN_PIPE_SEGMENTS * tcb.sndMss());
        if (BbrCycle.state(bbr) == BbrCycle.PROBE_RTT) {
            next = Math.min(next, probeRttCwnd(tcb, bbr));
        }
        tcb.cwnd((int) Math.min(Math.min(next, Window.MAX), cap(tcb, bbr)));
    }

    /** BoundCwndForModel. */
    private static int cap(final Tcb tcb, final long bbr) {
        final int state = BbrCycle.state(bbr);
        int cap = BbrPath.NO_BOUND;
        if (state == BbrCycle.CRUISE || state == BbrCycle.PROBE_RTT) {
            cap = withHeadroom(tcb, bbr);
        } else if (BbrCycle.isProbeBw(bbr)) {
            cap = BbrPath.inflightLong(bbr);
        }
        return Math.max(Math.min(cap, BbrPath.inflightShort(bbr)), MIN_PIPE_SEGMENTS * tcb.sndMss());
    }

    /** SaveCwnd. */
    static void saveCwnd(final Tcb tcb, final long bbr) {
        final boolean isCut = BbrCycle.has(bbr, BbrCycle.RECOVERING) || BbrCycle.state(bbr) == BbrCycle.PROBE_RTT;
        BbrCycle.priorCwnd(bbr, isCut ? Math.max(BbrCycle.priorCwnd(bbr), tcb.cwnd()) : tcb.cwnd());
    }

    /** RestoreCwnd. */
    static void restoreCwnd(final Tcb tcb, final long bbr) {
        tcb.cwnd(Math.max(tcb.cwnd(), BbrCycle.priorCwnd(bbr)));
    }
}
