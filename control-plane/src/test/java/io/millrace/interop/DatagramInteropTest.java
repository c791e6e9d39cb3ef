package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.fastpath.netty.MillraceDatagramChannel;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** UDP between the stack and the kernel. */
class DatagramInteropTest extends KernelInteropBothFamilies {
    private static final int TIMEOUT_S = 20;
    private static final int TIMEOUT_MS = 20_000;
    private static final int PORT = 5_000;

    /** Keeps datagrams and exceptions. */
    private static final class Probe extends ChannelInboundHandlerAdapter {
        final BlockingQueue<byte[]> datagrams = new LinkedBlockingQueue<>();
        final BlockingQueue<Throwable> exceptions = new LinkedBlockingQueue<>();

        @Override
        public void channelRead(final ChannelHandlerContext ctx, final Object message) {
            final DatagramPacket packet = (DatagramPacket) message;
            datagrams.add(ByteBufUtil.getBytes(packet.content()));
            packet.release();
        }

        @Override
        public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause) {
            exceptions.add(cause);
        }
    }

    /** Answers each datagram with itself. */
    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(final ChannelHandlerContext ctx, final Object message) {
            final DatagramPacket packet = (DatagramPacket) message;
            ctx.writeAndFlush(new DatagramPacket(packet.content(), packet.sender()));
        }
    }

    private InetSocketAddress server() {
        return new InetSocketAddress(stackIp(), PORT);
    }

    private Bootstrap bootstrap(final ChannelHandler handler) {
        return new Bootstrap().group(group).channel(MillraceDatagramChannel.class).handler(handler)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(1 << 16));
    }

    private DatagramSocket kernelSocket(final SocketAddress local) throws Exception {
        final DatagramSocket socket = kernel.call(() -> new DatagramSocket(local));
        socket.setSoTimeout(TIMEOUT_MS);
        return socket;
    }

    private static void send(final DatagramSocket socket, final byte[] bytes, final SocketAddress to)
            throws IOException {
        socket.send(new java.net.DatagramPacket(bytes, bytes.length, to));
    }

    private byte[] receive(final DatagramSocket socket) throws IOException {
        final java.net.DatagramPacket packet = new java.net.DatagramPacket(new byte[1 << 16], 1 << 16);
        try {
            socket.receive(packet);
        } catch (final SocketTimeoutException e) {
            throw new AssertionError("nothing came to " + socket.getLocalSocketAddress() + ": " + seen(), e);
        }
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    private static byte[] bytes(final int length) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + length);
        }
        return bytes;
    }

    @ParameterizedTest(name = "offloads {0}")
    @ValueSource(booleans = {true, false})
    void shouldEchoToTheKernel(final boolean offloads) throws Exception {
        launch(offloads);
        bootstrap(new Echo()).bind(server()).sync();
        try (DatagramSocket socket = kernelSocket(new InetSocketAddress(kernelIp(), 0))) {
            for (final int length : new int[]{0, 1, 2, 3, 64, 1_471, 1_472, 1_473, 1_480, 10_000, 65_507}) {
                send(socket, bytes(length), server());
                assertThat(receive(socket)).isEqualTo(bytes(length));
            }
        }
        assertThat(counter("UdpBadChecksum")).isZero();
    }

    @ParameterizedTest(name = "offloads {0}")
    @ValueSource(booleans = {true, false})
    void shouldEchoToTheKernelInFragments(final boolean offloads) throws Exception {
        launch(offloads);
        bootstrap(new Echo()).bind(server()).sync();
        try (DatagramSocket socket = kernelSocket(new InetSocketAddress(kernelIp(), 0))) {
            for (final int length : new int[]{1_473, 20_000, 65_507}) {
                send(socket, bytes(length), server());
                assertThat(receive(socket)).isEqualTo(bytes(length));
            }
        }
        assertThat(counter("IpFragmented")).isEqualTo(3);
        assertThat(counter("UdpBadChecksum")).isZero();
        assertThat(counter("IpReassemblyTimedOut")).isZero();
    }

    @Test
    void shouldPutFragmentsTogetherForAnEndpointOfAnotherEngine() throws Exception {
        launch(true, "millrace.threading.engines = 2", device -> device);
        bootstrap(new Echo()).bind(server()).sync();
        bootstrap(new Echo()).bind(new InetSocketAddress(stackIp(), PORT + 1)).sync();
        try (DatagramSocket socket = kernelSocket(new InetSocketAddress(kernelIp(), 0))) {
            for (int i = 0; i < 16; i++) {
                // both go to the queue that the addresses lead to; the endpoints are of different engines
                send(socket, bytes(5_000 + i), new InetSocketAddress(stackIp(), PORT + (i & 1)));
                assertThat(receive(socket)).isEqualTo(bytes(5_000 + i));
            }
        }
        assertThat(counter("UdpInboxFull")).isZero();
        assertThat(counter("IpReassemblyTimedOut")).isZero();
    }

    @Test
    void shouldTalkToAGroupBothWays() throws Exception {
        launch(true);
        final InetAddress group = InetAddress.getByName(family == Family.V4 ? "239.77.0.1" : "ff15::77:0:1");
        final InetSocketAddress address = new InetSocketAddress(group, PORT);
        final Probe probe = new Probe();
        final Channel channel = bootstrap(probe).bind(PORT).sync().channel();
        ((MillraceDatagramChannel) channel).joinGroup(group).sync();
        Await.until("the group is reported twice", () -> reportsOfGroups() == 2);
        try (MulticastSocket socket = kernel.call(() -> new MulticastSocket(PORT))) {
            socket.setSoTimeout(TIMEOUT_MS);
            final NetworkInterface link = kernel.call(() -> NetworkInterface.getByName("mr0"));
            kernel.call(() -> {
                socket.joinGroup(address, link);
                socket.setNetworkInterface(link);
                return null;
            });
            channel.writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(bytes(3_000)), address)).sync();
            assertThat(receive(socket)).isEqualTo(bytes(3_000));
            assertThat(probe.datagrams.poll(TIMEOUT_S, TimeUnit.SECONDS)).as("its own copy").isEqualTo(bytes(3_000));
            socket.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, false);
            send(socket, bytes(2_000), address);
            assertThat(probe.datagrams.poll(TIMEOUT_S, TimeUnit.SECONDS)).isEqualTo(bytes(2_000));
            ((MillraceDatagramChannel) channel).leaveGroup(group).sync();
            Await.until("the leave is reported twice", () -> reportsOfGroups() == 4);
            final long before = counter("IpNotForUs");
            send(socket, bytes(100), address);
            Await.until("it is dropped", () -> counter("IpNotForUs") > before);
            assertThat(probe.datagrams).isEmpty();
        }
    }

    /** Without those of the two solicited-node groups, each of which is reported twice where neighbours are asked for. */
    private long reportsOfGroups() {
        return family == Family.V4 ? counter("IgmpReportsSent") : counter("MldReportsSent") - (hasLinkLayer() ? 4 : 0);
    }

    @Test
    void shouldTellTheKernelThatNobodyListens() throws Exception {
        launch(true);
        try (DatagramSocket socket = kernelSocket(new InetSocketAddress(kernelIp(), 0))) {
            socket.connect(server());
            Throwable told = null;
            try {
                socket.send(new java.net.DatagramPacket(new byte[1], 1));
                receive(socket);
            } catch (final PortUnreachableException e) {
                told = e;
            }
            assertThat(told).isNotNull();
        }
        assertThat(counter("UdpNoPort")).isEqualTo(1);
    }

    /** One write of a sender that asks its kernel to cut it, as senders of QUIC do (UDP_SEGMENT). */
    @ParameterizedTest(name = "offloads {0}")
    @ValueSource(booleans = {true, false})
    void shouldTakeApartWhatTheKernelSendsAsOne(final boolean offloads) throws Exception {
        launch(offloads);
        final Probe probe = new Probe();
        bootstrap(probe).bind(server()).sync();
        run("python3", "-c", """
                import socket, sys
                s = socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
                s.setsockopt(17, 103, 1000)
                s.sendto(bytes(i * 31 + 4500 & 255 for i in range(4500)), (sys.argv[1], int(sys.argv[2])))
                """, stackIp(), "" + PORT);
        final byte[] sent = bytes(4_500);
        for (int from = 0; from < sent.length; from += 1_000) {
            assertThat(probe.datagrams.poll(TIMEOUT_S, TimeUnit.SECONDS)).as(seen())
                    .isEqualTo(Arrays.copyOfRange(sent, from, Math.min(from + 1_000, sent.length)));
        }
        assertThat(probe.datagrams).isEmpty();
        assertThat(counter("UdpReceived")).isEqualTo(5);
        assertThat(counter("UdpBadChecksum")).isZero();
    }

    @Test
    void shouldLearnThatNobodyListensInTheKernel() throws Exception {
        launch(true);
        final Probe probe = new Probe();
        final Channel channel = bootstrap(probe).connect(kernelIp(), 9).sync().channel();
        channel.writeAndFlush(Unpooled.wrappedBuffer(bytes(10))).sync();
        assertThat(probe.exceptions.poll(TIMEOUT_S, TimeUnit.SECONDS)).as(seen())
                .isInstanceOf(PortUnreachableException.class);
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void shouldLearnThatANeighbourDoesNotAnswer() throws Exception {
        launch(true);
        assumeTrue(hasLinkLayer(), "nobody is asked for");
        final Probe probe = new Probe();
        final Channel channel = bootstrap(probe).connect(family.nobody, 9).sync().channel();
        channel.writeAndFlush(Unpooled.wrappedBuffer(bytes(10))).sync();
        assertThat(probe.exceptions.poll(TIMEOUT_S, TimeUnit.SECONDS)).isInstanceOf(NoRouteToHostException.class);
    }

    @Test
    void shouldSendFirstAndAskForTheNeighbourThen() throws Exception {
        launch(true);
        try (DatagramSocket socket = kernelSocket(new InetSocketAddress(kernelIp(), 0))) {
            final Channel channel = bootstrap(new Probe()).bind(stackIp(), 0).sync().channel();
            for (int i = 0; i < 5; i++) {
                channel.write(new DatagramPacket(Unpooled.wrappedBuffer(bytes(i)),
                        (InetSocketAddress) socket.getLocalSocketAddress()));
            }
            channel.flush();
            for (int i = 0; i < 5; i++) {
                assertThat(receive(socket)).isEqualTo(bytes(i));
            }
        }
    }

    @Test
    void shouldBroadcastBothWays() throws Exception {
        assumeTrue(family == Family.V4, "IPv6 has no broadcast");
        launch(true);
        final Probe probe = new Probe();
        final Channel channel = bootstrap(probe).option(ChannelOption.SO_BROADCAST, true).bind(PORT).sync().channel();
        try (DatagramSocket socket = kernelSocket(new InetSocketAddress("0.0.0.0", PORT))) {
            socket.setBroadcast(true);
            final byte[] fromStack = "from the stack".getBytes(StandardCharsets.US_ASCII);
            channel.writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(fromStack),
                    new InetSocketAddress("10.77.0.255", PORT))).sync();
            assertThat(receive(socket)).isEqualTo(fromStack);
            assertThat(probe.datagrams.poll(TIMEOUT_S, TimeUnit.SECONDS)).as("its own copy").isEqualTo(fromStack);
            final byte[] fromKernel = "from the kernel".getBytes(StandardCharsets.US_ASCII);
            send(socket, fromKernel, new InetSocketAddress("10.77.0.255", PORT));
            assertThat(probe.datagrams.poll(TIMEOUT_S, TimeUnit.SECONDS)).isEqualTo(fromKernel);
        }
    }

    @Test
    void shouldMulticastBothWays() throws Exception {
        launch(true);
        final InetSocketAddress group = new InetSocketAddress(family == Family.V4 ? "239.77.1.2" : "ff15::77:1:2",
                PORT);
        final Probe probe = new Probe();
        final MillraceDatagramChannel channel = (MillraceDatagramChannel) bootstrap(probe).bind(PORT).sync().channel();
        channel.joinGroup(group.getAddress()).sync();
        try (MulticastSocket socket = kernel.call(() -> {
            final NetworkInterface link = NetworkInterface.getByName("mr0");
            final MulticastSocket member = new MulticastSocket(PORT);
            member.setNetworkInterface(link);
            member.joinGroup(group, link);
            return member;
        })) {
            socket.setSoTimeout(TIMEOUT_MS);
            final byte[] fromStack = "from the stack".getBytes(StandardCharsets.US_ASCII);
            channel.writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(fromStack), group)).sync();
            assertThat(receive(socket)).isEqualTo(fromStack);
            assertThat(probe.datagrams.poll(TIMEOUT_S, TimeUnit.SECONDS)).as("its own copy").isEqualTo(fromStack);
            final byte[] fromKernel = "from the kernel".getBytes(StandardCharsets.US_ASCII);
            send(socket, fromKernel, group);
            assertThat(probe.datagrams.poll(TIMEOUT_S, TimeUnit.SECONDS)).isEqualTo(fromKernel);
        }
    }

    @Test
    void shouldServeFromEveryEngine() throws Exception {
        launch(true, "millrace.threading.engines = 2", device -> device);
        bootstrap(new Echo()).bind(server()).sync();
        for (int i = 0; i < 32; i++) {
            // each socket's datagrams come to the engine that its port leads to
            try (DatagramSocket socket = kernelSocket(new InetSocketAddress(kernelIp(), 0))) {
                send(socket, bytes(100 + i), server());
                assertThat(receive(socket)).isEqualTo(bytes(100 + i));
            }
        }
        assertThat(counter("UdpForwarded")).isPositive();
        assertThat(counter("UdpInboxFull")).isZero();
    }
}
