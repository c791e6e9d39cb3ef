package io.millrace.nativeports.linux;

import io.millrace.fastpath.wire.IpAddress;
import java.net.InetAddress;

/**
 * An IPv6 address with the length of its network's prefix.
 *
 * @param address 16 bytes; nobody changes them.
 * @param length  0 to 128.
 */
public record Ipv6Prefix(InetAddress address, int length) {
    private static final int BITS = 128;

    /** True where the text can only be meant for one. */
    public static boolean isMeant(final String text) {
        return text.indexOf(':') >= 0;
    }

    /**
     * Reads e.g. {@code fd00::1/64}.
     *
     * @throws IllegalArgumentException naming the text and the form expected.
     */
    public static Ipv6Prefix parse(final String text) {
        final int slash = text.indexOf('/');
        try {
            if (slash > 0 && isMeant(text) && text.indexOf('%') < 0 && text.substring(slash + 1).matches("\\d{1,3}")) {
                final int length = Integer.parseInt(text.substring(slash + 1));
                final InetAddress address = InetAddress.ofLiteral(text.substring(0, slash));
                if (length <= BITS && address.getAddress().length * Byte.SIZE == BITS) {
                    return new Ipv6Prefix(address, length);
                }
            }
        } catch (final IllegalArgumentException e) {
            throw new IllegalArgumentException(refusal(text), e);
        }
        throw new IllegalArgumentException(refusal(text));
    }

    private static String refusal(final String text) {
        return "\"" + text + "\" is no IPv6 address with prefix such as fd00::1/64";
    }

    @Override
    public String toString() {
        return IpAddress.toString(address) + '/' + length;
    }
}
