package io.millrace.cli;

import io.millrace.config.Cidr;
import io.millrace.config.DeviceSpec;
import io.millrace.control.lifecycle.DeviceOpener;
import io.millrace.control.lifecycle.PortChoice;
import io.millrace.fastpath.port.Faults;
import io.millrace.wire.Wire;
import io.millrace.wire.WireThread;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.ShutdownSignalBarrier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code millrace wire}: two ports joined by a wire on which things go wrong, until SIGTERM or SIGINT. */
@Command(name = "wire", description = {
        "Join two packet ports by a wire that loses, delays and reorders frames, from a seed, until SIGTERM or SIGINT;"
                + " then print what happened. The kernel's TCP, or a Millrace stack, is at either end.",
        "PORT is any that `millrace --version` lists, e.g. tap:NAME@NAMESPACE (a TAP, in a network namespace of `ip"
                + " netns`), af-packet:IF (an interface, which then receives everything), or memory:CIDR (a Millrace stack"
                + " of this process with that address, which serves HTTP on port 80, echo on 7, discard on 9, chargen on"
                + " 19).",
        "The options of what goes wrong take one value for both directions, or two separated by a comma: left to right,"
                + " then right to left.",
        "Ends with exit code 143 after SIGTERM and 130 after SIGINT, as is usual."})
final class WireCommand implements Callable<Integer> {
    private static final int LEAST_MTU = 576;
    private static final int MOST_MTU = 65_535;

    @Spec
    private CommandSpec spec;

    @Option(names = "--left", paramLabel = "PORT", required = true, description = "The left end.")
    private String left;

    @Option(names = "--right", paramLabel = "PORT", required = true, description = "The right end.")
    private String right;

    @Option(names = "--left-address", paramLabel = "CIDR", description = "Address for the host's side of the left TAP, which is then set up.")
    private @Nullable String leftAddress;

    @Option(names = "--right-address", paramLabel = "CIDR", description = "Address for the host's side of the right TAP, which is then set up.")
    private @Nullable String rightAddress;

    @Option(names = "--mtu", paramLabel = "BYTES", defaultValue = "1500", description = "Largest IP packet, 576 to 65535 (default ${DEFAULT-VALUE}).")
    private int mtu;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Seed of what goes wrong (default ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private WireFaultOptions options;

    @Override
    public Integer call() throws IOException, InterruptedException {
        final Faults leftToRight;
        final Faults rightToLeft;
        final WireEnd.Request[] ends;
        try {
            leftToRight = options.faults(0);
            rightToLeft = options.faults(1);
            ends = new WireEnd.Request[]{request("--left", left, leftAddress), request("--right", right, rightAddress)};
        } catch (final IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        // The JVM ends as soon as the barrier is closed: everything is done, and said, before.
        try (ShutdownSignalBarrier barrier = new ShutdownSignalBarrier()) {
            try (WireEnd leftEnd = WireEnd.open(ends[0], this::print);
                    WireEnd rightEnd = WireEnd.open(ends[1], this::print)) {
                run(new Wire(leftEnd.port(), rightEnd.port(), leftToRight, rightToLeft, seed), barrier,
                        "  left to right: " + leftToRight, "  right to left: " + rightToLeft,
                        "wire " + leftEnd + " <-> " + rightEnd + ", seed " + seed + ", is ready");
            }
        }
        return ExitCode.OK;
    }

    private void run(final Wire wire, final ShutdownSignalBarrier barrier, final String... lines) {
        final WireThread driver = WireThread.start(wire);
        try {
            print(lines);
            barrier.await();
        } finally {
            driver.close();
        }
        print("left to right: " + wire.leftToRight(), "right to left: " + wire.rightToLeft());
        // So that nobody takes a busy machine for a bad wire, or for a slow TCP.
        print("the wire was kept from its work for %,d ms altogether, by others that had the processor"
                .formatted(TimeUnit.NANOSECONDS.toMillis(driver.awayNs())));
    }

    private WireEnd.Request request(final String option, final String port, final @Nullable String address) {
        if (mtu < LEAST_MTU || mtu > MOST_MTU) {
            throw new IllegalArgumentException("--mtu " + mtu + ": must be " + LEAST_MTU + " to " + MOST_MTU);
        }
        final DeviceSpec device;
        try {
            device = DeviceSpec.parse(port);
        } catch (final IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    option + ' ' + port + ": must be a port such as tap:NAME[@NAMESPACE], af-packet:IF or memory:CIDR",
                    e);
        }
        final String problem = DeviceOpener.discover().problem(device);
        if (problem != null) {
            throw new IllegalArgumentException(option + ' ' + port + ": " + problem);
        }
        if (address != null) {
            checkAddress(option, port, device, address);
        }
        return new WireEnd.Request(option, device, mtu, address);
    }

    private static void checkAddress(final String option, final String port, final DeviceSpec device,
            final String address) {
        if (WireEnd.isStack(device)) {
            throw new IllegalArgumentException(option + "-address: a stack has the address of its port, " + port);
        }
        try {
            Cidr.parse(address);
        } catch (final IllegalArgumentException e) {
            throw new IllegalArgumentException(option + "-address " + address
                    + ": must be an address with its prefix length, such as 10.0.0.2/24", e);
        }
    }

    private void print(final PortChoice choice) {
        print(choice.sentence());
    }

    private void print(final String... lines) {
        final PrintWriter out = spec.commandLine().getOut();
        for (final String line : lines) {
            out.println(line);
        }
        out.flush();
    }
}
