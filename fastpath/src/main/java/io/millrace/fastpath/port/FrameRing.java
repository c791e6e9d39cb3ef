package io.millrace.fastpath.port;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A bounded queue of frames between two threads. The producer puts any number of frames and publishes them at once; the
 * consumer takes what was published. Nothing is boxed and nothing is allocated.
 * <p>
 * Thread: one producer ({@link #put}, {@link #publish}, {@link #isDrained}), one consumer ({@link #take}, {@link #isEmpty}).
 */
final class FrameRing {
    private static final VarHandle CURSORS = MethodHandles.arrayElementVarHandle(long[].class);

    /**
     * Indices into the cursors: what the other side reads, and what only its own side knows, lie two cache lines apart.
     * Else the consumer, which looks again and again, would take the line from the producer between two puts.
     */
    private static final int TAIL = 16;
    private static final int PUT = 32;
    private static final int HEAD_SEEN = 33;
    private static final int HEAD = 48;
    private static final int TAIL_SEEN = 64;
    private static final int CURSORS_LENGTH = 80;

    private final long[] cursors = new long[CURSORS_LENGTH];
    private final long[] slots;
    private final int mask;

    /** @param capacity a power of two. */
    FrameRing(final int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("ring of " + capacity + " frames, must be a power of two");
        }
        slots = new long[capacity];
        mask = capacity - 1;
    }

    /** @return false where the ring is full. The consumer sees the frame after {@link #publish}. */
    boolean put(final long frame) {
        final long position = cursors[PUT];
        if (position - cursors[HEAD_SEEN] > mask) {
            cursors[HEAD_SEEN] = (long) CURSORS.getAcquire(cursors, HEAD);
            if (position - cursors[HEAD_SEEN] > mask) {
                return false;
            }
        }
        slots[(int) position & mask] = frame;
        cursors[PUT] = position + 1;
        return true;
    }

    /** Shows the consumer everything that was put, with all that was written into those frames before. */
    void publish() {
        CURSORS.setRelease(cursors, TAIL, cursors[PUT]);
    }

    /** True where nothing was published that has not been taken. Thread: the consumer's. */
    boolean isEmpty() {
        return (long) CURSORS.getAcquire(cursors, TAIL) == cursors[HEAD];
    }

    /** True where everything that was published has been taken. Thread: the producer's. */
    boolean isDrained() {
        return cursors[PUT] == (long) CURSORS.getAcquire(cursors, HEAD);
    }

    /** Takes up to {@code limit} frames. */
    int take(final long[] frames, final int offset, final int limit) {
        final long head = cursors[HEAD];
        long there = cursors[TAIL_SEEN] - head;
        if (there < limit) {
            cursors[TAIL_SEEN] = (long) CURSORS.getAcquire(cursors, TAIL);
            there = cursors[TAIL_SEEN] - head;
            if (there == 0) {
                return 0;
            }
        }
        final int count = (int) Math.min(there, limit);
        for (int i = 0; i < count; i++) {
            frames[offset + i] = slots[(int) (head + i) & mask];
        }
        CURSORS.setRelease(cursors, HEAD, head + count);
        return count;
    }
}
