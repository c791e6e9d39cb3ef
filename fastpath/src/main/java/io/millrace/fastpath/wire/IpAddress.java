package io.millrace.fastpath.wire;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.agrona.BitUtil;

/**
 * IP addresses as two longs: the upper and lower half of an IPv6 address in host order; an IPv4 address stands as
 * {@code ::ffff:a.b.c.d}, so hi is 0 and lo has 0xffff above the 32 bits. Pure functions. Thread: any.
 */
public final class IpAddress {
    private static final int GROUPS = 8;
    private static final long V4_PREFIX = 0x0000_FFFF_0000_0000L;
    /** Lower half of the IPv4 wildcard, {@code 0.0.0.0}; its upper half is 0. */
    public static final long ANY_V4 = V4_PREFIX;

    private IpAddress() {}

    /** Lower half of an IPv4 address given in host order; its upper half is 0. */
    public static long v4(final int address) {
        return V4_PREFIX | (address & 0xFFFF_FFFFL);
    }

    /** True where the pair stands for an IPv4 address. */
    public static boolean isV4(final long hi, final long lo) {
        return hi == 0 && (lo >>> 32) == 0xFFFFL;
    }

    /** True for the wildcard: {@code ::} or {@code 0.0.0.0}. */
    public static boolean isAny(final long hi, final long lo) {
        return hi == 0 && (lo == 0 || lo == V4_PREFIX);
    }

    /** True for a multicast group: {@code 224.0.0.0/4} (RFC 1112 §4) or {@code ff00::/8}. */
    public static boolean isMulticast(final long hi, final long lo) {
        return isV4(hi, lo) ? (lo & 0xF000_0000L) == 0xE000_0000L : hi >>> 56 == 0xFF;
    }

    /** True for {@code fe80::/10} (RFC 4291 §2.5.6). */
    public static boolean isLinkLocal(final long hi) {
        return hi >>> 54 == 0xFE80 >>> 6;
    }

    /** True for {@code ::1} (RFC 4291 §2.5.3). */
    public static boolean isLoopbackV6(final long hi, final long lo) {
        return hi == 0 && lo == 1;
    }

    /** The IPv4 address in host order. */
    public static int toV4(final long lo) {
        return (int) lo;
    }

    /** Upper half of an address. */
    public static long hi(final InetAddress address) {
        return address instanceof Inet4Address ? 0 : toLong(address.getAddress(), 0);
    }

    /** Lower half of an address; the IPv4 wildcard gives {@code ::ffff:0.0.0.0}. */
    public static long lo(final InetAddress address) {
        final byte[] bytes = address.getAddress();
        return address instanceof Inet4Address ? v4((int) (toLong(bytes, 0) >>> 32)) : toLong(bytes, 8);
    }

    /** The Java object for an address. Allocates. */
    public static InetAddress toInetAddress(final long hi, final long lo) {
        final boolean v4 = isV4(hi, lo);
        final byte[] bytes = new byte[v4 ? 4 : 16];
        for (int i = 0; i < bytes.length; i++) {
            final int shift = 8 * (7 - (v4 ? i + 4 : i & 7));
            bytes[i] = (byte) ((v4 || i >= 8 ? lo : hi) >>> shift);
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (final UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Text of an address, e.g. {@code 10.0.0.1}, {@code fd00::2} (RFC 5952). Allocates. */
    public static String toString(final long hi, final long lo) {
        return isV4(hi, lo) ? toInetAddress(hi, lo).getHostAddress() : toStringV6(hi, lo);
    }

    /** The same for a Java object; a scope is left out. */
    public static String toString(final InetAddress address) {
        return toString(hi(address), lo(address));
    }

    /** RFC 5952 §4.2: the longest run of two or more zero groups, the first of equals, is "::". */
    private static String toStringV6(final long hi, final long lo) {
        int from = GROUPS;
        int end = from;
        for (int i = 0, run = 0; i < GROUPS; i++) {
            run = group(hi, lo, i) == 0 ? run + 1 : 0;
            if (run > Math.max(1, end - from)) {
                from = i + 1 - run;
                end = i + 1;
            }
        }
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < GROUPS; i++) {
            if (i == from) {
                text.append("::");
                i = end - 1;
            } else {
                text.append(i == 0 || i == end ? "" : ":").append(Integer.toHexString(group(hi, lo, i)));
            }
        }
        return text.toString();
    }

    private static int group(final long hi, final long lo, final int index) {
        return (int) ((index < GROUPS / 2 ? hi : lo) >>> (3 - (index & 3)) * Short.SIZE) & 0xFFFF;
    }

    /** Text of an address and a port, e.g. {@code 10.0.0.1:80}, {@code [fd00::1]:80}. Allocates. */
    public static String toString(final long hi, final long lo, final int port) {
        final String address = toString(hi, lo);
        return (isV4(hi, lo) ? address : '[' + address + ']') + ':' + port;
    }

    private static long toLong(final byte[] bytes, final int offset) {
        long value = 0;
        for (int i = 0; i < BitUtil.SIZE_OF_LONG; i++) {
            value = value << 8 | (offset + i < bytes.length ? bytes[offset + i] & 0xFF : 0);
        }
        return value;
    }
}
