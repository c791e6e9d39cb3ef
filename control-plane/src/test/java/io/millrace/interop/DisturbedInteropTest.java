package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.nativeports.NetworkNamespace;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The interface changes under the command that serves on it, while its two engines send and receive all that they can,
 * and have frames lent to applications. In a process of its own: a mistake off the heap would be its end.
 */
@RequiresNetworkNamespaces
@Timeout(100)
class DisturbedInteropTest {
    private static final int ECHOES = 4;
    private static final long WARM_BYTES = 30L << 20;

    /** A subclass may set another before the first test. */
    KernelLink link = KernelLink.TAP;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private NetworkNamespace kernel;

    /** What is done to the interface that the stack's port stands on. */
    enum Disturbance {
        REMOVED("ip link del mr0"),
        /** It lives on as long as somebody uses it. */
        NAMESPACE_REMOVED(""),
        DOWN_AND_UP("for i in 1 2 3; do ip link set mr0 down; ip link set mr0 up; done"),
        RENAMED("ip link set mr0 down && ip link set mr0 name mr9 && ip link set mr9 up"),
        MTU_CHANGED("for mtu in 9000 700 1500; do ip link set mr0 mtu $mtu; done");

        private final String command;

        Disturbance(final String command) {
            this.command = command;
        }
    }

    @BeforeEach
    void makeNamespace() throws IOException {
        kernel = new NetworkNamespace();
        KernelInterop.requireTool("iperf3");
    }

    @AfterEach
    void close() throws Exception {
        for (final AutoCloseable each : open) {
            each.close();
        }
        link.close();
        kernel.close();
    }

    @ParameterizedTest
    @EnumSource
    void shouldSayWhatHappenedAndEndCleanly(final Disturbance disturbance, @TempDir final Path folder)
            throws Exception {
        final Path config = Files.writeString(folder.resolve("my.conf"), link.join(kernel, true) + """
                millrace.ip.addresses = ["10.77.0.2/24"]
                millrace.threading.engines = 2
                """);
        try (CommandLine serve = CommandLine.start(kernel, folder, "serve", "--config", config.toString(), "--echo",
                "7", "--iperf3", "5201")) {
            serve.awaitOutput("is ready");
            final Socket kept = connect();
            begin();
            disturb(disturbance);
            if (disturbance == Disturbance.REMOVED) {
                Await.until("the loss is told of", () -> told(serve) > 0);
            } else {
                HexText.write(kept.getOutputStream(), KernelInterop.MIB / 4);
                HexText.read(kept.getInputStream(), KernelInterop.MIB / 4);
            }
            assertThat(serve.process.isAlive()).isTrue();
            serve.process.destroy();
            assertThat(serve.exitCode(30)).as(serve.errors()).isEqualTo(143);
            assertThat(serve.output()).endsWith("closed\n");
            assertThat(serve.errors()).doesNotContain("Exception", " ERROR ");
            assertThat(told(serve)).as(serve.errors()).isLessThanOrEqualTo(16);
        }
    }

    private static long told(final CommandLine serve) throws IOException {
        return serve.errors().lines().filter(line -> line.contains(" WARN ") && line.contains(":mr0")).count();
    }

    private void disturb(final Disturbance disturbance) throws IOException {
        final NetworkNamespace side = link.stackSide(kernel);
        if (disturbance == Disturbance.NAMESPACE_REMOVED) {
            final String mounted = "/run/netns/" + side.name();
            succeeds(new ProcessBuilder("umount", mounted));
        } else {
            final NetworkNamespace.Output done = side.exec("sh", "-c", disturbance.command);
            assertThat(done.exitCode()).as(done.text()).isZero();
        }
    }

    private static void succeeds(final ProcessBuilder command) throws IOException {
        try {
            assertThat(command.inheritIO().start().waitFor()).as(command.command().toString()).isZero();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** Streams in both directions, and echoes: they go on while the test does. */
    private void begin() throws Exception {
        final Process iperf = kernel.start("iperf3", "-c", KernelInterop.STACK, "--bidir", "-P", "4", "-t", "300");
        open.add(() -> iperf.destroyForcibly().waitFor());
        for (int i = 0; i < ECHOES; i++) {
            final Socket socket = connect();
            Thread.ofVirtual().start(() -> untilItFails(() -> HexText.write(socket.getOutputStream(), Long.MAX_VALUE)));
            Thread.ofVirtual().start(() -> untilItFails(() -> HexText.read(socket.getInputStream(), Long.MAX_VALUE)));
        }
        for (final String direction : new String[]{"rx", "tx"}) {
            Await.until("much has gone both ways", () -> Long.parseLong(kernel.exec("cat",
                    "/sys/class/net/mr0/statistics/" + direction + "_bytes").text().strip()) > WARM_BYTES);
        }
    }

    /** Something that reads or writes. */
    @FunctionalInterface
    private interface Transfer {
        void run() throws IOException;
    }

    private static void untilItFails(final Transfer transfer) {
        try {
            transfer.run();
        } catch (final IOException | AssertionError expected) {
            // the end of the test, or of the interface
        }
    }

    private Socket connect() throws Exception {
        final Socket connected = kernel.call(() -> {
            final Socket socket = new Socket();
            socket.connect(new InetSocketAddress(KernelInterop.STACK, 7), 20_000);
            return socket;
        });
        open.add(connected);
        connected.setSoTimeout(20_000);
        return connected;
    }
}
