package io.millrace.bench.compare.run;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.Contender;
import io.millrace.bench.compare.result.Placement;
import io.millrace.bench.compare.result.Workload;
import java.util.List;
import java.util.function.Predicate;

/**
 * Cells that are measured in turn, because they are compared: mostly several contenders of one workload, placement and rate.
 *
 * @param cells each of them once.
 */
public record Group(List<Cell> cells) {
    /** Copies the list. */
    public Group {
        cells = List.copyOf(cells);
    }

    /**
     * A cell for each contender.
     *
     * @param rate as of {@link Cell#rate}.
     */
    public static Group of(final Workload workload, final Placement placement, final int rate,
            final List<Contender> contenders) {
        return new Group(contenders.stream().map(contender -> new Cell(workload, placement, contender, rate)).toList());
    }

    /** Some of its cells, be it none. */
    Group only(final Predicate<Cell> some) {
        return new Group(cells.stream().filter(some).toList());
    }
}
