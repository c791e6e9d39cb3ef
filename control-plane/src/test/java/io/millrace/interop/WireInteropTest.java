package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.nativeports.NetworkNamespace;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code millrace wire} between the TCPs of two namespaces, and between the kernel's and ours. */
@RequiresNetworkNamespaces
@Timeout(90)
class WireInteropTest {
    private static final String LEFT = "10.78.0.1";
    private static final String RIGHT = "10.78.0.2";
    private static final int TIMEOUT_MS = 60_000;
    private static final int EXIT_S = 10;
    private static final int SIGTERM = 143;
    private static final long LENGTH = 4L << 20;

    @TempDir
    private Path folder;
    private NetworkNamespace left;
    private NetworkNamespace right;

    @BeforeEach
    void makeNamespaces() throws IOException {
        left = new NetworkNamespace();
        right = new NetworkNamespace();
    }

    @AfterEach
    void shouldLeaveNoDevice() throws IOException {
        for (final NetworkNamespace namespace : new NetworkNamespace[]{left, right}) {
            assertThat(namespace.exec("ip", "link").text()).doesNotContain("mr0");
            namespace.close();
        }
    }

    @Test
    void shouldCarryEveryByteFromKernelToKernelAndCountWhatWentWrong() throws Exception {
        try (CommandLine wire = start("--right", "tap:mr0@" + right.name(), "--right-address", RIGHT + "/24", "--loss",
                "2,1", "--delay", "1ms", "--reorder", "2:500us", "--duplicate", "1", "--corrupt", "1")) {
            wire.awaitOutput("is ready");
            final ServerSocket server = right
                    .call(() -> new ServerSocket(0, 1, InetAddress.getByName(RIGHT)));
            server.setSoTimeout(TIMEOUT_MS);
            final CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> sendTo(server));
            try (Socket client = connect(server.getLocalPort())) {
                HexText.readAll(client.getInputStream(), LENGTH);
            }
            sent.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
            server.close();
            terminate(wire);
            for (final String direction : new String[]{"left to right", "right to left"}) {
                assertThat(count(wire, direction, "frames")).as(direction).isGreaterThan(500);
                assertThat(count(wire, direction, "lost")).as(direction).isPositive();
            }
            assertThat(count(wire, "right to left", "reordered")).isPositive();
            assertThat(count(wire, "right to left", "duplicated")).isPositive();
            assertThat(count(wire, "right to left", "corrupted")).isPositive();
        }
    }

    @Test
    void shouldJoinTheKernelWithAStackOfItsOwn() throws Exception {
        try (CommandLine wire = start("--right", "memory:" + RIGHT + "/24", "--loss", "1", "--delay", "1ms")) {
            wire.awaitOutput("is ready");
            try (Socket client = connect(7)) {
                final CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> write(client));
                HexText.readAll(client.getInputStream(), LENGTH);
                sent.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
            }
            terminate(wire);
            assertThat(count(wire, "left to right", "lost")).isPositive();
        }
    }

    @Test
    void shouldJoinTwoInterfacesByPacketSockets() throws Exception {
        try (NetworkNamespace middle = new NetworkNamespace()) {
            plug(middle, left, "l0", LEFT);
            plug(middle, right, "r0", RIGHT);
            try (CommandLine wire = CommandLine.startHere(folder, "wire", "--left", "af-packet:l0@" + middle.name(),
                    "--right", "af-packet:r0@" + middle.name(), "--loss", "1,0", "--delay", "1ms")) {
                wire.awaitOutput("is ready");
                final ServerSocket server = right.call(() -> new ServerSocket(0, 1, InetAddress.getByName(RIGHT)));
                server.setSoTimeout(TIMEOUT_MS);
                final CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> sendTo(server));
                try (Socket client = connect(server.getLocalPort())) {
                    HexText.readAll(client.getInputStream(), LENGTH);
                }
                sent.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
                server.close();
                terminate(wire);
                assertThat(count(wire, "left to right", "lost")).isPositive();
                assertThat(count(wire, "right to left", "frames")).isGreaterThan(500);
            }
        }
    }

    /** A veth between the wire's namespace and a host, whose kernel sends segments that a wire can carry. */
    private static void plug(final NetworkNamespace middle, final NetworkNamespace host, final String name,
            final String address) throws IOException {
        for (final String command : new String[]{
                "ip link add " + name + " type veth peer name k0 netns " + host.name(),
                "ip link set " + name + " up", "ip -n " + host.name() + " address add " + address + "/24 dev k0",
                "ip -n " + host.name() + " link set k0 up",
                "ip netns exec " + host.name() + " ethtool -K k0 tso off gso off"}) {
            final NetworkNamespace.Output output = middle.exec(command.split(" "));
            assertThat(output.exitCode()).as(output.text()).isZero();
        }
    }

    private CommandLine start(final String... more) throws IOException {
        final String[] first = {"wire", "--left", "tap:mr0@" + left.name(), "--left-address", LEFT + "/24"};
        final String[] line = new String[first.length + more.length];
        System.arraycopy(first, 0, line, 0, first.length);
        System.arraycopy(more, 0, line, first.length, more.length);
        return CommandLine.startHere(folder, line);
    }

    private Socket connect(final int port) throws Exception {
        final Socket socket = left.call(() -> {
            final Socket unconnected = new Socket();
            unconnected.connect(new InetSocketAddress(RIGHT, port), TIMEOUT_MS);
            return unconnected;
        });
        socket.setSoTimeout(TIMEOUT_MS);
        return socket;
    }

    private static void sendTo(final ServerSocket server) {
        try (Socket peer = server.accept()) {
            write(peer);
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void write(final Socket socket) {
        try {
            HexText.write(socket.getOutputStream(), LENGTH);
            socket.shutdownOutput();
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void terminate(final CommandLine wire) throws Exception {
        wire.process.destroy();
        assertThat(wire.exitCode(EXIT_S)).isEqualTo(SIGTERM);
        assertThat(wire.errors()).doesNotContain("Exception");
        assertThat(wire.output()).containsPattern("(?m)^the wire was kept from its work for [\\d,]+ ms altogether");
    }

    private static long count(final CommandLine wire, final String direction, final String what) throws IOException {
        final Matcher matcher = Pattern.compile("(?m)^" + direction + ": .*?([\\d,]+) " + what).matcher(wire.output());
        assertThat(matcher.find()).as(wire.output()).isTrue();
        return Long.parseLong(matcher.group(1).replace(",", ""));
    }
}
