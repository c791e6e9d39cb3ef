package io.millrace.config;

import io.millrace.fastpath.wire.IpAddress;
import java.net.InetAddress;

/**
 * An address and the length of its network's prefix, IPv4 or IPv6 (RFC 4632 §3.1). Thread: any.
 *
 * @param address      all its bits, those of the host included.
 * @param prefixLength 0 to 32 for IPv4, 0 to 128 for IPv6.
 */
public record Cidr(InetAddress address, int prefixLength) {
    /** @throws IllegalArgumentException where the prefix length is out of range. */
    public Cidr {
        if (prefixLength < 0 || prefixLength > Addresses.bits(address)) {
            throw new IllegalArgumentException("prefix length of " + IpAddress.toString(address) + " is 0 to "
                    + Addresses.bits(address));
        }
    }

    /**
     * Reads e.g. {@code 10.0.0.2/24}.
     *
     * @throws IllegalArgumentException where the text is none.
     */
    public static Cidr parse(final String text) {
        final int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("the prefix length is missing");
        }
        final InetAddress address = Addresses.parse(text.substring(0, slash));
        final String length = text.substring(slash + 1);
        if (!length.matches("[0-9]{1,3}")) {
            throw new IllegalArgumentException();
        }
        return new Cidr(address, Integer.parseInt(length));
    }

    /** True where the address lies within this prefix. */
    public boolean contains(final InetAddress other) {
        return Addresses.samePrefix(address, other, prefixLength);
    }

    /** True where an address lies within both. */
    public boolean overlaps(final Cidr other) {
        return Addresses.samePrefix(address, other.address, Math.min(prefixLength, other.prefixLength));
    }

    /** True where no bit of the host part is set. */
    boolean isNetwork() {
        final byte[] bytes = address.getAddress();
        for (int bit = prefixLength; bit < bytes.length << 3; bit++) {
            if ((bytes[bit >> 3] & 0x80 >> (bit & 7)) != 0) {
                return false;
            }
        }
        return true;
    }

    /** True where every bit of the host part is set, and the network is one of IPv4 that has a broadcast address. */
    boolean isDirectedBroadcast() {
        final byte[] bytes = address.getAddress();
        if (bytes.length != 4 || prefixLength > 30) {
            return false;
        }
        for (int bit = prefixLength; bit < Integer.SIZE; bit++) {
            if ((bytes[bit >> 3] & 0x80 >> (bit & 7)) == 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return IpAddress.toString(address) + '/' + prefixLength;
    }
}
