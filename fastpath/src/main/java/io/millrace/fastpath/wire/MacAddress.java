package io.millrace.fastpath.wire;

import java.util.HexFormat;

/** Text of 48-bit MAC addresses, which stand in the low bits of a {@code long}. Pure functions. Thread: any. */
public final class MacAddress {
    private static final int TEXT_LENGTH = 17;

    private MacAddress() {}

    /** True for group addresses, the broadcast address among them (IEEE 802, the first octet's lowest bit). */
    public static boolean isMulticast(final long address) {
        return (address & 0x0100_0000_0000L) != 0;
    }

    /** The Ethernet address of an IPv4 multicast group given in host order: 01:00:5e and its lower 23 bits (RFC 1112 §6.4). */
    public static long ofGroup(final int group) {
        return 0x0100_5E00_0000L | group & 0x7F_FFFF;
    }

    /** The Ethernet address of an IPv6 multicast group: 33:33 and its lowest 32 bits (RFC 2464 §7). */
    public static long ofGroupV6(final long groupLo) {
        return 0x3333_0000_0000L | groupLo & 0xFFFF_FFFFL;
    }

    /** For example {@code 02:00:00:00:00:0a}. Allocates. */
    public static String toString(final long address) {
        final StringBuilder text = new StringBuilder(TEXT_LENGTH);
        for (int shift = 40; shift >= 0; shift -= 8) {
            HexFormat.of().toHexDigits(text, (byte) (address >>> shift));
            if (shift > 0) {
                text.append(':');
            }
        }
        return text.toString();
    }

    /**
     * @param text six pairs of hexadecimal digits with {@code ':'} or {@code '-'} between them, in either case.
     * @return the address in the low 48 bits.
     * @throws IllegalArgumentException saying what is wrong, where the text is something else.
     */
    public static long parse(final String text) {
        if (text.length() != TEXT_LENGTH) {
            throw malformed(text);
        }
        final char separator = text.charAt(2);
        if (separator != ':' && separator != '-') {
            throw malformed(text);
        }
        long address = 0;
        for (int i = 0; i < TEXT_LENGTH; i += 3) {
            if (i > 0 && text.charAt(i - 1) != separator || !HexFormat.isHexDigit(text.charAt(i))
                    || !HexFormat.isHexDigit(text.charAt(i + 1))) {
                throw malformed(text);
            }
            address = address << 8 | HexFormat.fromHexDigits(text, i, i + 2);
        }
        return address;
    }

    private static IllegalArgumentException malformed(final String text) {
        return new IllegalArgumentException("not a MAC address such as 02:00:00:00:00:0a: \"" + text + '"');
    }
}
