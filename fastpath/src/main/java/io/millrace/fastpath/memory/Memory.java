package io.millrace.fastpath.memory;

import java.nio.ByteOrder;
import org.agrona.UnsafeApi;

/**
 * Raw access to off-heap memory by address. Host-order accessors serve Millrace's own records; the {@code BE}
 * accessors serve the wire, whose integers are big-endian.
 * <p>
 * Nothing is checked here: whoever wraps an address has checked its length once (a header flyweight against the frame,
 * a record against its table). A wrong address ends the JVM.
 * <p>
 * Each access names its base, null: those variants are the JIT compiler's own, which the others would call. It inlines only so
 * many bytecodes, and so deep.
 * <p>
 * Thread: any; no access is ordered unless its name says so.
 */
public final class Memory {
    /** The flag without which no off-heap access is possible on JDK 25. */
    public static final String REQUIRED_FLAG = "--add-exports java.base/jdk.internal.misc=ALL-UNNAMED";

    private static final boolean SWAP = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private static final int SHORT = 128;
    private static final int BYTES_BASE;

    static {
        requireFlag();
        BYTES_BASE = UnsafeApi.arrayBaseOffset(byte[].class);
    }

    private Memory() {}

    /**
     * Fails with one sentence where the JVM was started without {@link #REQUIRED_FLAG}.
     *
     * @throws IllegalStateException naming the flag that is missing.
     */
    public static void requireFlag() {
        final Module base = Object.class.getModule();
        if (!base.isExported("jdk.internal.misc", Memory.class.getModule())) {
            throw new IllegalStateException("Millrace needs the JVM flag " + REQUIRED_FLAG);
        }
    }

    public static byte getByte(final long address) {
        return UnsafeApi.getByte(null, address);
    }

    /** The unsigned byte at the address, 0 to 255. */
    public static int getUnsignedByte(final long address) {
        return UnsafeApi.getByte(null, address) & 0xFF;
    }

    public static void putByte(final long address, final int value) {
        UnsafeApi.putByte(null, address, (byte) value);
    }

    public static short getShort(final long address) {
        return UnsafeApi.getShort(null, address);
    }

    /** The unsigned host-order 16-bit integer at the address, 0 to 65,535. */
    public static int getUnsignedShort(final long address) {
        return UnsafeApi.getShort(null, address) & 0xFFFF;
    }

    public static void putShort(final long address, final int value) {
        UnsafeApi.putShort(null, address, (short) value);
    }

    public static int getInt(final long address) {
        return UnsafeApi.getInt(null, address);
    }

    public static void putInt(final long address, final int value) {
        UnsafeApi.putInt(null, address, value);
    }

    public static long getLong(final long address) {
        return UnsafeApi.getLong(null, address);
    }

    public static void putLong(final long address, final long value) {
        UnsafeApi.putLong(null, address, value);
    }

    /** Reads what another thread may be writing: whole, and at some time after it was written. */
    public static long getLongOpaque(final long address) {
        return UnsafeApi.getLongOpaque(null, address);
    }

    /** Writes for another thread that reads by {@link #getLongOpaque}. */
    public static void putLongOpaque(final long address, final long value) {
        UnsafeApi.putLongOpaque(null, address, value);
    }

    /** Reads what {@link #putLongRelease} has written: what was written before that is seen after this. */
    public static long getLongAcquire(final long address) {
        return UnsafeApi.getLongAcquire(null, address);
    }

    /** Writes after everything written before, for another thread that reads by {@link #getLongAcquire}. */
    public static void putLongRelease(final long address, final long value) {
        UnsafeApi.putLongRelease(null, address, value);
    }

    /** Writes the host-order long where it is still {@code expected}, in the order of everything around it. */
    public static boolean compareAndSetLong(final long address, final long expected, final long value) {
        return UnsafeApi.compareAndSetLong(null, address, expected, value);
    }

    /** Reads what another party has written last of all: what it wrote before that is seen after this. */
    public static int getIntAcquire(final long address) {
        return UnsafeApi.getIntAcquire(null, address);
    }

    /** Writes after everything written before, for another party that reads it with acquire. */
    public static void putIntRelease(final long address, final int value) {
        UnsafeApi.putIntRelease(null, address, value);
    }

    /** The unsigned big-endian 16-bit integer at the address, 0 to 65,535. */
    public static int getShortBE(final long address) {
        final short value = UnsafeApi.getShort(null, address);
        return (SWAP ? Short.reverseBytes(value) : value) & 0xFFFF;
    }

    public static void putShortBE(final long address, final int value) {
        UnsafeApi.putShort(null, address, SWAP ? Short.reverseBytes((short) value) : (short) value);
    }

    public static int getIntBE(final long address) {
        final int value = UnsafeApi.getInt(null, address);
        return SWAP ? Integer.reverseBytes(value) : value;
    }

    public static void putIntBE(final long address, final int value) {
        UnsafeApi.putInt(null, address, SWAP ? Integer.reverseBytes(value) : value);
    }

    public static long getLongBE(final long address) {
        final long value = UnsafeApi.getLong(null, address);
        return SWAP ? Long.reverseBytes(value) : value;
    }

    public static void putLongBE(final long address, final long value) {
        UnsafeApi.putLong(null, address, SWAP ? Long.reverseBytes(value) : value);
    }

    /** Copies between two off-heap places that may overlap. */
    public static void copy(final long source, final long target, final long length) {
        UnsafeApi.copyMemory(source, target, length);
    }

    /**
     * Copies between two off-heap places that do not overlap. Few bytes without a call: that of {@link #copy} costs more than
     * they do.
     */
    public static void copyApart(final long source, final long target, final int length) {
        if (length < Long.BYTES || length >= SHORT) {
            copy(source, target, length);
            return;
        }
        // no loop: its beginning and end would cost more than the bytes
        int done = 0;
        if ((length & 64) != 0) {
            copy32(source, target);
            copy32(source + 32, target + 32);
            done = 64;
        }
        if ((length & 32) != 0) {
            copy32(source + done, target + done);
            done += 32;
        }
        if ((length & 16) != 0) {
            copy16(source + done, target + done);
            done += 16;
        }
        if ((length & 8) != 0) {
            copy8(source + done, target + done);
        }
        // the bytes behind the last whole long, and some of it again
        final int last = length - Long.BYTES;
        copy8(source + last, target + last);
    }

    private static void copy32(final long source, final long target) {
        copy16(source, target);
        copy16(source + 16, target + 16);
    }

    private static void copy16(final long source, final long target) {
        copy8(source, target);
        copy8(source + 8, target + 8);
    }

    private static void copy8(final long source, final long target) {
        putLong(target, getLong(source));
    }

    /** True where two off-heap places hold the same bytes. */
    public static boolean equal(final long one, final long other, final int length) {
        int i = 0;
        while (i <= length - Long.BYTES && getLong(one + i) == getLong(other + i)) {
            i += Long.BYTES;
        }
        while (i < length && getByte(one + i) == getByte(other + i)) {
            i++;
        }
        return i == length;
    }

    public static void copyFromArray(final byte[] source, final int offset, final long target, final int length) {
        UnsafeApi.copyMemory(source, BYTES_BASE + offset, null, target, length);
    }

    public static void copyToArray(final long source, final byte[] target, final int offset, final int length) {
        UnsafeApi.copyMemory(null, source, target, BYTES_BASE + offset, length);
    }

    public static void zero(final long address, final long length) {
        UnsafeApi.setMemory(address, length, (byte) 0);
    }
}
