package io.millrace.fastpath.tcp.congestion;

import static io.millrace.fastpath.tcp.congestion.BbrCycle.ACKS_INIT;
import static io.millrace.fastpath.tcp.congestion.BbrCycle.ACKS_PROBE_FEEDBACK;
import static io.millrace.fastpath.tcp.congestion.BbrCycle.ACKS_PROBE_STARTING;
import static io.millrace.fastpath.tcp.congestion.BbrCycle.ACKS_PROBE_STOPPING;
import static io.millrace.fastpath.tcp.congestion.BbrCycle.ACKS_REFILLING;
import static io.millrace.fastpath.tcp.congestion.BbrCycle.PROBE_PRECAUTIONARY;
import static io.millrace.fastpath.tcp.congestion.BbrCycle.PROBE_SAMPLE;
import static io.millrace.fastpath.tcp.congestion.BbrCycle.PROBE_TOO_HIGH;
import static io.millrace.fastpath.tcp.congestion.BbrCycle.ROUND_START;

import io.millrace.fastpath.flow.Tcb;

/** BBR's four states of probing for bandwidth: DOWN, CRUISE, REFILL, UP (draft-ietf-ccwg-bbr-06 §5.3.3). */
final class BbrProbeBw {
    private static final long MIN_WAIT_NS = 2_000_000_000L;
    private static final int WAIT_SPAN_NS = 1_000_000_000;
    private static final int MAX_RENO_ROUNDS = 63;
    private static final int MAX_UP_ROUNDS = 30;

    private BbrProbeBw() {}

    /** StartProbeBW_DOWN. */
    static void startDown(final Tcb tcb, final long bbr, final long nowNs) {
        BbrLoss.resetSignals(bbr);
        BbrCycle.probeUpAckedPerIncrease(bbr, BbrPath.NO_BOUND);
        pickWait(tcb, bbr);
        BbrCycle.cycleStamp(bbr, nowNs);
        BbrCycle.ackPhase(bbr, ACKS_PROBE_STOPPING);
        BbrModel.startRound(tcb, bbr);
        BbrCycle.state(bbr, BbrCycle.DOWN);
    }

    /** StartProbeBW_REFILL. */
    static void startRefill(final Tcb tcb, final long bbr) {
        BbrLoss.resetShortTerm(bbr);
        BbrCycle.probeUpRounds(bbr, 0);
        BbrCycle.probeUpAcked(bbr, 0);
        BbrCycle.clear(bbr, PROBE_PRECAUTIONARY);
        BbrCycle.ackPhase(bbr, ACKS_REFILLING);
        BbrModel.startRound(tcb, bbr);
        BbrCycle.state(bbr, BbrCycle.REFILL);
    }

    /** StartProbeBW_UP. */
    private static void startUp(final Tcb tcb, final long bbr, final AckSample sample) {
        BbrCycle.ackPhase(bbr, ACKS_PROBE_STARTING);
        BbrModel.startRound(tcb, bbr);
        BbrStartup.resetFullBw(bbr, BbrModel.rate(sample));
        BbrCycle.state(bbr, BbrCycle.UP);
        raiseSlope(tcb, bbr);
    }

    /**
     * PickProbeWait: 2 to 3 seconds, or a round trip more or less than others. What is random in the draft comes from the
     * initial sequence number, which is random, and the number of the cycle: the fast path makes no random numbers.
     */
    private static void pickWait(final Tcb tcb, final long bbr) {
        final int cycle = BbrCycle.cycles(bbr) + 1;
        BbrCycle.cycles(bbr, cycle);
        final int random = mixed(tcb.iss() + cycle * 0x9E37_79B9);
        BbrCycle.roundsSinceProbe(bbr, random & 1);
        BbrCycle.probeWaitNs(bbr, MIN_WAIT_NS + Integer.toUnsignedLong(random) * WAIT_SPAN_NS / (1L << Integer.SIZE));
    }

    /** The finalizer of MurmurHash3: every bit of the result depends on every bit of the argument. */
    private static int mixed(final int bits) {
        int mixed = (bits ^ bits >>> 16) * 0x85EB_CA6B;
        mixed = (mixed ^ mixed >>> 13) * 0xC2B2_AE35;
        return mixed ^ mixed >>> 16;
    }

    /** UpdateProbeBWCyclePhase. */
    static void update(final Tcb tcb, final long bbr, final AckSample sample) {
        if (!BbrCycle.has(bbr, BbrCycle.FULL_BW_REACHED) || adaptLongTerm(tcb, bbr, sample)) {
            return;
        }
        switch (BbrCycle.state(bbr)) {
            case BbrCycle.DOWN -> down(tcb, bbr, sample);
            case BbrCycle.CRUISE -> probeIfTime(tcb, bbr, sample);
            case BbrCycle.REFILL -> refill(tcb, bbr, sample);
            case BbrCycle.UP -> up(tcb, bbr, sample);
            default -> {
                // not probing for bandwidth
            }
        }
    }

    private static void down(final Tcb tcb, final long bbr, final AckSample sample) {
        if (!probeIfTime(tcb, bbr, sample) && isTimeToCruise(tcb, bbr, sample)) {
            BbrCycle.state(bbr, BbrCycle.CRUISE);
        }
    }

    private static void refill(final Tcb tcb, final long bbr, final AckSample sample) {
        if (BbrCycle.has(bbr, ROUND_START)) {
            BbrCycle.set(bbr, PROBE_SAMPLE);
            startUp(tcb, bbr, sample);
        }
    }

    private static void up(final Tcb tcb, final long bbr, final AckSample sample) {
        if (isTimeToGoDown(tcb, bbr, sample)) {
            BbrCycle.clear(bbr, PROBE_TOO_HIGH);
            startDown(tcb, bbr, sample.nowNs);
        }
    }

    /** IsTimeToProbeBW. */
    private static boolean probeIfTime(final Tcb tcb, final long bbr, final AckSample sample) {
        final boolean hasElapsed = sample.nowNs - BbrCycle.cycleStamp(bbr) > BbrCycle.probeWaitNs(bbr);
        if (hasElapsed || isTimeForReno(tcb, bbr)) {
            startRefill(tcb, bbr);
            return true;
        }
        return false;
    }

    /** IsRenoCoexistenceProbeTime: Reno would have grown by as many segments as it lost. */
    private static boolean isTimeForReno(final Tcb tcb, final long bbr) {
        final int rounds = Math.min(BbrRates.target(tcb, bbr) / tcb.sndMss(), MAX_RENO_ROUNDS);
        return BbrCycle.roundsSinceProbe(bbr) >= rounds;
    }

    private static boolean isTimeToCruise(final Tcb tcb, final long bbr, final AckSample sample) {
        return sample.inFlight <= BbrRates.withHeadroom(tcb, bbr)
                && sample.inFlight <= BbrRates.inflight(tcb, bbr, BbrPath.maxBw(bbr), 1);
    }

    private static boolean isTimeToGoDown(final Tcb tcb, final long bbr, final AckSample sample) {
        final int bound = BbrPath.inflightLong(bbr);
        if (BbrCycle.has(bbr, PROBE_TOO_HIGH) && sample.inFlight >= bound) {
            BbrCycle.set(bbr, PROBE_PRECAUTIONARY);
            return true;
        }
        if (sample.windowLimited && tcb.cwnd() >= bound) {
            BbrStartup.resetFullBw(bbr, BbrModel.rate(sample));
            return false;
        }
        return BbrCycle.has(bbr, BbrCycle.FULL_BW_NOW);
    }

    /** RaiseInflightLongtermSlope. */
    private static void raiseSlope(final Tcb tcb, final long bbr) {
        final int rounds = BbrCycle.probeUpRounds(bbr);
        BbrCycle.probeUpRounds(bbr, Math.min(rounds + 1, MAX_UP_ROUNDS));
        BbrCycle.probeUpAckedPerIncrease(bbr, Math.max(tcb.cwnd() >> rounds, tcb.sndMss()));
    }

    /** ProbeInflightLongtermUpward. */
    private static void raiseLongTerm(final Tcb tcb, final long bbr, final AckSample sample) {
        if (!sample.windowLimited || tcb.cwnd() < BbrPath.inflightLong(bbr)) {
            return;
        }
        final long acked = (long) BbrCycle.probeUpAcked(bbr) + sample.deliveredBytes;
        final int perIncrease = BbrCycle.probeUpAckedPerIncrease(bbr);
        BbrCycle.probeUpAcked(bbr, (int) (acked % perIncrease));
        BbrPath.inflightLong(bbr,
                (int) Math.min(Window.MAX, BbrPath.inflightLong(bbr) + acked / perIncrease * tcb.sndMss()));
        if (BbrCycle.has(bbr, ROUND_START)) {
            raiseSlope(tcb, bbr);
        }
    }

    /** AdaptLongTermModel; true where it has changed the state for good. */
    private static boolean adaptLongTerm(final Tcb tcb, final long bbr, final AckSample sample) {
        if (BbrCycle.has(bbr, ROUND_START)) {
            if (BbrCycle.ackPhase(bbr) == ACKS_PROBE_STARTING) {
                BbrCycle.ackPhase(bbr, ACKS_PROBE_FEEDBACK);
            } else if (BbrCycle.ackPhase(bbr) == ACKS_PROBE_STOPPING && endProbe(tcb, bbr, sample)) {
                return true;
            }
        }
        if (BbrLoss.isTooHigh(tcb, sample.lostSinceSent, sample.inFlightWhenSent)) {
            tooHigh(tcb, bbr, sample.inFlightWhenSent, BbrModel.isApplicationLimited(bbr, sample), sample.nowNs);
        } else if (BbrPath.inflightLong(bbr) != BbrPath.NO_BOUND) {
            BbrPath.inflightLong(bbr,
                    Math.max(BbrPath.inflightLong(bbr), Math.min(Window.MAX, sample.inFlightWhenSent)));
            if (BbrCycle.state(bbr) == BbrCycle.UP) {
                raiseLongTerm(tcb, bbr, sample);
            }
        }
        return false;
    }

    /** A round trip after the probe: all that it sent is acknowledged. True where it is worth to go on at once. */
    private static boolean endProbe(final Tcb tcb, final long bbr, final AckSample sample) {
        BbrCycle.clear(bbr, PROBE_SAMPLE);
        BbrCycle.ackPhase(bbr, ACKS_INIT);
        if (!BbrCycle.isProbeBw(bbr)) {
            return false;
        }
        if (!BbrModel.isApplicationLimited(bbr, sample)) {
            BbrModel.advanceMaxBw(bbr);
        }
        if (BbrCycle.has(bbr, PROBE_PRECAUTIONARY) && !BbrCycle.has(bbr, PROBE_TOO_HIGH)) {
            startRefill(tcb, bbr);
            return true;
        }
        return false;
    }

    /** HandleInflightTooHigh, once for each probe. */
    static void tooHigh(final Tcb tcb, final long bbr, final int inFlight, final boolean applicationLimited,
            final long nowNs) {
        if (!BbrCycle.has(bbr, PROBE_SAMPLE)) {
            return;
        }
        BbrCycle.set(bbr, PROBE_TOO_HIGH);
        BbrCycle.clear(bbr, PROBE_SAMPLE);
        if (!applicationLimited) {
            BbrPath.inflightLong(bbr, Math.min(Window.MAX,
                    Math.max(inFlight, (int) (BbrRates.target(tcb, bbr) * BbrLoss.BETA))));
        }
        if (BbrCycle.state(bbr) == BbrCycle.UP) {
            BbrCycle.undoState(bbr, BbrCycle.UP);
            startDown(tcb, bbr, nowNs);
        }
    }
}
