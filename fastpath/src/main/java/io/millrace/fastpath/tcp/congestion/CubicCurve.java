package io.millrace.fastpath.tcp.congestion;

import static io.millrace.fastpath.tcp.congestion.CubicWords.CWND_PRIOR;
import static io.millrace.fastpath.tcp.congestion.CubicWords.EPOCH;
import static io.millrace.fastpath.tcp.congestion.CubicWords.FRACTIONS;
import static io.millrace.fastpath.tcp.congestion.CubicWords.FROZEN;
import static io.millrace.fastpath.tcp.congestion.CubicWords.TIMED_OUT;
import static io.millrace.fastpath.tcp.congestion.CubicWords.W_EST;
import static io.millrace.fastpath.tcp.congestion.CubicWords.W_MAX;

import io.millrace.fastpath.flow.Tcb;

/**
 * The window increase function of CUBIC (RFC 9438 §4.2 to §4.5), in bytes. Of t_epoch and K only the sum is kept, the
 * time at which the curve is flat: a curve of given W_max is known by one point.
 */
final class CubicCurve {
    /** C, in segments per cubic second. */
    static final double C = 0.4;
    static final double BETA = 0.7;

    /** So that a flow in the Reno-friendly region has the window of Reno on average (§4.3). */
    private static final double ALPHA = 3 * (1 - BETA) / (1 + BETA);
    private static final double MAX_INCREASE = 1.5;
    private static final double NS_PER_SECOND = 1e9;
    private static final int FRACTION_BITS = 16;
    private static final int FRACTION_MASK = (1 << FRACTION_BITS) - 1;

    private CubicCurve() {}

    /**
     * A stage begins. At first, after a timeout, and above W_max there is no plateau ahead: it is where the window is,
     * K is 0 (§4.8, §4.10).
     */
    private static void begin(final Tcb tcb, final long nowNs) {
        final int cwnd = tcb.cwnd();
        if (tcb.cc(W_MAX) == 0) {
            tcb.cc(CWND_PRIOR, cwnd);
        }
        if (tcb.cc(W_MAX) < cwnd || CubicWords.has(tcb, TIMED_OUT)) {
            tcb.cc(W_MAX, cwnd);
        }
        resume(tcb, cwnd, nowNs);
    }

    /** The curve goes on from the window as it is, below or above the plateau. */
    static void resume(final Tcb tcb, final int wEst, final long nowNs) {
        final double segments = ((double) tcb.cc(W_MAX) - tcb.cwnd()) / tcb.sndMss();
        CubicWords.plateauNs(tcb, nowNs + (long) (Math.cbrt(segments / C) * NS_PER_SECOND));
        tcb.cc(W_EST, wEst);
        tcb.cc(FRACTIONS, 0);
        CubicWords.clear(tcb, FROZEN | TIMED_OUT);
        CubicWords.set(tcb, EPOCH);
    }

    /** Time stands still while the application does not fill the window (§4.2, §5.8). */
    static void freeze(final Tcb tcb, final long nowNs) {
        if (CubicWords.has(tcb, EPOCH) && !CubicWords.has(tcb, FROZEN)) {
            CubicWords.plateauNs(tcb, CubicWords.plateauNs(tcb) - nowNs);
            CubicWords.set(tcb, FROZEN);
        }
    }

    private static void thaw(final Tcb tcb, final long nowNs) {
        if (CubicWords.has(tcb, FROZEN)) {
            CubicWords.plateauNs(tcb, CubicWords.plateauNs(tcb) + nowNs);
            CubicWords.clear(tcb, FROZEN);
        }
    }

    /** Grows the window by what an acknowledgement in congestion avoidance is good for. */
    static void grow(final Tcb tcb, final int ackedBytes, final long nowNs) {
        if (CubicWords.has(tcb, EPOCH)) {
            thaw(tcb, nowNs);
        } else {
            begin(tcb, nowNs);
        }
        final int cwnd = tcb.cwnd();
        final double windows = Math.min(1, (double) ackedBytes / cwnd);
        final double wEst = growEstimate(tcb, windows);
        if (at(tcb, nowNs) < wEst) {
            setWindow(tcb, Math.max(cwnd, wEst));
        } else {
            final double target = Math.clamp(at(tcb, nowNs + tcb.srttNs()), cwnd, MAX_INCREASE * cwnd);
            setWindow(tcb, cwnd + fraction(tcb, 0) + (target - cwnd) * windows);
        }
    }

    /** W_cubic (§4.2) at a time. */
    private static double at(final Tcb tcb, final long nowNs) {
        final double seconds = (nowNs - CubicWords.plateauNs(tcb)) / NS_PER_SECOND;
        return tcb.cc(W_MAX) + C * seconds * seconds * seconds * tcb.sndMss();
    }

    /** W_est (§4.3). */
    private static double growEstimate(final Tcb tcb, final double windows) {
        final int wEst = tcb.cc(W_EST);
        final double grown = Math.min(Window.MAX,
                wEst + fraction(tcb, FRACTION_BITS) + ALPHA * windows * tcb.sndMss());
        tcb.cc(W_EST, (int) grown);
        fraction(tcb, FRACTION_BITS, grown);
        return grown;
    }

    private static void setWindow(final Tcb tcb, final double bytes) {
        final double bounded = Math.min(Window.MAX, bytes);
        tcb.cwnd((int) bounded);
        fraction(tcb, 0, bounded);
    }

    private static double fraction(final Tcb tcb, final int shift) {
        return (tcb.cc(FRACTIONS) >>> shift & FRACTION_MASK) / (double) (1 << FRACTION_BITS);
    }

    private static void fraction(final Tcb tcb, final int shift, final double of) {
        final int bits = (int) ((of - (int) of) * (1 << FRACTION_BITS));
        tcb.cc(FRACTIONS, tcb.cc(FRACTIONS) & ~(FRACTION_MASK << shift) | bits << shift);
    }
}
