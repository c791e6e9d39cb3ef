package io.millrace.bench.compare.engine;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.Placement;
import io.millrace.bench.compare.run.Arena;
import io.millrace.bench.compare.run.ArenaFactory;
import io.millrace.bench.compare.run.SkippedCellException;
import io.millrace.bench.many.Crowd;
import java.io.IOException;

/** Cells of {@link Placement#ENGINE}. The rate of a cell of idle connections is how many there are; 0 is a million. */
public final class EngineArenas implements ArenaFactory {
    private static final int MEBIBYTE = 1 << 20;

    @Override
    public Arena open(final Cell cell) throws IOException, SkippedCellException {
        if (cell.placement() != Placement.ENGINE) {
            throw new IllegalArgumentException("not the engine alone: " + cell);
        }
        final EngineCase engineCase = EngineCase.of(cell);
        // what two whole stacks take; one engine takes half of it
        final long needed = Crowd.neededBytes(engineCase.connections()) / 2;
        final long available = Crowd.availableBytes();
        if (needed > available) {
            throw new SkippedCellException(
                    String.format("%,d connections need %,d MiB of memory, and %,d MiB are there",
                            engineCase.connections(), needed / MEBIBYTE, available / MEBIBYTE));
        }
        return new EngineArena(cell, EngineProcess.start(engineCase.benchmark()));
    }
}
