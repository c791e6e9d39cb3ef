package io.millrace.bench.compare.engine;

import io.millrace.bench.CpuProfiler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * A child JVM that runs one benchmark of JMH as often as it is told: each line of standard input is the milliseconds of the
 * warm-up and of the measurement, each line of standard output {@link EngineFigures}, or {@code failed} and why. Ends with
 * its input. JMH starts no JVM of its own then: this one is the fork.
 */
public final class EngineNode {
    static final String FAILED = "failed ";

    private EngineNode() {}

    /** @param arguments the benchmark, as a regular expression, then {@code parameter=value}. */
    public static void main(final String... arguments) throws IOException {
        // whatever else prints must not come between the lines
        final PrintStream out = System.out;
        System.setOut(System.err);
        // another run of JMH on this machine is a disturbance, which the command sees, and no reason to refuse
        System.setProperty("jmh.ignoreLock", "true");
        final BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            out.println(answer(List.of(arguments), line));
            out.flush();
        }
    }

    private static String answer(final List<String> arguments, final String line) {
        final int[] ms = Arrays.stream(line.split(" ")).mapToInt(Integer::parseInt).toArray();
        try {
            return measure(arguments, ms[0], ms[1]).toString();
        } catch (final RunnerException | RuntimeException e) {
            return FAILED + String.valueOf(e.getMessage()).replace('\n', ' ');
        }
    }

    private static EngineFigures measure(final List<String> arguments, final int warmMs, final int ms)
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
