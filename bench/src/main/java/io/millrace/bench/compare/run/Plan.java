package io.millrace.bench.compare.run;

import io.millrace.bench.compare.result.Contender;
import io.millrace.bench.compare.result.Placement;
import io.millrace.bench.compare.result.Workload;
import java.util.List;
import java.util.Set;

/**
 * What a run measures.
 *
 * @param groups   in order: what matters most comes first.
 * @param effort   for each cell.
 * @param budgetNs for all of it.
 */
public record Plan(List<Group> groups, Effort effort, long budgetNs) {
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

    /** How many cells. */
    public int cells() {
        return groups.stream().mapToInt(group -> group.cells().size()).sum();
    }
}
