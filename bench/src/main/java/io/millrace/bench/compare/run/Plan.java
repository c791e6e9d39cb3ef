package io.millrace.bench.compare.run;

import io.millrace.bench.compare.result.Contender;
import io.millrace.bench.compare.result.Placement;
import io.millrace.bench.compare.result.Workload;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What a run measures.
 *
 * @param groups   in order: what matters most comes first.
 * @param effort   for each cell.
 * @param budgetNs for all of it.
 */
public record Plan(List<Group> groups, Effort effort, long budgetNs) {
    /** As measured, until a cell is set up and warm: 3 s to 5 s, but where connections come and go up to {@link Effort#warmMs}. */
    private static final long SET_UP_NS = TimeUnit.SECONDS.toNanos(4);
    /** Of a round, beside what is counted. */
    private static final long AROUND_NS = TimeUnit.MILLISECONDS.toNanos(200);

    /** Copies the list. */
    public Plan {
        groups = List.copyOf(groups);
    }

    /** Only these workloads, placements and contenders; an empty set stands for all. */
    public Plan only(final Set<Workload> workloads, final Set<Placement> placements, final Set<Contender> contenders) {
        final List<Group> some = groups.stream()
                .map(group -> group.only(cell -> (workloads.isEmpty() || workloads.contains(cell.workload()))
                        && (placements.isEmpty() || placements.contains(cell.placement()))
                        && (contenders.isEmpty() || contenders.contains(cell.contender()))))
                .filter(group -> !group.cells().isEmpty()).toList();
        return new Plan(some, effort, budgetNs);
    }

    /** The same, another effort. */
    public Plan with(final Effort other) {
        return new Plan(groups, other, budgetNs);
    }

    /** About how long it takes where other load disturbs no round. */
    public long expectedNs() {
        final long roundsNs = effort.rounds() * (effort.roundNs() + AROUND_NS);
        return Math.min(budgetNs, cells() * (Math.ceilDiv(effort.rounds(), effort.sameJvm()) * SET_UP_NS + roundsNs));
    }

    /** How many cells. */
    public int cells() {
        return groups.stream().mapToInt(group -> group.cells().size()).sum();
    }
}
