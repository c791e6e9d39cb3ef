package io.millrace.services;

import io.netty.buffer.ByteBuf;

/**
 * Deterministic bytes that say where they belong: line {@code k} of the endless text is {@code k} in 15 hexadecimal
 * digits and a newline, so the byte at offset {@code n} lies in line {@code n / 16}. In a capture a lost or misplaced
 * byte shows at a glance, and any language makes the same bytes in one line. Pure functions. Thread: any.
 */
public final class HexLines {
    /** Bytes of a line. */
    public static final int LINE = 16;

    private static final int DIGITS = 15;

    private HexLines() {}

    /** The byte at an offset, 0 to 2^63 - 1. */
    public static byte at(final long offset) {
        final int column = (int) (offset & LINE - 1);
        return column == DIGITS ? (byte) '\n' : digit((int) (offset >>> 4 >>> 4 * (DIGITS - 1 - column)) & 0xF);
    }

    /** Appends the bytes from an offset on. */
    public static void write(final ByteBuf target, final long offset, final int length) {
        target.ensureWritable(length);
        long position = offset;
        final long end = offset + length;
        while (position < end && (position & LINE - 1) != 0) {
            target.writeByte(at(position++));
        }
        for (; position + LINE <= end; position += LINE) {
            final long line = position >>> 4;
            target.writeLong(hex((int) (line >>> 28)));
            target.writeLong(hex((int) line << 4) & ~0xFFL | '\n');
        }
        while (position < end) {
            target.writeByte(at(position++));
        }
    }

    /** True where the buffer's readable bytes are those from the offset on. */
    public static boolean matches(final ByteBuf bytes, final long offset) {
        final int start = bytes.readerIndex();
        final int length = bytes.readableBytes();
        for (int i = 0; i < length; i++) {
            if (bytes.getByte(start + i) != at(offset + i)) {
                return false;
            }
        }
        return true;
    }

    private static byte digit(final int value) {
        return (byte) (value < 10 ? '0' + value : 'a' + value - 10);
    }

    /** Eight hexadecimal digits of an int, big-endian: nibbles spread to bytes, then moved to '0' or 'a'. */
    private static long hex(final int value) {
        long nibbles = value & 0xFFFF_FFFFL;
        nibbles = (nibbles | nibbles << 16) & 0x0000_FFFF_0000_FFFFL;
        nibbles = (nibbles | nibbles << 8) & 0x00FF_00FF_00FF_00FFL;
        nibbles = (nibbles | nibbles << 4) & 0x0F0F_0F0F_0F0F_0F0FL;
        final long letters = (nibbles + 0x0606_0606_0606_0606L) >>> 4 & 0x0101_0101_0101_0101L;
        return nibbles + 0x3030_3030_3030_3030L + letters * ('a' - '0' - 10);
    }
}
