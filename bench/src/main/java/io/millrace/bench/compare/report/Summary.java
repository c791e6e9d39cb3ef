package io.millrace.bench.compare.report;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.CellResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** A group of cells in few words. Pure functions. */
public final class Summary {
    private Summary() {}

    /** What cells that are measured in turn have in common; of different workloads, all of these. */
    public static String title(final List<Cell> cells) {
        return cells.stream().map(CellTables::title).distinct().collect(Collectors.joining(", "));
    }

    /** Its figures. */
    public static String line(final List<CellResult> results) {
        final boolean alone = results.size() > 1
                && results.stream().map(result -> result.cell().contender()).distinct().count() == 1;
        return results.stream().filter(CellResult::isMeasured)
                .map(result -> (alone ? CellTables.title(result.cell()) : result.cell().contender()) + " "
                        + Quantity.of(result.cell().workload().unit(), result.value())
                        + (result.disturbed() ? " (disturbed)" : "")
                        + (result.roundsBelowRate() == 0 ? "" : " (below the rate)"))
                .collect(Collectors.joining(", "));
    }

    /** Why some have none: a line for each reason. */
    public static List<String> missing(final List<CellResult> results) {
        final Map<String, List<String>> reasons = results.stream().filter(result -> !result.isMeasured())
                .collect(Collectors.groupingBy(
                        result -> (result.failed() ? "failed: " : "not measured: ")
                                + Objects.requireNonNull(result.skipped()),
                        LinkedHashMap::new,
                        Collectors.mapping(result -> result.cell().contender().toString(), Collectors.toList())));
        return reasons.entrySet().stream().map(entry -> String.join(", ", entry.getValue()) + " " + entry.getKey())
                .toList();
    }
}
