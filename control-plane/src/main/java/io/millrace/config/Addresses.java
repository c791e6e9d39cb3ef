package io.millrace.config;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.regex.Pattern;

/** Reads IP addresses. Asks no name service, and takes none of the short forms ({@code 10.1} for {@code 10.0.0.1}). */
final class Addresses {
    private static final Pattern DOTTED_QUAD = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

    private Addresses() {}

    /** @throws IllegalArgumentException where the text is no address; without a message. */
    static InetAddress parse(final String text) {
        final boolean v4 = DOTTED_QUAD.matcher(text).matches();
        if (!v4 && (text.indexOf(':') < 0 || text.indexOf('%') >= 0)) {
            throw new IllegalArgumentException();
        }
        try {
            return InetAddress.ofLiteral(text);
        } catch (final IllegalArgumentException e) {
            throw new IllegalArgumentException(null, e);
        }
    }

    /** Bits of an address: 32 or 128. */
    static int bits(final InetAddress address) {
        return address instanceof Inet4Address ? Integer.SIZE : 128;
    }

    /** True where both are of one family and the first {@code length} bits are the same. */
    static boolean samePrefix(final InetAddress first, final InetAddress second, final int length) {
        final byte[] a = first.getAddress();
        final byte[] b = second.getAddress();
        if (a.length != b.length) {
            return false;
        }
        for (int bit = 0; bit < length; bit += Byte.SIZE) {
            final int mask = 0xFF00 >> Math.min(Byte.SIZE, length - bit) & 0xFF;
            if (((a[bit >> 3] ^ b[bit >> 3]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }
}
