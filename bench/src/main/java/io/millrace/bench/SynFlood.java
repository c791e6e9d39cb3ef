package io.millrace.bench;

import io.millrace.bench.flood.FloodReport;
import io.millrace.bench.flood.FloodSample;
import io.millrace.bench.flood.FloodSettings;
import io.millrace.bench.flood.FloodTrial;
import io.millrace.bench.flood.FloodTrial.Listener;
import io.millrace.bench.machine.Environment;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Floods the kernel's listener and Millrace's with SYNs, in turn, and prints what legitimate clients get meanwhile. */
@Command(name = "SynFlood", showDefaultValues = true, description = "What legitimate clients, the kernel's sockets, get from the kernel's listener and from Millrace's, with and"
        + " without a flood of SYNs from random addresses. In turn, in namespaces of its own. Needs root.")
public final class SynFlood implements Callable<Integer> {
    private static final int WARM_UP_SECONDS = 2;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help message and exit.")
    private boolean help;

    @Option(names = "--seconds", defaultValue = "5", description = "Length of each measurement.")
    private double seconds;

    @Option(names = "--rounds", defaultValue = "3", description = "How often each is measured.")
    private int rounds;

    @Option(names = "--rate", defaultValue = "0", description = "SYNs of the flood a second; 0: as many as one thread can send.")
    private long rate;

    @Option(names = "--connections", defaultValue = "16", description = "Established ones, over which echoes go.")
    private int connections;

    @Option(names = "--backlog", defaultValue = "1024", description = "Accept queue and SYN queue of each listener.")
    private int backlog;

    @Option(names = "--seed", defaultValue = "1", description = "Of the first round's flood.")
    private long seed;

    /** Runs it and ends the JVM. */
    public static void main(final String... arguments) {
        CommandLineTool.run(SynFlood::new, "error", arguments);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        final String load = Environment.currentLoad();
        for (final Listener listener : Listener.values()) {
            // the first would measure the JVM's interpreter
            new FloodTrial(settings(WARM_UP_SECONDS)).run(listener, true, rounds);
        }
        final FloodReport report = new FloodReport();
        final FloodTrial trial = new FloodTrial(settings(seconds));
        for (int round = 0; round < rounds; round++) {
            for (final boolean flooded : new boolean[]{false, true}) {
                for (final Listener listener : Listener.values()) {
                    final FloodSample sample = trial.run(listener, flooded, round);
                    System.err.printf("round %d, %s%s: %s%n", round + 1, listener, flooded ? ", flood" : "", sample);
                    report.add(listener, flooded, sample);
                }
            }
        }
        System.out.println(Environment.now(load));
        System.out.print(report);
        return 0;
    }

    private FloodSettings settings(final double measured) {
        return new FloodSettings(connections, backlog, rate, TimeUnit.SECONDS.toNanos(1),
                (long) (measured * TimeUnit.SECONDS.toNanos(1)), seed);
    }
}
