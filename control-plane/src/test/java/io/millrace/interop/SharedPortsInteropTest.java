package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.Millrace;
import io.millrace.config.MillraceConfig;
import io.millrace.control.lifecycle.DeviceOpener;
import io.millrace.doctor.BeforeRun;
import io.millrace.doctor.DuringRun;
import io.millrace.doctor.Finding;
import io.millrace.doctor.Symptom;
import io.millrace.fastpath.netty.MillraceDatagramChannel;
import io.millrace.fastpath.netty.MillraceSocketChannel;
import io.millrace.nativeports.tap.Steering;
import io.millrace.observe.Observer;
import io.millrace.services.EchoHandler;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.ConnectException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stack that takes some ports of its host's own addresses, while the kernel keeps the others. */
class SharedPortsInteropTest {
    private static final String EVERY_PORT_OF_A_TEST = "[\"1-30000\"]";
    private static final int TIMEOUT_S = 20;

    private static KernelLink link(final boolean offloads) {
        return new SharedLink(offloads, EVERY_PORT_OF_A_TEST);
    }

    private static void assumePrograms() {
        final String cause = Steering.unavailabilityCause();
        assumeTrue(cause == null, cause);
    }

    @Nested
    class Connect extends ConnectInteropTest {
        Connect() {
            assumePrograms();
            link = link(true);
        }
    }

    @Nested
    class PathMtu extends PathMtuInteropTest {
        PathMtu() {
            assumePrograms();
            link = link(true);
        }
    }

    @Nested
    class ManyConnections extends ManyConnectionsInteropTest {
        ManyConnections() {
            assumePrograms();
            link = link(true);
        }
    }

    /** The kernel beside the stack. */
    @Nested
    class Beside extends KernelInteropBothFamilies {
        private static final int STACK_PORT = 80;
        private static final int KERNEL_PORT = 8_080;
        private static final int UDP_PORT = 53;
        /** Of the stack, and nobody listens there. */
        private static final int QUIET_PORT = 81;

        private final SharedLink shared = new SharedLink(true, "[80, 81, \"53/udp\"]");

        Beside() {
            link = shared;
        }

        @BeforeEach
        void assumeThatProgramsCanBeLoaded() {
            assumePrograms();
        }

        /** Sends back what arrives, on every connection, until it is closed. */
        private ServerSocket echoOnHost(final int port) throws Exception {
            final ServerSocket server = shared.host().call(() -> new ServerSocket(port));
            Thread.ofPlatform().daemon().start(() -> {
                while (true) {
                    try (Socket socket = server.accept()) {
                        socket.getInputStream().transferTo(socket.getOutputStream());
                    } catch (final IOException e) {
                        return;
                    }
                }
            });
            return server;
        }

        private long resetsOfHost() throws IOException {
            final String[] lines = shared.onHost("cat", "/proc/net/snmp").lines()
                    .filter(line -> line.startsWith("Tcp:")).toArray(String[]::new);
            final int column = Arrays.asList(lines[0].split(" ")).indexOf("OutRsts");
            return Long.parseLong(lines[1].split(" ")[column]);
        }

        private void assertEchoes(final Socket socket, final int bytes) throws Exception {
            final CompletableFuture<Void> sent = aside(() -> {
                HexText.write(socket.getOutputStream(), bytes);
                socket.shutdownOutput();
                return null;
            });
            try (InputStream in = socket.getInputStream()) {
                HexText.readAll(in, bytes);
            }
            sent.get(TIMEOUT_S, TimeUnit.SECONDS);
        }

        /** On a thread of its own. */
        private CompletableFuture<Void> aside(final Callable<Void> task) {
            final CompletableFuture<Void> done = new CompletableFuture<>();
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    done.complete(task.call());
                } catch (final Exception e) {
                    done.completeExceptionally(e);
                }
            });
            return done;
        }

        @Test
        void shouldServeAtOnceWithTheKernel() throws Exception {
            launch(true);
            serve(STACK_PORT, EchoHandler::new);
            try (ServerSocket server = echoOnHost(KERNEL_PORT)) {
                assertThat(server.isBound()).isTrue();
                final Socket ofStack = connectFromKernel(STACK_PORT);
                final Socket ofKernel = connectFromKernel(KERNEL_PORT);
                final CompletableFuture<Void> beside = aside(() -> {
                    assertEchoes(ofKernel, 4 * MIB);
                    return null;
                });
                assertEchoes(ofStack, 4 * MIB);
                beside.get(TIMEOUT_S, TimeUnit.SECONDS);
            }
            assertThat(resetsOfHost()).as("resets sent by the kernel").isZero();
            assertThat(counter("TcpNoConnection")).as("what the stack does not know").isZero();
        }

        @Test
        void shouldAnswerEachForItsOwnClosedPorts() throws Exception {
            launch(true);
            assertThatThrownBy(() -> connectFromKernel(QUIET_PORT)).isInstanceOf(ConnectException.class);
            assertThat(counter("TcpNoConnection")).isEqualTo(1);
            assertThat(resetsOfHost()).isZero();
            assertThatThrownBy(() -> connectFromKernel(KERNEL_PORT)).isInstanceOf(ConnectException.class);
            assertThat(counter("TcpNoConnection")).isEqualTo(1);
            assertThat(resetsOfHost()).isEqualTo(1);
        }

        @Test
        void shouldLeaveNeighboursAndPingToTheKernel() throws Exception {
            launch(true);
            run("ping", "-c", "2", "-i", "0.2", "-w", "20", stackIp());
            serve(STACK_PORT, EchoHandler::new);
            assertEchoes(connectFromKernel(STACK_PORT), 1_000);
            final Map<String, Long> counters = stack.counters();
            assertThat(counters.get("ArpRepliesSent")).isZero();
            assertThat(counters.get("NdAdvertisementsSent")).isZero();
            assertThat(counters.get("IcmpEchoesAnswered")).isZero();
        }

        @Test
        void shouldGiveItsPortsBackWhenItCloses() throws Exception {
            launch(true);
            serve(STACK_PORT, EchoHandler::new);
            assertEchoes(connectFromKernel(STACK_PORT), 1_000);
            closeKernelSockets();
            awaitNoConnections();
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
            group = null;
            stack.close();
            assertThatThrownBy(() -> connectFromKernel(STACK_PORT)).isInstanceOf(ConnectException.class);
            assertThat(resetsOfHost()).isEqualTo(1);
            try (ServerSocket server = echoOnHost(STACK_PORT)) {
                assertThat(server.isBound()).isTrue();
                assertEchoes(connectFromKernel(STACK_PORT), 1_000);
            }
        }

        @Test
        void shouldGiveItsPortsBackWhenItIsKilled(@TempDir final Path folder) throws Exception {
            shared.join(kernel, true);
            run("ip", "-6", "address", "add", Family.V6.kernel + "/64", "dev", "mr0", "nodad");
            try (CommandLine serving = CommandLine.start(shared.host(), folder, "serve", "--port", "af-packet:mr0",
                    "--shared-ports", "80,53/udp", "--echo", "80")) {
                serving.awaitOutput("is ready");
                assertEchoes(connectFromKernel(STACK_PORT), 1_000);
                final Socket open = connectFromKernel(STACK_PORT);
                assertThat(resetsOfHost()).isZero();
                serving.process.destroyForcibly();
                serving.exitCode(TIMEOUT_S);
                assertThatThrownBy(() -> connectFromKernel(STACK_PORT)).isInstanceOf(ConnectException.class);
                open.getOutputStream().write(1);
                assertThatThrownBy(() -> open.getInputStream().read()).as("the kernel does not know the connection")
                        .hasMessageContaining("reset");
            }
        }

        @Test
        void shouldConnectFromPortsThatTheKernelDoesNotChoose() throws Exception {
            launch(true);
            final ServerSocket server = listenInKernel();
            final ChannelProbe probe = new ChannelProbe();
            connectFromStack(kernelIp(), server.getLocalPort(), probe).sync();
            final Socket accepted = accept(server);
            assertThat(accepted.getInetAddress()).isEqualTo(InetAddress.ofLiteral(stackIp()));
            assertThat(accepted.getPort()).isBetween(61_000, 61_999);
            probe.send(MIB);
            try (InputStream in = accepted.getInputStream()) {
                HexText.readAll(in, MIB);
            }
            assertThat(resetsOfHost()).isZero();
        }

        @Test
        void shouldExchangeDatagramsInFragmentsBesideTheKernel() throws Exception {
            launch(true);
            bindEcho(UDP_PORT);
            try (DatagramSocket ofHost = shared.host().call(() -> new DatagramSocket(UDP_PORT + 1));
                    DatagramSocket peer = kernel.call(() -> new DatagramSocket())) {
                peer.setSoTimeout(TIMEOUT_S * 1_000);
                ofHost.setSoTimeout(TIMEOUT_S * 1_000);
                for (final int length : new int[]{1, 1_400, 4_000, 60_000}) {
                    final byte[] bytes = new byte[length];
                    Arrays.fill(bytes, (byte) length);
                    send(peer, bytes, UDP_PORT);
                    send(peer, bytes, UDP_PORT + 1);
                    assertThat(receive(peer)).isEqualTo(bytes);
                    assertThat(receive(ofHost)).isEqualTo(bytes);
                }
            }
            assertThat(shared.onHost("cat", "/proc/net/snmp")).as("unreachable ports told by the kernel")
                    .containsPattern("IcmpMsg: .*OutType3 0|(?s)^((?!OutType3).)*$");
        }

        private void bindEcho(final int port) throws InterruptedException {
            new Bootstrap().group(group).channel(MillraceDatagramChannel.class)
                    .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(1 << 16))
                    .handler(new ChannelInboundHandlerAdapter() {
                        @Override
                        public void channelRead(final ChannelHandlerContext context, final Object message) {
                            final DatagramPacket packet = (DatagramPacket) message;
                            context.writeAndFlush(new DatagramPacket(packet.content(), packet.sender()));
                        }
                    }).bind(new InetSocketAddress(stackIp(), port)).sync();
        }

        private void send(final DatagramSocket socket, final byte[] bytes, final int port) throws IOException {
            socket.send(new java.net.DatagramPacket(bytes, bytes.length, InetAddress.ofLiteral(stackIp()), port));
        }

        private byte[] receive(final DatagramSocket socket) throws IOException {
            final java.net.DatagramPacket packet = new java.net.DatagramPacket(new byte[1 << 16], 1 << 16);
            socket.receive(packet);
            return Arrays.copyOf(packet.getData(), packet.getLength());
        }

        @Test
        void shouldRefusePortsThatAreTheKernels() throws Exception {
            launch(true);
            final String reason = "of TCP is the kernel's (millrace.port.shared-ports = [\"80\", \"81\", \"53/udp\"],"
                    + " millrace.port.shared-ephemeral = \"61000-61999\")";
            assertThatThrownBy(() -> serve(22, EchoHandler::new)).isInstanceOf(BindException.class)
                    .hasMessage("port 22 " + reason);
            assertThatThrownBy(() -> serve(UDP_PORT, EchoHandler::new)).isInstanceOf(BindException.class);
            assertThatThrownBy(() -> bindEcho(STACK_PORT + 2)).isInstanceOf(BindException.class)
                    .hasMessageContaining("port 82 of UDP is the kernel's");
            assertThatThrownBy(() -> new Bootstrap().group(group).channel(MillraceSocketChannel.class)
                    .handler(new ChannelInboundHandlerAdapter())
                    .connect(new InetSocketAddress(kernelIp(), 9), new InetSocketAddress(stackIp(), 5_000)).sync())
                    .hasRootCauseInstanceOf(BindException.class)
                    .rootCause().hasMessage("Cannot assign requested address: port 5000 " + reason);
            serve(0, EchoHandler::new);
            assertThat(stack.listeners().getFirst().localAddress().getPort()).isBetween(61_000, 61_999);
        }

        @Test
        void shouldRefuseToJoinGroups() throws Exception {
            launch(true);
            final MillraceDatagramChannel channel = (MillraceDatagramChannel) new Bootstrap().group(group)
                    .channel(MillraceDatagramChannel.class).handler(new ChannelInboundHandlerAdapter())
                    .bind(new InetSocketAddress(stackIp(), UDP_PORT)).sync().channel();
            final InetAddress of = InetAddress.ofLiteral(family == Family.V6 ? "ff15::7" : "239.1.1.7");
            final Callable<?> join = () -> channel.joinGroup(of).sync();
            assertThatThrownBy(join::call).hasMessageContaining("joins no multicast groups");
        }

        @Test
        void shouldSayWhoHasAPortAlready() throws Exception {
            final String config = shared.join(kernel, true);
            try (ServerSocket server = shared.host().call(() -> new ServerSocket(STACK_PORT))) {
                assertThat(server.isBound()).isTrue();
                assertThatThrownBy(() -> Millrace.launch(MillraceConfig.parse(config))).isInstanceOf(IOException.class)
                        .hasMessageMatching("cannot share the addresses of af-packet:mr0@\\S+: port 80 of TCP is in use"
                                + " by java \\(process " + ProcessHandle.current().pid()
                                + "\\), with a socket at \\S+:80;"
                                + " end that, or leave the port out of millrace.port.shared-ports and"
                                + " millrace.port.shared-ephemeral");
            }
            // what listens on another address is no obstacle
            try (ServerSocket server = shared.host().call(
                    () -> new ServerSocket(STACK_PORT, 5, InetAddress.getLoopbackAddress()));
                    Millrace stack = Millrace.launch(MillraceConfig.parse(config))) {
                assertThat(server.isBound() && !stack.isClosed()).isTrue();
            }
        }

        @Test
        void shouldRefusePortsThatTheKernelMayChoose() throws Exception {
            final String config = shared.join(kernel, true) + "millrace.port.shared-ephemeral = \"60000-60999\"";
            assertThatThrownBy(() -> Millrace.launch(MillraceConfig.parse(config))).isInstanceOf(IOException.class)
                    .hasMessageContaining("the kernel may choose 60000-60999 for connections of its own"
                            + " (net.ipv4.ip_local_port_range = 32768 60999); take other ports, or reserve them:"
                            + " sysctl -w net.ipv4.ip_local_reserved_ports=60000-60999");
            shared.onHost("sh", "-c", "echo 60000-60999 >/proc/sys/net/ipv4/ip_local_reserved_ports");
            Millrace.launch(MillraceConfig.parse(config)).close();
        }

        /** As native/PORTS.md shows it. */
        @Test
        void shouldLeaveTheKernelToARuleOfTheUsers() throws Exception {
            requireTool("nft");
            launch(true, "millrace.port.shared-guard = rule", device -> device);
            serve(STACK_PORT, EchoHandler::new);
            assertThatThrownBy(() -> connectFromKernel(QUIET_PORT)).isInstanceOf(ConnectException.class);
            Await.until("the kernel has reset what it does not know", () -> resetsOfHost() == 1);
            shared.onHost("nft", "add", "table", "inet", "millrace");
            shared.onHost("nft", "add", "chain", "inet", "millrace", "shared",
                    "{ type filter hook prerouting priority -300; }");
            shared.onHost("nft", "add", "rule", "inet", "millrace", "shared", "iifname", "mr0", "meta", "pkttype",
                    "host", "tcp", "dport", "{ 80, 81, 61000-61999 }", "drop");
            assertEchoes(connectFromKernel(STACK_PORT), MIB);
            assertThat(resetsOfHost()).as("no more").isEqualTo(1);
        }

        private List<Finding> findings(final String config) {
            return new BeforeRun().machine(MillraceConfig.parse(config), DeviceOpener.discover().providers()).stream()
                    .filter(finding -> finding.symptom() != Symptom.TOO_FEW_CORES).toList();
        }

        @Test
        void shouldBeExaminedByTheDoctor() throws Exception {
            final String config = shared.join(kernel, true);
            shared.onHost("ip", "link", "set", "mr0", "mtu", "1400");
            assertThat(findings(config)).isEmpty();
            try (ServerSocket server = shared.host().call(() -> new ServerSocket(STACK_PORT))) {
                assertThat(server.isBound()).isTrue();
                assertThat(findings(config + "millrace.port.shared-ephemeral = 60000")).satisfiesExactly(
                        first -> assertThat(first.what()).startsWith("Port 80 of TCP is in use by java"),
                        second -> assertThat(second.what()).startsWith("The kernel may choose 60000"));
            }
            shared.onHost("ip", "address", "flush", "dev", "mr0");
            assertThat(findings(config)).extracting(Finding::what)
                    .containsExactly("No address can be shared: mr0 has none.");
            assertThat(findings("millrace.port { device = memory, shared-ports = [80] }"))
                    .extracting(Finding::symptom).containsExactly(Symptom.ADDRESSES_NOT_SHARED);
        }

        @Test
        void shouldNotBlameTheKernelForItsOwnAddressWhileItRuns() throws Exception {
            launch(true);
            try (Observer observer = stack.observer()) {
                final Supplier<List<Symptom>> symptoms = () -> {
                    try {
                        return DuringRun.of(observer, 0, DeviceOpener.discover().providers()).stream()
                                .map(Finding::symptom).toList();
                    } catch (final IOException | InterruptedException e) {
                        throw new AssertionError(e);
                    }
                };
                assertThat(symptoms.get()).doesNotContain(Symptom.KERNEL_HAS_ADDRESS, Symptom.SHARED_ADDRESS_LOST);
                shared.onHost("ip", "address", "del", stackIp() + "/" + family.prefixLength(), "dev", "mr0");
                assertThat(symptoms.get()).contains(Symptom.SHARED_ADDRESS_LOST);
            }
        }

        @Test
        void shouldTakeAddressesAndRoutesFromTheHost() throws Exception {
            final String config = shared.join(kernel, true);
            shared.onHost("ip", "route", "add", "default", "via", Family.V4.kernel);
            shared.onHost("ip", "-6", "route", "add", "default", "via", Family.V6.kernel);
            shared.onHost("ip", "link", "set", "mr0", "mtu", "1400");
            try (Millrace stack = Millrace.launch(MillraceConfig.parse(config))) {
                assertThat(stack.localAddresses()).contains(InetAddress.ofLiteral(Family.V4.stack),
                        InetAddress.ofLiteral(Family.V6.stack));
                assertThat(stack).asString().contains("0.0.0.0/0 via 10.77.0.1", "::/0 via fd77::1");
                assertThat(stack.config().deviceRequest().mtu()).isEqualTo(1_400);
            }
        }

        @Test
        void shouldRefuseAnAddressThatTheHostDoesNotHave() throws Exception {
            final String config = shared.join(kernel, true) + "millrace.ip.addresses = [\"10.77.0.3/24\"]";
            assertThatThrownBy(() -> Millrace.launch(MillraceConfig.parse(config))).isInstanceOf(IOException.class)
                    .hasMessageStartingWith("10.77.0.3 cannot be shared: mr0 has 10.77.0.2, fd77::2");
        }
    }
}
