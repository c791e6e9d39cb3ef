package io.millrace.fastpath.tcp;

import io.millrace.fastpath.memory.Memory;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Text of one connection that stays in its owners' memory until it is acknowledged: what is not there lies in the send
 * ring. Thread: the engine's.
 */
final class HeldText extends TextPieces {
    private byte @Nullable [][] arrays = new byte[FIRST_PIECES][];
    private @Nullable Object[] texts = new Object[FIRST_PIECES];
    private @Nullable TextOwner[] owners = new TextOwner[FIRST_PIECES];

    /** True where the last piece is this owner's, ends where these bytes begin, and is followed by nothing. */
    boolean continues(final int sequence, final byte @Nullable [] array, final long place, final Object text) {
        if (isEmpty()) {
            return false;
        }
        final int last = slot(size() - 1);
        return texts[last] == text && arrays[last] == array && places[last] + lengths[last] == place
                && starts[last] + lengths[last] == sequence;
    }

    /** Makes the last piece longer. */
    void extend(final int length) {
        lengths[slot(size() - 1)] += length;
    }

    /** Adds a piece behind the others; false where there are too many. */
    boolean add(final int sequence, final byte @Nullable [] array, final long place, final int length,
            final TextOwner owner, final Object text) {
        final int slot = append(sequence, place, length);
        if (slot < 0) {
            return false;
        }
        arrays[slot] = array;
        texts[slot] = text;
        owners[slot] = owner;
        return true;
    }

    @Override
    void onGrown(final int before, final int shift) {
        arrays = unrolled(arrays, Arrays.copyOf(arrays, 2 * before), shift);
        texts = unrolled(texts, Arrays.copyOf(texts, 2 * before), shift);
        owners = unrolled(owners, Arrays.copyOf(owners, 2 * before), shift);
    }

    /** Takes the oldest piece out; its owner is told later. */
    void removeFirst(final HeldTexts into) {
        final int slot = removeFirst();
        final Object text = texts[slot];
        final TextOwner owner = owners[slot];
        texts[slot] = null;
        owners[slot] = null;
        arrays[slot] = null;
        assert text != null && owner != null;
        into.release(owner, text);
    }

    @Override
    void copyOut(final int index, final int sequence, final long target, final int length) {
        final int slot = slot(index);
        final byte[] array = arrays[slot];
        final long place = places[slot] + (sequence - starts[slot]);
        if (array == null) {
            Memory.copy(place, target, length);
        } else {
            Memory.copyFromArray(array, (int) place, target, length);
        }
    }
}
