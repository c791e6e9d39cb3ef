package io.millrace.bench.compare.engine;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.Sample;
import io.millrace.bench.compare.result.Workload.Unit;
import io.millrace.bench.compare.run.Arena;
import io.millrace.bench.machine.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A benchmark of the engine in a JVM of its own, which takes no processor while it is not asked. How fast the same code runs
 * differs from one JVM to the next, so there may be one for each round; to warm it up takes seconds.
 */
final class EngineArena implements Arena {
    /** Of ten million connections, of which it holds a few words each. */
    private static final List<String> HEAP = List.of("-Xmx1g");

    /** Ten million connections are set up before the first answer. */
    private static final long ANSWER_S = 300;

    private final Cell cell;
    private final EngineCase engineCase;
    private final boolean fresh;
    private @Nullable Process process;
    private @Nullable BufferedReader answers;
    private @Nullable Writer commands;

    /** @param fresh whether a paused arena has no process, and each round that follows a pause one of its own. */
    EngineArena(final Cell cell, final EngineCase engineCase, final boolean fresh) {
        this.cell = cell;
        this.engineCase = engineCase;
        this.fresh = fresh;
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
        if (process == null) {
            process = new ProcessBuilder(ChildJvm.command(EngineNode.class, HEAP, engineCase.arguments()))
                    .redirectError(ProcessBuilder.Redirect.INHERIT).start();
            answers = process.inputReader();
            commands = process.outputWriter();
            ask(EngineNode.WARM);
        }
    }

    @Override
    public Sample round(final long ns) throws IOException {
        final EngineFigures figures = ask(Long.toString(Math.max(1, TimeUnit.NANOSECONDS.toMillis(ns))));
        return cell.workload().unit() == Unit.BYTES ? figures.bytes(ns) : figures.messages(ns);
    }

    private EngineFigures ask(final String command) throws IOException {
        if (commands == null || answers == null) {
            throw new IllegalStateException("paused: " + cell);
        }
        commands.write(command + "\n");
        commands.flush();
        final String answer = answer(answers);
        if (answer == null || answer.startsWith(EngineNode.FAILED)) {
            throw new IOException(cell + ": " + (answer == null ? "the benchmark's JVM ended" : answer));
        }
        return EngineFigures.parse(answer);
    }

    /** The end of the JVM ends the reading, too. */
    private @Nullable String answer(final BufferedReader from) throws IOException {
        final FutureTask<@Nullable String> reading = new FutureTask<>(from::readLine);
        Thread.ofVirtual().start(reading);
        try {
            return reading.get(ANSWER_S, TimeUnit.SECONDS);
        } catch (final TimeoutException e) {
            throw new IOException(cell + ": no answer within " + ANSWER_S + " s", e);
        } catch (final ExecutionException e) {
            throw new IOException(cell + ": " + e.getCause().getMessage(), e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void pause() {
        if (fresh) {
            close();
        }
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
