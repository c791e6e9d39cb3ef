package io.millrace.control.address;

import io.millrace.fastpath.wire.IpAddress;
import java.net.InetAddress;

/**
 * A way to a prefix through a gateway. Immutable. Thread: any.
 *
 * @param destination the prefix, without host bits.
 * @param gatewayHi   upper half of the gateway's address.
 * @param gatewayLo   lower half of the gateway's address.
 */
public record Route(Cidr destination, long gatewayHi, long gatewayLo) {
    public Route {
        if (!destination.isNetwork()) {
            throw new IllegalArgumentException(
                    "route " + destination + " has host bits set; the prefix is " + destination.network());
        }
        if (IpAddress.isV4(gatewayHi, gatewayLo) != destination.isV4()) {
            throw new IllegalArgumentException("route " + destination + " and its gateway "
                    + IpAddress.toString(gatewayHi, gatewayLo) + " are not of one family");
        }
    }

    /** A route to a prefix. */
    public static Route via(final Cidr destination, final InetAddress gateway) {
        return new Route(destination, IpAddress.hi(gateway), IpAddress.lo(gateway));
    }

    /** The default route of the gateway's family. */
    public static Route defaultVia(final InetAddress gateway) {
        final boolean v4 = IpAddress.isV4(IpAddress.hi(gateway), IpAddress.lo(gateway));
        return via(v4 ? new Cidr(0, IpAddress.v4(0), 0) : new Cidr(0, 0, 0), gateway);
    }

    @Override
    public String toString() {
        return destination + " via " + IpAddress.toString(gatewayHi, gatewayLo);
    }
}
