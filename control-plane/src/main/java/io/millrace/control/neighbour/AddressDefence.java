package io.millrace.control.neighbour;

import io.millrace.config.ConflictPolicy;
import io.millrace.control.address.LinkRoutes;
import io.millrace.control.address.OwnAddress;
import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.wire.IpAddress;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Defends the own addresses that are in use (RFC 5227 §2.4; for IPv6 the same by unsolicited advertisements): where
 * another host claims one, we announce it again, at most once in a defend interval, and keep it or give it up as
 * configured. The addresses of an own prefix, which may be millions, share one such interval and are kept. Thread: the
 * agent's.
 */
final class AddressDefence {
    /** RFC 5227 §1.1. */
    private static final long DEFEND_INTERVAL_NS = TimeUnit.SECONDS.toNanos(10);
    /** Whoever has no address has no interval of its own. */
    private static final InetAddress SHARED = IpAddress.toInetAddress(0, IpAddress.ANY_V4);

    private final ConflictPolicy policy;
    private final LinkRoutes routes;
    private final NeighbourSender sender;
    private final ConflictListener listener;
    private final ControlCounters counters;
    private final Map<InetAddress, Long> lastDefenceNs = new HashMap<>();

    AddressDefence(final ConflictPolicy policy, final LinkRoutes routes, final NeighbourSender sender,
            final ConflictListener listener, final ControlCounters counters) {
        this.policy = policy;
        this.routes = routes;
        this.sender = sender;
        this.listener = listener;
        this.counters = counters;
    }

    /** Another host claims an own address. */
    void onConflict(final long hi, final long lo, final long otherMac, final long nowNs) {
        counters.increment(ControlCounter.ADDRESS_CONFLICTS);
        final InetAddress address = IpAddress.toInetAddress(hi, lo);
        final boolean single = routes.current().isAddress(hi, lo);
        final InetAddress interval = single ? address : SHARED;
        final Long last = lastDefenceNs.get(interval);
        final boolean again = last != null && nowNs - last < DEFEND_INTERVAL_NS;
        if (single && (policy == ConflictPolicy.GIVE_UP || policy == ConflictPolicy.DEFEND_ONCE && again)) {
            lastDefenceNs.remove(interval);
            routes.state(address, OwnAddress.State.DUPLICATE);
            counters.increment(ControlCounter.ADDRESSES_GIVEN_UP);
            listener.onAddressConflict(address, otherMac, ConflictListener.Outcome.GIVEN_UP);
        } else if (!again) {
            lastDefenceNs.put(interval, nowNs);
            sender.announce(hi, lo);
            listener.onAddressConflict(address, otherMac, ConflictListener.Outcome.KEPT);
        }
    }
}
