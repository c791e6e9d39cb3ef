package io.millrace.fastpath.testing;

import io.millrace.fastpath.control.MulticastGroups;
import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Own addresses, each of either {@link Family}; every other address of the same is one hop away. The joined groups change, and all
 * addresses may go. Thread: any.
 */
public final class StandInRoutes implements RouteSnapshot, MulticastGroups {
    private static final int LIMITED_BROADCAST = -1;

    private final int[] own;
    private final long broadcast;
    private final long gateway;
    private volatile boolean withoutAddresses;
    private final Map<Group, Set<Object>> groups = new ConcurrentHashMap<>();

    private record Group(long hi, long lo) {}

    private StandInRoutes(final int[] own, final long broadcast, final long gateway) {
        this.own = own;
        this.broadcast = broadcast;
        this.gateway = gateway;
    }

    private int groupLookups;

    /** @param addresses own ones in host order, at least one; the first is the source of all that is sent. */
    public static StandInRoutes of(final int... addresses) {
        return new StandInRoutes(addresses.clone(), IpAddress.v4(LIMITED_BROADCAST), 0);
    }

    /** The same with a directed broadcast address, in host order, beside the limited one. */
    public StandInRoutes withBroadcast(final int address) {
        return new StandInRoutes(own, IpAddress.v4(address), gateway);
    }

    /** The same where the way to every other address of IPv4 leads over a router, given in host order. */
    public StandInRoutes withGateway(final int address) {
        return new StandInRoutes(own, broadcast, IpAddress.v4(address));
    }

    @Override
    public boolean isOwn(final long hi, final long lo) {
        final Family family = Family.of(hi, lo);
        return !withoutAddresses && hi == family.hi()
                && Arrays.stream(own).anyMatch(address -> family.lo(address) == lo);
    }

    /** No address is an own one any more. */
    public void removeAddresses() {
        withoutAddresses = true;
    }

    @Override
    public boolean isBroadcast(final long hi, final long lo) {
        return hi == 0 && (lo == broadcast || lo == IpAddress.v4(LIMITED_BROADCAST));
    }

    /** Joins a multicast group, given in host order. */
    public void join(final int group) {
        listen(this, 0, IpAddress.v4(group), false);
    }

    /** Joins a multicast group of IPv6. */
    public void join(final String group) {
        final ByteBuffer address = ByteBuffer.wrap(Ipv6Packet.address(group));
        listen(this, address.getLong(), address.getLong(), false);
    }

    /** Leaves it. */
    public void leave(final int group) {
        listen(this, 0, IpAddress.v4(group), true);
    }

    @Override
    public void listen(final Object listener, final long groupHi, final long groupLo, final boolean include,
            final long... sources) {
        groups.compute(new Group(groupHi, groupLo), (group, known) -> {
            final Set<Object> listeners = known == null ? ConcurrentHashMap.newKeySet() : known;
            if (include && sources.length == 0) {
                listeners.remove(listener);
            } else {
                listeners.add(listener);
            }
            return listeners.isEmpty() ? null : listeners;
        });
    }

    @Override
    public boolean isJoined(final long hi, final long lo) {
        return groups.containsKey(new Group(hi, lo));
    }

    @Override
    public long groupSourceHi(final long hi, final long lo) {
        return Family.of(hi, lo).hi();
    }

    /** How often somebody asked for the source of what is sent to a group. */
    public int groupLookups() {
        return groupLookups;
    }

    @Override
    public long groupSourceLo(final long hi, final long lo) {
        groupLookups++;
        return Family.of(hi, lo).lo(own[0]);
    }

    @Override
    public int route(final long hi, final long lo) {
        return isOwn(hi, lo) ? LOCAL : hi == Family.of(hi, lo).hi() ? 0 : NO_ROUTE;
    }

    @Override
    public long nextHopHi(final int route, final long hi, final long lo) {
        return hi;
    }

    @Override
    public long nextHopLo(final int route, final long hi, final long lo) {
        return gateway != 0 && IpAddress.isV4(hi, lo) ? gateway : lo;
    }

    @Override
    public long sourceHi(final int route) {
        return 0;
    }

    @Override
    public long sourceLo(final int route) {
        return Family.V4.lo(own[0]);
    }

    @Override
    public long sourceHi(final int route, final long hi, final long lo) {
        return Family.of(hi, lo).hi();
    }

    @Override
    public long sourceLo(final int route, final long hi, final long lo) {
        return Family.of(hi, lo).lo(own[0]);
    }
}
