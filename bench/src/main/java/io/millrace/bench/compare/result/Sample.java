package io.millrace.bench.compare.result;

import org.HdrHistogram.AbstractHistogram;
import org.jspecify.annotations.Nullable;

/**
 * One round of one cell.
 *
 * @param durationNs     as long as messages were counted.
 * @param messages       that came back, or arrived.
 * @param bytes          of text that arrived, in the direction that counts.
 * @param latencyNs      of each message; null where none is taken.
 * @param cpuNs          processor time of all threads of both ends, user and system.
 * @param serverCpuNs    the server's process alone; -1 where both ends are in one.
 * @param allocatedBytes on the heap, by all threads of both ends; of the server alone where the partner is fixed.
 * @param gcPauses       in that time.
 * @param gcPauseNs      all of them together.
 * @param disturbance    what else went on.
 * @param jvm            in which of the cell's JVMs, one after the other: from 0.
 */
public record Sample(long durationNs, long messages, long bytes, @Nullable AbstractHistogram latencyNs, long cpuNs,
        long serverCpuNs, long allocatedBytes, long gcPauses, long gcPauseNs, Disturbance disturbance, int jvm) {

    /** As whoever measured sees it, who knows neither what else went on nor that there are other JVMs. */
    public Sample(final long durationNs, final long messages, final long bytes,
            final @Nullable AbstractHistogram latencyNs, final long cpuNs, final long serverCpuNs,
            final long allocatedBytes, final long gcPauses, final long gcPauseNs) {
        this(durationNs, messages, bytes, latencyNs, cpuNs, serverCpuNs, allocatedBytes, gcPauses, gcPauseNs,
                Disturbance.NONE, 0);
    }

    /** The same round, knowing that. */
    public Sample with(final Disturbance what, final int ofJvm) {
        return new Sample(durationNs, messages, bytes, latencyNs, cpuNs, serverCpuNs, allocatedBytes, gcPauses,
                gcPauseNs, what, ofJvm);
    }

    /** Messages a second. */
    public double messagesPerSecond() {
        return messages * 1e9 / durationNs;
    }

    /** Bits a second. */
    public double bitsPerSecond() {
        return bytes * 8e9 / durationNs;
    }

    /** Bytes on the heap for a message. */
    public double allocatedPerMessage() {
        return messages == 0 ? Double.NaN : (double) allocatedBytes / messages;
    }

    /** Processor time for a message, nanoseconds. */
    public double cpuNsPerMessage() {
        return messages == 0 ? Double.NaN : (double) cpuNs / messages;
    }

    /** @param percentile of the latency, 0 to 100; nanoseconds, NaN where none was taken. */
    public double latencyNs(final double percentile) {
        return latencyNs == null || latencyNs.getTotalCount() == 0
                ? Double.NaN
                : latencyNs.getValueAtPercentile(percentile);
    }

    /** What counts of a workload. */
    public double value(final Workload.Unit unit) {
        return switch (unit) {
            case LATENCY -> latencyNs == null ? (double) durationNs / messages : latencyNs(50);
            case BYTES -> bitsPerSecond();
            case MESSAGES -> messagesPerSecond();
        };
    }
}
