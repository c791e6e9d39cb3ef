package io.millrace.bench.compare.engine;

import io.millrace.bench.CpuProfiler;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * A child JVM that runs one benchmark of JMH as often as it is told: each line of standard input is {@code warm}, or the
 * milliseconds of a measurement; each line of standard output {@link EngineFigures}, or {@code failed} and why. Ends with
 * its input, even amid a measurement. JMH starts no JVM of its own then: this one is the fork.
 */
public final class EngineNode {
    static final String FAILED = "failed ";
    static final String WARM = "warm";

    private static final int WARM_UP_MS = 400;
    /** Warm-up of a measurement. */
    private static final int SHORT_WARM_UP_MS = 100;
    private static final long LONGEST_WARM_UP_NS = 3_000_000_000L;
    /** A compiler that was busy for less of a warm-up has nothing left that matters: milliseconds. */
    private static final int COMPILED_MS = 10;

    static {
        // another run of JMH on this machine is a disturbance, which the command sees, and no reason to refuse
        System.setProperty("jmh.ignoreLock", "true");
    }

    private EngineNode() {}

    /** @param arguments the benchmark, as a regular expression, then {@code parameter=value}. */
    public static void main(final String... arguments) throws InterruptedException {
        // whatever else prints must not come between the lines
        final PrintStream out = System.out;
        System.setOut(System.err);
        final BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        Thread.ofPlatform().daemon().start(() -> read(in, lines));
        while (true) {
            out.println(answer(List.of(arguments), lines.take()));
            out.flush();
        }
    }

    /** Whoever has started this JVM closes its input, at the latest by ending: then nobody waits for an answer. */
    private static void read(final BufferedReader in, final BlockingQueue<String> lines) {
        try {
            in.lines().forEach(lines::add);
        } finally {
            Runtime.getRuntime().halt(0);
        }
    }

    private static String answer(final List<String> arguments, final String line) {
        try {
            return (WARM.equals(line) ? warm(arguments) : measure(arguments, SHORT_WARM_UP_MS, Integer.parseInt(line)))
                    .toString();
        } catch (final RunnerException | RuntimeException e) {
            return FAILED + String.valueOf(e.getMessage()).replace('\n', ' ');
        }
    }

    /** Until the compiler has nothing more to do, as good as, or some seconds have gone. */
    private static EngineFigures warm(final List<String> arguments) throws RunnerException {
        final CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        final long beganNs = System.nanoTime();
        EngineFigures last;
        long before;
        do {
            before = compiler.getTotalCompilationTime();
            last = measure(arguments, WARM_UP_MS / 2, WARM_UP_MS / 2);
        } while (System.nanoTime() - beganNs < LONGEST_WARM_UP_NS
                && compiler.getTotalCompilationTime() - before > COMPILED_MS);
        return last;
    }

    /**
     * One measurement, in this JVM.
     *
     * @param arguments of {@link JmhCase}.
     */
    static EngineFigures measure(final List<String> arguments, final int warmMs, final int ms)
            throws RunnerException {
        final ChainedOptionsBuilder options = new OptionsBuilder().include(arguments.getFirst()).forks(0)
                .warmupIterations(1).warmupTime(TimeValue.milliseconds(warmMs)).measurementIterations(1)
                .measurementTime(TimeValue.milliseconds(ms)).addProfiler(GCProfiler.class)
                .addProfiler(CpuProfiler.class).verbosity(VerboseMode.SILENT).shouldFailOnError(true);
        for (final String parameter : arguments.subList(1, arguments.size())) {
            final int equals = parameter.indexOf('=');
            options.param(parameter.substring(0, equals), parameter.substring(equals + 1));
        }
        return EngineFigures.of(new Runner(options.build()).run());
    }
}
