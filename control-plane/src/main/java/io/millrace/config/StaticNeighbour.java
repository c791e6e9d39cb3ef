package io.millrace.config;

import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.MacAddress;
import java.net.InetAddress;

/**
 * A neighbour whose link-layer address is configured. Thread: any.
 *
 * @param address IPv4 or IPv6.
 * @param mac     48 bits, no group address.
 */
public record StaticNeighbour(InetAddress address, long mac) {
    /** @throws IllegalArgumentException where the MAC is no host's. */
    public StaticNeighbour {
        if (mac == 0 || MacAddress.isMulticast(mac)) {
            throw new IllegalArgumentException(MacAddress.toString(mac) + " is no host's");
        }
    }

    /**
     * Reads e.g. {@code 10.0.0.9 = 02:00:00:00:00:0a}.
     *
     * @throws IllegalArgumentException where the text is none.
     */
    public static StaticNeighbour parse(final String text) {
        final int equals = text.indexOf('=');
        if (equals < 0) {
            throw new IllegalArgumentException();
        }
        return new StaticNeighbour(Addresses.parse(text.substring(0, equals).strip()),
                MacAddress.parse(text.substring(equals + 1).strip()));
    }

    @Override
    public String toString() {
        return IpAddress.toString(address) + " = " + MacAddress.toString(mac);
    }
}
