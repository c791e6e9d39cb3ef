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

    /** What its cells have in common. */
    public static String title(final Cell cell) {
        return CellTables.title(cell);
    }

    /** Its figures. */
    public static String line(final List<CellResult> results) {
        return results.stream().filter(CellResult::isMeasured)
                .map(result -> result.cell().contender() + " "
                        + Quantity.of(result.cell().workload().unit(), result.value())
                        + (result.disturbed() ? " (disturbed)" : ""))
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
