package io.millrace.fastpath.tcp.congestion;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.wire.Seq;

/** What NewReno and CUBIC have in common: slow start, the validation of the window, its bounds. */
final class Window {
    /** The largest window, in bytes: what RFC 7323 can announce. */
    static final int MAX = 1 << 30;

    /** RFC 9406 §4.3: L of RFC 3465, since receivers coalesce acknowledgements. */
    private static final int SLOW_START_SEGMENTS = 8;

    /** RFC 7661 §4.4: the non-validated period, 5 minutes, in units of {@link #stamp}. */
    private static final int NON_VALIDATED_PERIOD = (int) (300_000_000_000L >> 30);

    private static final int MAX_HALVINGS = 30;

    private Window() {}

    /** A share of what is in flight, not below two segments: ssthresh after congestion (RFC 5681 equation (4)). */
    static int share(final Tcb tcb, final int inFlight, final double share) {
        final int bytes = (int) (Math.min(Math.max(inFlight, 0), MAX) * share);
        return Math.max(bytes, 2 * tcb.sndMss());
    }

    /**
     * Bytes of an acknowledgement that count in slow start: at most 8 segments, and at most one while what was sent
     * before a timeout is acknowledged, since such an acknowledgement may cover what had arrived long ago (RFC 3465 §2.3).
     */
    static int slowStartBytes(final Tcb tcb, final int ackedBytes, final boolean afterTimeout) {
        return Math.min(ackedBytes, (afterTimeout ? 1 : SLOW_START_SEGMENTS) * tcb.sndMss());
    }

    /** Grows the window in slow start, up to ssthresh. */
    static void growTowardsThreshold(final Tcb tcb, final int bytes) {
        tcb.cwnd(Math.min(Math.min(MAX, tcb.ssthresh()), tcb.cwnd() + bytes));
    }

    /** True where the acknowledgement is of what was sent before {@code end}. */
    static boolean isBefore(final Tcb tcb, final int end) {
        return Seq.le(tcb.sndUna(), end);
    }

    /** A time in units of 2^30 ns (1.07 s), to be compared by difference only. */
    static int stamp(final long nowNs) {
        return (int) (nowNs >> 30);
    }

    /**
     * RFC 7661 §4.4.3: a window that was not used for five minutes is halved, and remembered as ssthresh.
     *
     * @param unusedFor units of {@link #stamp}.
     * @return true where it was halved: the period begins anew.
     */
    static boolean halveUnused(final Tcb tcb, final int unusedFor) {
        if (unusedFor < NON_VALIDATED_PERIOD) {
            return false;
        }
        remember(tcb);
        // RFC 6928: no less than the initial window
        final int mss = tcb.sndMss();
        final int initial = Math.min(10 * mss, Math.max(2 * mss, 14_600));
        tcb.cwnd(Math.max(tcb.cwnd() / 2, Math.min(initial, tcb.cwnd())));
        return true;
    }

    /**
     * RFC 2861 §3.1, as Linux: the window is halved for each RTO of silence, down to the restart window of
     * RFC 5681 §4.1, and remembered as ssthresh.
     */
    static void halveIdle(final Tcb tcb, final int initialWindow, final long idleNs) {
        remember(tcb);
        final long halvings = Math.min(MAX_HALVINGS, Math.max(idleNs, 0) / Math.max(tcb.rtoNs(), 1));
        tcb.cwnd(Math.max(tcb.cwnd() >> halvings, Math.min(initialWindow, tcb.cwnd())));
    }

    private static void remember(final Tcb tcb) {
        tcb.ssthresh(Math.max(tcb.ssthresh(), tcb.cwnd() - tcb.cwnd() / 4));
    }
}
