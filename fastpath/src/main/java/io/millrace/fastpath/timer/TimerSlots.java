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
    /** Levels of the wheel. */
    static final int LEVELS = 5;

    /** log2 of the slots a level: 64 words of 64 bits say which are not empty, and one more which words are not zero. */
    static final int SLOTS_SHIFT = 12;

    /** Slots a level. */
    static final int SLOTS = 1 << SLOTS_SHIFT;

    /** The last tick that the levels reach. */
    static final long LAST_TICK = (1L << LEVELS * SLOTS_SHIFT) - 1;

    /** A slot apart, in no level: timers that wait for the end of a poll. */
    static final int DEFERRED = LEVELS << SLOTS_SHIFT;

    private static final int HEAD_COUNT = DEFERRED + 1;
    private static final int HEAD_LENGTH = 8;
    private static final int WORDS_PER_LEVEL = SLOTS / Long.SIZE;
    private static final int LEVELS_MASK = (1 << LEVELS) - 1;

    // A timer's links; a head has nothing else.
    private static final int LINKS_OFFSET = 8;
    private static final int PREVIOUS_OFFSET = 4;

    private final TimerNodes nodes;
    private final MemoryRegion region;
    private final long heads;
    private final long words;
    private final long summaries;
    private int occupiedLevels;

    TimerSlots(final TimerNodes nodes) {
        this.nodes = nodes;
        this.region = MemoryRegion.allocate("timer wheel", requiredBytes());
        this.heads = region.address();
        this.summaries = heads + (long) HEAD_COUNT * HEAD_LENGTH;
        this.words = summaries + (LEVELS + 1) * (long) Long.BYTES;
        for (int slot = 0; slot < HEAD_COUNT; slot++) {
            putLinks(heads + (long) slot * HEAD_LENGTH, ~slot, ~slot);
        }
    }

    static long requiredBytes() {
        return (long) HEAD_COUNT * HEAD_LENGTH + (LEVELS + 1) * (1 + WORDS_PER_LEVEL) * (long) Long.BYTES;
    }

    boolean isEmpty(final int slot) {
        return first(slot) < 0;
    }

    /** The timer that has been in a slot the longest; negative where it is empty. */
    int first(final int slot) {
        return Memory.getInt(heads + (long) slot * HEAD_LENGTH);
    }

    /** Puts a timer, with its address, that is in no slot last into one. */
    void append(final int slot, final int node, final long address) {
        final long head = heads + (long) slot * HEAD_LENGTH;
        final int last = Memory.getInt(head + PREVIOUS_OFFSET);
        if (last < 0) {
            // alone, as most are
            putLinks(head, node, node);
            putLinks(address + LINKS_OFFSET, ~slot, ~slot);
            onOccupied(slot);
        } else {
            Memory.putInt(links(last), node);
            putLinks(address + LINKS_OFFSET, ~slot, last);
            Memory.putInt(head + PREVIOUS_OFFSET, node);
        }
    }

    /** Takes the timer at this address out of whichever slot it is in. */
    void remove(final long address) {
        final int next = Memory.getInt(address + LINKS_OFFSET);
        final int previous = Memory.getInt(address + LINKS_OFFSET + PREVIOUS_OFFSET);
        if (next == previous) {
            // of a head alone there is one on both sides
            putLinks(heads + (long) ~next * HEAD_LENGTH, next, next);
            onEmpty(~next);
        } else {
            Memory.putInt(links(previous), next);
            Memory.putInt(links(next) + PREVIOUS_OFFSET, previous);
        }
    }

    /** The levels that have a timer, one bit each. */
    int occupiedLevels() {
        return occupiedLevels & LEVELS_MASK;
    }

    /** How many slots, going round, from an index to the first that is not empty; the level must have one. */
    int distance(final int level, final int from) {
        final long bits = Memory.getLong(word(level, from >>> 6)) >>> from;
        if (bits != 0) {
            return Long.numberOfTrailingZeros(bits);
        }
        final long summary = Memory.getLong(summary(level));
        final long ahead = summary & -2L << (from >>> 6);
        final int word = Long.numberOfTrailingZeros(ahead != 0 ? ahead : summary);
        final int index = word << 6 | Long.numberOfTrailingZeros(Memory.getLong(word(level, word)));
        return index - from & SLOTS - 1;
    }

    @Override
    public void close() {
        region.close();
    }

    private void onOccupied(final int slot) {
        final int level = slot >>> SLOTS_SHIFT;
        final int index = slot & SLOTS - 1;
        final long word = word(level, index >>> 6);
        Memory.putLong(word, Memory.getLong(word) | 1L << index);
        Memory.putLong(summary(level), Memory.getLong(summary(level)) | 1L << (index >>> 6));
        occupiedLevels |= 1 << level;
    }

    private void onEmpty(final int slot) {
        final int level = slot >>> SLOTS_SHIFT;
        final int index = slot & SLOTS - 1;
        final long word = word(level, index >>> 6);
        final long bits = Memory.getLong(word) & ~(1L << index);
        Memory.putLong(word, bits);
        if (bits == 0) {
            final long summary = Memory.getLong(summary(level)) & ~(1L << (index >>> 6));
            Memory.putLong(summary(level), summary);
            if (summary == 0) {
                occupiedLevels &= ~(1 << level);
            }
        }
    }

    private static void putLinks(final long links, final int next, final int previous) {
        Memory.putInt(links, next);
        Memory.putInt(links + PREVIOUS_OFFSET, previous);
    }

    private long links(final int node) {
        return node < 0 ? heads + (long) ~node * HEAD_LENGTH : nodes.address(node) + LINKS_OFFSET;
    }

    private long word(final int level, final int word) {
        return words + (level * WORDS_PER_LEVEL + word) * (long) Long.BYTES;
    }

    private long summary(final int level) {
        return summaries + level * (long) Long.BYTES;
    }
}
