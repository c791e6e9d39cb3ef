package io.millrace.nativeports.linux;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.HostNetwork;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads addresses and routes of an interface, in the network namespace of this thread. Thread: any. */
public final class HostNetworkReader {
    private HostNetworkReader() {}

    /** @throws IOException one sentence: what was tried, what the system said. */
    public static HostNetwork read(final String interfaceName) throws IOException {
        final int index;
        final int mtu;
        try (HostInterface host = new HostInterface(interfaceName)) {
            index = host.index();
            mtu = host.mtu();
        }
        final List<HostNetwork.Address> addresses = new ArrayList<>();
        new NetlinkDump("the addresses of " + interfaceName).run(Netlink.RTM_GETADDR, Netlink.ADDRESS_LENGTH,
                Netlink.RTM_NEWADDR, (at, length) -> add(addresses, address(index, at, length)));
        final List<HostNetwork.Route> routes = new ArrayList<>();
        new NetlinkDump("the routes of " + interfaceName).run(Netlink.RTM_GETROUTE, Netlink.ROUTE_LENGTH,
                Netlink.RTM_NEWROUTE, (at, length) -> add(routes, route(index, at, length)));
        routes.sort(Comparator.comparingLong(HostNetwork.Route::metric));
        return new HostNetwork(interfaceName, mtu, addresses, routes);
    }

    private static <T> void add(final List<T> all, final @Nullable T one) {
        if (one != null) {
            all.add(one);
        }
    }

    private static HostNetwork.@Nullable Address address(final int index, final long at, final int length) {
        if (length < Netlink.ADDRESS_LENGTH || Memory.getInt(at + Netlink.ADDRESS_INDEX_OFFSET) != index) {
            return null;
        }
        final NetlinkAttributes attributes = new NetlinkAttributes(at + Netlink.ADDRESS_LENGTH,
                length - Netlink.ADDRESS_LENGTH);
        // on a link between two hosts IFA_ADDRESS is the other one's
        final InetAddress local = attributes.address(Netlink.IFA_LOCAL);
        final InetAddress address = local == null ? attributes.address(Netlink.IFA_ADDRESS) : local;
        final int flags = attributes.word(Netlink.IFA_FLAGS,
                Memory.getUnsignedByte(at + Netlink.ADDRESS_FLAGS_OFFSET));
        return address == null || !lasts(address, flags)
                ? null
                : new HostNetwork.Address(address, Memory.getUnsignedByte(at + Netlink.ADDRESS_PREFIX_OFFSET));
    }

    private static boolean lasts(final InetAddress address, final int flags) {
        final int bad = Netlink.IFA_F_DADFAILED | Netlink.IFA_F_DEPRECATED | Netlink.IFA_F_TENTATIVE
                | (address instanceof Inet6Address ? Netlink.IFA_F_TEMPORARY : 0);
        return (flags & bad) == 0;
    }

    private static HostNetwork.@Nullable Route route(final int index, final long at, final int length) {
        if (length < Netlink.ROUTE_LENGTH
                || Memory.getUnsignedByte(at + Netlink.ROUTE_TABLE_OFFSET) != Netlink.RT_TABLE_MAIN
                || Memory.getUnsignedByte(at + Netlink.ROUTE_TYPE_OFFSET) != Netlink.RTN_UNICAST) {
            return null;
        }
        final NetlinkAttributes attributes = new NetlinkAttributes(at + Netlink.ROUTE_LENGTH,
                length - Netlink.ROUTE_LENGTH);
        final InetAddress gateway = attributes.address(Netlink.RTA_GATEWAY);
        if (gateway == null || attributes.word(Netlink.RTA_OIF, 0) != index) {
            return null;
        }
        final InetAddress to = attributes.address(Netlink.RTA_DST);
        return new HostNetwork.Route(to == null ? anywhere(gateway) : to,
                Memory.getUnsignedByte(at + Netlink.ROUTE_PREFIX_OFFSET), gateway,
                attributes.word(Netlink.RTA_PRIORITY, 0) & 0xFFFF_FFFFL);
    }

    private static InetAddress anywhere(final InetAddress gateway) {
        return InetAddress.ofLiteral(gateway instanceof Inet6Address ? "::" : "0.0.0.0");
    }
}
