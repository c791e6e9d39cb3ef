package io.millrace.bench.compare.work;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What an end has counted.
 *
 * @param ns        when, by {@link System#nanoTime}.
 * @param messages  that have arrived since it is there.
 * @param bytes     of theirs.
 * @param latencyNs of those since the last mark, valid until the next one; null where none was taken.
 */
public record Mark(long ns, long messages, long bytes, @Nullable Histogram latencyNs) {}
