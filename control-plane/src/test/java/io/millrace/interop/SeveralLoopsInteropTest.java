package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.netty.MillraceServerSocketChannel;
import io.millrace.fastpath.netty.MillraceSocketChannel;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.RssKey;
import io.millrace.fastpath.port.RssPlacement;
import io.millrace.fastpath.port.SpreadingDevice;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.services.EchoHandler;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Stacks of several engines, as servers and as clients: every packet reaches the loop that has its connection. */
class SeveralLoopsInteropTest {
    private static final int LOOPS = 3;
    private static final int STALLED = 1;
    private static final int CONNECTIONS_OF_EACH = 500;
    private static final int FEWER = 100;
    private static final int AT_ONCE = 20;

    @Nested
    @ParameterizedClass
    @EnumSource
    class OverTap extends Loops {}

    @Nested
    class OverTun extends Loops {
        OverTun() {
            link = KernelLink.TUN;
        }
    }

    @Nested
    @ParameterizedClass
    @EnumSource
    class OverAfPacket extends Loops {
        OverAfPacket() {
            link = new VethLink("af-packet", false);
        }
    }

    /** A TAP of the user's that was made with one queue: software shares out what it brings. */
    @Nested
    @ParameterizedClass
    @EnumSource
    class OverOneQueue extends Loops {
        OverOneQueue() {
            link = (kernel, offloads) -> {
                assertThat(kernel.exec("ip", "tuntap", "add", "mr0", "mode", "tap").exitCode()).isZero();
                return KernelLink.TAP.join(kernel, offloads);
            };
        }

        @Override
        PacketDevice wrap(final PacketDevice device) {
            assertThat(device.queues()).isEqualTo(1);
            return device;
        }
    }

    /** Packet sockets whose frames are shared out anew, as where the kernel takes no program. */
    @Nested
    class OverQueuesOfNoPlacement extends Loops {
        OverQueuesOfNoPlacement() {
            link = new VethLink("af-packet", false);
        }

        @Override
        PacketDevice wrap(final PacketDevice device) {
            return new SpreadingDevice(device, LOOPS, key());
        }

        @Override
        RssKey key() {
            return RssKey.of("0123456789012345678901234567890123456789".getBytes(StandardCharsets.US_ASCII));
        }
    }

    abstract static class Loops extends KernelInterop {
        private static final String ENGINES = "millrace.threading.engines = " + LOOPS + "\nmillrace.port.rss-key = "
                + RssKey.EXAMPLE.hex();
        private static final int CLIENTS = 30;

        private final List<Thread> draining = Collections.synchronizedList(new ArrayList<>());

        PacketDevice wrap(final PacketDevice device) {
            assertThat(device.queues()).isEqualTo(LOOPS);
            assertThat(device.placement().isKnown()).isTrue();
            return device;
        }

        @Test
        void shouldAcceptOnEveryLoop() throws Exception {
            launch(true, ENGINES, this::wrap);
            final Set<EventLoop> loops = ConcurrentHashMap.newKeySet();
            new ServerBootstrap().group(group).channel(MillraceServerSocketChannel.class)
                    .childHandler(new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(final Channel channel) {
                            loops.add(channel.eventLoop());
                            channel.pipeline().addLast(new EchoHandler());
                        }
                    }).bind(7).syncUninterruptibly();
            for (int i = 0; i < 100; i++) {
                final Socket socket = connectFromKernel(7);
                socket.getOutputStream().write(i);
                assertThat(socket.getInputStream().read()).isEqualTo(i);
            }
            assertThat(loops).hasSize(LOOPS);
            assertNothingMisplaced();
        }

        /** A task that blocks: its loop has no turns. */
        @Test
        void shouldServeOnTheOthersWhereOneLoopStandsStill() throws Exception {
            launch(true, ENGINES, this::wrap);
            serve(7, EchoHandler::new);
            // so that both sides know each other's address of the link
            connectFromKernel(7);
            final CountDownLatch goOn = new CountDownLatch(1);
            final CountDownLatch stands = new CountDownLatch(1);
            group.loopOf(STALLED).execute(() -> {
                stands.countDown();
                awaitUninterruptibly(goOn);
            });
            stands.await();
            try (Clients clients = new Clients()) {
                try {
                    Await.until("the others serve", clients::isServedByOthers);
                    assertThat(clients.connectedToStalled()).isZero();
                } finally {
                    goOn.countDown();
                }
                Await.until("all are served", () -> clients.connected() == CLIENTS);
            }
            assertNothingMisplaced();
        }

        private static void awaitUninterruptibly(final CountDownLatch latch) {
            try {
                latch.await();
            } catch (final InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        /** Sockets of the kernel that connect without waiting. */
        private final class Clients implements AutoCloseable {
            private final List<SocketChannel> channels = new ArrayList<>();
            private final RssPlacement placement = RssPlacement.spread(key(), LOOPS);

            Clients() throws Exception {
                kernel.call(() -> {
                    for (int i = 0; i < CLIENTS; i++) {
                        final SocketChannel channel = SocketChannel.open();
                        channels.add(channel);
                        channel.configureBlocking(false);
                        // so that its port is known before it is connected
                        channel.bind(new InetSocketAddress(kernelIp(), 0));
                        channel.connect(new InetSocketAddress(stackIp(), 7));
                    }
                    return null;
                });
            }

            private int owner(final SocketChannel channel) throws IOException {
                final InetSocketAddress from = (InetSocketAddress) channel.getLocalAddress();
                final InetAddress to = InetAddress.getByName(stackIp());
                return placement.queue(IpAddress.hi(to), IpAddress.lo(to), 7, IpAddress.hi(from.getAddress()),
                        IpAddress.lo(from.getAddress()), from.getPort());
            }

            int connected() throws IOException {
                int connected = 0;
                for (final SocketChannel channel : channels) {
                    connected += channel.finishConnect() ? 1 : 0;
                }
                return connected;
            }

            int connectedToStalled() throws IOException {
                int connected = 0;
                for (final SocketChannel channel : channels) {
                    connected += owner(channel) == STALLED && channel.finishConnect() ? 1 : 0;
                }
                return connected;
            }

            boolean isServedByOthers() throws IOException {
                for (final SocketChannel channel : channels) {
                    if (owner(channel) != STALLED && !channel.finishConnect()) {
                        return false;
                    }
                }
                return true;
            }

            @Override
            public void close() throws IOException {
                for (final SocketChannel channel : channels) {
                    channel.close();
                }
            }
        }

        RssKey key() {
            return RssKey.EXAMPLE;
        }

        @Test
        void shouldConnectFromEveryLoop() throws Exception {
            launch(true, ENGINES, this::wrap);
            final ServerSocket server = listenInKernel();
            final Thread echo = Thread.ofPlatform().start(() -> echo(server));
            for (int loop = 0; loop < LOOPS; loop++) {
                for (int i = 0; i < (family == Family.V4 ? CONNECTIONS_OF_EACH : FEWER); i += AT_ONCE) {
                    connectFrom(loop, server.getLocalPort());
                }
            }
            server.close();
            echo.join();
            for (final Thread one : draining) {
                one.join(20_000);
                if (one.isAlive()) {
                    throw new AssertionError(
                            "the kernel has seen no end of a connection: " + run("ss", "-tano") + stack.counters());
                }
            }
            assertNothingMisplaced();
        }

        private void connectFrom(final int index, final int port) throws Exception {
            final EventLoop loop = group.loopOf(index);
            final List<ChannelFuture> connecting = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                connecting.add(new Bootstrap().group(loop).channel(MillraceSocketChannel.class)
                        .handler(new ChannelInboundHandlerAdapter())
                        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 20_000)
                        .connect(new InetSocketAddress(kernelIp(), port)));
            }
            for (final ChannelFuture connected : connecting) {
                final Channel channel = connected.syncUninterruptibly().channel();
                assertThat(channel.eventLoop()).isSameAs(loop);
                channel.close().syncUninterruptibly();
            }
        }

        /** Nobody waits for the traffic to end: connections of every loop are reset, and the counters are those of all. */
        @Test
        void shouldCloseUnderTraffic() throws Exception {
            launch(true, ENGINES, this::wrap);
            serve(7, EchoHandler::new);
            final Counter established = Counter.TCP_ESTABLISHED;
            final Queue<IOException> ends = new ConcurrentLinkedQueue<>();
            final List<Thread> talking = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                final Socket socket = connectFromKernel(7);
                talking.add(Thread.ofPlatform().start(() -> ends.add(talk(socket))));
            }
            Await.until("all have a connection", () -> counter(established.label()) == CLIENTS);
            final long before = counter(Counter.TCP_BYTES_RECEIVED.label());
            Await.until("they talk", () -> counter(Counter.TCP_BYTES_RECEIVED.label()) - before > MIB);
            for (int i = 0; i < LOOPS; i++) {
                assertThat(stack.engine(i).counters().get(established)).as("engine " + i).isBetween(1L, CLIENTS - 1L);
            }
            assertThat(ends).isEmpty();
            stack.close();
            for (final Thread one : talking) {
                one.join();
            }
            assertThat(ends).hasSize(CLIENTS).hasOnlyElementsOfType(SocketException.class);
            assertThat(counter(established.label())).isEqualTo(CLIENTS);
            assertThat(counter(Counter.TCP_BYTES_RECEIVED.label())).isGreaterThan(before + MIB);
            assertNothingMisplaced();
            group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
            group = null;
        }

        /** Asks and waits for the echo, until that fails. */
        private static IOException talk(final Socket socket) {
            final byte[] question = new byte[1_000];
            try {
                while (true) {
                    socket.getOutputStream().write(question);
                    if (socket.getInputStream().readNBytes(question.length).length < question.length) {
                        return new EOFException("an end where a reset was due");
                    }
                }
            } catch (final IOException end) {
                return end;
            }
        }

        private void assertNothingMisplaced() {
            assertThat(counter("TcpMisplaced")).isZero();
        }

        private void echo(final ServerSocket server) {
            while (true) {
                try {
                    final Socket socket = server.accept();
                    draining.add(Thread.ofPlatform().start(() -> drain(socket)));
                } catch (final IOException closed) {
                    return;
                }
            }
        }

        private static void drain(final Socket socket) {
            try (socket) {
                socket.getInputStream().transferTo(socket.getOutputStream());
            } catch (final IOException gone) {
                return;
            }
        }
    }
}
