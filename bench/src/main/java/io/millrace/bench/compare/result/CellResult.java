package io.millrace.bench.compare.result;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * All rounds of a cell.
 *
 * @param kept      rounds that count: the undisturbed ones, or, where {@code disturbed}, the least disturbed.
 * @param rejected  rounds that were disturbed and repeated.
 * @param disturbed whether rounds count though they were disturbed, since none better was to be had.
 * @param skipped   why there is none; null where it was measured.
 * @param failed    whether that should not have been: it was possible here, and went wrong.
 */
public record CellResult(Cell cell, List<Sample> kept, int rejected, boolean disturbed, @Nullable String skipped,
        boolean failed) {
    /** Messages beyond a percentile, for it to be told. */
    public static final int ENOUGH = 10;

    private static final int TAIL = 99;
    private static final double KEPT_UP = 0.99;
    private static final int DIGITS = 3;

    /** @throws IllegalArgumentException where there is neither a sample nor a reason. */
    public CellResult {
        kept = List.copyOf(kept);
        if (kept.isEmpty() == (skipped == null)) {
            throw new IllegalArgumentException(cell + ": " + kept.size() + " samples, skipped: " + skipped);
        }
    }

    /** Not measured. */
    public static CellResult skipped(final Cell cell, final String why) {
        return new CellResult(cell, List.of(), 0, false, why, false);
    }

    /** Not measured, though it should have been. */
    public static CellResult failed(final Cell cell, final String why) {
        return new CellResult(cell, List.of(), 0, false, why, true);
    }

    /** Whether there are rounds of it. */
    public boolean isMeasured() {
        return !kept.isEmpty();
    }

    /** Median over the rounds; NaN where none was measured. */
    public double median(final ToDoubleFunction<Sample> figure) {
        final double[] sorted = kept.stream().mapToDouble(figure).sorted().toArray();
        if (sorted.length == 0) {
            return Double.NaN;
        }
        final int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** The median of what counts of its workload. */
    public double value() {
        return median(this::value);
    }

    private double value(final Sample sample) {
        return sample.value(cell.workload().unit());
    }

    /** The least of the rounds, of what counts. */
    public double least() {
        return kept.stream().mapToDouble(this::value).min().orElse(Double.NaN);
    }

    /** The most of the rounds, of what counts. */
    public double most() {
        return kept.stream().mapToDouble(this::value).max().orElse(Double.NaN);
    }

    /** The median of what counts for each JVM, one after the other: how fast the same code runs differs between them. */
    public List<Double> ofEachJvm() {
        return kept.stream().map(Sample::jvm).distinct().sorted()
                .map(jvm -> new CellResult(cell, kept.stream().filter(sample -> sample.jvm() == jvm).toList(), 0,
                        disturbed, null, false).value())
                .toList();
    }

    /**
     * A percentile of the latency. Up to {@value #TAIL} the median over the rounds; from there on that of all rounds
     * together, since a single one has too few messages beyond it.
     *
     * @param percentile 0 to 100.
     * @return nanoseconds; NaN where none was taken, or fewer than {@value #ENOUGH} messages lie beyond.
     */
    public double latencyNs(final double percentile) {
        if (percentile < TAIL) {
            return median(sample -> sample.latencyNs(percentile));
        }
        final Histogram all = latencies();
        // rounded: a hundredth of 1,000 is not quite 10 in binary fractions
        return Math.round(all.getTotalCount() * (100 - percentile)) < 100 * ENOUGH
                ? Double.NaN
                : all.getValueAtPercentile(percentile);
    }

    /** Those of all rounds together. */
    public Histogram latencies() {
        final Histogram all = new Histogram(DIGITS);
        all.setAutoResize(true);
        for (final Sample sample : kept) {
            if (sample.latencyNs() != null) {
                all.add(sample.latencyNs());
            }
        }
        return all;
    }

    /** Rounds of an open loop in which fewer messages came back than were due: its latencies say little then. */
    public long roundsBelowRate() {
        return cell.workload() != Workload.OPEN_LOOP
                ? 0
                : kept.stream().filter(sample -> sample.messagesPerSecond() < KEPT_UP * cell.rate()).count();
    }
}
