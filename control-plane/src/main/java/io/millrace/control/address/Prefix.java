package io.millrace.control.address;

import io.millrace.config.Cidr;
import io.millrace.fastpath.wire.IpAddress;

/**
 * A {@link Cidr} in the form that lookups use: halves of an IPv6 address, with IPv4 as {@code ::ffff:a.b.c.d} and the
 * prefix counted from there. Immutable. Thread: any.
 *
 * @param hi   upper half of the address, host bits included.
 * @param lo   lower half.
 * @param bits 0 to 128; for IPv4 96 and more.
 */
record Prefix(long hi, long lo, int bits) {
    private static final int V4_BITS_BEFORE = 96;

    static Prefix of(final Cidr cidr) {
        final long hi = IpAddress.hi(cidr.address());
        final long lo = IpAddress.lo(cidr.address());
        return new Prefix(hi, lo, IpAddress.isV4(hi, lo) ? cidr.prefixLength() + V4_BITS_BEFORE : cidr.prefixLength());
    }

    boolean isV4() {
        return IpAddress.isV4(hi, lo);
    }

    /** True where the prefix has a directed broadcast address (RFC 919): IPv4 up to /30 (RFC 3021 takes it from /31). */
    boolean hasBroadcast() {
        return isV4() && bits <= V4_BITS_BEFORE + 30;
    }

    /** Lower half of the directed broadcast address; meaningful with {@link #hasBroadcast}. */
    long broadcastLo() {
        return networkLo() | ~maskLo();
    }

    long maskHi() {
        return maskHi(bits);
    }

    long maskLo() {
        return maskLo(bits);
    }

    static long maskHi(final int bits) {
        return mask(bits);
    }

    static long maskLo(final int bits) {
        return mask(bits - 64);
    }

    /** Leading bits that two addresses have in common, 0 to 128. */
    static int common(final long hi, final long lo, final long otherHi, final long otherLo) {
        final int upper = Long.numberOfLeadingZeros(hi ^ otherHi);
        return upper < Long.SIZE ? upper : Long.SIZE + Long.numberOfLeadingZeros(lo ^ otherLo);
    }

    /** True where the address lies in the prefix. */
    boolean contains(final long otherHi, final long otherLo) {
        return (otherHi & maskHi()) == networkHi() && (otherLo & maskLo()) == networkLo();
    }

    long networkHi() {
        return hi & maskHi();
    }

    long networkLo() {
        return lo & maskLo();
    }

    private static long mask(final int bits) {
        return bits <= 0 ? 0 : bits >= 64 ? -1 : -1L << 64 - bits;
    }
}
