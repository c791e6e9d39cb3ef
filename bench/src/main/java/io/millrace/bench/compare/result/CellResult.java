package io.millrace.bench.compare.result;

import java.util.List;
import java.util.function.ToDoubleFunction;
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
        return median(sample -> sample.value(cell.workload().unit()));
    }
}
