package io.millrace.config;

import io.millrace.fastpath.wire.IpAddress;
import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * A route to a network through a gateway. Thread: any.
 *
 * @param destination the network; no bit of its host part is set.
 * @param gateway     a router on one of the stack's own networks.
 * @param link        the link of a link-local gateway of IPv6, which may be on any (RFC 4007 §11), 0 and more; where
 *                    another is follows from its address, and this is 0.
 */
public record Route(Cidr destination, InetAddress gateway, int link) {
    private static final char ZONE = '%';

    /** @throws IllegalArgumentException where the destination is no network, the families differ, or there is no such link. */
    public Route {
        if (!destination.isNetwork()) {
            throw new IllegalArgumentException(destination + " has bits set after its prefix");
        }
        if (Addresses.bits(destination.address()) != Addresses.bits(gateway)) {
            throw new IllegalArgumentException("destination and gateway must both be IPv4 or both IPv6");
        }
        if (link < 0 || link > 0 && !(gateway instanceof Inet6Address && gateway.isLinkLocalAddress())) {
            throw new IllegalArgumentException("only the link of a link-local gateway can be named");
        }
    }

    /** Through a gateway whose address says where it is, or a link-local one on the first link. */
    public Route(final Cidr destination, final InetAddress gateway) {
        this(destination, gateway, 0);
    }

    /**
     * Reads e.g. {@code 10.1.0.0/16 via 10.0.0.254}, {@code ::/0 via fe80::1%1}.
     *
     * @throws IllegalArgumentException where the text is none.
     */
    public static Route parse(final String text) {
        final String[] words = text.split("\\s+");
        if (words.length != 3 || !words[1].equals("via")) {
            throw new IllegalArgumentException();
        }
        final int zone = words[2].indexOf(ZONE);
        return zone < 0
                ? new Route(Cidr.parse(words[0]), Addresses.parse(words[2]))
                : new Route(Cidr.parse(words[0]), Addresses.parse(words[2].substring(0, zone)),
                        link(words[2].substring(zone + 1)));
    }

    private static int link(final String text) {
        if (!text.matches("[0-9]")) {
            throw new IllegalArgumentException();
        }
        return Integer.parseInt(text);
    }

    @Override
    public String toString() {
        return destination + " via " + IpAddress.toString(gateway) + (link == 0 ? "" : ZONE + Integer.toString(link));
    }
}
