package io.millrace.nativeports.shm;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;

/**
 * What lies where in the file. {@code native/SHARED-MEMORY.md} says the same for people; a test compares both.
 *
 * @param mtu      bytes of the largest IP packet that is not a virtual segment.
 * @param queues   of each side.
 * @param frames   of each side's pool in each queue, a power of two.
 * @param offloads checksums may be left unfinished, and packets of up to 64 KiB be virtual segments.
 */
record ShmLayout(int mtu, int queues, int frames, boolean offloads) {
    /** "MILLRACE", as it stands in the memory of a little-endian machine. */
    static final long MAGIC = 0x45434152_4C4C494DL;
    static final int VERSION = 2;

    // The bytes that are locked.
    static final long LOCK_ATTACHING = 0;
    static final long LOCK_SIDE = 1;

    // The header, which has room to spare.
    static final int HEADER_BYTES = 65_536;
    static final int HEADER_MAGIC = 0;
    static final int HEADER_VERSION = 8;
    static final int HEADER_FLAGS = 12;
    static final int HEADER_MTU = 16;
    static final int HEADER_QUEUES = 20;
    static final int HEADER_FRAMES = 24;
    static final int HEADER_SLOT_LENGTH = 28;
    static final int HEADER_LENGTH = 32;
    static final int HEADER_QUEUE_OFFSET = 40;
    static final int HEADER_QUEUE_LENGTH = 48;
    static final int FLAG_OFFLOADS = 1;

    // One for each side, in the header.
    static final int SIDES = 128;
    static final int SIDE_LENGTH = 64;
    static final int SIDE_GENERATION = 0;
    static final int SIDE_PID = 8;
    static final int SIDE_START_TIME = 16;
    static final int SIDE_MAC = 24;

    // A queue: what each side writes, in three places, each far enough from the next for processors that fetch two lines.
    static final int CONTROLS = 0;
    static final int CONTROL_LENGTH = 512;
    static final int CONTROL_RETURNED = 0;
    static final int CONTROL_SESSION = 8;
    static final int CONTROL_GREETED = 128;
    static final int CONTROL_SLEEP = 136;
    static final int CONTROL_TAKEN = 256;
    static final int RINGS = 4_096;

    // An entry of a ring of sent frames: three lines, in which a small frame has room.
    static final int ENTRY_LENGTH = 192;
    static final int ENTRY_NUMBER = 0;
    static final int ENTRY_FRAME = 8;
    static final int ENTRY_OFFSET = 10;
    static final int ENTRY_BYTES_AND_MARKS = 12;
    static final int ENTRY_SEGMENT = 16;
    static final int ENTRY_HEADERS = 18;
    static final int ENTRY_CHECKSUM_START = 20;
    static final int ENTRY_CHECKSUM_OFFSET = 22;
    static final int ENTRY_ROOM = 32;
    static final int BYTES_MASK = 0xFF_FFFF;
    static final int MARKS_SHIFT = 24;
    static final int MARK_CHECKSUM_PARTIAL = 1;
    static final int MARK_CHECKSUM_VALID = 2;
    static final int MARK_SMALL = 4;
    static final int SEGMENTATION_SHIFT = 4;

    /** Bytes of an entry of a ring of returned frames. */
    static final int RETURN_LENGTH = 4;
    /** Free bytes that a sender leaves in front of a frame. */
    static final int LEAST_HEADROOM = 32;

    static final int MAX_PACKET = 65_535;
    static final int ETHERNET_AND_VLAN = 14 + 4;
    static final int MOST_QUEUES = 256;
    static final int MOST_FRAMES = 65_536;

    private static final long UNIT = HEADER_BYTES;
    private static final int LINE = 64;
    private static final int TAIL_ROOM = 64;
    private static final int SMALL_SLOT = 2_048;

    /** Bytes that a frame may have, link-layer header included. */
    int maxFrameLength() {
        return ETHERNET_AND_VLAN + (offloads ? MAX_PACKET : mtu);
    }

    /** Bytes of a frame's room: an odd number of lines, so that headers spread over all sets of a cache. */
    int slotLength() {
        final int bytes = Math.max(SMALL_SLOT, Frame.ETHERNET_IN_ROOM + maxFrameLength() + TAIL_ROOM);
        return ((bytes + LINE - 1) / LINE | 1) * LINE;
    }

    /** Bytes of one pool, whole pages. */
    long poolLength() {
        return roundUp((long) frames * slotLength());
    }

    /** Of a ring of sent frames: as many for small frames as for others, so that it is never full. */
    int entries() {
        return 2 * frames;
    }

    /** Bytes of a queue's controls and rings. */
    long controlLength() {
        return roundUp(returnRingOffset(2));
    }

    long queueLength() {
        return controlLength() + 2 * poolLength();
    }

    long queueOffset(final int queue) {
        return UNIT + queue * queueLength();
    }

    /** Of a side's pool, from the beginning of the file. */
    long poolOffset(final int queue, final int side) {
        return queueOffset(queue) + controlLength() + side * poolLength();
    }

    /** Of a side's ring of sent frames, from the beginning of its queue. */
    long ringOffset(final int side) {
        return RINGS + (long) side * entries() * ENTRY_LENGTH;
    }

    /** Of a side's ring of returned frames; they follow those of sent ones. */
    long returnRingOffset(final int side) {
        return ringOffset(2) + (long) side * frames * RETURN_LENGTH;
    }

    long fileLength() {
        return queueOffset(queues);
    }

    /** Marks a file that is being made. */
    static void begin(final long header) {
        Memory.putLong(header + HEADER_MAGIC, MAGIC);
    }

    /** Writes the header, its version last. */
    void write(final long header) {
        Memory.putInt(header + HEADER_FLAGS, offloads ? FLAG_OFFLOADS : 0);
        Memory.putInt(header + HEADER_MTU, mtu);
        Memory.putInt(header + HEADER_QUEUES, queues);
        Memory.putInt(header + HEADER_FRAMES, frames);
        Memory.putInt(header + HEADER_SLOT_LENGTH, slotLength());
        Memory.putLong(header + HEADER_LENGTH, fileLength());
        Memory.putLong(header + HEADER_QUEUE_OFFSET, queueOffset(0));
        Memory.putLong(header + HEADER_QUEUE_LENGTH, queueLength());
        Memory.putIntRelease(header + HEADER_VERSION, VERSION);
    }

    /** Reads a header, each field once; what it says of itself must be checked by {@link #matches}. */
    static ShmLayout read(final long header) {
        return new ShmLayout(Memory.getInt(header + HEADER_MTU), Memory.getInt(header + HEADER_QUEUES),
                Memory.getInt(header + HEADER_FRAMES), (Memory.getInt(header + HEADER_FLAGS) & FLAG_OFFLOADS) != 0);
    }

    /** True for a header of any version, or of a file that was not finished. */
    static boolean isOurs(final long header) {
        return Memory.getLong(header + HEADER_MAGIC) == MAGIC;
    }

    /** Which version a header is of; 0 where it was not finished. */
    static int version(final long header) {
        return Memory.getIntAcquire(header + HEADER_VERSION);
    }

    /** True where the numbers are possible, and the header's other fields and the file's length are as they say. */
    boolean matches(final long header, final long fileBytes) {
        return mtu >= 68 && mtu <= MAX_PACKET && queues >= 1 && queues <= MOST_QUEUES && frames >= 1
                && frames <= MOST_FRAMES && Integer.bitCount(frames) == 1
                && Memory.getInt(header + HEADER_SLOT_LENGTH) == slotLength()
                && Memory.getLong(header + HEADER_LENGTH) == fileLength()
                && Memory.getLong(header + HEADER_QUEUE_OFFSET) == queueOffset(0)
                && Memory.getLong(header + HEADER_QUEUE_LENGTH) == queueLength()
                && fileBytes == fileLength();
    }

    private static long roundUp(final long bytes) {
        return (bytes + UNIT - 1) / UNIT * UNIT;
    }
}
