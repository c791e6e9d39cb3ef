package io.millrace.fastpath.counters;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;

/**
 * One engine's counters: a 64-bit cell for each {@link Counter}, off heap, written by the engine's thread alone, read
 * by any thread (a reader sees a value that was true a moment ago). Once closed, they keep their last values.
 */
public final class EngineCounters implements AutoCloseable {
    private final MemoryRegion region;
    private final long address;
    private final long[] last = new long[Counter.COUNT];

    public EngineCounters() {
        region = MemoryRegion.allocate("counters", (long) Counter.COUNT * Long.BYTES);
        address = region.address();
    }

    /** Adds one. Thread: the engine's, until closed. */
    public void increment(final Counter counter) {
        add(counter, 1);
    }

    /** Adds {@code delta}, which may be negative for a gauge. Thread: the engine's, until closed. */
    public void add(final Counter counter, final long delta) {
        final long cell = address + ((long) counter.ordinal() << 3);
        Memory.putLongOpaque(cell, Memory.getLong(cell) + delta);
    }

    /** The value now, or as it was on closing. Holds closing up, not counting. Thread: any. */
    public synchronized long get(final Counter counter) {
        return region.address() == 0
                ? last[counter.ordinal()]
                : Memory.getLongOpaque(address + ((long) counter.ordinal() << 3));
    }

    /** Gives the memory back; closing twice does nothing. Thread: the engine's. */
    @Override
    public synchronized void close() {
        if (region.address() != 0) {
            for (int i = 0; i < last.length; i++) {
                last[i] = Memory.getLong(address + ((long) i << 3));
            }
            region.close();
        }
    }
}
