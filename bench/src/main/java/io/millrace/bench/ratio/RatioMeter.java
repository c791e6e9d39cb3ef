package io.millrace.bench.ratio;

import io.millrace.bench.compare.engine.EngineProcess;
import io.millrace.bench.compare.engine.JmhCase;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Measures two benchmarks in turn, each in a JVM of its own, so that what else the machine does falls on both. What a
 * compiler makes of the same code differs by a quarter from one JVM to the next: a ratio that is out of its band gets others, and counts
 * as out only where their median is, too. Thread: the command's.
 */
final class RatioMeter {
    private static final int ROUNDS = 5;
    private static final long ROUND_NS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final int MOST_PAIRS = 3;

    /** Where benchmarks run. */
    interface Bench extends AutoCloseable {
        /** Time for an operation, in a measurement of so many nanoseconds. */
        double nsPerOperation(long ns) throws IOException;

        @Override
        void close();
    }

    /** Makes them, warm. */
    interface Benches {
        Bench open(JmhCase benchmark) throws IOException;
    }

    private final Benches benches;

    RatioMeter(final Benches benches) {
        this.benches = benches;
    }

    /** With a JVM for each. */
    static RatioMeter ofJvms() {
        return new RatioMeter(JvmBench::new);
    }

    /** The median of all pairs of JVMs that it needed: one, where that one is as it should be. */
    double measure(final Ratio ratio) throws IOException {
        double[] pairs = {};
        do {
            pairs = Arrays.copyOf(pairs, pairs.length + 1);
            pairs[pairs.length - 1] = pair(ratio);
        } while (pairs.length < MOST_PAIRS && !(pairs.length == 1 && ratio.holds(pairs[0])));
        return median(pairs);
    }

    private double pair(final Ratio ratio) throws IOException {
        try (Bench one = benches.open(ratio.one()); Bench other = benches.open(ratio.other())) {
            final double[] rounds = new double[ROUNDS];
            for (int i = 0; i < ROUNDS; i++) {
                rounds[i] = one.nsPerOperation(ROUND_NS) / other.nsPerOperation(ROUND_NS);
            }
            return median(rounds);
        }
    }

    private static double median(final double... values) {
        final double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static final class JvmBench implements Bench {
        private final EngineProcess process;

        JvmBench(final JmhCase benchmark) throws IOException {
            process = EngineProcess.start(benchmark);
        }

        @Override
        public double nsPerOperation(final long ns) throws IOException {
            return process.measure(ns).nsPerOperation();
        }

        @Override
        public void close() {
            process.close();
        }
    }
}
