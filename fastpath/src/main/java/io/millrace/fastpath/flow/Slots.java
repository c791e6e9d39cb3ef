package io.millrace.fastpath.flow;

import org.jspecify.annotations.Nullable;

/**
 * Heap objects that belong to records of an off-heap table: a reference a record, in chunks that are made when first
 * needed, so that a table sized for millions costs nothing until used. Thread: the engine's.
 */
public final class Slots<T> {
    private static final int CHUNK_SHIFT = 12;
    private static final int CHUNK = 1 << CHUNK_SHIFT;

    private final @Nullable Object[] @Nullable [] chunks;

    /** @param capacity number of records. */
    public Slots(final int capacity) {
        chunks = new Object[(capacity + CHUNK - 1) >>> CHUNK_SHIFT][];
    }

    /** The record's object, or null. */
    @SuppressWarnings("unchecked")
    public @Nullable T get(final int index) {
        final @Nullable Object[] chunk = chunks[index >>> CHUNK_SHIFT];
        return chunk == null ? null : (T) chunk[index & CHUNK - 1];
    }

    /** Sets or, with null, forgets the record's object. */
    public void set(final int index, final @Nullable T value) {
        @Nullable
        Object[] chunk = chunks[index >>> CHUNK_SHIFT];
        if (chunk == null) {
            if (value == null) {
                return;
            }
            chunk = new Object[CHUNK];
            chunks[index >>> CHUNK_SHIFT] = chunk;
        }
        chunk[index & CHUNK - 1] = value;
    }
}
