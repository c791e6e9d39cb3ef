package io.millrace.control.listen;

import io.millrace.fastpath.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who listens where: an open hash over the port, never more than half full, published whole. A lookup allocates
 * nothing. Immutable. Thread: any.
 */
final class ListenerTable {
    static final ListenerTable EMPTY = new ListenerTable(List.of());

    private final List<TcpListener> all;
    private final @Nullable TcpListener[] slots;
    private final int mask;

    private ListenerTable(final List<TcpListener> all) {
        this.all = List.copyOf(all);
        slots = new TcpListener[Integer.highestOneBit(Math.max(1, all.size()) * 4 - 1)];
        mask = slots.length - 1;
        for (final TcpListener listener : all) {
            int slot = slot(listener.port());
            while (slots[slot] != null) {
                slot = slot + 1 & mask;
            }
            slots[slot] = listener;
        }
    }

    /** All listeners, in the order in which they were bound. */
    List<TcpListener> all() {
        return all;
    }

    ListenerTable with(final TcpListener listener) {
        final List<TcpListener> next = new ArrayList<>(all);
        next.add(listener);
        return new ListenerTable(next);
    }

    ListenerTable without(final TcpListener listener) {
        final List<TcpListener> next = new ArrayList<>(all);
        next.remove(listener);
        return next.isEmpty() ? EMPTY : new ListenerTable(next);
    }

    /**
     * The listener of a flow: the specific address wins, then {@code 0.0.0.0}, then {@code ::}, each of which listens to
     * both families unless told otherwise; of several that share one the flow decides.
     *
     * @param seed   of {@link FlowChoice}.
     * @param v6Only {@code ::} listens to IPv6 alone.
     * @param ports local port above, remote port below.
     */
    @Nullable
    TcpListener lookup(final long seed, final boolean v6Only, final long hi, final long lo, final long remoteHi,
            final long remoteLo, final int ports) {
        final int port = ports >>> 16;
        TcpListener best = null;
        int bestRank = 0;
        long flow = 0;
        for (int slot = slot(port); slots[slot] != null; slot = slot + 1 & mask) {
            final TcpListener candidate = slots[slot];
            final int rank = candidate.port() == port ? rank(candidate, v6Only, hi, lo) : 0;
            if (rank > bestRank) {
                best = candidate;
                bestRank = rank;
            } else if (rank == bestRank && best != null) {
                flow = flow == 0 ? FlowChoice.flow(seed, hi, lo, remoteHi, remoteLo, ports) : flow;
                best = FlowChoice.weight(flow, candidate.id()) > FlowChoice.weight(flow, best.id()) ? candidate : best;
            }
        }
        return best;
    }

    private static int rank(final TcpListener listener, final boolean v6Only, final long hi, final long lo) {
        if (listener.lo() == lo && listener.hi() == hi) {
            return 3;
        }
        if (!covers(v6Only, listener.hi(), listener.lo(), hi, lo)) {
            return 0;
        }
        return IpAddress.isV4(listener.hi(), listener.lo()) ? 2 : 1;
    }

    /**
     * True where an address is a wildcard that stands for the other: either one for both families unless told otherwise.
     * One that was bound before the stack had an address of IPv6 is {@code 0.0.0.0} still.
     */
    static boolean covers(final boolean v6Only, final long hi, final long lo, final long otherHi,
            final long otherLo) {
        return IpAddress.isAny(hi, lo)
                && (!v6Only || IpAddress.isV4(hi, lo) == IpAddress.isV4(otherHi, otherLo));
    }

    private int slot(final int port) {
        return port * 0x9E3779B1 >>> 16 & mask;
    }
}
