package io.millrace.bench.compare.run;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.Contender;
import io.millrace.bench.compare.result.Placement;
import io.millrace.bench.compare.result.Workload;
import java.util.List;

/**
 * Cells that are measured in turn: one workload, one placement, one rate, several contenders.
 *
 * @param rate as of {@link Cell#rate}.
 */
public record Group(Workload workload, Placement placement, int rate, List<Contender> contenders) {
    /** Copies the list. */
    public Group {
        contenders = List.copyOf(contenders);
    }

    /** A cell for each contender. */
    public List<Cell> cells() {
        return contenders.stream().map(contender -> new Cell(workload, placement, contender, rate)).toList();
    }

    /** The same with some of the contenders. */
    public Group with(final List<Contender> some) {
        return new Group(workload, placement, rate, some);
    }

    @Override
    public String toString() {
        return workload + (rate == 0 ? "" : " at " + rate) + ", " + placement;
    }
}
