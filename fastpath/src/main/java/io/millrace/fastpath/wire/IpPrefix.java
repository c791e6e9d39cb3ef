package io.millrace.fastpath.wire;

import java.net.InetAddress;

/**
 * A network of hosts, as a prefix of their addresses (RFC 4632 §3.1). Addresses are pairs of longs as in
 * {@link IpAddress}. Immutable. Thread: any.
 *
 * @param hi     upper half of the network's address.
 * @param lo     lower half.
 * @param length bits of the prefix, 0 to 128; of IPv4 counted from the front of {@code ::ffff:0.0.0.0}, so at least 96.
 */
public record IpPrefix(long hi, long lo, int length) {
    private static final int V4_BITS_BEFORE = 96;
    private static final int BITS = 128;

    /** @throws IllegalArgumentException where the length is out of range, or bits behind the prefix are set. */
    public IpPrefix {
        if (length < 0 || length > BITS) {
            throw new IllegalArgumentException("a prefix has 0 to " + BITS + " bits, not " + length);
        }
        if ((hi & ~mask(length)) != 0 || (lo & ~mask(length - Long.SIZE)) != 0) {
            throw new IllegalArgumentException(
                    IpAddress.toString(hi, lo) + " has bits set behind the prefix of a network");
        }
    }

    /**
     * @param length 0 to 32 for IPv4, 0 to 128 for IPv6.
     * @throws IllegalArgumentException where the length is out of range, or bits behind the prefix are set.
     */
    public static IpPrefix of(final InetAddress network, final int length) {
        final long hi = IpAddress.hi(network);
        final long lo = IpAddress.lo(network);
        final boolean v4 = IpAddress.isV4(hi, lo);
        if (length < 0 || v4 && length > BITS - V4_BITS_BEFORE) {
            throw new IllegalArgumentException("prefix length of " + IpAddress.toString(network) + " is 0 to "
                    + (v4 ? BITS - V4_BITS_BEFORE : BITS));
        }
        return new IpPrefix(hi, lo, v4 ? length + V4_BITS_BEFORE : length);
    }

    /**
     * Reads e.g. {@code 10.0.0.0/8} or {@code fd00::/8}; an address alone is the network of that host.
     *
     * @throws IllegalArgumentException where the text is none; host names are not looked up.
     */
    public static IpPrefix parse(final String text) {
        final int slash = text.indexOf('/');
        final InetAddress network = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
        final int bits = network.getAddress().length * Byte.SIZE;
        return of(network, slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1)));
    }

    /** True where the address lies within the network. */
    public boolean contains(final long addressHi, final long addressLo) {
        return ((addressHi ^ hi) & mask(length)) == 0 && ((addressLo ^ lo) & mask(length - Long.SIZE)) == 0;
    }

    private static long mask(final int bits) {
        return bits <= 0 ? 0 : bits >= Long.SIZE ? -1 : -1L << Long.SIZE - bits;
    }

    /** E.g. {@code 10.0.0.0/8}. */
    @Override
    public String toString() {
        return IpAddress.toString(hi, lo) + '/' + (IpAddress.isV4(hi, lo) ? length - V4_BITS_BEFORE : length);
    }
}
