package io.millrace.fastpath.timer;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;

/**
 * The slots of a {@link TimerWheel}: lists of timers and, for each level, which of its slots are not empty.
 * <p>
 * A list is circular and goes through its slot's head, which has a negative number among the timers' numbers. So a timer
 * leaves its list without knowing which it is, and when the two neighbours that it joins are one head, that slot has
 * become empty.
 */
final class TimerSlots implements AutoCloseable {
    /** Levels of the wheel: all the bytes of a tick, so that no deadline is out of reach. */
    static final int LEVELS = 8;

    static final int SLOTS_SHIFT = 8;

    /** Slots a level. */
    static final int SLOTS = 1 << SLOTS_SHIFT;

    /** A slot apart, in no level: timers that wait for the end of a poll. */
    static final int DEFERRED = LEVELS << SLOTS_SHIFT;

    private static final int HEAD_COUNT = DEFERRED + 1;
    private static final int HEAD_LENGTH = 8;
    private static final int WORDS_PER_LEVEL = SLOTS / Long.SIZE;
    private static final int LEVEL_MASK = (1 << LEVELS) - 1;

    // A timer's links; a head has nothing else.
    private static final int LINKS_OFFSET = 8;
    private static final int PREVIOUS_OFFSET = 4;

    private final TimerNodes nodes;
    private final MemoryRegion region;
    private final long heads;
    private final long occupied;
    private int occupiedLevels;

    TimerSlots(final TimerNodes nodes) {
        this.nodes = nodes;
        this.region = MemoryRegion.allocate("timer wheel", requiredBytes());
        this.heads = region.address();
        this.occupied = heads + (long) HEAD_COUNT * HEAD_LENGTH;
        for (int slot = 0; slot < HEAD_COUNT; slot++) {
            join(~slot, ~slot);
        }
    }

    static long requiredBytes() {
        return (long) HEAD_COUNT * HEAD_LENGTH + (LEVELS + 1) * WORDS_PER_LEVEL * (long) Long.BYTES;
    }

    boolean isEmpty(final int slot) {
        return first(slot) < 0;
    }

    /** The timer that has been in a slot the longest; negative where it is empty. */
    int first(final int slot) {
        return Memory.getInt(heads + (long) slot * HEAD_LENGTH);
    }

    /** Puts a timer that is in no slot last into one. */
    void append(final int slot, final int node) {
        final int last = Memory.getInt(heads + (long) slot * HEAD_LENGTH + PREVIOUS_OFFSET);
        join(last, node);
        join(node, ~slot);
        if (last < 0) {
            final long word = word(slot);
            Memory.putLong(word, Memory.getLong(word) | 1L << slot);
            occupiedLevels |= 1 << (slot >>> SLOTS_SHIFT);
        }
    }

    /** Takes a timer out of whichever slot it is in. */
    void remove(final int node) {
        final long links = links(node);
        final int next = Memory.getInt(links);
        final int previous = Memory.getInt(links + PREVIOUS_OFFSET);
        join(previous, next);
        if (next == previous) {
            onEmpty(~next);
        }
    }

    /** The lowest level that has a timer; {@link #LEVELS} where none has. */
    int lowestLevel() {
        return Integer.numberOfTrailingZeros(occupiedLevels & LEVEL_MASK | 1 << LEVELS);
    }

    /** The first slot of a level from an index on that is not empty, as an index in the level; there must be one. */
    int firstOccupied(final int level, final int from) {
        int index = from;
        while (true) {
            final long bits = Memory.getLong(word((level << SLOTS_SHIFT) + index)) >>> index;
            if (bits != 0) {
                return index + Long.numberOfTrailingZeros(bits);
            }
            index = (index | Long.SIZE - 1) + 1;
            assert index < SLOTS : level;
        }
    }

    @Override
    public void close() {
        region.close();
    }

    private void onEmpty(final int slot) {
        final long word = word(slot);
        final long bits = Memory.getLong(word) & ~(1L << slot);
        Memory.putLong(word, bits);
        if (bits == 0 && isLevelEmpty(slot >>> SLOTS_SHIFT)) {
            occupiedLevels &= ~(1 << (slot >>> SLOTS_SHIFT));
        }
    }

    private boolean isLevelEmpty(final int level) {
        final long words = word(level << SLOTS_SHIFT);
        return (Memory.getLong(words) | Memory.getLong(words + 8) | Memory.getLong(words + 16)
                | Memory.getLong(words + 24)) == 0;
    }

    private void join(final int previous, final int next) {
        Memory.putInt(links(previous), next);
        Memory.putInt(links(next) + PREVIOUS_OFFSET, previous);
    }

    private long links(final int node) {
        return node < 0 ? heads + (long) ~node * HEAD_LENGTH : nodes.address(node) + LINKS_OFFSET;
    }

    private long word(final int slot) {
        return occupied + (slot >>> 6) * 8L;
    }
}
