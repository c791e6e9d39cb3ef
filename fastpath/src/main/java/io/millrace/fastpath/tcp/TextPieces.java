package io.millrace.fastpath.tcp;

import java.util.Arrays;

/**
 * Pieces of one connection's text that do not lie in its ring, in the order of their sequence numbers; between them may
 * lie bytes that do. Thread: the engine's.
 */
abstract class TextPieces {
    /** Pieces at the most. */
    static final int MAX_PIECES = 1_024;
    static final int FIRST_PIECES = 8;
    private static final int SMALL = 256;

    int[] starts = new int[FIRST_PIECES];
    int[] lengths = new int[FIRST_PIECES];
    long[] places = new long[FIRST_PIECES];
    private int head;
    private int tail;

    /** How many pieces there are. */
    final int size() {
        return tail - head;
    }

    final boolean isEmpty() {
        return tail == head;
    }

    /** True where it is worth keeping for another connection. */
    final boolean isSmall() {
        return starts.length <= SMALL;
    }

    /** Adds a piece behind the others; its slot, or -1 where there are too many. */
    final int append(final int sequence, final long place, final int length) {
        if (size() == starts.length && !grow()) {
            return -1;
        }
        final int slot = slotAt(tail++);
        starts[slot] = sequence;
        lengths[slot] = length;
        places[slot] = place;
        return slot;
    }

    private boolean grow() {
        final int before = starts.length;
        if (before == MAX_PIECES) {
            return false;
        }
        final int shift = head & before - 1;
        starts = unrolled(starts, Arrays.copyOf(starts, 2 * before), shift);
        lengths = unrolled(lengths, Arrays.copyOf(lengths, 2 * before), shift);
        places = unrolled(places, Arrays.copyOf(places, 2 * before), shift);
        onGrown(before, shift);
        head = 0;
        tail = before;
        return true;
    }

    /** The arrays are twice as long, and what was at {@code shift} is at 0 now. */
    abstract void onGrown(int before, int shift);

    /** Copies a full circle into an array of twice its length, so that it begins at 0. */
    static <T> T unrolled(final T circle, final T twice, final int shift) {
        final int length = java.lang.reflect.Array.getLength(circle);
        System.arraycopy(circle, shift, twice, 0, length - shift);
        System.arraycopy(circle, 0, twice, length - shift, shift);
        return twice;
    }

    /** Slot of the oldest piece, which is out then. */
    final int removeFirst() {
        return slotAt(head++);
    }

    /** Slot of the piece {@code index}. */
    final int slot(final int index) {
        return slotAt(head + index);
    }

    /** First sequence number of the piece {@code index}. */
    final int start(final int index) {
        return starts[slot(index)];
    }

    /** Sequence number behind the piece {@code index}. */
    final int end(final int index) {
        final int slot = slot(index);
        return starts[slot] + lengths[slot];
    }

    /** Sequence number behind the pieces that follow one another, without a gap, from {@code sequence} on. */
    final int endOfRun(final int sequence) {
        int end = sequence;
        for (int i = 0; i < size() && start(i) - end <= 0; i++) {
            end = end(i);
        }
        return end - sequence > 0 ? end : sequence;
    }

    /** Index of the piece that holds the byte, or of the first one behind it; {@link #size()} where there is none. */
    final int find(final int sequence) {
        int low = 0;
        int high = size();
        while (low < high) {
            final int middle = low + high >>> 1;
            if (end(middle) - sequence > 0) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** Copies bytes of the piece {@code index}. */
    abstract void copyOut(int index, int sequence, long target, int length);

    private int slotAt(final int position) {
        return position & starts.length - 1;
    }
}
