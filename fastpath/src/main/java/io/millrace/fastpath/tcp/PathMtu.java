package io.millrace.fastpath.tcp;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.ip.PathMtus;
import io.millrace.fastpath.tcp.recovery.LossRecovery;

/**
 * Keeps the segments of connections to what their paths take, as far as that is known: by ICMP (RFC 1191, RFC 8201), from
 * what other connections to the same host found out. Thread: the engine's.
 */
final class PathMtu {
    private final TcpContext context;
    private final PathMtus paths;
    private final LossRecovery recovery;
    private final int linkMtu;

    PathMtu(final TcpContext context, final LossRecovery recovery) {
        this.context = context;
        this.paths = context.ip.pathMtus();
        this.recovery = recovery;
        this.linkMtu = context.ip.capabilities().mtu();
    }

    /** Largest packet of a connection: {@code linkMtu} unless the path is known to take less. */
    static int of(final Tcb tcb, final int linkMtu) {
        return tcb.sndMss() == tcb.fullMss() ? linkMtu : packet(tcb, tcb.sndMss());
    }

    /** Length of the packet that carries so much text. */
    private static int packet(final Tcb tcb, final int mss) {
        return mss + Lifecycle.headers(tcb) + HeaderOptions.fixedLength(tcb);
    }

    /** Text of a full segment in packets of a size: at most what the two ends agreed on. */
    private static int mss(final Tcb tcb, final int packet) {
        final int text = Math.max(Lifecycle.MIN_MSS, packet - Lifecycle.headers(tcb)) - HeaderOptions.fixedLength(tcb);
        return Math.min(tcb.fullMss(), text);
    }

    /** The two ends have agreed on {@link Tcb#fullMss}: the first segments are no longer than the path takes. */
    void begin(final Tcb tcb) {
        tcb.sndMss(mss(tcb, paths.mtu(tcb.remoteHi(), tcb.remoteLo(), linkMtu)));
        allowFragments(tcb);
    }

    /**
     * RFC 1191 §6: ICMP told that a segment in flight was too long for the path; what is unacknowledged goes out again,
     * smaller. True where that is news to the connection.
     */
    boolean onTooLong(final Tcb tcb, final int told) {
        paths.onTooLong(tcb.remoteHi(), tcb.remoteLo(), told, linkMtu);
        return follow(tcb);
    }

    /** The connection goes by what is known of its path; true where it had not yet, and what is out is sent again. */
    private boolean follow(final Tcb tcb) {
        final int mss = mss(tcb, paths.mtu(tcb.remoteHi(), tcb.remoteLo(), linkMtu));
        final boolean freed = allowFragments(tcb);
        if (mss >= tcb.sndMss() && !freed) {
            return false;
        }
        context.count(Counter.TCP_PATH_MTU_REDUCED);
        if (mss < tcb.sndMss()) {
            shrink(tcb, mss);
        }
        recovery.onSegmentsTooLarge(tcb);
        context.lists.output(tcb);
        return true;
    }

    private static void shrink(final Tcb tcb, final int mss) {
        // RFC 5681 §3.1: as many segments as before, not as many bytes
        tcb.cwnd((int) Math.max(mss, (long) tcb.cwnd() * mss / tcb.sndMss()));
        tcb.sndMss(mss);
    }

    /** The window stays, but for one segment that must fit into it (RFC 5681 §3.1: the loss window). */
    private static void grow(final Tcb tcb, final int mss) {
        tcb.sndMss(mss);
        tcb.cwnd(Math.max(mss, tcb.cwnd()));
    }

    /** True where routers may fragment from now on, and might not before. */
    private boolean allowFragments(final Tcb tcb) {
        if (!paths.isFragmentable(tcb.remoteHi(), tcb.remoteLo())
                || (tcb.moreFlags() & Tcb.MORE_FRAGMENTABLE) != 0) {
            return false;
        }
        tcb.moreFlags(tcb.moreFlags() | Tcb.MORE_FRAGMENTABLE);
        return true;
    }

    /** About to send: what was known of the path may be forgotten, so that it may take more (RFC 1191 §6.3). */
    void refresh(final Tcb tcb) {
        final boolean reduced = tcb.sndMss() != tcb.fullMss() || (tcb.moreFlags() & Tcb.MORE_FRAGMENTABLE) != 0;
        if (!reduced || (tcb.moreFlags() & Tcb.MORE_SEARCHING) != 0) {
            return;
        }
        final int mss = mss(tcb, paths.mtu(tcb.remoteHi(), tcb.remoteLo(), linkMtu));
        if (mss > tcb.sndMss()) {
            grow(tcb, mss);
        }
        if (!paths.isKnown(tcb.remoteHi(), tcb.remoteLo())) {
            tcb.moreFlags(tcb.moreFlags() & ~Tcb.MORE_FRAGMENTABLE);
        }
    }
}
