package io.millrace.bench.compare.report;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.CellResult;
import io.millrace.bench.compare.result.Results;
import io.millrace.bench.compare.result.Sample;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** What was measured of each cell, as rows of text; cells that were measured in turn make a table. Pure functions. */
final class CellTables {
    private CellTables() {}

    /**
     * Cells that were measured in turn.
     *
     * @param title workload, rate and placement.
     * @param head  of the columns.
     * @param rows  a contender each.
     * @param notes contenders that were not measured, and why.
     */
    record Table(String title, List<String> head, List<List<String>> rows, List<String> notes) {}

    /** All of them, in the order of the run. */
    static List<Table> of(final Results results) {
        final Map<String, List<CellResult>> groups = new LinkedHashMap<>();
        for (final CellResult result : results.cells()) {
            groups.computeIfAbsent(title(result.cell()), title -> new ArrayList<>()).add(result);
        }
        return groups.entrySet().stream().map(entry -> table(entry.getKey(), entry.getValue())).toList();
    }

    /** What a cell has in common with those that are measured in turn with it. */
    static String title(final Cell cell) {
        final String number = String.format(Locale.ROOT, "%,d", cell.rate());
        final String workload = cell.workload().toString();
        return (cell.rate() == 0 ? workload : switch (cell.workload()) {
            case OPEN_LOOP -> workload + ", " + number + "/s";
            case PIPELINE_64 -> workload.replace("64 connections", number + " connections");
            case IDLE_MANY -> workload.replace("up to 10,000,000", number);
            default -> workload + ", " + number;
        }) + "; " + cell.placement();
    }

    private static Table table(final String title, final List<CellResult> results) {
        final List<CellResult> measured = results.stream().filter(CellResult::isMeasured).toList();
        final boolean several = measured.stream().anyMatch(result -> result.ofEachJvm().size() > 1);
        final boolean latencies = measured.stream().anyMatch(Percentiles::has);
        final List<String> head = new ArrayList<>(List.of("contender", "median", "rounds from, to"));
        if (several) {
            head.add("medians of the JVMs");
        }
        if (latencies) {
            for (final double percentile : Percentiles.SHOWN) {
                head.add(Percentiles.name(percentile));
            }
        }
        head.addAll(List.of("CPU a message", "of it the server", "heap a message", "GC", "rounds"));
        final List<String> notes = results.stream().filter(result -> !result.isMeasured())
                .map(result -> result.cell().contender() + (result.failed() ? " failed: " : ": ")
                        + Objects.requireNonNull(result.skipped()))
                .toList();
        return new Table(title, head, measured.stream().map(result -> row(result, several, latencies)).toList(), notes);
    }

    private static List<String> row(final CellResult result, final boolean several,
            final boolean latencies) {
        final List<String> row = new ArrayList<>();
        row.add(result.cell().contender().toString());
        row.add(Quantity.of(result.cell().workload().unit(), result.value()));
        row.add(Quantity.of(result.cell().workload().unit(), result.least()) + " to "
                + Quantity.of(result.cell().workload().unit(), result.most()));
        if (several) {
            row.add(result.ofEachJvm().stream().map(value -> Quantity.of(result.cell().workload().unit(), value))
                    .collect(Collectors.joining("; ")));
        }
        if (latencies) {
            for (final double percentile : Percentiles.SHOWN) {
                row.add(Quantity.time(result.latencyNs(percentile)));
            }
        }
        row.add(result.median(Sample::cpuNs) < 0 ? "–" : Quantity.time(result.median(Sample::cpuNsPerMessage)));
        row.add(Quantity.time(result.median(sample -> sample.serverCpuNs() < 0 || sample.messages() == 0
                ? Double.NaN
                : (double) sample.serverCpuNs() / sample.messages())));
        row.add(result.median(Sample::allocatedBytes) < 0
                ? "–"
                : Quantity.bytes(result.median(Sample::allocatedPerMessage)));
        final long pauses = result.kept().stream().mapToLong(Sample::gcPauses).sum();
        row.add(pauses <= 0
                ? "none"
                : pauses + ", " + Quantity.time(result.kept().stream().mapToLong(Sample::gcPauseNs).sum()));
        row.add(result.kept().size() + (result.disturbed() ? " disturbed" : "")
                + (result.rejected() == 0 ? "" : " (" + result.rejected() + " left out)")
                + (result.roundsBelowRate() == 0
                        ? ""
                        : ", " + result.roundsBelowRate() + " below the rate"));
        return row;
    }
}
