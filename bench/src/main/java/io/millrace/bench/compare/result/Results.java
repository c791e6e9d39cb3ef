package io.millrace.bench.compare.result;

import io.millrace.bench.machine.Environment;
import java.util.List;
import java.util.Optional;

/**
 * A whole run.
 *
 * @param command what a user types for it.
 * @param rounds  of each cell.
 * @param roundNs length of one.
 * @param congestion which congestion control the ends use.
 */
public record Results(String command, int rounds, long roundNs, Environment machine, String congestion,
        List<CellResult> cells) {
    /** @throws IllegalArgumentException never: the list is copied. */
    public Results {
        cells = List.copyOf(cells);
    }

    /** What a cell without a rate gave, where it was part of the run. */
    public Optional<CellResult> of(final Workload workload, final Placement placement, final Contender contender) {
        return of(new Cell(workload, placement, contender));
    }

    /** What a cell gave, where it was part of the run. */
    public Optional<CellResult> of(final Cell cell) {
        return cells.stream().filter(result -> result.cell().equals(cell)).findFirst();
    }
}
