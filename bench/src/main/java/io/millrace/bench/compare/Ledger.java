package io.millrace.bench.compare;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.CellResult;
import io.millrace.bench.compare.run.Group;
import io.millrace.bench.compare.run.Plan;
import io.millrace.bench.compare.run.Schedule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What a run has given until now. It is reported once: at its end, or, where it is interrupted before, as far as it came.
 * Threads: the command's, and the one that ends the JVM, which waits for a report that is under way.
 */
final class Ledger implements Schedule.Progress {
    private static final String INTERRUPTED = "the run was interrupted before";

    private final Plan plan;
    private final Schedule.Progress next;
    private final List<CellResult> results = new ArrayList<>();
    private boolean reported;

    /** @param next is told the same. */
    Ledger(final Plan plan, final Schedule.Progress next) {
        this.plan = plan;
        this.next = next;
    }

    @Override
    public void began(final int number, final Group group, final long leftNs) {
        next.began(number, group, leftNs);
    }

    @Override
    public void ended(final List<CellResult> some) {
        synchronized (this) {
            results.addAll(some);
        }
        next.ended(some);
    }

    /**
     * Nothing more comes.
     *
     * @param report gets all cells of the plan, those that the run did not come to with that as the reason; is not called where
     *               there is a report already.
     */
    synchronized void close(final Consumer<List<CellResult>> report) {
        if (reported) {
            return;
        }
        reported = true;
        final Set<Cell> done = results.stream().map(CellResult::cell).collect(Collectors.toCollection(HashSet::new));
        plan.groups().stream().flatMap(group -> group.cells().stream()).filter(cell -> !done.contains(cell))
                .forEach(cell -> results.add(CellResult.skipped(cell, INTERRUPTED)));
        report.accept(List.copyOf(results));
    }
}
