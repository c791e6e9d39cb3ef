package io.millrace.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.Millrace;
import io.millrace.config.IpKeys;
import io.millrace.config.MillraceConfig;
import io.millrace.config.TransportKeys;
import io.millrace.config.TransportKind;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.netty.MillraceDatagramChannel;
import io.millrace.fastpath.netty.MillraceSocketChannel;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUring;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class TransportChoiceTest {
    private static final TransportChoice.StackSource NO_STACK = () -> {
        throw new IOException("no device here");
    };

    private final long bytesBefore = MemoryRegion.bytesInUse();

    @AfterEach
    void shouldLeaveNothingBehind() {
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytesBefore);
    }

    @Sharable
    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(final ChannelHandlerContext ctx, final Object message) {
            ctx.writeAndFlush(message);
        }
    }

    private static Millrace stack() throws IOException {
        return Millrace.launch(MillraceConfig.parse("millrace.ip.addresses = [\"10.0.0.1/24\"]"));
    }

    private static String echo(final TransportChoice transport, final InetAddress address) {
        final EventLoopGroup group = transport.newEventLoopGroup(1);
        try {
            final Channel server = new ServerBootstrap().group(group).channel(transport.serverSocketChannel())
                    .childHandler(new Echo()).bind(address, 0).syncUninterruptibly().channel();
            final CompletableFuture<String> answer = new CompletableFuture<>();
            final ChannelFuture client = new Bootstrap().group(group).channel(transport.socketChannel())
                    .handler(new SimpleChannelInboundHandler<ByteBuf>() {
                        @Override
                        protected void channelRead0(final ChannelHandlerContext ctx, final ByteBuf message) {
                            answer.complete(message.toString(StandardCharsets.US_ASCII));
                        }
                    }).connect(server.localAddress()).syncUninterruptibly();
            client.channel().writeAndFlush(Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII))
                    .syncUninterruptibly();
            return answer.join();
        } finally {
            group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldCarryBytesByEachThatWorksHere(final TransportKind kind) {
        Assumptions.assumeTrue(kind != TransportKind.IO_URING || IoUring.isAvailable(),
                () -> "io_uring does not work here: " + IoUring.unavailabilityCause());
        Assumptions.assumeTrue(kind != TransportKind.EPOLL || Epoll.isAvailable(),
                () -> "epoll does not work here: " + Epoll.unavailabilityCause());
        try (TransportChoice transport = TransportChoice.of(List.of(kind), TransportChoiceTest::stack)) {
            assertThat(transport.kind()).isEqualTo(kind);
            assertThat(transport.passedOver()).isEmpty();
            assertThat(transport.stack() != null).isEqualTo(kind == TransportKind.MILLRACE);
            assertThat(echo(transport, kind == TransportKind.MILLRACE
                    ? InetAddress.ofLiteral("10.0.0.1")
                    : InetAddress.getLoopbackAddress())).isEqualTo("hello");
            assertThat(transport).hasToString(kind.label());
            shouldBindDatagrams(transport, kind);
        }
    }

    private static void shouldBindDatagrams(final TransportChoice transport, final TransportKind kind) {
        final EventLoopGroup group = transport.newEventLoopGroup(1);
        try {
            final Channel bound = new Bootstrap().group(group).channel(transport.datagramChannel())
                    .handler(new ChannelInboundHandlerAdapter()).bind(kind == TransportKind.MILLRACE
                            ? InetAddress.ofLiteral("10.0.0.1")
                            : InetAddress.getLoopbackAddress(), 0)
                    .syncUninterruptibly().channel();
            assertThat(bound.isActive()).isTrue();
            // first the channel: io_uring's would leave the buffer of a read behind where its loop ends before
            bound.close().syncUninterruptibly();
        } finally {
            group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    void shouldTakeTheFirstThatWorksAndTellWhyNotThoseBefore() {
        try (TransportChoice transport = TransportChoice.of(List.of(TransportKind.MILLRACE, TransportKind.NIO),
                NO_STACK)) {
            assertThat(transport.kind()).isEqualTo(TransportKind.NIO);
            assertThat(transport.passedOver()).containsExactly(
                    Map.entry(TransportKind.MILLRACE, "no device here"));
            assertThat(transport).hasToString("nio, not millrace (no device here)");
            assertThat(transport.serverSocketChannel()).isSameAs(NioServerSocketChannel.class);
            assertThat(transport.socketChannel()).isSameAs(NioSocketChannel.class);
            assertThat(transport.datagramChannel()).isSameAs(NioDatagramChannel.class);
            assertThat(transport.stack()).isNull();
        }
    }

    @Test
    void shouldFailWhereNoneWorks() {
        assertThatThrownBy(() -> TransportChoice.of(List.of(TransportKind.MILLRACE), NO_STACK))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no transport works here: millrace (no device here)");
    }

    @Test
    void shouldFollowTheConfiguration() {
        final MillraceConfig config = MillraceConfig.parse("""
                millrace.transport.order = [nio, millrace]
                """);
        try (TransportChoice transport = TransportChoice.of(config)) {
            assertThat(transport.kind()).isEqualTo(TransportKind.NIO);
        }
        assertThat(MillraceConfig.defaults().get(TransportKeys.ORDER)).containsExactly(TransportKind.MILLRACE,
                TransportKind.IO_URING, TransportKind.EPOLL, TransportKind.NIO);
    }

    @Test
    void shouldStartAStackOfTheConfigurationAndCloseIt() {
        final MillraceConfig config = MillraceConfig.parse("millrace.ip.addresses = [\"10.0.0.1/24\"]");
        assertThat(config.get(IpKeys.ADDRESSES)).hasSize(1);
        final TransportChoice transport = TransportChoice.of(config);
        assertThat(transport.kind()).isEqualTo(TransportKind.MILLRACE);
        assertThat(transport.socketChannel()).isSameAs(MillraceSocketChannel.class);
        assertThat(transport.datagramChannel()).isSameAs(MillraceDatagramChannel.class);
        assertThat(transport.stack()).isInstanceOf(Millrace.class);
        transport.close();
        assertThat(transport.stack().isClosed()).isTrue();
        assertThatThrownBy(() -> transport.newEventLoopGroup(0)).isInstanceOf(IllegalStateException.class);
    }

    /** What a program does that is started without the flag. */
    static final class Program {
        private Program() {}

        public static void main(final String[] arguments) {
            try (TransportChoice transport = TransportChoice.of(List.of(TransportKind.MILLRACE, TransportKind.NIO),
                    NO_STACK)) {
                System.out.println(transport);
            }
        }
    }

    @Test
    void shouldFallBackWhereTheFlagOfTheVirtualMachineIsMissing() throws Exception {
        final Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("java.class.path"), Program.class.getName()).redirectErrorStream(true)
                .start();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).contains(
                "nio, not millrace (Millrace needs the JVM flag --add-exports java.base/jdk.internal.misc=ALL-UNNAMED)");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void shouldTouchNoClassOfATransportThatIsNotThere() throws Exception {
        final List<URL> classPath = new ArrayList<>();
        for (final String entry : System.getProperty("java.class.path").split(":")) {
            if (!entry.contains("epoll") && !entry.contains("io_uring")) {
                classPath.add(URI.create("file:" + entry + (entry.endsWith(".jar") ? "" : "/")).toURL());
            }
        }
        try (URLClassLoader loader = new URLClassLoader(classPath.toArray(new URL[0]),
                ClassLoader.getPlatformClassLoader())) {
            final Class<?> kinds = loader.loadClass(TransportKind.class.getName());
            final Object order = Arrays.asList(kinds.getEnumConstants()).subList(1, 4);
            final Class<?> source = loader.loadClass(TransportChoice.StackSource.class.getName());
            final Object chosen = loader.loadClass(TransportChoice.class.getName())
                    .getMethod("of", List.class, source).invoke(null, order, null);
            assertThat(chosen)
                    .hasToString("nio, not io-uring (netty-transport-native-io_uring is not on the class path)"
                            + ", epoll (netty-transport-native-epoll is not on the class path)");
        }
    }
}
