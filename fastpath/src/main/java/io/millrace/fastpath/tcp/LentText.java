package io.millrace.fastpath.tcp;

import io.millrace.fastpath.memory.Memory;
import java.util.Arrays;

/**
 * Text of one connection that waits for the application in the frames in which it came: what is not there lies in the
 * receive ring. Thread: the engine's.
 */
final class LentText extends TextPieces {
    private long[] frames = new long[FIRST_PIECES];
    /** The turn at whose end it was last looked after. */
    int lookedAfter;
    /** Where the application was at the end of the last turn. */
    int lastRead;

    /** Adds a frame behind the others; false where there are too many. */
    boolean add(final int sequence, final long place, final int length, final long frame) {
        final int slot = append(sequence, place, length);
        if (slot >= 0) {
            frames[slot] = frame;
        }
        return slot >= 0;
    }

    boolean isFull() {
        return size() == MAX_PIECES;
    }

    @Override
    void onGrown(final int before, final int shift) {
        frames = unrolled(frames, Arrays.copyOf(frames, 2 * before), shift);
    }

    /** Takes the oldest frame out. */
    long takeFirst() {
        return frames[removeFirst()];
    }

    /** Where a byte of the oldest frame lies. */
    long address(final int sequence) {
        final int slot = slot(0);
        return places[slot] + (sequence - starts[slot]);
    }

    @Override
    void copyOut(final int index, final int sequence, final long target, final int length) {
        final int slot = slot(index);
        Memory.copy(places[slot] + (sequence - starts[slot]), target, length);
    }
}
