package io.millrace.fastpath.port;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A bounded queue of frames between two threads. The producer puts any number of frames and publishes them at once; the
 * consumer takes what was published. Nothing is boxed and nothing is allocated.
 * <p>
 * The consumer looks at the slot that is filled next, not at a cursor beside the slots: a frame passes from core to core
 * with one cache line. Which time round the ring a slot was filled is told by the lowest bit, which no frame's name has. Of what is put
 * between two publications the first frame waits, and is written last: what lies behind it is seen with it.
 * <p>
 * Thread: one producer ({@link #put}, {@link #publish}, {@link #isDrained}), one consumer ({@link #take}, {@link #isEmpty}).
 */
final class FrameRing {
    private static final VarHandle CELLS = MethodHandles.arrayElementVarHandle(long[].class);

    /**
     * Indices into the cursors: what each side alone knows, and what the other side may read, lie two cache lines apart.
     */
    private static final int PUT = 16;
    private static final int PUBLISHED = 17;
    private static final int FIRST = 18;
    private static final int HEAD_SEEN = 19;
    private static final int HEAD = 48;
    private static final int CURSORS_LENGTH = 64;

    private final long[] cursors = new long[CURSORS_LENGTH];
    private final long[] slots;
    private final int mask;
    private final int lapShift;

    /** @param capacity a power of two. */
    FrameRing(final int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("ring of " + capacity + " frames, must be a power of two");
        }
        slots = new long[capacity];
        mask = capacity - 1;
        lapShift = Integer.numberOfTrailingZeros(capacity);
    }

    /** The lowest bit of slots that are filled the next time round: 1 the first time, when they are 0. */
    private long lap(final long position) {
        return ~(position >>> lapShift) & 1;
    }

    /** @return false where the ring is full. The consumer sees the frame after {@link #publish}. */
    boolean put(final long frame) {
        final long position = cursors[PUT];
        if (position - cursors[HEAD_SEEN] > mask) {
            cursors[HEAD_SEEN] = (long) CELLS.getAcquire(cursors, HEAD);
            if (position - cursors[HEAD_SEEN] > mask) {
                return false;
            }
        }
        final long filled = frame | lap(position);
        if (position == cursors[PUBLISHED]) {
            cursors[FIRST] = filled;
        } else {
            slots[(int) position & mask] = filled;
        }
        cursors[PUT] = position + 1;
        return true;
    }

    /** Shows the consumer everything that was put, with all that was written into those frames before. */
    void publish() {
        final long first = cursors[PUBLISHED];
        if (first != cursors[PUT]) {
            cursors[PUBLISHED] = cursors[PUT];
            CELLS.setRelease(slots, (int) first & mask, cursors[FIRST]);
        }
    }

    /** True where nothing was published that has not been taken. Thread: the consumer's. */
    boolean isEmpty() {
        final long head = cursors[HEAD];
        return !isFilled((long) CELLS.getAcquire(slots, (int) head & mask), head);
    }

    private boolean isFilled(final long slot, final long position) {
        return (slot & 1) == lap(position);
    }

    /** True where everything that was put has been taken. Thread: the producer's. */
    boolean isDrained() {
        return cursors[PUT] == (long) CELLS.getAcquire(cursors, HEAD);
    }

    /** Takes up to {@code limit} frames. */
    int take(final long[] frames, final int offset, final int limit) {
        final long head = cursors[HEAD];
        int count = 0;
        while (count < limit) {
            final long slot = (long) CELLS.getAcquire(slots, (int) (head + count) & mask);
            if (!isFilled(slot, head + count)) {
                break;
            }
            frames[offset + count++] = slot & ~1L;
        }
        if (count > 0) {
            CELLS.setRelease(cursors, HEAD, head + count);
        }
        return count;
    }
}
