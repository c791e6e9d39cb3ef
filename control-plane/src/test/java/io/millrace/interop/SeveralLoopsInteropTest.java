package io.millrace.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.netty.MillraceServerSocketChannel;
import io.millrace.fastpath.netty.MillraceSocketChannel;
import io.millrace.services.EchoHandler;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Stacks of several engines, as servers and as clients: every packet reaches the loop that has its connection. */
class SeveralLoopsInteropTest {
    private static final int LOOPS = 3;
    private static final int CONNECTIONS_OF_EACH = 500;
    private static final int AT_ONCE = 50;

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

    abstract static class Loops extends KernelInterop {
        private static final String ENGINES = "millrace.threading.engines = " + LOOPS;

        @Test
        void shouldAcceptOnEveryLoop() throws Exception {
            launch(true, ENGINES, device -> device);
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

        @Test
        void shouldConnectFromEveryLoop() throws Exception {
            launch(true, ENGINES, device -> device);
            final ServerSocket server = listenInKernel();
            final Thread echo = Thread.ofPlatform().start(() -> echo(server));
            for (int loop = 0; loop < LOOPS; loop++) {
                for (int i = 0; i < CONNECTIONS_OF_EACH; i += AT_ONCE) {
                    connectFrom(loop, server.getLocalPort());
                }
            }
            server.close();
            echo.join();
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

        private void assertNothingMisplaced() {
            assertThat(counter("TcpNoConnection")).isZero();
        }

        private static void echo(final ServerSocket server) {
            while (true) {
                try {
                    final Socket socket = server.accept();
                    Thread.ofPlatform().start(() -> drain(socket));
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
