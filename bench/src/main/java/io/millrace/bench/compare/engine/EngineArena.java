package io.millrace.bench.compare.engine;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.Sample;
import io.millrace.bench.compare.result.Workload.Unit;
import io.millrace.bench.compare.run.Arena;
import io.millrace.bench.machine.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A benchmark of the engine. Each round is a JVM of its own, as how fast the same code runs differs from one JVM to the
 * next: a paused arena has no process at all.
 */
final class EngineArena implements Arena {
    /** Warm-up of a JVM, milliseconds: the compiler has done its work by then. */
    private static final int WARM_UP_MS = 1_000;
    /** Warm-up of a measurement. */
    private static final int SHORT_WARM_UP_MS = 100;

    private final Cell cell;
    private final EngineCase engineCase;
    private @Nullable Process process;
    private @Nullable BufferedReader answers;
    private @Nullable Writer commands;

    EngineArena(final Cell cell, final EngineCase engineCase) {
        this.cell = cell;
        this.engineCase = engineCase;
    }

    @Override
    public Cell cell() {
        return cell;
    }

    @Override
    public Set<Long> pids() {
        return process == null ? Set.of() : Set.of(process.pid());
    }

    @Override
    public void resume() throws IOException {
        if (process != null) {
            return;
        }
        process = new ProcessBuilder(ChildJvm.command(EngineNode.class, engineCase.arguments()))
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        answers = process.inputReader();
        commands = process.outputWriter();
        ask(WARM_UP_MS / 2, WARM_UP_MS / 2);
    }

    @Override
    public Sample round(final long ns) throws IOException {
        final EngineFigures figures = ask(SHORT_WARM_UP_MS, (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(ns)));
        return cell.workload().unit() == Unit.BYTES ? figures.bytes(ns) : figures.messages(ns);
    }

    private EngineFigures ask(final int warmMs, final int ms) throws IOException {
        if (commands == null || answers == null) {
            throw new IllegalStateException("paused: " + cell);
        }
        commands.write(warmMs + " " + ms + "\n");
        commands.flush();
        final String answer = answers.readLine();
        if (answer == null || answer.startsWith(EngineNode.FAILED)) {
            throw new IOException(cell + ": " + (answer == null ? "the benchmark's JVM ended" : answer));
        }
        return EngineFigures.parse(answer);
    }

    @Override
    public void pause() {
        close();
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly().onExit().join();
        }
        process = null;
        answers = null;
        commands = null;
    }
}
