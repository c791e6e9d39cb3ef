package io.millrace.fastpath.tcp.congestion;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.Slab;

/**
 * Slow start and congestion avoidance of RFC 5681, counted in bytes (RFC 3465), with the limit of 8 segments an
 * acknowledgement of RFC 9406 because receivers coalesce acknowledgements.
 */
public final class NewReno implements CongestionControl {
    private static final int SLOW_START_LIMIT = 8;
    private static final int MAX_WINDOW = 1 << 30;
    private static final int BYTES_ACKED = 0;

    @Override
    public String name() {
        return "newreno";
    }

    @Override
    public boolean onEstablished(final Tcb tcb, final int initialWindow, final Slab slab, final long nowNs) {
        tcb.cwnd(initialWindow);
        tcb.ssthresh(MAX_WINDOW);
        tcb.cc(BYTES_ACKED, 0);
        return true;
    }

    @Override
    public void onAck(final Tcb tcb, final AckSample sample) {
        if (!sample.windowLimited) {
            // RFC 7661: a window that is not used is not validated
            return;
        }
        final int cwnd = tcb.cwnd();
        final int mss = tcb.sndMss();
        if (cwnd < tcb.ssthresh()) {
            tcb.cwnd(Math.min(MAX_WINDOW, cwnd + Math.min(sample.ackedBytes, SLOW_START_LIMIT * mss)));
            return;
        }
        // RFC 5681 §3.1: one segment for each window of bytes acknowledged
        final int acked = tcb.cc(BYTES_ACKED) + sample.ackedBytes;
        if (acked >= cwnd) {
            tcb.cc(BYTES_ACKED, acked - cwnd);
            tcb.cwnd(Math.min(MAX_WINDOW, cwnd + mss));
        } else {
            tcb.cc(BYTES_ACKED, acked);
        }
    }

    @Override
    public void onLoss(final Tcb tcb, final int inFlight, final long nowNs) {
        tcb.ssthresh(halfOf(inFlight, tcb));
        tcb.cc(BYTES_ACKED, 0);
    }

    @Override
    public void onTimeout(final Tcb tcb, final int inFlight, final long nowNs) {
        tcb.ssthresh(halfOf(inFlight, tcb));
        tcb.cwnd(tcb.sndMss());
        tcb.cc(BYTES_ACKED, 0);
    }

    @Override
    public void onIdle(final Tcb tcb, final int initialWindow, final long idleNs, final long nowNs) {
        tcb.cwnd(Math.min(tcb.cwnd(), initialWindow));
    }

    /** RFC 5681 equation (4). */
    private static int halfOf(final int inFlight, final Tcb tcb) {
        return Math.max(inFlight / 2, 2 * tcb.sndMss());
    }
}
