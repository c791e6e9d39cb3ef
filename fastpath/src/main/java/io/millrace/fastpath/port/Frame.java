package io.millrace.fastpath.port;

import io.millrace.fastpath.memory.Memory;
import java.nio.ByteOrder;

/**
 * A frame is named by the address of its descriptor, a {@code long}; 0 names none. The descriptor carries what a
 * virtio-net header says (checksum to be completed, size of the segments that a virtual segment of up to 64 KiB stands
 * for), and lies in front of the frame's room, headroom and bytes:
 *
 * <pre>
 *   0                      64                 114        128
 *   +----------------------+------------------+----------+------------------- - - -
 *   | descriptor (64 B)    | headroom         | Ethernet | IP header, payload ...
 *   +----------------------+------------------+----------+------------------- - - -
 *   ^ frame                ^ room             ^ data     ^ 64-byte aligned
 * </pre>
 *
 * A port may have the room elsewhere, at any distance behind the descriptor (memory shared with another process, which
 * shall not write descriptors): {@link #room}.
 *
 * Ownership: whoever holds the name owns the frame, and either transmits or releases it, once, through the port it came
 * from. Thread: the owner's.
 */
public final class Frame {
    /** Bytes of the descriptor. */
    public static final int DESCRIPTOR_LENGTH = 64;
    /** Where the IP header of a fresh frame begins, in bytes from the descriptor, where the room follows that. */
    public static final int IP_OFFSET = 128;
    /** Where the Ethernet header of a fresh frame begins, in bytes from the descriptor, where the room follows that. */
    public static final int ETHERNET_OFFSET = IP_OFFSET - 14;
    /** Where the IP header of a fresh frame begins, in bytes from the beginning of the room. */
    public static final int IP_IN_ROOM = IP_OFFSET - DESCRIPTOR_LENGTH;
    /** Where the Ethernet header of a fresh frame begins, in bytes from the beginning of the room. */
    public static final int ETHERNET_IN_ROOM = ETHERNET_OFFSET - DESCRIPTOR_LENGTH;

    /** Flag: the checksum at {@link #checksumStart} + {@link #checksumOffset} holds only the pseudo-header's sum. */
    public static final int CHECKSUM_PARTIAL = 1;
    /** Flag (input): the port has verified the transport checksum. */
    public static final int CHECKSUM_VALID = 2;

    /** Segmentation types of {@link #gsoType}: none, TCP over IPv4, TCP over IPv6, UDP. */
    public static final int GSO_NONE = 0;
    public static final int GSO_TCPV4 = 1;
    public static final int GSO_TCPV6 = 4;
    public static final int GSO_UDP = 5;

    private static final int TIMESTAMP = 0;
    private static final int DATA_OFFSET = 8;
    private static final int LENGTH = 12;
    private static final int CAPACITY = 16;
    private static final int FLAGS = 20;
    private static final int LINK = 21;
    private static final int GSO_TYPE = 22;
    private static final int GSO_SIZE = 24;
    private static final int HEADER_LENGTH = 26;
    private static final int CHECKSUM_START = 28;
    private static final int CHECKSUM_OFFSET = 30;
    private static final int POOL_ID = 32;
    private static final int POOL_INDEX = 36;
    private static final int NEXT = 40;
    private static final int USER = 48;
    private static final int ROOM = 56;
    private static final int ORIGIN = 60;
    private static final int ACQUIRED = 62;

    private static final boolean SWAP = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private Frame() {}

    /** Makes a fresh descriptor: no bytes, no flags, link 0, data at {@link #ETHERNET_IN_ROOM}. Keeps the pool's marks. */
    public static void reset(final long frame) {
        Memory.putLong(frame + TIMESTAMP, 0);
        Memory.putInt(frame + DATA_OFFSET, Memory.getInt(frame + ROOM) + ETHERNET_IN_ROOM);
        Memory.putInt(frame + LENGTH, 0);
        Memory.putInt(frame + FLAGS, 0);
        Memory.putLong(frame + GSO_SIZE, 0);
    }

    /** Called once by the pool that makes the frame; the room follows the descriptor. */
    public static void initialise(final long frame, final int capacity, final int poolId, final int poolIndex) {
        initialise(frame, DESCRIPTOR_LENGTH, capacity, poolId, poolIndex);
    }

    /**
     * Called once by the pool that makes the frame.
     *
     * @param room     where headroom and bytes lie, in bytes from the descriptor, at least {@link #DESCRIPTOR_LENGTH}.
     * @param capacity bytes from the descriptor to the end of the room.
     */
    public static void initialise(final long frame, final int room, final int capacity, final int poolId,
            final int poolIndex) {
        Memory.putInt(frame + ROOM, room);
        Memory.putInt(frame + CAPACITY, capacity);
        Memory.putInt(frame + POOL_ID, poolId);
        Memory.putInt(frame + POOL_INDEX, poolIndex);
        Memory.putLong(frame + NEXT, 0);
        Memory.putLong(frame + USER, 0);
        reset(frame);
    }

    /** Address of the room: headroom and bytes lie from here to {@link #capacity}. */
    public static long room(final long frame) {
        return frame + Memory.getInt(frame + ROOM);
    }

    /** Where the room begins, in bytes from the descriptor. */
    public static int roomOffset(final long frame) {
        return Memory.getInt(frame + ROOM);
    }

    /** When the frame reached the port, in nanoseconds of the engine's clock. */
    public static long timestampNs(final long frame) {
        return Memory.getLong(frame + TIMESTAMP);
    }

    public static void timestampNs(final long frame, final long timestampNs) {
        Memory.putLong(frame + TIMESTAMP, timestampNs);
    }

    /** Address of the first byte (Ethernet header, or IP header on a port without a link layer). */
    public static long data(final long frame) {
        return frame + Memory.getInt(frame + DATA_OFFSET);
    }

    /** Where the bytes begin, counted from the descriptor. */
    public static int dataOffset(final long frame) {
        return Memory.getInt(frame + DATA_OFFSET);
    }

    /** Says where the bytes lie: {@link #dataOffset(long, int)} and {@link #length(long, int)} in one store. */
    public static void place(final long frame, final int offset, final int length) {
        Memory.putLong(frame + DATA_OFFSET, SWAP
                ? (long) length << Integer.SIZE | offset
                : (long) offset << Integer.SIZE | length);
    }

    public static void dataOffset(final long frame, final int offset) {
        Memory.putInt(frame + DATA_OFFSET, offset);
    }

    /** Bytes of the frame, link-layer header included. */
    public static int length(final long frame) {
        return Memory.getInt(frame + LENGTH);
    }

    public static void length(final long frame, final int length) {
        Memory.putInt(frame + LENGTH, length);
    }

    /** Bytes from the descriptor to the end of the frame's memory. */
    public static int capacity(final long frame) {
        return Memory.getInt(frame + CAPACITY);
    }

    /** {@link #CHECKSUM_PARTIAL}, {@link #CHECKSUM_VALID}. */
    public static int flags(final long frame) {
        return Memory.getUnsignedByte(frame + FLAGS);
    }

    public static void flags(final long frame, final int flags) {
        Memory.putByte(frame + FLAGS, flags);
    }

    /**
     * The link of a {@link PortGroup} that the frame arrived over, or that it was acquired to be sent over: whose port it
     * goes back to. 0 where there is one.
     */
    public static int link(final long frame) {
        return Memory.getUnsignedByte(frame + LINK);
    }

    static void link(final long frame, final int link) {
        Memory.putByte(frame + LINK, link);
    }

    /** Which of the queues that engines share the frame is of. */
    static int origin(final long frame) {
        return Memory.getUnsignedShort(frame + ORIGIN);
    }

    static void origin(final long frame, final int queue, final boolean acquired) {
        Memory.putShort(frame + ORIGIN, queue);
        Memory.putByte(frame + ACQUIRED, acquired ? 1 : 0);
    }

    /** True of a frame of such a queue that was acquired, false where it was received. */
    static boolean isAcquired(final long frame) {
        return Memory.getUnsignedByte(frame + ACQUIRED) != 0;
    }

    public static int gsoType(final long frame) {
        return Memory.getUnsignedShort(frame + GSO_TYPE);
    }

    /** Payload bytes of each segment the frame stands for; 0 where it stands for itself. */
    public static int gsoSize(final long frame) {
        return Memory.getUnsignedShort(frame + GSO_SIZE);
    }

    /** Marks the frame as a virtual segment. {@code headerLength} counts from the data to the end of the TCP header. */
    public static void segmentation(final long frame, final int gsoType, final int gsoSize, final int headerLength) {
        Memory.putShort(frame + GSO_TYPE, gsoType);
        Memory.putShort(frame + GSO_SIZE, gsoSize);
        Memory.putShort(frame + HEADER_LENGTH, headerLength);
    }

    /** Bytes from the data to the end of the transport header, where segmentation is asked for. */
    public static int headerLength(final long frame) {
        return Memory.getUnsignedShort(frame + HEADER_LENGTH);
    }

    /** Where the sum starts, in bytes from the data; meaningful with {@link #CHECKSUM_PARTIAL}. */
    public static int checksumStart(final long frame) {
        return Memory.getUnsignedShort(frame + CHECKSUM_START);
    }

    /** Where the checksum field lies, in bytes from {@link #checksumStart}. */
    public static int checksumOffset(final long frame) {
        return Memory.getUnsignedShort(frame + CHECKSUM_OFFSET);
    }

    public static void checksumPlace(final long frame, final int start, final int offset) {
        Memory.putShort(frame + CHECKSUM_START, start);
        Memory.putShort(frame + CHECKSUM_OFFSET, offset);
    }

    /** {@link #checksumStart} and {@link #checksumOffset} as they lie in memory, to be written into another frame. */
    static int checksumPlace(final long frame) {
        return Memory.getInt(frame + CHECKSUM_START);
    }

    static void checksumPlace(final long frame, final int place) {
        Memory.putInt(frame + CHECKSUM_START, place);
    }

    /** Which pool the frame belongs to: {@link FramePool#id()}. */
    public static int poolId(final long frame) {
        return Memory.getInt(frame + POOL_ID);
    }

    /** Which of its pool's frames this is. */
    public static int poolIndex(final long frame) {
        return Memory.getInt(frame + POOL_INDEX);
    }

    /** The owner's link to another frame, for queues of frames. */
    public static long next(final long frame) {
        return Memory.getLong(frame + NEXT);
    }

    public static void next(final long frame, final long next) {
        Memory.putLong(frame + NEXT, next);
    }

    /** Notes where in the frame text lies; in the eight bytes of {@link #user}. */
    public static void text(final long frame, final int offset, final int length) {
        Memory.putLong(frame + USER, (long) offset << 32 | length);
    }

    /** Address of the text that was noted. */
    public static long textAddress(final long frame) {
        return frame + (Memory.getLong(frame + USER) >>> 32);
    }

    /** Bytes of the text that was noted. */
    public static int textLength(final long frame) {
        return (int) Memory.getLong(frame + USER);
    }

    /** Eight bytes for the owner's use. */
    public static long user(final long frame) {
        return Memory.getLong(frame + USER);
    }

    public static void user(final long frame, final long value) {
        Memory.putLong(frame + USER, value);
    }
}
