package io.millrace.fastpath.testing.script;

/**
 * What scripts write and send where they do not say what: each byte is a function of its place in the stream, so that
 * bytes that are lost, doubled or swapped show. Pure functions.
 */
final class StreamPattern {
    private StreamPattern() {}

    private static byte at(final long offset) {
        return (byte) (offset * 31 + (offset >> 8) * 7 + 1);
    }

    /** The bytes of a stream from an offset on. */
    static byte[] bytes(final long offset, final int length) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = at(offset + i);
        }
        return bytes;
    }

    /** True where the bytes are those of the stream from this offset on. */
    static boolean holds(final long offset, final byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] != at(offset + i)) {
                return false;
            }
        }
        return true;
    }
}
