package io.millrace.bench.compare.engine;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.Sample;
import io.millrace.bench.compare.result.Workload.Unit;
import io.millrace.bench.compare.run.Arena;
import java.io.IOException;
import java.util.Set;

/** A benchmark of the engine in a JVM of its own, which takes no processor while it is not asked. */
final class EngineArena implements Arena {
    private final Cell cell;
    private final EngineProcess process;

    /** Takes over a process that is warm. */
    EngineArena(final Cell cell, final EngineProcess process) {
        this.cell = cell;
        this.process = process;
    }

    @Override
    public Cell cell() {
        return cell;
    }

    @Override
    public Set<Long> pids() {
        return Set.of(process.pid());
    }

    @Override
    public Sample round(final long ns) throws IOException {
        final EngineFigures figures = process.measure(ns);
        return cell.workload().unit() == Unit.BYTES ? figures.bytes(ns) : figures.messages(ns);
    }

    @Override
    public void resume() {}

    @Override
    public void pause() {}

    @Override
    public void close() {
        process.close();
    }
}
