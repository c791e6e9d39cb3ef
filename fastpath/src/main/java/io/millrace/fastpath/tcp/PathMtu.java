package io.millrace.fastpath.tcp;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.ip.IpOutput;
import io.millrace.fastpath.ip.PathMtus;
import io.millrace.fastpath.tcp.TcpSettings.MtuProbing;
import io.millrace.fastpath.tcp.recovery.LossRecovery;
import io.millrace.fastpath.wire.IpAddress;

/**
 * Keeps the segments of connections to what their paths take: what ICMP tells (RFC 1191, RFC 8201), what other connections
 * to the same host found out, and what probes tell where ICMP is lost (RFC 4821; the search as RFC 8899 §5 has it). Bytes
 * count, so a probe takes as much of the congestion window as its length. Thread: the engine's.
 */
final class PathMtu {
    /** What {@link #nextProbe} answers where nothing is to be sent until there is room for a probe. */
    static final int WAIT = -1;

    /** Text, with its options, of the first segments that are tried in a black hole: Linux, tcp_base_mss. */
    private static final int BASE_MSS = 1_024;
    /** Timeouts in a row that tell of a black hole, as R1 of RFC 9293 §3.8.3 (Linux: tcp_retries1). */
    private static final int TIMEOUTS = 3;
    /** Text that no path is taken to be too narrow for, unless twice as many timeouts say so: an outage is likelier. */
    private static final int UNLIKELY_MSS = 512;
    /** As Linux, tcp_probe_threshold: a gain of fewer bytes is not worth a probe. */
    private static final int THRESHOLD = 8;
    /** Segments that have to follow a probe, so that its loss shows by them. */
    private static final int FOLLOWERS = 4;

    private final TcpContext context;
    private final PathMtus paths;
    private final LossRecovery recovery;
    private final boolean manyLinks;

    PathMtu(final TcpContext context, final LossRecovery recovery) {
        this.context = context;
        this.paths = context.ip.pathMtus();
        this.recovery = recovery;
        this.manyLinks = context.ip.links().count() > 1;
    }

    /** Largest packet of a connection: {@code linkMtu} unless the path is known to take less. */
    static int of(final Tcb tcb, final int linkMtu) {
        return tcb.sndMss() == tcb.fullMss() ? linkMtu : packet(tcb, tcb.sndMss());
    }

    /** Bytes of the longest packet that the link of a connection's next hop takes. */
    private int linkMtu(final Tcb tcb) {
        return context.ip.links().mtu(manyLinks ? linkOfRoute(tcb) : 0, tcb.remoteHi(), tcb.remoteLo());
    }

    private int linkOfRoute(final Tcb tcb) {
        return IpOutput.link(context.ip.current(tcb.neighbour(), tcb.remoteHi(), tcb.remoteLo()));
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
        tcb.sndMss(mss(tcb, paths.mtu(tcb.remoteHi(), tcb.remoteLo(), linkMtu(tcb))));
        allowFragments(tcb);
        if (context.connections.settings(tcb).mtuProbing() == MtuProbing.ALWAYS) {
            tcb.moreFlags(tcb.moreFlags() | Tcb.MORE_SEARCHING);
            final int confirmed = mss(tcb, paths.confirmed(tcb.remoteHi(), tcb.remoteLo()));
            tcb.sndMss(Math.min(tcb.sndMss(), Math.max(baseMss(tcb), confirmed)));
        }
    }

    /** Text of the first segments that are tried: over IPv6 as much as every link takes (RFC 8200 §5). */
    private static int baseMss(final Tcb tcb) {
        return mss(tcb, isV4(tcb) ? BASE_MSS + Lifecycle.headers(tcb) : PathMtus.MINIMUM_V6);
    }

    private static boolean isV4(final Tcb tcb) {
        return IpAddress.isV4(tcb.remoteHi(), tcb.remoteLo());
    }

    /**
     * RFC 1191 §6: ICMP told that a segment in flight was too long for the path; what is unacknowledged goes out again,
     * smaller. True where that is news to the connection.
     */
    boolean onTooLong(final Tcb tcb, final int told) {
        paths.onTooLong(tcb.remoteHi(), tcb.remoteLo(), told, linkMtu(tcb));
        return follow(tcb);
    }

    /** The connection goes by what is known of its path; true where it had not yet, and what is out is sent again. */
    private boolean follow(final Tcb tcb) {
        final int mss = mss(tcb, paths.mtu(tcb.remoteHi(), tcb.remoteLo(), linkMtu(tcb)));
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

    /**
     * The retransmission timer expired, and nothing has come back since: other connections may know why, or the segments
     * are too long for the path and nobody says so (RFC 4821 §7.7). Then shorter ones are tried: the base first, after
     * that half of it and so on. Not where segments as long arrive, nor where the peer has closed its window.
     */
    void onTimeout(final Tcb tcb) {
        onVerdict(tcb);
        if (follow(tcb) || tcb.retransmits() < TIMEOUTS || tcb.sndWnd() == 0 || recovery.sackedBytes(tcb) != 0
                || context.connections.settings(tcb).mtuProbing() == MtuProbing.OFF) {
            return;
        }
        final int shorter = shorterMss(tcb);
        if (shorter < Math.min(tcb.sndMss(), tcb.inFlight())) {
            context.count(Counter.TCP_MTU_BLACK_HOLES);
            shrink(tcb, shorter);
            tcb.moreFlags(tcb.moreFlags() | Tcb.MORE_SEARCHING | Tcb.MORE_BLACK_HOLE);
        }
    }

    private static int shorterMss(final Tcb tcb) {
        final int before = tcb.sndMss();
        final int base = baseMss(tcb);
        if (base < before) {
            return base;
        }
        if (!isV4(tcb) || tcb.retransmits() == TIMEOUTS) {
            return before;
        }
        final int least = tcb.retransmits() < 2 * TIMEOUTS ? UNLIKELY_MSS : Lifecycle.MIN_MSS;
        return Math.min(before, Math.max(least, before / 2));
    }

    /** Something new is acknowledged: where shorter segments were tried, they do arrive. */
    void onAcknowledged(final Tcb tcb) {
        if ((tcb.moreFlags() & Tcb.MORE_BLACK_HOLE) != 0) {
            tcb.moreFlags(tcb.moreFlags() & ~Tcb.MORE_BLACK_HOLE);
            // less than the base may be the fault of an outage: that is this connection's alone
            paths.onBlackHole(tcb.remoteHi(), tcb.remoteLo(), packet(tcb, Math.max(tcb.sndMss(), baseMss(tcb))));
        }
    }

    /**
     * Text of a probe that is to be sent now, longer than {@link Tcb#sndMss}; {@link #WAIT} where there will be room for it
     * when more is acknowledged; 0: none.
     */
    int nextProbe(final Tcb tcb) {
        if ((tcb.moreFlags() & Tcb.MORE_SEARCHING) == 0 || tcb.sndMss() == tcb.fullMss() || tcb.outOfOrder() != 0
                || tcb.retransmits() != 0 || !recovery.mayProbeMtu(tcb)) {
            return 0;
        }
        final int size = paths.nextProbe(tcb.remoteHi(), tcb.remoteLo(), packet(tcb, tcb.sndMss()),
                Math.min(packet(tcb, tcb.fullMss()), linkMtu(tcb)), THRESHOLD);
        if (size == 0) {
            return 0;
        }
        final int mss = tcb.sndMss();
        final int text = mss(tcb, size);
        final int wanted = text + FOLLOWERS * mss;
        final int unsent = tcb.sndEnd() - tcb.sndNxt();
        final int window = tcb.sndUna() + tcb.sndWnd() - tcb.sndNxt();
        if (Math.min(unsent, window) < wanted || tcb.cwnd() < text + 2 * mss) {
            return 0;
        }
        return tcb.cwnd() - recovery.inFlight(tcb) < text + mss ? WAIT : text;
    }

    /** What became of a probe, as the last acknowledgement or timer told. */
    void onVerdict(final Tcb tcb) {
        final int verdict = recovery.mtuProbeVerdict();
        if (verdict > 0) {
            context.count(Counter.TCP_MTU_PROBES_ARRIVED);
            paths.onProbeArrived(tcb.remoteHi(), tcb.remoteLo(), packet(tcb, verdict));
            if (verdict > tcb.sndMss()) {
                grow(tcb, Math.min(verdict, tcb.fullMss()));
            }
        } else if (verdict < 0) {
            context.count(Counter.TCP_MTU_PROBES_LOST);
            paths.onProbeLost(tcb.remoteHi(), tcb.remoteLo(), packet(tcb, -verdict), packet(tcb, tcb.sndMss()));
        }
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

    /**
     * About to send: what was known of the path may be forgotten, so that it may take more (RFC 1191 §6.3); or the
     * link takes less, by what was told of it (RFC 4861 §6.3.4, RFC 2132 §5.1) or since routes lead over another now.
     */
    void refresh(final Tcb tcb) {
        if (context.ip.links().mayVary()) {
            followLink(tcb);
        }
        final boolean reduced = tcb.sndMss() != tcb.fullMss() || (tcb.moreFlags() & Tcb.MORE_FRAGMENTABLE) != 0;
        if (!reduced || (tcb.moreFlags() & Tcb.MORE_SEARCHING) != 0) {
            return;
        }
        final int mss = mss(tcb, paths.mtu(tcb.remoteHi(), tcb.remoteLo(), linkMtu(tcb)));
        if (mss > tcb.sndMss()) {
            grow(tcb, mss);
        }
        if (!paths.isFragmentable(tcb.remoteHi(), tcb.remoteLo())) {
            tcb.moreFlags(tcb.moreFlags() & ~Tcb.MORE_FRAGMENTABLE);
        }
    }

    /** What is in flight may arrive all the same; what is sent from now on, and again, is no longer than the link takes. */
    private void followLink(final Tcb tcb) {
        final int mss = mss(tcb, linkMtu(tcb));
        if (mss < tcb.sndMss()) {
            context.count(Counter.TCP_PATH_MTU_REDUCED);
            shrink(tcb, mss);
        }
    }
}
