package io.millrace.fastpath.testing;

import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.Ipv6Header;

/**
 * Which family of addresses a test runs over. Tests write every address as one of IPv4; over IPv6 the address
 * {@code 10.0.0.1} stands for {@code 2001:db8::a00:1}, and links carry 20 bytes more, so that segments are as long as
 * over IPv4. Thread: the test's.
 */
public enum Family {
    V4(0, Ipv4Header.MIN_LENGTH),
    V6(0x2001_0DB8_0000_0000L, Ipv6Header.LENGTH);

    private static Family current = V4;

    private final long hi;
    private final int headerLength;

    Family(final long hi, final int headerLength) {
        this.hi = hi;
        this.headerLength = headerLength;
    }

    /** The one that tests run over now. */
    public static Family current() {
        return current;
    }

    /** Tests run over this one from now on. */
    public static void use(final Family family) {
        current = family;
    }

    /** The one that an address is of. */
    public static Family of(final long hi, final long lo) {
        return IpAddress.isV4(hi, lo) ? V4 : V6;
    }

    /** Upper half of every address. */
    public long hi() {
        return hi;
    }

    /** Lower half of an address, given as one of IPv4 in host order. */
    public long lo(final int address) {
        return this == V4 ? IpAddress.v4(address) : address & 0xFFFF_FFFFL;
    }

    /** Bytes of the IP header. */
    public int headerLength() {
        return headerLength;
    }

    /** Longest packet of a link over which segments are as long as over IPv4 on a link of this MTU. */
    public int mtu(final int ofV4) {
        return ofV4 + headerLength - Ipv4Header.MIN_LENGTH;
    }
}
