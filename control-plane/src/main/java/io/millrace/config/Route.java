package io.millrace.config;

import io.millrace.fastpath.wire.IpAddress;
import java.net.InetAddress;

/**
 * A route to a network through a gateway. Thread: any.
 *
 * @param destination the network; no bit of its host part is set.
 * @param gateway     a router on one of the stack's own networks.
 */
public record Route(Cidr destination, InetAddress gateway) {
    /** @throws IllegalArgumentException where the destination is no network, or the families differ. */
    public Route {
        if (!destination.isNetwork()) {
            throw new IllegalArgumentException(destination + " has bits set after its prefix");
        }
        if (Addresses.bits(destination.address()) != Addresses.bits(gateway)) {
            throw new IllegalArgumentException("destination and gateway must both be IPv4 or both IPv6");
        }
    }

    /**
     * Reads e.g. {@code 10.1.0.0/16 via 10.0.0.254}.
     *
     * @throws IllegalArgumentException where the text is none.
     */
    public static Route parse(final String text) {
        final String[] words = text.split("\\s+");
        if (words.length != 3 || !words[1].equals("via")) {
            throw new IllegalArgumentException();
        }
        return new Route(Cidr.parse(words[0]), Addresses.parse(words[2]));
    }

    @Override
    public String toString() {
        return destination + " via " + IpAddress.toString(gateway);
    }
}
