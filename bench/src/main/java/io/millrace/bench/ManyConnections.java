package io.millrace.bench;

import io.millrace.bench.many.Crowd;
import io.millrace.bench.many.CrowdReport;
import io.millrace.bench.many.CrowdSettings;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.agrona.concurrent.SystemNanoClock;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Opens very many connections between two stacks of this JVM, and prints what they cost. */
@Command(name = "ManyConnections", showDefaultValues = true, description = "Opens connections between two stacks of this JVM, joined in memory and driven by one thread,"
        + " keeps them, exchanges messages on some, closes them, and prints the memory and the time they cost.")
public final class ManyConnections implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help message and exit.")
    private boolean help;

    @Option(names = "--connections", defaultValue = "1000000", description = "How many, 16 to 16,000,000; 10,000,000 take about 10 GB of memory.")
    private int connections;

    @Option(names = "--addresses", defaultValue = "65536", description = "Of the client, within 10.64.0.0/10.")
    private int addresses;

    @Option(names = "--messages", defaultValue = "1", description = "Percent of the connections that exchange one.")
    private double percent;

    @Option(names = "--payload", defaultValue = "64", description = "Bytes of a message.")
    private int payload;

    @Option(names = "--window", defaultValue = "512", description = "How many are opened, used or closed at once, up to 2,048.")
    private int window;

    @Option(names = "--time-wait", defaultValue = "65536", description = "Records of TIME_WAIT at each side.")
    private int timeWait;

    @Option(names = "--abort", description = "At the end the client's stack is closed with all its connections, instead of one after the other.")
    private boolean abort;

    /** Runs it and ends the JVM. */
    public static void main(final String... arguments) {
        CommandLineTool.run(ManyConnections::new, "warn", arguments);
    }

    @Override
    public Integer call() throws IOException {
        final long needed = Crowd.neededBytes(connections);
        final long available = Crowd.availableBytes();
        if (needed > available) {
            throw new ParameterException(spec.commandLine(), String.format(
                    "%,d connections need %,d MiB of memory, and only %,d MiB are available", connections, needed >> 20,
                    available >> 20));
        }
        final CrowdSettings settings = new CrowdSettings(connections, addresses, window, payload,
                (int) (connections * percent / 100), timeWait);
        final CrowdReport report;
        try (Crowd crowd = new Crowd(settings, SystemNanoClock.INSTANCE, () -> {})) {
            report = crowd.run(abort);
        }
        System.out.print(report);
        return 0;
    }
}
