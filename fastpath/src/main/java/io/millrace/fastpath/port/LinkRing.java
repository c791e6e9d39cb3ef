package io.millrace.fastpath.port;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;

/**
 * One direction of a {@link MemoryLink}: a bounded queue between two threads. Each position has a word, eight in a line, and a
 * room of three lines. Small frames travel in the room; of the others the word is the name.
 * <p>
 * A line that the other processor has written takes as long to come as some hundred instructions. Of a frame's name the
 * consumer learns which lines it needs when the word's has come; of a small frame it asks for all of them together, and has
 * been asking before. What the bytes were copied from is the producer's again at once, so nothing comes back.
 * <p>
 * Which time round the ring a position was filled is told by the word's lowest bit. Of what is put between two publications the
 * first word waits, and is written last: what lies behind it is seen with it.
 * <p>
 * Everything that is written lies outside the heap, what each side writes two lines and more from the rest: objects of both
 * sides may be neighbours in the heap. Each side has an object of its own of the same ring.
 * <p>
 * Thread: one producer, one consumer; each method says whose.
 */
final class LinkRing {
    /** Bytes of a room, and the most that a small frame has, with what lies between the last multiple of eight and it. */
    static final int ROOM = 192;

    private static final int LINE = 64;
    /** What is copied at once. */
    private static final int BLOCK = 32;

    // What the producer alone knows.
    private static final int PUT = 0;
    private static final int PUBLISHED = 8;
    private static final int FIRST = 16;
    private static final int HEAD_SEEN = 24;
    // What the consumer writes.
    private static final int HEAD = 256;
    private static final int GLANCED = HEAD + 8;
    private static final int CLOSED = 512;
    private static final int SLEEPING = 520;
    private static final int CONSUMER = 528;
    private static final int WORDS = 1_024;

    // A word: a frame's name and the lowest bit, or these.
    private static final int SMALL = 2;
    private static final int SKEW_SHIFT = 8;
    private static final int LENGTH_SHIFT = 16;
    private static final int FLAGS_SHIFT = 24;
    private static final int BYTE = 0xFF;

    private final long base;
    private final long words;
    private final long rooms;
    private final int mask;
    private final int lapShift;

    /** @param memory of {@link #bytes}, all zero. @param capacity a power of two. */
    LinkRing(final MemoryRegion memory, final int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("ring of " + capacity + " frames, must be a power of two");
        }
        base = memory.address();
        words = base + WORDS;
        rooms = words + roundUp(capacity);
        mask = capacity - 1;
        lapShift = Integer.numberOfTrailingZeros(capacity);
    }

    /** Of the memory of a ring. */
    static long bytes(final int capacity) {
        return WORDS + roundUp(capacity) + (long) capacity * ROOM;
    }

    /** Of the words: whole lines. */
    private static long roundUp(final int capacity) {
        return Math.max(LINE, (long) capacity * Long.BYTES);
    }

    /** Bytes that a frame needs which a small one is received into, with its descriptor. */
    static int frameCapacity() {
        return Frame.IP_OFFSET + ROOM;
    }

    /** True where the frame may be {@linkplain #copy copied}. */
    static boolean isSmall(final long frame) {
        final int offset = Frame.dataOffset(frame);
        return skew(offset) + Frame.length(frame) <= ROOM && Frame.gsoSize(frame) == 0
                && offset + ROOM <= Frame.capacity(frame);
    }

    /** How far behind a multiple of eight something lies: the same in a frame as it was in the other, so that no field is cut. */
    private static int skew(final int offset) {
        return offset & Long.BYTES - 1;
    }

    private long word(final long position) {
        return words + (position & mask) * Long.BYTES;
    }

    private long room(final long position) {
        return rooms + (position & mask) * ROOM;
    }

    /** The lowest bit of words that are filled the next time round: 1 the first time, when they are 0. */
    private long lap(final long position) {
        return ~(position >>> lapShift) & 1;
    }

    /** False where the ring is full. Thread: the producer's. */
    boolean hasRoom() {
        final long position = Memory.getLong(base + PUT);
        if (position - Memory.getLong(base + HEAD_SEEN) > mask) {
            Memory.putLong(base + HEAD_SEEN, Memory.getLongAcquire(base + HEAD));
            return position - Memory.getLong(base + HEAD_SEEN) <= mask;
        }
        return true;
    }

    /** Where there is room. The consumer has the frame after {@link #publish}, and owns it then. Thread: the producer's. */
    void put(final long frame) {
        fill(Memory.getLong(base + PUT), frame);
    }

    /** The same of a copy of a small frame, which stays the caller's. */
    void copy(final long frame) {
        final long position = Memory.getLong(base + PUT);
        final int offset = Frame.dataOffset(frame);
        final int length = Frame.length(frame);
        final int skew = skew(offset);
        final long from = frame + offset - skew;
        final long to = room(position);
        for (int i = 0; i < skew + length; i += BLOCK) {
            copyBlock(from + i, to + i);
        }
        fill(position, (long) Frame.checksumPlace(frame) << Integer.SIZE | (long) Frame.flags(frame) << FLAGS_SHIFT
                | (long) length << LENGTH_SHIFT | (long) skew << SKEW_SHIFT | SMALL);
    }

    private static void copyBlock(final long from, final long to) {
        for (int i = 0; i < BLOCK; i += Long.BYTES) {
            Memory.putLong(to + i, Memory.getLong(from + i));
        }
    }

    private void fill(final long position, final long word) {
        final long filled = word | lap(position);
        if (position == Memory.getLong(base + PUBLISHED)) {
            Memory.putLong(base + FIRST, filled);
        } else {
            Memory.putLong(word(position), filled);
        }
        Memory.putLong(base + PUT, position + 1);
    }

    /** Shows the consumer everything that was put, with all that was written into those frames before. */
    void publish() {
        final long first = Memory.getLong(base + PUBLISHED);
        final long end = Memory.getLong(base + PUT);
        if (first != end) {
            Memory.putLong(base + PUBLISHED, end);
            Memory.putLongRelease(word(first), Memory.getLong(base + FIRST));
        }
    }

    /** True where nothing was published that has not been taken. Thread: the consumer's. */
    boolean isEmpty() {
        final long head = Memory.getLong(base + HEAD);
        final long word = Memory.getLongAcquire(word(head));
        glance(room(head));
        return !isFilled(word, head);
    }

    /** Asks for the lines of a small frame, come what may; the sum is written so that the reads take place. */
    private void glance(final long room) {
        Memory.putLong(base + GLANCED, Memory.getLongOpaque(room) + Memory.getLongOpaque(room + LINE)
                + Memory.getLongOpaque(room + 2 * LINE));
    }

    private boolean isFilled(final long word, final long position) {
        return (word & 1) == lap(position);
    }

    /**
     * Takes up to {@code limit} frames. Thread: the consumer's.
     *
     * @param copies has the frames for the small ones, of {@link #frameCapacity}; where it is empty they wait.
     */
    int take(final long[] frames, final int offset, final int limit, final FramePool copies) {
        final long head = Memory.getLong(base + HEAD);
        // While the first of many is looked at the processor asks for the others itself.
        glance(room(head));
        int count = 0;
        while (count < limit) {
            final long word = Memory.getLongAcquire(word(head + count));
            if (!isFilled(word, head + count)) {
                break;
            }
            final long frame = (word & SMALL) == 0 ? word & ~1L : received(word, room(head + count), copies.acquire());
            if (frame == 0) {
                break;
            }
            frames[offset + count++] = frame;
        }
        if (count > 0) {
            Memory.putLongRelease(base + HEAD, head + count);
        }
        return count;
    }

    private static long received(final long word, final long from, final long frame) {
        if (frame == 0) {
            return 0;
        }
        final int skew = (int) (word >>> SKEW_SHIFT) & BYTE;
        final int length = (int) (word >>> LENGTH_SHIFT) & BYTE;
        final int offset = skew == 0 ? Frame.IP_OFFSET : Frame.ETHERNET_OFFSET - skew(Frame.ETHERNET_OFFSET);
        for (int i = 0; i < skew + length; i += BLOCK) {
            copyBlock(from + i, frame + offset + i);
        }
        Frame.place(frame, offset + skew, length);
        Frame.flags(frame, (int) (word >>> FLAGS_SHIFT) & BYTE);
        Frame.checksumPlace(frame, (int) (word >>> Integer.SIZE));
        return frame;
    }

    /** The consumer has left for good, with what it did not take. Thread: the consumer's; {@link #isClosed} the producer's. */
    void close() {
        Memory.putLongRelease(base + CLOSED, 1);
    }

    boolean isClosed() {
        return Memory.getLongAcquire(base + CLOSED) != 0;
    }

    /** Notes whose thread this is. Thread: the consumer's. */
    void consumedHere() {
        final long thread = Thread.currentThread().threadId();
        if (Memory.getLong(base + CONSUMER) != thread) {
            Memory.putLongRelease(base + CONSUMER, thread);
        }
    }

    /**
     * True where the consumer was last on the caller's thread, so that no line has to come from another processor. Thread:
     * the producer's.
     */
    boolean isConsumedHere() {
        return Memory.getLongOpaque(base + CONSUMER) == Thread.currentThread().threadId();
    }

    /** The consumer's next frames wake it. Thread: the consumer's. */
    void sleeping(final boolean yes) {
        Memory.putLongRelease(base + SLEEPING, yes ? 1 : 0);
    }

    /** True once where the consumer sleeps and has not been woken: the caller wakes it. Thread: the producer's. */
    boolean endSleep() {
        return Memory.getLongOpaque(base + SLEEPING) != 0 && Memory.compareAndSetLong(base + SLEEPING, 1, 0);
    }
}
