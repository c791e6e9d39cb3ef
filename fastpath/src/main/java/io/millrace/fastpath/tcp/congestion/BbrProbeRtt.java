package io.millrace.fastpath.tcp.congestion;

import static io.millrace.fastpath.tcp.congestion.BbrCycle.PROBE_RTT_EXPIRED;
import static io.millrace.fastpath.tcp.congestion.BbrCycle.PROBE_RTT_HELD;
import static io.millrace.fastpath.tcp.congestion.BbrCycle.PROBE_RTT_ROUND_DONE;

import io.millrace.fastpath.flow.Tcb;

/** BBR's smallest round trip, and how it empties the queue to measure it (draft-ietf-ccwg-bbr-06 §5.3.4). */
final class BbrProbeRtt {
    private static final long MIN_RTT_FILTER_NS = 10_000_000_000L;
    private static final long INTERVAL_NS = 5_000_000_000L;
    private static final long DURATION_NS = 200_000_000;

    private BbrProbeRtt() {}

    /** UpdateMinRTT. */
    static void updateMinRtt(final long bbr, final AckSample sample) {
        final boolean isExpired = sample.nowNs - BbrPath.probeRttMinStamp(bbr) > INTERVAL_NS;
        BbrCycle.put(bbr, PROBE_RTT_EXPIRED, isExpired);
        if (sample.rttNs >= 0 && (sample.rttNs < BbrPath.probeRttMinNs(bbr) || isExpired)) {
            BbrPath.probeRttMinNs(bbr, sample.rttNs);
            BbrPath.probeRttMinStamp(bbr, sample.nowNs);
        }
        if (BbrPath.probeRttMinNs(bbr) < BbrPath.minRttNs(bbr)
                || sample.nowNs - BbrPath.minRttStamp(bbr) > MIN_RTT_FILTER_NS) {
            BbrPath.minRttNs(bbr, BbrPath.probeRttMinNs(bbr));
            BbrPath.minRttStamp(bbr, BbrPath.probeRttMinStamp(bbr));
        }
    }

    /** CheckProbeRTT. */
    static void check(final Tcb tcb, final long bbr, final AckSample sample) {
        if (BbrCycle.state(bbr) != BbrCycle.PROBE_RTT && BbrCycle.has(bbr, PROBE_RTT_EXPIRED)
                && !BbrCycle.has(bbr, BbrCycle.IDLE_RESTART)) {
            enter(tcb, bbr);
        }
        if (BbrCycle.state(bbr) == BbrCycle.PROBE_RTT) {
            hold(tcb, bbr, sample);
        }
        if (sample.deliveredBytes > 0) {
            BbrCycle.clear(bbr, BbrCycle.IDLE_RESTART);
        }
    }

    private static void enter(final Tcb tcb, final long bbr) {
        BbrRates.saveCwnd(tcb, bbr);
        BbrCycle.state(bbr, BbrCycle.PROBE_RTT);
        BbrCycle.clear(bbr, PROBE_RTT_HELD);
        BbrCycle.ackPhase(bbr, BbrCycle.ACKS_PROBE_STOPPING);
        BbrModel.startRound(tcb, bbr);
    }

    /** HandleProbeRTT. */
    private static void hold(final Tcb tcb, final long bbr, final AckSample sample) {
        BbrModel.markApplicationLimited(tcb, bbr, sample);
        if (!BbrCycle.has(bbr, PROBE_RTT_HELD)) {
            if (sample.inFlight <= BbrRates.probeRttCwnd(tcb, bbr)) {
                BbrCycle.probeRttDoneStamp(bbr, sample.nowNs + DURATION_NS);
                BbrCycle.set(bbr, PROBE_RTT_HELD);
                BbrCycle.clear(bbr, PROBE_RTT_ROUND_DONE);
                BbrModel.startRound(tcb, bbr);
            }
            return;
        }
        if (BbrCycle.has(bbr, BbrCycle.ROUND_START)) {
            BbrCycle.set(bbr, PROBE_RTT_ROUND_DONE);
        }
        if (BbrCycle.has(bbr, PROBE_RTT_ROUND_DONE)) {
            checkDone(tcb, bbr, sample.nowNs);
        }
    }

    /** CheckProbeRTTDone and ExitProbeRTT. */
    static void checkDone(final Tcb tcb, final long bbr, final long nowNs) {
        if (!BbrCycle.has(bbr, PROBE_RTT_HELD) || nowNs - BbrCycle.probeRttDoneStamp(bbr) <= 0) {
            return;
        }
        BbrPath.probeRttMinStamp(bbr, nowNs);
        BbrRates.restoreCwnd(tcb, bbr);
        BbrLoss.resetShortTerm(bbr);
        if (BbrCycle.has(bbr, BbrCycle.FULL_BW_REACHED)) {
            BbrProbeBw.startDown(tcb, bbr, nowNs);
            BbrCycle.state(bbr, BbrCycle.CRUISE);
        } else {
            BbrCycle.state(bbr, BbrCycle.STARTUP);
        }
    }
}
