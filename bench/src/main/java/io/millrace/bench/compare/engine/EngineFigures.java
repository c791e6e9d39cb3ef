package io.millrace.bench.compare.engine;

import io.millrace.bench.compare.result.Sample;
import java.io.IOException;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * What one measurement of JMH says, as one line between the processes.
 *
 * @param operations a second; bytes, of a stream.
 * @param allocated  bytes on the heap for an operation, JMH's own part included (far below one).
 * @param cpuNs      processor time of the whole JVM for an operation.
 * @param gcs        collections.
 * @param gcMs       all of them together.
 */
public record EngineFigures(double operations, double allocated, double cpuNs, long gcs, long gcMs) {
    private static final double SECOND = 1e9;
    /** Text of a segment of the stream: MTU 1500, with timestamps. */
    private static final int SEGMENT = 1_448;
    private static final int FIELDS = 5;

    /** @throws IllegalStateException where JMH measured no benchmark, or more than one. */
    static EngineFigures of(final Collection<RunResult> results) {
        if (results.size() != 1) {
            throw new IllegalStateException(results.size() + " benchmarks were measured instead of one");
        }
        final RunResult result = results.iterator().next();
        final Result<?> primary = result.getPrimaryResult();
        final double operations = "ns/op".equals(primary.getScoreUnit())
                ? SECOND / primary.getScore()
                : primary.getScore();
        @SuppressWarnings("rawtypes")
        final Map<String, Result> others = result.getSecondaryResults();
        if (!others.containsKey("gc.alloc.rate.norm")) {
            throw new IllegalStateException("JMH does not say what was allocated");
        }
        return new EngineFigures(operations, score(others, "gc.alloc.rate.norm"), score(others, "cpu.norm"),
                (long) score(others, "gc.count"), (long) score(others, "gc.time"));
    }

    /** Zero where there is none: JMH leaves out what did not happen. */
    private static double score(@SuppressWarnings("rawtypes") final Map<String, Result> results, final String name) {
        final Result<?> result = results.get(name);
        return result == null || Double.isNaN(result.getScore()) ? 0 : result.getScore();
    }

    /** The other way round than {@link #toString}. */
    static EngineFigures parse(final String line) throws IOException {
        final String[] fields = line.strip().split(" ");
        try {
            if (fields.length == FIELDS) {
                return new EngineFigures(Double.parseDouble(fields[0]), Double.parseDouble(fields[1]),
                        Double.parseDouble(fields[2]), Long.parseLong(fields[3]), Long.parseLong(fields[4]));
            }
        } catch (final NumberFormatException e) {
            throw new IOException("no figures: " + line, e);
        }
        throw new IOException("no figures: " + line);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.3f %.6f %.3f %d %d", operations, allocated, cpuNs, gcs, gcMs);
    }

    /** Time for one operation, nanoseconds. */
    public double nsPerOperation() {
        return SECOND / operations;
    }

    /** A round of so many nanoseconds whose messages are operations. */
    Sample messages(final long ns) {
        return sample(ns, 1, 0);
    }

    /** The same of a stream, whose operations are bytes and whose messages are segments. */
    Sample bytes(final long ns) {
        return sample(ns, SEGMENT, Math.round(operations * ns / SECOND));
    }

    private Sample sample(final long ns, final int operationsOfMessage, final long bytes) {
        final double done = operations * ns / SECOND;
        return new Sample(ns, Math.round(done / operationsOfMessage), bytes, null, Math.round(cpuNs * done), -1,
                Math.round(allocated * done), gcs, TimeUnit.MILLISECONDS.toNanos(gcMs));
    }
}
