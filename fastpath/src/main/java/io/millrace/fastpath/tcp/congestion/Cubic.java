package io.millrace.fastpath.tcp.congestion;

import static io.millrace.fastpath.tcp.congestion.CubicWords.AFTER_TIMEOUT;
import static io.millrace.fastpath.tcp.congestion.CubicWords.CONSERVATIVE;
import static io.millrace.fastpath.tcp.congestion.CubicWords.CWND_PRIOR;
import static io.millrace.fastpath.tcp.congestion.CubicWords.EPOCH;
import static io.millrace.fastpath.tcp.congestion.CubicWords.FROZEN;
import static io.millrace.fastpath.tcp.congestion.CubicWords.ROUND;
import static io.millrace.fastpath.tcp.congestion.CubicWords.TIMED_OUT;
import static io.millrace.fastpath.tcp.congestion.CubicWords.TIMEOUT_END;
import static io.millrace.fastpath.tcp.congestion.CubicWords.UNDO_CWND_PRIOR;
import static io.millrace.fastpath.tcp.congestion.CubicWords.UNDO_W_EST;
import static io.millrace.fastpath.tcp.congestion.CubicWords.UNDO_W_MAX;
import static io.millrace.fastpath.tcp.congestion.CubicWords.W_EST;
import static io.millrace.fastpath.tcp.congestion.CubicWords.W_MAX;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.Slab;

/**
 * CUBIC (RFC 9438) with HyStart++ (RFC 9406). The curve is {@link CubicCurve}, the layout {@link CubicWords}.
 * <p>
 * Where it differs from the letter of RFC 9438:
 * <ul>
 * <li>§4.3 makes alpha 1 once W_est has reached the old window; here it stays what it was, as in Linux: a flow of each
 * would share a link unevenly.
 * <li>§4.3 sets cwnd to W_est in the Reno-friendly region; here an acknowledgement never makes cwnd smaller.
 * <li>An acknowledgement counts for one window at most, however much it acknowledges.
 * <li>§4.9 restores K and t_epoch; here the curve is resumed at the window restored, which is the same curve without the
 * time that recovery took.
 * <li>After silence a new stage begins, since the window was reduced (RFC 2861 §3.1, as {@link NewReno}); a window not
 * used for five minutes is halved (RFC 7661 §4.4.3).
 * <li>§4.6 lets cwnd fall to one segment on ECN; ssthresh, which leads the window, stays at two.
 * </ul>
 * Fast convergence (§4.7) is always on. ECN multiplies by 0.7 as loss does (§4.6), not by 0.85 (RFC 8511).
 */
public final class Cubic implements CongestionControl {
    private static final int STAGE = EPOCH | FROZEN | ROUND | CONSERVATIVE;

    @Override
    public String name() {
        return "cubic";
    }

    @Override
    public boolean onEstablished(final Tcb tcb, final int initialWindow, final Slab slab, final long nowNs) {
        tcb.cwnd(initialWindow);
        tcb.ssthresh(Window.MAX);
        CubicWords.clearAll(tcb);
        CubicWords.windowFull(tcb, nowNs);
        return true;
    }

    @Override
    public void onAck(final Tcb tcb, final AckSample sample) {
        if (CubicWords.has(tcb, AFTER_TIMEOUT) && !Window.isBefore(tcb, tcb.cc(TIMEOUT_END))) {
            CubicWords.clear(tcb, AFTER_TIMEOUT);
        }
        if (tcb.has(Tcb.RECOVERY)) {
            return;
        }
        if (HyStart.isFor(tcb)) {
            HyStart.onAck(tcb, sample);
        }
        if (!sample.windowLimited) {
            notFull(tcb, sample.nowNs);
        } else if (sample.ackedBytes > 0) {
            CubicWords.windowFull(tcb, sample.nowNs);
            grow(tcb, sample);
        }
    }

    private static void notFull(final Tcb tcb, final long nowNs) {
        if (Window.halveUnused(tcb, CubicWords.notFullFor(tcb, nowNs))) {
            CubicWords.windowFull(tcb, nowNs);
            CubicWords.clear(tcb, STAGE);
        }
        CubicCurve.freeze(tcb, nowNs);
    }

    private static void grow(final Tcb tcb, final AckSample sample) {
        if (tcb.cwnd() < tcb.ssthresh()) {
            final int bytes = Window.slowStartBytes(tcb, sample.ackedBytes, CubicWords.has(tcb, AFTER_TIMEOUT));
            Window.growTowardsThreshold(tcb, HyStart.growth(tcb, bytes));
        } else {
            CubicWords.clear(tcb, AFTER_TIMEOUT | CONSERVATIVE | ROUND);
            CubicCurve.grow(tcb, sample.ackedBytes, sample.nowNs);
        }
    }

    @Override
    public void onLoss(final Tcb tcb, final int inFlight, final long nowNs) {
        reduce(tcb, inFlight);
    }

    @Override
    public void onTimeout(final Tcb tcb, final int inFlight, final long nowNs) {
        reduce(tcb, inFlight);
        tcb.cwnd(tcb.sndMss());
        tcb.cc(TIMEOUT_END, tcb.sndMax());
        CubicWords.set(tcb, AFTER_TIMEOUT | TIMED_OUT);
    }

    /** RFC 9438 §4.6 and §4.7. */
    private static void reduce(final Tcb tcb, final int inFlight) {
        final int cwnd = tcb.cwnd();
        final int wMax = tcb.cc(W_MAX);
        tcb.cc(UNDO_W_MAX, wMax);
        tcb.cc(UNDO_CWND_PRIOR, tcb.cc(CWND_PRIOR));
        tcb.cc(UNDO_W_EST, CubicWords.has(tcb, EPOCH) ? tcb.cc(W_EST) : 0);
        tcb.cc(W_MAX, cwnd < wMax ? (int) (cwnd * ((1 + CubicCurve.BETA) / 2)) : cwnd);
        tcb.cc(CWND_PRIOR, cwnd);
        tcb.ssthresh(Window.share(tcb, inFlight, CubicCurve.BETA));
        CubicWords.clear(tcb, STAGE | AFTER_TIMEOUT | TIMED_OUT);
    }

    @Override
    public void onUndo(final Tcb tcb, final long nowNs) {
        tcb.cc(W_MAX, tcb.cc(UNDO_W_MAX));
        tcb.cc(CWND_PRIOR, tcb.cc(UNDO_CWND_PRIOR));
        CubicWords.clear(tcb, STAGE | AFTER_TIMEOUT | TIMED_OUT);
        if (tcb.cc(UNDO_W_EST) != 0 && tcb.cwnd() >= tcb.ssthresh()) {
            CubicCurve.resume(tcb, tcb.cc(UNDO_W_EST), nowNs);
        }
    }

    @Override
    public void onIdle(final Tcb tcb, final int initialWindow, final long idleNs, final long nowNs) {
        Window.halveIdle(tcb, initialWindow, idleNs);
        CubicWords.clear(tcb, STAGE | AFTER_TIMEOUT);
        CubicWords.windowFull(tcb, nowNs);
    }
}
