package io.millrace.fastpath.port;

import java.net.InetAddress;
import java.util.List;

/**
 * What the kernel has set up on the interface of a device, for a stack that is to live at the same addresses. Immutable.
 * Thread: any.
 *
 * @param interfaceName in its own network namespace.
 * @param mtu           bytes of the largest IP packet.
 * @param addresses     that last: neither temporary (RFC 8981) nor deprecated ones, nor any that is not yet known to be
 *                      unique (RFC 4862).
 * @param routes        of the main table, through a gateway on this interface, the preferred ones first.
 */
public record HostNetwork(String interfaceName, int mtu, List<Address> addresses, List<Route> routes) {
    public HostNetwork {
        addresses = List.copyOf(addresses);
        routes = List.copyOf(routes);
    }

    /**
     * An address of the interface.
     *
     * @param prefixLength of the network that is reached directly.
     */
    public record Address(InetAddress address, int prefixLength) {}

    /**
     * A route.
     *
     * @param destination with no bit set behind the prefix.
     * @param gateway     of the same family.
     * @param metric      the lowest wins.
     */
    public record Route(InetAddress destination, int prefixLength, InetAddress gateway, long metric) {}
}
