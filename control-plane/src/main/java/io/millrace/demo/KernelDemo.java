package io.millrace.demo;

import io.millrace.Millrace;
import io.millrace.config.IpKeys;
import io.millrace.config.MillraceConfig;
import io.millrace.config.PortKeys;
import io.millrace.control.lifecycle.DeviceOpener;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.millrace.fastpath.netty.MillraceServerSocketChannel;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.WrappedDevice;
import io.millrace.services.HttpService;
import io.netty.bootstrap.ServerBootstrap;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The same server, reached by the kernel's TCP through a TAP. It lives in a user namespace and a network namespace of
 * its own, so it needs no root and touches no network of the machine. Thread: one, which waits.
 */
public final class KernelDemo {
    private static final String KERNEL = "10.77.0.1";
    private static final String SERVER = "10.77.0.2";
    private static final int PORT = 80;
    private static final List<String> UNSHARE = List.of("unshare", "--user", "--map-root-user", "--net");
    private static final long LADDER_SECONDS = 5;
    private static final long SHUTDOWN_MS = 2_000;

    private final DemoSettings settings;
    private final PrintWriter out;
    private final Ladder ladder = new Ladder();

    public KernelDemo(final DemoSettings settings, final PrintWriter out) {
        this.settings = settings;
        this.out = out;
    }

    /**
     * Starts this JVM's command once more inside new namespaces and waits for it.
     *
     * @return its exit code.
     * @throws IOException where the namespaces cannot be had: one sentence what to do.
     */
    public static int runInNamespaces(final DemoSettings settings) throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>(UNSHARE);
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.millrace.cli.Main", "demo",
                "--kernel-inside", "--connections", String.valueOf(settings.connections()), "--requests",
                String.valueOf(settings.requests()), "--seed", String.valueOf(settings.seed())));
        requireNamespaces();
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    /** Tried first with a command that does nothing: what fails later is no matter of namespaces. */
    private static void requireNamespaces() throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>(UNSHARE);
        command.add("true");
        final Process trial;
        try {
            trial = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (final IOException e) {
            throw new IOException("--kernel needs unshare, which makes the namespaces; install it (Debian: util-linux)",
                    e);
        }
        final String said = new String(trial.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (trial.waitFor() != 0) {
            throw new IOException("--kernel needs a user namespace, which this system refuses (" + said
                    + "); run it as root, or see sysctl kernel.unprivileged_userns_clone,"
                    + " user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns");
        }
    }

    /**
     * Runs it in the namespaces of this process.
     *
     * @return true where every byte was right.
     */
    public boolean run() throws IOException, InterruptedException {
        final MillraceConfig config = MillraceConfig.builder().systemProperties()
                .option("demo", PortKeys.DEVICE, "tap:mr0").option("demo", PortKeys.HOST_ADDRESS, KERNEL + "/24")
                .option("demo", IpKeys.ADDRESSES, SERVER + "/24").build();
        final LadderPort[] end = new LadderPort[1];
        final PacketDevice tap = DeviceOpener.discover().open(config.get(PortKeys.DEVICE), config.deviceRequest());
        final PacketDevice device = new WrappedDevice(tap,
                port -> end[0] = new LadderPort(port, ladder, false, false));
        try (Millrace stack = Millrace.builder(config).device(device).launch()) {
            end[0].engine(stack.engine(0));
            final MillraceEventLoopGroup group = new MillraceEventLoopGroup(stack);
            try {
                new ServerBootstrap().group(group).channel(MillraceServerSocketChannel.class)
                        .childHandler(new HttpService()).bind(SERVER, PORT).sync();
                return run(stack);
            } finally {
                group.shutdownGracefully(0, SHUTDOWN_MS, TimeUnit.MILLISECONDS).await();
            }
        }
    }

    private boolean run(final Millrace stack) throws InterruptedException {
        final KernelClient client = KernelClient.best(SERVER, PORT, settings.seed());
        out.printf("Netty HTTP server on %s%n%s through the kernel's TCP on %s%n%n", stack, client.name(), KERNEL);
        final Tally first = new Tally(1);
        client.run(first, 1);
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(LADDER_SECONDS);
        while (!ladder.isComplete() && System.nanoTime() < deadlineNs) {
            Thread.onSpinWait();
        }
        out.println("One connection, as its segments passed (the kernel does not tell its states):");
        out.println();
        new LadderDrawing(ladder, out).print("kernel", "server");
        out.println();
        return load(client, stack) && first.isRight(1);
    }

    private boolean load(final KernelClient client, final Millrace stack) throws InterruptedException {
        final Tally tally = new Tally(settings.connections());
        final long startNs = System.nanoTime();
        final List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < settings.connections(); i++) {
            threads.add(Thread.ofVirtual().start(() -> client.run(tally, settings.requests())));
        }
        for (final Thread thread : threads) {
            thread.join();
        }
        final long expected = (long) settings.connections() * settings.requests();
        out.printf("%,d connections, %,d requests on each, in %.1f s:%n%n", settings.connections(),
                settings.requests(), (System.nanoTime() - startNs) / 1e9);
        tally.print(out, expected);
        final long again = stack.counters().get("TcpRetransmits");
        out.printf("  server     %,d segments sent, %,d sent again%n", stack.counters().get("TcpSegmentsSent"), again);
        out.printf("%n%s%n", tally.verdict(expected));
        out.flush();
        return tally.isRight(expected);
    }
}
