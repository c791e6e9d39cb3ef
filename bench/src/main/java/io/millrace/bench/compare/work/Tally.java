package io.millrace.bench.compare.work;

import java.io.IOException;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Counts what arrives at an end. Thread: the one that its connections live on. */
final class Tally {
    private static final long LARGEST_NS = 60_000_000_000L;
    private static final int DIGITS = 3;

    private @Nullable Histogram latencies;
    /** Takes the place of the other at a mark: nothing is allocated while a load runs. */
    private @Nullable Histogram others;
    private long messages;
    private long bytes;
    private @Nullable String failure;

    /** @param timed whether latencies are taken. */
    Tally(final boolean timed) {
        latencies = timed ? new Histogram(LARGEST_NS, DIGITS) : null;
        others = timed ? new Histogram(LARGEST_NS, DIGITS) : null;
    }

    /** Messages have arrived. */
    void arrived(final long count, final long length) {
        messages += count;
        bytes += length;
    }

    /** One of them took so long; one that took more than a minute counts as that. */
    void took(final long ns) {
        if (latencies != null) {
            latencies.recordValue(Math.max(1, Math.min(ns, LARGEST_NS)));
        }
    }

    /** From now on every {@link #mark} fails; the first failure stays. */
    void fail(final String what) {
        if (failure == null) {
            failure = what;
        }
    }

    /**
     * What there is; its histogram is valid until the next mark.
     *
     * @throws IOException where something has failed.
     */
    Mark mark() throws IOException {
        if (failure != null) {
            throw new IOException(failure);
        }
        final Histogram full = latencies;
        latencies = others;
        others = full;
        if (latencies != null) {
            latencies.reset();
        }
        return new Mark(System.nanoTime(), messages, bytes, full);
    }
}
