package io.millrace.bench.compare.report;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.CellResult;
import io.millrace.bench.compare.result.Contender;
import io.millrace.bench.compare.result.Placement;
import io.millrace.bench.compare.result.Results;
import io.millrace.bench.compare.result.Sample;
import io.millrace.bench.compare.result.Workload;
import io.millrace.bench.machine.Environment;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** A run put together by hand. */
final class SomeResults {
    private static final long SECOND = 1_000_000_000;

    private final List<CellResult> cells = new ArrayList<>();

    SomeResults add(final Workload workload, final Placement placement, final Contender contender,
            final Sample... samples) {
        return add(new Cell(workload, placement, contender), samples);
    }

    SomeResults add(final Cell cell, final Sample... samples) {
        cells.add(new CellResult(cell, List.of(samples), 1, false, null, false));
        return this;
    }

    SomeResults disturbed(final Workload workload, final Placement placement, final Contender contender,
            final Sample... samples) {
        cells.add(new CellResult(new Cell(workload, placement, contender), List.of(samples), 1, true, null, false));
        return this;
    }

    SomeResults skip(final Workload workload, final Placement placement, final Contender contender,
            final String why) {
        return skip(new Cell(workload, placement, contender), why);
    }

    SomeResults skip(final Cell cell, final String why) {
        cells.add(CellResult.skipped(cell, why));
        return this;
    }

    Results build() {
        return new Results("./millrace bench --quick", 3, SECOND / 2,
                new Environment("2026-11-26T10:00:00Z", "2 × some <cpu>", "6.1", "25", "0.1 before, 0.2 after"),
                "the kernel cubic",
                cells);
    }

    /** Round trips, of which one of a hundred takes {@code tailNs}. */
    static Sample latencies(final long ns, final long tailNs, final long allocated) {
        final Histogram histogram = new Histogram(3);
        histogram.recordValueWithCount(ns, 980);
        histogram.recordValueWithCount(tailNs, 20);
        return new Sample(SECOND, 1_000, 64_000, histogram, SECOND, -1, allocated, 1, 5_000);
    }

    /** Too few for a p99. */
    static Sample few() {
        final Histogram histogram = new Histogram(3);
        histogram.recordValueWithCount(1_000, 900);
        return new Sample(SECOND, 900, 57_600, histogram, SECOND, -1, 0, 0, 0);
    }

    static Sample messages(final long messages, final long allocated) {
        return new Sample(SECOND, messages, 0, null, SECOND, SECOND / 2, allocated, 0, 0);
    }

    static Sample gigabits(final double gigabits) {
        return new Sample(SECOND, 1, (long) (gigabits * 1e9 / 8), null, SECOND, -1, 0, 0, 0);
    }

    /** An operation of JMH. */
    static Sample operation(final double ns) {
        return new Sample(SECOND, Math.round(SECOND / ns), 0, null, SECOND, -1, 0, 0, 0);
    }
}
