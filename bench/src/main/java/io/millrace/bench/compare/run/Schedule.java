package io.millrace.bench.compare.run;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.CellResult;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Runs the groups of a plan one after the other within its budget: each may take as much of what is left as its cells are of
 * the cells that are left, and those that come last are left out where nothing is. Thread: the command's.
 */
public final class Schedule {
    private final Plan plan;
    private final Rounds rounds;
    private final LongSupplier clock;

    /** Told of each group. */
    public interface Progress {
        /**
         * Before it.
         *
         * @param number of it, from 1.
         * @param leftNs for the rest of the plan, as far as can be told; -1 where there is nothing to tell it by.
         */
        void began(int number, Group group, long leftNs);

        /** After it. */
        void ended(List<CellResult> results);
    }

    /** @param clock nanoseconds. */
    public Schedule(final Plan plan, final Rounds rounds, final LongSupplier clock) {
        this.plan = plan;
        this.rounds = rounds;
        this.clock = clock;
    }

    /** Runs it all. */
    public List<CellResult> run(final Progress progress) {
        final List<CellResult> results = new ArrayList<>();
        final long beganNs = clock.getAsLong();
        int cellsLeft = plan.cells();
        for (int i = 0; i < plan.groups().size(); i++) {
            final Group group = plan.groups().get(i);
            final int cells = group.cells().size();
            final long passedNs = clock.getAsLong() - beganNs;
            final long leftNs = plan.budgetNs() - passedNs;
            progress.began(i + 1, group, remainingNs(passedNs, cellsLeft));
            final long expectedNs = cells * Math.max(effortNs(), perCellNs(passedNs, cellsLeft));
            final List<CellResult> some = leftNs < expectedNs
                    ? group.cells().stream().map(Schedule::outOfTime).toList()
                    : rounds.run(group, beganNs + passedNs + (long) (leftNs * ((double) cells / cellsLeft)));
            results.addAll(some);
            cellsLeft -= cells;
            progress.ended(some);
        }
        return results;
    }

    /** What the least rounds of a cell take. */
    private long effortNs() {
        return plan.effort().least() * plan.effort().roundNs();
    }

    /** What cells took until now, setting up included; 0 before the first. */
    private long perCellNs(final long passedNs, final int cellsLeft) {
        final int cellsDone = plan.cells() - cellsLeft;
        return cellsDone == 0 ? 0 : passedNs / cellsDone;
    }

    private long remainingNs(final long passedNs, final int cellsLeft) {
        return cellsLeft == plan.cells()
                ? -1
                : Math.min(plan.budgetNs() - passedNs, perCellNs(passedNs, cellsLeft) * cellsLeft);
    }

    private static CellResult outOfTime(final Cell cell) {
        return CellResult.skipped(cell, "the time of this run was up: see the full one, or --only");
    }
}
