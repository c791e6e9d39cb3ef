package io.millrace.fastpath.counters;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import org.jspecify.annotations.Nullable;

/**
 * One engine's counters: a 64-bit cell for each {@link Counter}, off heap, written by the engine's thread alone, read
 * by any thread (a reader sees a value that was true a moment ago). Once closed, they keep their last values.
 */
public final class EngineCounters implements AutoCloseable {
    private @Nullable MemoryRegion region;
    private long address;
    private final long[] last = new long[Counter.COUNT];
    private boolean closed;

    /** In memory of their own. */
    public EngineCounters() {
        region = MemoryRegion.allocate("counters", (long) Counter.COUNT * Long.BYTES);
        address = region.address();
    }

    /**
     * In memory of somebody else, maybe a file that other processes read.
     *
     * @param address of {@link Counter#COUNT} longs, zero, which stay until these counters are closed.
     */
    public EngineCounters(final long address) {
        region = null;
        this.address = address;
    }

    /** Adds one. Thread: the engine's, until closed. */
    public void increment(final Counter counter) {
        add(counter, 1);
    }

    /** Adds {@code delta}, which may be negative for a gauge. Thread: the engine's, until closed. */
    public void add(final Counter counter, final long delta) {
        // a plain store, whole as every aligned long's: an ordered one would keep the JIT compiler from keeping anything in
        // a register across it. The store of the loop's time, each turn, is one, so none is held back for longer
        final long cell = address + ((long) counter.ordinal() << 3);
        Memory.putLong(cell, Memory.getLong(cell) + delta);
    }

    /** The value now, or as it was on closing. Holds closing up, not counting. Thread: any. */
    public synchronized long get(final Counter counter) {
        return closed
                ? last[counter.ordinal()]
                : Memory.getLongOpaque(address + ((long) counter.ordinal() << 3));
    }

    /**
     * Begins anew, from zero, in memory of its own: somebody else's is lost, and what was counted with it. Once. Thread: the
     * engine's.
     */
    public synchronized void moveToOwnMemory() {
        if (!closed && region == null) {
            region = MemoryRegion.allocate("counters", (long) Counter.COUNT * Long.BYTES);
            address = region.address();
        }
    }

    /** Gives the memory back; closing twice does nothing. Thread: the engine's. */
    @Override
    public synchronized void close() {
        if (!closed) {
            for (int i = 0; i < last.length; i++) {
                last[i] = Memory.getLong(address + ((long) i << 3));
            }
            closed = true;
            if (region != null) {
                region.close();
            }
        }
    }
}
