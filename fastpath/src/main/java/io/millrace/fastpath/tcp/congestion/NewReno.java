package io.millrace.fastpath.tcp.congestion;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.Slab;

/**
 * Slow start and congestion avoidance of RFC 5681, counted in bytes (RFC 3465).
 * <ul>
 * <li>Slow start takes at most 8 segments of an acknowledgement (RFC 9406 §4.3), one after a timeout (RFC 3465 §2.3),
 * and ends at ssthresh exactly.
 * <li>The window grows only where it limits what is in flight; unused for five minutes it is halved (RFC 7661 §4.4.3).
 * Silence halves it for each RTO (RFC 2861 §3.1), as Linux does, instead of cutting it to the restart window at once
 * (RFC 5681 §4.1) or keeping it (RFC 7661).
 * <li>ECN multiplies by 0.8 instead of by 0.5 (RFC 8511 §3.1).
 * </ul>
 * Words: 0, bytes acknowledged in congestion avoidance; 1, SND.MAX at the last timeout; 2, when the window was last
 * full ({@link Window#stamp}); 3, whether what word 1 says still holds.
 */
public final class NewReno implements CongestionControl {
    private static final double LOSS_SHARE = 0.5;
    private static final double ECN_SHARE = 0.8;
    private static final int BYTES_ACKED = 0;
    private static final int TIMEOUT_END = 1;
    private static final int FULL_STAMP = 2;
    private static final int AFTER_TIMEOUT = 3;

    @Override
    public String name() {
        return "newreno";
    }

    @Override
    public boolean onEstablished(final Tcb tcb, final int initialWindow, final Slab slab, final long nowNs) {
        tcb.cwnd(initialWindow);
        tcb.ssthresh(Window.MAX);
        tcb.cc(BYTES_ACKED, 0);
        tcb.cc(AFTER_TIMEOUT, 0);
        tcb.cc(FULL_STAMP, Window.stamp(nowNs));
        return true;
    }

    @Override
    public void onAck(final Tcb tcb, final AckSample sample) {
        final boolean afterTimeout = isAfterTimeout(tcb);
        if (tcb.has(Tcb.RECOVERY) || !isValidated(tcb, sample) || sample.ackedBytes <= 0) {
            return;
        }
        if (tcb.cwnd() < tcb.ssthresh()) {
            Window.growTowardsThreshold(tcb, Window.slowStartBytes(tcb, sample.ackedBytes, afterTimeout));
        } else {
            avoidCongestion(tcb, sample.ackedBytes);
        }
    }

    private static boolean isAfterTimeout(final Tcb tcb) {
        if (tcb.cc(AFTER_TIMEOUT) == 0) {
            return false;
        }
        if (!Window.isBefore(tcb, tcb.cc(TIMEOUT_END))) {
            tcb.cc(AFTER_TIMEOUT, 0);
            return false;
        }
        return true;
    }

    private static boolean isValidated(final Tcb tcb, final AckSample sample) {
        if (sample.windowLimited || Window.halveUnused(tcb, Window.stamp(sample.nowNs) - tcb.cc(FULL_STAMP))) {
            tcb.cc(FULL_STAMP, Window.stamp(sample.nowNs));
        }
        return sample.windowLimited;
    }

    /** RFC 5681 §3.1: one segment for each window of bytes acknowledged. */
    private static void avoidCongestion(final Tcb tcb, final int ackedBytes) {
        final int cwnd = tcb.cwnd();
        final long acked = (long) tcb.cc(BYTES_ACKED) + Math.min(ackedBytes, cwnd);
        if (acked < cwnd) {
            tcb.cc(BYTES_ACKED, (int) acked);
        } else {
            tcb.cc(BYTES_ACKED, (int) (acked - cwnd));
            tcb.cwnd(Math.min(Window.MAX, cwnd + tcb.sndMss()));
        }
    }

    @Override
    public void onLoss(final Tcb tcb, final int inFlight, final long nowNs) {
        reduce(tcb, inFlight, LOSS_SHARE);
    }

    @Override
    public void onCongestionEchoed(final Tcb tcb, final int inFlight, final long nowNs) {
        reduce(tcb, inFlight, ECN_SHARE);
    }

    @Override
    public void onTimeout(final Tcb tcb, final int inFlight, final long nowNs) {
        reduce(tcb, inFlight, LOSS_SHARE);
        tcb.cwnd(tcb.sndMss());
        tcb.cc(TIMEOUT_END, tcb.sndMax());
        tcb.cc(AFTER_TIMEOUT, 1);
    }

    @Override
    public void onUndo(final Tcb tcb, final long nowNs) {
        tcb.cc(AFTER_TIMEOUT, 0);
    }

    @Override
    public void onIdle(final Tcb tcb, final int initialWindow, final long idleNs, final long nowNs) {
        Window.halveIdle(tcb, initialWindow, idleNs);
        tcb.cc(BYTES_ACKED, 0);
        tcb.cc(FULL_STAMP, Window.stamp(nowNs));
    }

    private static void reduce(final Tcb tcb, final int inFlight, final double share) {
        tcb.ssthresh(Window.share(tcb, inFlight, share));
        tcb.cc(BYTES_ACKED, 0);
    }
}
