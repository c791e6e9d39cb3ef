package io.millrace.bench.compare;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.Placement;
import io.millrace.bench.compare.run.Arena;
import io.millrace.bench.compare.run.ArenaFactory;
import io.millrace.bench.compare.run.SkippedCellException;
import java.io.IOException;
import java.util.Map;

/** Asks the factory of each placement, and sees to it that no process outlives this one. Thread: the command's. */
final class Arenas implements ArenaFactory {
    private final Map<Placement, ArenaFactory> factories;
    private final Survivors survivors;

    Arenas(final Map<Placement, ArenaFactory> factories, final Survivors survivors) {
        this.factories = Map.copyOf(factories);
        this.survivors = survivors;
    }

    @Override
    public Arena open(final Cell cell) throws IOException, SkippedCellException {
        final ArenaFactory factory = factories.get(cell.placement());
        if (factory == null) {
            throw new SkippedCellException("nothing here measures " + cell.placement());
        }
        survivors.goOn();
        try {
            return survivors.watch(factory.open(cell));
        } finally {
            survivors.goOn();
        }
    }
}
