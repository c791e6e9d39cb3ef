package io.millrace.bench.compare.engine;

import io.millrace.bench.machine.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A JVM of its own for one benchmark, an {@link EngineNode} from outside: it takes no processor while it is not asked, and
 * ends with this one, which holds its input. Thread: one.
 */
public final class EngineProcess implements AutoCloseable {
    /** Of ten million connections, of which it holds a few words each. */
    private static final List<String> HEAP = List.of("-Xmx1g");
    /** Ten million connections are set up before the first answer. */
    private static final long ANSWER_MS = TimeUnit.MINUTES.toMillis(5);

    private final String name;
    private final Process process;
    private final BufferedReader answers;
    private final Writer commands;
    private final long answerMs;

    /** @param answerMs within which it must have answered. */
    EngineProcess(final String name, final Process process, final long answerMs) {
        this.name = name;
        this.process = process;
        this.answerMs = answerMs;
        answers = process.inputReader();
        commands = process.outputWriter();
    }

    /** Starts one, and lets it run until its code is compiled. */
    public static EngineProcess start(final JmhCase benchmark) throws IOException {
        final EngineProcess process = new EngineProcess(benchmark.toString(), new ProcessBuilder(command(benchmark))
                .redirectError(ProcessBuilder.Redirect.INHERIT).start(), ANSWER_MS);
        try {
            process.warm();
            return process;
        } catch (final IOException | RuntimeException e) {
            process.close();
            throw e;
        }
    }

    static List<String> command(final JmhCase benchmark) {
        final List<String> options = new ArrayList<>(HEAP);
        options.addAll(ChildJvm.COMPILATION);
        return ChildJvm.command(EngineNode.class, options, benchmark.arguments());
    }

    long pid() {
        return process.pid();
    }

    /** Returns when its code is compiled. */
    void warm() throws IOException {
        ask(EngineNode.WARM);
    }

    /** One measurement. */
    public EngineFigures measure(final long ns) throws IOException {
        return ask(Long.toString(Math.max(1, TimeUnit.NANOSECONDS.toMillis(ns))));
    }

    private EngineFigures ask(final String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
        final String answer = answer();
        if (answer == null || answer.startsWith(EngineNode.FAILED)) {
            throw new IOException(name + ": " + (answer == null ? "the benchmark's JVM ended" : answer));
        }
        return EngineFigures.parse(answer);
    }

    /** The end of the JVM ends the reading, too. */
    private @Nullable String answer() throws IOException {
        final FutureTask<@Nullable String> reading = new FutureTask<>(answers::readLine);
        Thread.ofVirtual().start(reading);
        try {
            return reading.get(answerMs, TimeUnit.MILLISECONDS);
        } catch (final TimeoutException e) {
            throw new IOException(name + ": no answer within " + answerMs + " ms", e);
        } catch (final ExecutionException e) {
            throw new IOException(name + ": " + e.getCause().getMessage(), e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Ends it, whatever it does. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
