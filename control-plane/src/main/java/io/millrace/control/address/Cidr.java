package io.millrace.control.address;

import io.millrace.fastpath.wire.IpAddress;
import java.net.InetAddress;
import java.util.regex.Pattern;

/**
 * An IP address with the length of its prefix, IPv4 or IPv6 (RFC 4632 §3.1, RFC 4291 §2.3). The address may have host
 * bits: as an own address it names both the address and the prefix it is in. Immutable. Thread: any.
 *
 * @param hi           upper half of the address, 0 for IPv4.
 * @param lo           lower half of the address, IPv4 as {@code ::ffff:a.b.c.d}.
 * @param prefixLength 0 to 32 for IPv4, 0 to 128 for IPv6.
 */
public record Cidr(long hi, long lo, int prefixLength) {
    private static final Pattern DOTTED = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern LENGTH = Pattern.compile("\\d{1,3}");
    private static final int V4_BITS_BEFORE = 96;

    public Cidr {
        if (prefixLength < 0 || prefixLength > (IpAddress.isV4(hi, lo) ? 32 : 128)) {
            throw new IllegalArgumentException("prefix length " + prefixLength + " of " + IpAddress.toString(hi, lo)
                    + " is not 0 to " + (IpAddress.isV4(hi, lo) ? 32 : 128));
        }
    }

    /**
     * Reads {@code address/length}, e.g. {@code 10.0.0.2/24} or {@code fd00::2/64}. Names are not resolved.
     *
     * @throws IllegalArgumentException one sentence: what is wrong and what is allowed.
     */
    public static Cidr parse(final String text) {
        final int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" has no prefix length; write it like 10.0.0.2/24 or fd00::2/64");
        }
        final String length = text.substring(slash + 1);
        if (!LENGTH.matcher(length).matches()) {
            throw new IllegalArgumentException("\"" + length + "\" in \"" + text + "\" is no prefix length");
        }
        final InetAddress address = parseAddress(text.substring(0, slash));
        return new Cidr(IpAddress.hi(address), IpAddress.lo(address), Integer.parseInt(length));
    }

    /**
     * Reads a literal address, e.g. {@code 10.0.0.2} or {@code fd00::2}. Names are not resolved.
     *
     * @throws IllegalArgumentException one sentence naming the text.
     */
    public static InetAddress parseAddress(final String text) {
        if (DOTTED.matcher(text).matches() || text.indexOf(':') >= 0 && text.indexOf('%') < 0) {
            try {
                return InetAddress.ofLiteral(text);
            } catch (final IllegalArgumentException e) {
                throw new IllegalArgumentException("\"" + text + "\" is no IP address", e);
            }
        }
        throw new IllegalArgumentException("\"" + text + "\" is no IP address; names are not resolved here");
    }

    /** True where this is IPv4. */
    public boolean isV4() {
        return IpAddress.isV4(hi, lo);
    }

    /** True where the other address lies in this prefix (and is of the same family). */
    public boolean contains(final long otherHi, final long otherLo) {
        return (otherHi & maskHi()) == networkHi() && (otherLo & maskLo()) == networkLo()
                && IpAddress.isV4(otherHi, otherLo) == isV4();
    }

    /** True where every bit behind the prefix is 0. */
    public boolean isNetwork() {
        return hi == networkHi() && lo == networkLo();
    }

    /** The prefix alone, its host bits 0. */
    public Cidr network() {
        return new Cidr(networkHi(), networkLo(), prefixLength);
    }

    /** True where the prefix has a directed broadcast address: IPv4 up to /30 (RFC 3021 takes it from /31). */
    public boolean hasBroadcast() {
        return isV4() && prefixLength <= 30;
    }

    /** Lower half of the directed broadcast address (RFC 919); meaningful with {@link #hasBroadcast}. */
    public long broadcastLo() {
        return networkLo() | ~maskLo();
    }

    /** The address alone. Allocates. */
    public InetAddress address() {
        return IpAddress.toInetAddress(hi, lo);
    }

    long maskHi() {
        return mask(bits());
    }

    long maskLo() {
        return mask(bits() - 64);
    }

    long networkHi() {
        return hi & maskHi();
    }

    long networkLo() {
        return lo & maskLo();
    }

    private int bits() {
        return isV4() ? prefixLength + V4_BITS_BEFORE : prefixLength;
    }

    private static long mask(final int bits) {
        return bits <= 0 ? 0 : bits >= 64 ? -1 : -1L << 64 - bits;
    }

    @Override
    public String toString() {
        return IpAddress.toString(hi, lo) + "/" + prefixLength;
    }
}
