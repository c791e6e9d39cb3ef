package io.millrace.bench.compare.report;

import io.millrace.bench.compare.result.CellResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Latencies of a cell's rounds. Pure functions. */
final class Percentiles {
    /** In tables. */
    static final double[] SHOWN = {50, 90, 99, 99.9, 99.99};

    private static final int STEPS_A_DECADE = 12;

    private Percentiles() {}

    /** {@code p50}, {@code p99.9}. */
    static String name(final double percentile) {
        return percentile == Math.rint(percentile)
                ? String.format(Locale.ROOT, "p%.0f", percentile)
                : "p" + Double.toString(percentile);
    }

    /** Whether any round has them. */
    static boolean has(final CellResult result) {
        return result.kept().stream().anyMatch(sample -> sample.latencyNs() != null
                && sample.latencyNs().getTotalCount() > 0);
    }

    /**
     * Of all rounds together, as far as there are messages to tell it by.
     *
     * @return points: the logarithm of 1 / (1 - share of the messages), nanoseconds.
     */
    static List<double[]> curve(final CellResult result) {
        final Histogram all = result.latencies();
        final List<double[]> points = new ArrayList<>();
        final double decades = Math.log10(Math.max(1, (double) all.getTotalCount() / CellResult.ENOUGH));
        for (int step = 0; step <= decades * STEPS_A_DECADE; step++) {
            final double nines = (double) step / STEPS_A_DECADE;
            final long ns = all.getValueAtPercentile(100 * (1 - Math.pow(10, -nines)));
            points.add(new double[]{nines, Math.max(1, ns)});
        }
        return points;
    }
}
