package io.millrace.nativeports.linux;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An IPv4 address with the length of its network's prefix.
 *
 * @param address its first byte in the highest bits.
 * @param length  0 to 32.
 */
public record Ipv4Prefix(int address, int length) {
    private static final Pattern FORM = Pattern
            .compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})/(\\d{1,2})");
    private static final int BYTES = 4;

    /**
     * Reads e.g. {@code 10.0.0.1/24}.
     *
     * @throws IllegalArgumentException naming the text and the form expected.
     */
    public static Ipv4Prefix parse(final String text) {
        final Matcher matcher = FORM.matcher(text);
        int address = 0;
        boolean fine = matcher.matches();
        for (int i = 1; fine && i <= BYTES; i++) {
            final int part = Integer.parseInt(matcher.group(i));
            fine = part <= 255;
            address = address << 8 | part;
        }
        if (!fine || Integer.parseInt(matcher.group(BYTES + 1)) > Integer.SIZE) {
            throw new IllegalArgumentException("\"" + text + "\" is no IPv4 address with prefix such as 10.0.0.1/24");
        }
        return new Ipv4Prefix(address, Integer.parseInt(matcher.group(BYTES + 1)));
    }

    /** The netmask, e.g. 0xFFFFFF00 for 24. */
    public int mask() {
        return length == 0 ? 0 : -1 << Integer.SIZE - length;
    }

    @Override
    public String toString() {
        return (address >>> 24) + "." + (address >>> 16 & 0xFF) + "." + (address >>> 8 & 0xFF) + "." + (address & 0xFF)
                + "/" + length;
    }
}
