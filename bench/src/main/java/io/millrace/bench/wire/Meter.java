package io.millrace.bench.wire;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** What the receiving application has got of one flow, and when. Thread: any. */
final class Meter {
    /** Length of an interval of {@link #intervals}. */
    static final long INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(500);

    private final long[] intervals;
    private long startNs;
    private long lastNs;
    private long bytes;
    private long longestSilenceNs;
    private boolean over;

    /** @param durationNs how long it will count. */
    Meter(final long durationNs) {
        intervals = new long[(int) Math.ceilDiv(durationNs, INTERVAL_NS)];
    }

    /** Begins to count: the connection is open. */
    synchronized void start() {
        startNs = System.nanoTime();
        lastNs = startNs;
    }

    /** True once whatever becomes of the connection does not matter any more. */
    synchronized boolean isOver() {
        return over;
    }

    synchronized void onBytes(final long count) {
        if (over) {
            return;
        }
        final long nowNs = System.nanoTime();
        bytes += count;
        longestSilenceNs = Math.max(longestSilenceNs, nowNs - lastNs);
        lastNs = nowNs;
        final int interval = (int) ((nowNs - startNs) / INTERVAL_NS);
        if (interval < intervals.length) {
            intervals[interval] += count;
        }
    }

    /**
     * What there was when the counting ended.
     *
     * @param bytes            received since the start.
     * @param elapsedNs        since the start.
     * @param longestSilenceNs longest time in which nothing came, that until now included.
     * @param intervals        bytes of each {@link #INTERVAL_NS}.
     */
    record Reading(long bytes, long elapsedNs, long longestSilenceNs, long[] intervals) {
        double bitsPerSecond() {
            return bytes * 8e9 / elapsedNs;
        }
    }

    /** Ends the counting. */
    synchronized Reading end() {
        over = true;
        final long nowNs = System.nanoTime();
        return new Reading(bytes, nowNs - startNs, Math.max(longestSilenceNs, nowNs - lastNs),
                Arrays.copyOf(intervals, intervals.length));
    }
}
