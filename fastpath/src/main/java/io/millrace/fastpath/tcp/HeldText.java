package io.millrace.fastpath.tcp;

import io.millrace.fastpath.memory.Memory;
import org.jspecify.annotations.Nullable;

/**
 * Text of one connection that stays in its owners' memory until it is acknowledged: pieces in the order of their sequence
 * numbers, between which may lie bytes of the send ring. Thread: the engine's.
 */
final class HeldText {
    /** Pieces at the most: what is beyond waits. */
    static final int MAX_PIECES = 1_024;
    private static final int FIRST_PIECES = 8;
    private static final int SMALL = 64;

    private int[] starts = new int[FIRST_PIECES];
    private int[] lengths = new int[FIRST_PIECES];
    private long[] places = new long[FIRST_PIECES];
    private byte @Nullable [][] arrays = new byte[FIRST_PIECES][];
    private @Nullable Object[] texts = new Object[FIRST_PIECES];
    private @Nullable TextOwner[] owners = new TextOwner[FIRST_PIECES];
    private int head;
    private int tail;

    /** How many pieces there are. */
    int size() {
        return tail - head;
    }

    boolean isEmpty() {
        return tail == head;
    }

    /** True where it is worth keeping for another connection. */
    boolean isSmall() {
        return starts.length <= SMALL;
    }

    /** True where the last piece is this owner's, ends where these bytes begin, and is followed by nothing. */
    boolean continues(final int sequence, final byte @Nullable [] array, final long place, final Object text) {
        if (isEmpty()) {
            return false;
        }
        final int last = slot(tail - 1);
        return texts[last] == text && arrays[last] == array && places[last] + lengths[last] == place
                && starts[last] + lengths[last] == sequence;
    }

    /** Makes the last piece longer. */
    void extend(final int length) {
        lengths[slot(tail - 1)] += length;
    }

    /** Adds a piece behind the others; false where there are too many. */
    boolean add(final int sequence, final byte @Nullable [] array, final long place, final int length,
            final TextOwner owner, final Object text) {
        if (size() == starts.length && !grow()) {
            return false;
        }
        final int slot = slot(tail++);
        starts[slot] = sequence;
        lengths[slot] = length;
        places[slot] = place;
        arrays[slot] = array;
        texts[slot] = text;
        owners[slot] = owner;
        return true;
    }

    private boolean grow() {
        final int before = starts.length;
        if (before == MAX_PIECES) {
            return false;
        }
        final int from = slot(head);
        starts = grown(starts, new int[2 * before], from, before);
        lengths = grown(lengths, new int[2 * before], from, before);
        places = grown(places, new long[2 * before], from, before);
        arrays = grown(arrays, new byte[2 * before][], from, before);
        texts = grown(texts, new Object[2 * before], from, before);
        owners = grown(owners, new TextOwner[2 * before], from, before);
        tail = before;
        head = 0;
        return true;
    }

    /** The full circle, unrolled. */
    @SuppressWarnings("SuspiciousSystemArraycopy")
    private static <T> T grown(final T old, final T larger, final int from, final int length) {
        System.arraycopy(old, from, larger, 0, length - from);
        System.arraycopy(old, 0, larger, length - from, from);
        return larger;
    }

    /** First sequence number of the oldest piece. */
    int firstStart() {
        return starts[slot(head)];
    }

    /** Sequence number behind the oldest piece. */
    int firstEnd() {
        final int slot = slot(head);
        return starts[slot] + lengths[slot];
    }

    /** Sequence number behind the pieces that follow one another, without a gap, from {@code sequence} on. */
    int endOfRun(final int sequence) {
        int end = sequence;
        for (int i = head; i != tail; i++) {
            final int slot = slot(i);
            if (starts[slot] - end > 0) {
                break;
            }
            end = starts[slot] + lengths[slot];
        }
        return end - sequence > 0 ? end : sequence;
    }

    /** Takes the oldest piece out and tells its owner. */
    void removeFirst(final HeldTexts into) {
        final int slot = slot(head++);
        final Object text = texts[slot];
        final TextOwner owner = owners[slot];
        texts[slot] = null;
        owners[slot] = null;
        arrays[slot] = null;
        assert text != null && owner != null;
        into.release(owner, text);
    }

    /** Index of the piece that holds the byte, or of the first one behind it; {@link #size()} where there is none. */
    int find(final int sequence) {
        int low = 0;
        int high = size();
        while (low < high) {
            final int middle = low + high >>> 1;
            final int slot = slot(head + middle);
            if (starts[slot] + lengths[slot] - sequence > 0) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** First sequence number of the piece {@code index}. */
    int start(final int index) {
        return starts[slot(head + index)];
    }

    /** Sequence number behind the piece {@code index}. */
    int end(final int index) {
        final int slot = slot(head + index);
        return starts[slot] + lengths[slot];
    }

    /** Copies bytes of the piece {@code index}. */
    void copyOut(final int index, final int sequence, final long target, final int length) {
        final int slot = slot(head + index);
        final byte[] array = arrays[slot];
        final long place = places[slot] + (sequence - starts[slot]);
        if (array == null) {
            Memory.copy(place, target, length);
        } else {
            Memory.copyFromArray(array, (int) place, target, length);
        }
    }

    private int slot(final int position) {
        return position & starts.length - 1;
    }
}
