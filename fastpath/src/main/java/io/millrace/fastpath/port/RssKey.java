package io.millrace.fastpath.port;

import java.util.HexFormat;

/**
 * The key of a {@link Toeplitz} hash: 40 bytes, as receive-side scaling has it. Immutable. Thread: any.
 *
 * @param hex 80 hexadecimal digits, small.
 */
public record RssKey(String hex) {
    /** Bytes of a key. */
    public static final int LENGTH = 40;

    /**
     * The key of the specification's examples, which every driver's author knows: whoever does, can aim flows at one
     * queue. For tests.
     */
    public static final RssKey EXAMPLE = new RssKey(
            "6d5a56da255b0ec24167253d43a38fb0d0ca2bcbae7b30b477cb2da38030f20c6a42b73bbeac01fa");

    /** @throws IllegalArgumentException where it is not 40 bytes, or all of them are 0 and so would be every hash. */
    public RssKey {
        if (!hex.matches("[0-9a-f]{80}") || hex.matches("0*")) {
            throw new IllegalArgumentException("a key of RSS has 80 hexadecimal digits, not all of them 0");
        }
    }

    /** @param bytes {@value #LENGTH}, not all 0. */
    public static RssKey of(final byte[] bytes) {
        return new RssKey(HexFormat.of().formatHex(bytes));
    }

    /** A copy. */
    public byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }

    /** Who knows it can aim flows at one queue. */
    @Override
    public String toString() {
        return "RssKey[hidden]";
    }
}
