package io.millrace.control.counters;

import java.util.concurrent.atomic.AtomicLongArray;

/** A 64-bit cell for each {@link ControlCounter}. Thread: any may count and read. */
public final class ControlCounters {
    private final AtomicLongArray cells = new AtomicLongArray(ControlCounter.count());

    /** Adds one. */
    public void increment(final ControlCounter counter) {
        cells.getAndIncrement(counter.ordinal());
    }

    /** The value now. */
    public long get(final ControlCounter counter) {
        return cells.get(counter.ordinal());
    }
}
