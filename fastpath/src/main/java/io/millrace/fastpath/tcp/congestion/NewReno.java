package io.millrace.fastpath.tcp.congestion;

import io.millrace.fastpath.flow.Tcb;

/**
 * Slow start and congestion avoidance of RFC 5681, counted in bytes (RFC 3465), with the limit of 8 segments an
 * acknowledgement of RFC 9406 because receivers coalesce acknowledgements.
 */
public final class NewReno implements CongestionControl {
    private static final int SLOW_START_LIMIT = 8;
    private static final int MAX_WINDOW = 1 << 30;

    @Override
    public String name() {
        return "newreno";
    }

    @Override
    public void onEstablished(final Tcb tcb, final int initialWindow, final long nowNs) {
        tcb.cwnd(initialWindow);
        tcb.ssthresh(MAX_WINDOW);
        tcb.bytesAcked(0);
    }

    @Override
    public void onAck(final Tcb tcb, final int ackedBytes, final long nowNs) {
        final int cwnd = tcb.cwnd();
        final int mss = tcb.sndMss();
        if (cwnd < tcb.ssthresh()) {
            // RFC 3465 §2.3: after a timeout one acknowledgement may stand for what was not lost
            final int limit = isAfterTimeout(tcb, ackedBytes) ? 1 : SLOW_START_LIMIT;
            tcb.cwnd(Math.min(MAX_WINDOW, cwnd + Math.min(ackedBytes, limit * mss)));
            return;
        }
        // RFC 5681 §3.1: one segment for each window of bytes acknowledged
        final int acked = tcb.bytesAcked() + ackedBytes;
        if (acked >= cwnd) {
            tcb.bytesAcked(acked - cwnd);
            tcb.cwnd(Math.min(MAX_WINDOW, cwnd + mss));
        } else {
            tcb.bytesAcked(acked);
        }
    }

    @Override
    public void onLoss(final Tcb tcb, final int flight, final long nowNs) {
        tcb.ssthresh(halfOf(flight, tcb));
        tcb.cwnd(tcb.ssthresh());
        tcb.bytesAcked(0);
    }

    @Override
    public void onTimeout(final Tcb tcb, final int flight, final long nowNs) {
        tcb.ssthresh(halfOf(flight, tcb));
        tcb.cwnd(tcb.sndMss());
        tcb.bytesAcked(0);
    }

    @Override
    public void onRecovered(final Tcb tcb, final int flight, final long nowNs) {
        // RFC 6582 §3.2 step 3, option 1: no burst after recovery
        tcb.cwnd(Math.min(tcb.ssthresh(), Math.max(flight, tcb.sndMss()) + tcb.sndMss()));
    }

    @Override
    public void onIdle(final Tcb tcb, final int initialWindow, final long nowNs) {
        tcb.cwnd(Math.min(tcb.cwnd(), initialWindow));
    }

    /** True where something was acknowledged that was outstanding when the timer expired. */
    private static boolean isAfterTimeout(final Tcb tcb, final int ackedBytes) {
        return tcb.sndUna() - ackedBytes - tcb.recover() <= 0;
    }

    /** RFC 5681 equation (4). */
    private static int halfOf(final int flight, final Tcb tcb) {
        return Math.max(flight / 2, 2 * tcb.sndMss());
    }
}
