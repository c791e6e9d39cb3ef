package io.millrace.fastpath.counters;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;

/**
 * One engine's counters: a 64-bit cell for each {@link Counter}, off heap, written by the engine's thread alone, read
 * by any thread (a reader sees a value that was true a moment ago).
 */
public final class EngineCounters implements AutoCloseable {
    private final MemoryRegion region;
    private final long address;

    public EngineCounters() {
        region = MemoryRegion.allocate("counters", (long) Counter.COUNT * Long.BYTES);
        address = region.address();
    }

    /** Adds one. Thread: the engine's. */
    public void increment(final Counter counter) {
        final long cell = address + ((long) counter.ordinal() << 3);
        Memory.putLong(cell, Memory.getLong(cell) + 1);
    }

    /** Adds {@code delta}, which may be negative for a gauge. Thread: the engine's. */
    public void add(final Counter counter, final long delta) {
        final long cell = address + ((long) counter.ordinal() << 3);
        Memory.putLong(cell, Memory.getLong(cell) + delta);
    }

    /** The value now. Thread: any, while the engine is not closed. */
    public long get(final Counter counter) {
        return Memory.getLong(address + ((long) counter.ordinal() << 3));
    }

    @Override
    public void close() {
        region.close();
    }
}
