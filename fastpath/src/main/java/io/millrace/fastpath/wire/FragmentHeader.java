package io.millrace.fastpath.wire;

import io.millrace.fastpath.memory.Memory;

/**
 * The fragment header of IPv6 (RFC 8200 §4.5). Pure functions of a buffer. Thread: any.
 *
 * <pre>
 *    0       1       2               4                               8
 *   +-------+-------+---------------+-------------------------------+
 *   |next   |  0    |offset      |0|M|        identification         |
 *   +-------+-------+---------------+-------------------------------+
 * </pre>
 */
public final class FragmentHeader {
    /** Bytes of the header. */
    public static final int LENGTH = 8;
    /** Where the field with the offset lies. */
    public static final int OFFSET_OFFSET = 2;

    private static final int MORE = 1;
    private static final int OFFSET_MASK = 0xFFF8;
    private static final int IDENTIFICATION_OFFSET = 4;

    private FragmentHeader() {}

    /**
     * Writes a whole header.
     *
     * @param offset in bytes, a multiple of 8, 0 to 65,528.
     */
    public static void write(final long address, final int nextHeader, final int offset, final boolean more,
            final int identification) {
        Memory.putIntBE(address, (nextHeader & 0xFF) << 24 | offset & OFFSET_MASK | (more ? MORE : 0));
        Memory.putIntBE(address + IDENTIFICATION_OFFSET, identification);
    }

    /** What follows in the packet that this is a fragment of, one of {@link IpProtocol}. */
    public static int nextHeader(final long address) {
        return Memory.getUnsignedByte(address);
    }

    /** Where the bytes lie in the packet they are a fragment of, in bytes, 0 to 65,528. */
    public static int offset(final long address) {
        return Memory.getShortBE(address + OFFSET_OFFSET) & OFFSET_MASK;
    }

    /** True where others follow. */
    public static boolean more(final long address) {
        return (Memory.getShortBE(address + OFFSET_OFFSET) & MORE) != 0;
    }

    /** True for a packet that is whole all the same (RFC 6946). */
    public static boolean isAtomic(final long address) {
        return (Memory.getShortBE(address + OFFSET_OFFSET) & (OFFSET_MASK | MORE)) == 0;
    }

    public static int identification(final long address) {
        return Memory.getIntBE(address + IDENTIFICATION_OFFSET);
    }
}
