package io.millrace.fastpath.counters;

import io.millrace.fastpath.memory.Memory;

/**
 * How much time lies between the beginnings of two turns of an engine, as a histogram of powers of two, but where the
 * loop slept until there was something to do: what is much longer than 1 ms is a handler that blocks, or a core that others
 * have. Readers see each bucket as it was a moment ago. Thread: the engine's.
 */
public final class LoopTimes {
    /** Bucket {@code i} counts times of 2^i up to 2^(i+1) nanoseconds; the first one 0 too. */
    public static final int BUCKETS = 64;

    private final long address;
    private long lastNs;
    private long longestNs;
    private boolean started;

    /** @param address of {@link #BUCKETS} longs, zero. */
    public LoopTimes(final long address) {
        this.address = address;
    }

    /** A turn begins. @param nowNs not before the turn before. */
    public void onTurn(final long nowNs) {
        if (started) {
            final long gapNs = nowNs - lastNs;
            final long bucket = address + ((long) (63 - Long.numberOfLeadingZeros(gapNs | 1)) << 3);
            Memory.putLongOpaque(bucket, Memory.getLong(bucket) + 1);
            if (gapNs > longestNs) {
                longestNs = gapNs;
            }
        }
        started = true;
        lastNs = nowNs;
    }

    /** The longest time so far, in nanoseconds. */
    public long longestNs() {
        return longestNs;
    }

    /** The loop slept until now, as there was nothing to do: what it does before the next turn counts. */
    public void onSlept(final long nowNs) {
        started = true;
        lastNs = nowNs;
    }

    /** Nobody drove the engine until now, and nobody had to: the time until the next turn says nothing. */
    public void pause() {
        started = false;
    }
}
