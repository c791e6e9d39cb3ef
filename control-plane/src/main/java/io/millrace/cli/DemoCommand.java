package io.millrace.cli;

import io.millrace.demo.DemoSettings;
import io.millrace.demo.KernelDemo;
import io.millrace.demo.MemoryDemo;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code millrace demo}. */
@Command(name = "demo", description = {
        "Run a Netty HTTP server on one Millrace stack and a client on another, joined by an in-memory link that loses"
                + " frames. Draws one connection as a ladder, then counts requests, retransmissions and latency.",
        "Needs no root and no set-up. Exit code 0 only where every byte was right."})
final class DemoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--kernel", description = "The client is the kernel's TCP (curl, where installed), through a TAP in a user and network namespace of its own.")
    private boolean kernel;

    @Option(names = "--kernel-inside", hidden = true, description = "Used by --kernel, within the namespaces.")
    private boolean inside;

    @Option(names = "--loss", paramLabel = "PERCENT", defaultValue = "1", description = "Frames lost each way, 0 to 50 (default ${DEFAULT-VALUE}); not with --kernel.")
    private double loss;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Seed of the losses (default ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--connections", paramLabel = "N", defaultValue = "32", description = "Connections at a time, 1 to 10000 (default ${DEFAULT-VALUE}).")
    private int connections;

    @Option(names = "--requests", paramLabel = "N", defaultValue = "50", description = "Requests on each, 1 to 1000000 (default ${DEFAULT-VALUE}).")
    private int requests;

    @Override
    public Integer call() throws IOException, InterruptedException {
        require("--loss", loss, 0, 50);
        require("--connections", connections, 1, 10_000);
        require("--requests", requests, 1, 1_000_000);
        if (kernel && spec.commandLine().getParseResult().hasMatchedOption("--loss")) {
            throw new ParameterException(spec.commandLine(), "--loss: not with --kernel, whose link loses nothing");
        }
        final DemoSettings settings = new DemoSettings(loss / 100, seed, connections, requests);
        final boolean right;
        if (kernel && !inside) {
            return KernelDemo.runInNamespaces(settings);
        } else if (inside) {
            right = new KernelDemo(settings, spec.commandLine().getOut()).run();
        } else {
            right = new MemoryDemo(settings, spec.commandLine().getOut()).run();
        }
        return right ? ExitCode.OK : ExitCode.FAILED;
    }

    private void require(final String option, final double value, final double least, final double most) {
        if (!(value >= least && value <= most)) {
            final String shown = value == Math.rint(value) ? String.format("%.0f", value) : String.valueOf(value);
            throw new ParameterException(spec.commandLine(),
                    String.format("%s %s: must be %.0f to %.0f", option, shown, least, most));
        }
    }
}
