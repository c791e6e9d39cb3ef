package io.millrace.bench.compare.run;

import io.millrace.bench.compare.result.CellResult;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Measures the cells of a group in turn, so that whatever the machine does by the hour it does to all of them. All are set up
 * before the first round and stand still but for the one whose turn it is; each round begins with another of them. Rounds
 * that other load disturbed are repeated after the others, in turn again. After some rounds all are opened anew, in other
 * JVMs. Thread: the command's.
 */
public final class Rounds {
    private final ArenaFactory factory;
    private final Effort effort;
    private final LoadMeter meter;
    private final LongSupplier clock;

    /** @param clock nanoseconds. */
    public Rounds(final ArenaFactory factory, final Effort effort, final LoadMeter meter, final LongSupplier clock) {
        this.factory = factory;
        this.effort = effort;
        this.meter = meter;
        this.clock = clock;
    }

    /**
     * Measures a group.
     *
     * @param deadlineNs of the clock, from which on there are no rounds but the least number of them.
     * @return a result for each of its cells, in their order, be it that one was not measured and why.
     */
    public List<CellResult> run(final Group group, final long deadlineNs) {
        final List<Entrant> entrants = group.cells().stream().map(Entrant::new).toList();
        try {
            entrants.forEach(entrant -> entrant.open(factory));
            for (int round = 0; round < effort.rounds() + effort.extra(); round++) {
                if (round >= effort.least() && clock.getAsLong() - deadlineNs >= 0) {
                    break;
                }
                if (round > 0 && round % effort.sameJvm() == 0) {
                    reopen(entrants);
                }
                turn(round, entrants);
            }
        } finally {
            entrants.reversed().forEach(Entrant::close);
        }
        return entrants.stream().map(entrant -> entrant.result(effort.rounds(), effort.least())).toList();
    }

    /** In other JVMs, all of which are there before the next round. */
    private void reopen(final List<Entrant> entrants) {
        final List<Entrant> more = entrants.stream().filter(this::hasMore).toList();
        more.reversed().forEach(Entrant::close);
        more.forEach(entrant -> entrant.open(factory));
    }

    private boolean hasMore(final Entrant entrant) {
        return entrant.isOpen() && entrant.clean() < effort.rounds();
    }

    /** In the rounds beyond the planned ones, only those have a turn that lack undisturbed rounds. */
    private void turn(final int round, final List<Entrant> entrants) {
        final List<Entrant> open = entrants.stream().filter(this::hasMore).toList();
        for (int i = 0; i < open.size(); i++) {
            open.get((i + round) % open.size()).round(effort.roundNs(), meter);
        }
    }
}
