package io.millrace.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.Millrace;
import io.millrace.config.MillraceConfig;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.netty.MillraceChannelOption;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.millrace.fastpath.netty.MillraceServerSocketChannel;
import io.millrace.fastpath.netty.MillraceSocketChannel;
import io.millrace.fastpath.port.MemoryLink;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Beginnings and ends of channels, loops, groups and stacks in any order: nobody waits for ever, every promise is kept or
 * broken, no byte of which success was told is lost, nothing is left, and nothing is logged but what is worth it.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChannelLifecycleTest {
    private static final int PORT = 80;

    private final long bytesBefore = MemoryRegion.bytesInUse();
    private final LogCapture log = new LogCapture();
    private final List<Pair> pairs = new ArrayList<>();
    private Pair pair;

    /** Two stacks on a link, each with its group. */
    private static final class Pair implements AutoCloseable {
        final MemoryLink link;
        final Millrace serverStack;
        final Millrace clientStack;
        MillraceEventLoopGroup serverGroup;
        MillraceEventLoopGroup clientGroup;

        Pair(final int engines) throws IOException {
            link = MemoryLink.builder().queues(engines).build();
            serverStack = stack(link, 0, "10.0.0.1/24", engines);
            clientStack = stack(link, 1, "10.0.0.2/24", engines);
            serverGroup = new MillraceEventLoopGroup(serverStack);
            clientGroup = new MillraceEventLoopGroup(clientStack);
        }

        private static Millrace stack(final MemoryLink link, final int side, final String address, final int engines)
                throws IOException {
            return Millrace.builder(MillraceConfig.parse("millrace { threading.engines = " + engines
                    + "\nip.addresses = [\"" + address
                    + "\"]\nengine { slab = 16MiB, max-connections = 1024, max-time-wait = 1024 } }"))
                    .device(link.side(side)).launch();
        }

        ServerBootstrap server(final ChannelHandler child) {
            return new ServerBootstrap().group(serverGroup).channel(MillraceServerSocketChannel.class)
                    .childHandler(child).option(ChannelOption.SO_REUSEADDR, true)
                    .localAddress(new InetSocketAddress("10.0.0.1", PORT));
        }

        Channel serve(final Supplier<? extends ChannelHandler> child) {
            return server(new ChannelInitializer<>() {
                @Override
                protected void initChannel(final Channel channel) {
                    channel.pipeline().addLast(child.get());
                }
            }).bind().syncUninterruptibly().channel();
        }

        Bootstrap client(final ChannelHandler handler) {
            return new Bootstrap().group(clientGroup).channel(MillraceSocketChannel.class).handler(handler)
                    .remoteAddress(new InetSocketAddress("10.0.0.1", PORT));
        }

        @Override
        public void close() {
            shutDown(clientGroup);
            shutDown(serverGroup);
            clientStack.close();
            serverStack.close();
            link.close();
        }
    }

    private Pair start(final int engines) throws IOException {
        final Pair started = new Pair(engines);
        pairs.add(started);
        pair = started;
        return started;
    }

    private static void shutDown(final MillraceEventLoopGroup group) {
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @AfterEach
    void shouldLeaveNothingBehind() {
        pairs.forEach(Pair::close);
        assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
        for (int i = 0; i < 3; i++) {
            System.gc();
            // leaks are reported where the next buffer is made
            PooledByteBufAllocator.DEFAULT.directBuffer(16).release();
        }
        log.close();
        assertThat(log.text()).doesNotContain("WARN", "ERROR", "LEAK", "IllegalStateException");
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytesBefore);
        assertThat(Thread.getAllStackTraces().keySet()).noneMatch(
                thread -> thread.isAlive() && thread.getName().startsWith("millrace"));
    }

    @Sharable
    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(final ChannelHandlerContext ctx, final Object message) {
            ctx.writeAndFlush(message);
        }

        @Override
        public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause) {
            ctx.close();
        }
    }

    private static ByteBuf text(final Channel channel, final int length, final int seed) {
        return channel.alloc().directBuffer(length).writeBytes(pattern(length, seed));
    }

    private static byte[] pattern(final int length, final int seed) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + (i >> 8) + seed);
        }
        return bytes;
    }

    private static void join(final CompletableFuture<?> future) {
        future.orTimeout(60, TimeUnit.SECONDS).join();
    }

    @ParameterizedTest(name = "held from {0}, quiet {1} ms")
    @CsvSource({"0, 0", "0, 50", "1000, 0", "1000, 50"})
    void shouldDeliverWhatWasSentOrFailItsPromiseWhereTheGroupEnds(final int zeroCopy, final int quietMs)
            throws Exception {
        start(1);
        final Received received = new Received();
        pair.serve(() -> received);
        final Channel client = pair.client(new Received()).option(MillraceChannelOption.ZERO_COPY_SEND, zeroCopy)
                .connect().syncUninterruptibly().channel();
        join(received.active);
        final List<ChannelFuture> writes = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            writes.add(client.writeAndFlush(text(client, 10_000, i)));
        }
        pair.clientGroup.shutdownGracefully(quietMs, 10_000, TimeUnit.MILLISECONDS).syncUninterruptibly();
        assertThat(client.isOpen()).isFalse();
        assertThat(writes).allMatch(ChannelFuture::isDone);
        final int succeeded = (int) writes.stream().filter(ChannelFuture::isSuccess).count();
        for (int i = 0; i < writes.size(); i++) {
            assertThat(writes.get(i).isSuccess()).as("write %d of %d", i, succeeded).isEqualTo(i < succeeded);
        }
        join(received.over);
        final byte[] bytes = received.over.join();
        assertThat(bytes.length).isGreaterThanOrEqualTo(succeeded * 10_000);
        for (int i = 0; i < succeeded; i++) {
            assertThat(Arrays.copyOfRange(bytes, i * 10_000, i * 10_000 + 10_000)).isEqualTo(pattern(10_000, i));
        }
    }

    @Test
    void shouldFinishWhatAClosedChannelHasSentAfterItsGroupHasEnded() throws Exception {
        start(1);
        final Received received = new Received();
        pair.server(received).childOption(ChannelOption.AUTO_READ, false).option(ChannelOption.SO_RCVBUF, 100_000)
                .bind().syncUninterruptibly();
        final Channel client = pair.client(new Received()).option(ChannelOption.SO_SNDBUF, 1 << 20).connect()
                .syncUninterruptibly().channel();
        join(received.active);
        // more than the peer's window: an orphan that is not done when the group ends
        client.writeAndFlush(text(client, 400_000, 3)).syncUninterruptibly();
        client.close().syncUninterruptibly();
        shutDown(pair.clientGroup);
        assertThat(received.over).isNotDone();
        received.active.join().config().setAutoRead(true);
        join(received.over);
        assertThat(received.over.join()).isEqualTo(pattern(400_000, 3));
        assertThat(received.exceptions).isEmpty();
    }

    @Test
    void shouldServeANewGroupAfterTheOldOne() throws Exception {
        start(2);
        for (int i = 0; i < 3; i++) {
            pair.serve(Echo::new);
            shouldEcho(pair, 4);
            shutDown(pair.serverGroup);
            shutDown(pair.clientGroup);
            pair.serverGroup = new MillraceEventLoopGroup(pair.serverStack);
            pair.clientGroup = new MillraceEventLoopGroup(pair.clientStack);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void shouldServeAnyNumberOfLoops(final int loops) throws Exception {
        start(loops);
        pair.serve(Echo::new);
        shouldEcho(pair, 8 * loops);
    }

    @Test
    void shouldKeepManyStacksApart() throws Exception {
        for (int i = 0; i < 6; i++) {
            start(1 + i % 2).serve(Echo::new);
        }
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            final List<Future<?>> echoes = new ArrayList<>();
            for (final Pair each : pairs) {
                echoes.add(threads.submit(() -> shouldEcho(each, 4)));
            }
            for (final Future<?> echo : echoes) {
                echo.get();
            }
        }
        pairs.get(2).close();
        pairs.get(0).close();
        shouldEcho(pairs.get(1), 4);
        shouldEcho(pairs.get(5), 4);
    }

    private static void shouldEcho(final Pair on, final int connections) {
        final List<Received> answers = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            final Received answer = new Received(50_000);
            answers.add(answer);
            final Channel channel = on.client(answer).connect().syncUninterruptibly().channel();
            channel.writeAndFlush(text(channel, 50_000, i));
        }
        for (int i = 0; i < connections; i++) {
            join(answers.get(i).over);
            assertThat(answers.get(i).over.join()).isEqualTo(pattern(50_000, i));
            assertThat(answers.get(i).exceptions).isEmpty();
        }
    }

    /** Asks an engine on its loop. */
    private static int ask(final MillraceEventLoopGroup group, final int engine,
            final ToIntFunction<StackEngine> question) {
        return group.loopOf(engine).submit(() -> question.applyAsInt(group.stack().engine(engine)))
                .syncUninterruptibly().getNow();
    }

    @Test
    void shouldForgetAConnectionWhoseConnectIsCancelled() throws Exception {
        start(1);
        for (int i = 0; i < 20; i++) {
            final ChannelFuture connecting = pair.client(new Received())
                    .connect(new InetSocketAddress("10.0.0.77", PORT));
            if (i % 2 == 0) {
                // else it may be cancelled before the connection is opened
                pair.clientGroup.submit(() -> {}).syncUninterruptibly();
            }
            connecting.cancel(false);
            connecting.channel().closeFuture().syncUninterruptibly();
            assertThat(connecting.isSuccess()).isFalse();
        }
        assertThat(ask(pair.clientGroup, 0, StackEngine::connections)).isZero();
    }

    @Test
    void shouldCloseFromManyThreadsAtOnce() throws Exception {
        start(2);
        pair.serve(Echo::new);
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 50; i++) {
                final Channel channel = pair.client(new Received()).connect().syncUninterruptibly().channel();
                final List<Future<ChannelFuture>> closing = new ArrayList<>();
                for (int thread = 0; thread < 4; thread++) {
                    closing.add(threads.submit(() -> {
                        channel.writeAndFlush(text(channel, 1_000, 1));
                        return channel.close();
                    }));
                }
                for (final Future<ChannelFuture> close : closing) {
                    assertThat(close.get().awaitUninterruptibly().isSuccess()).isTrue();
                }
                assertThat(channel.isOpen()).isFalse();
            }
        }
    }

    @Test
    void shouldLoseNothingWhileAChannelMovesBackToItsLoop() throws Exception {
        start(2);
        final Received received = new Received();
        pair.serve(() -> received);
        final Channel client = pair.client(new Received()).connect().syncUninterruptibly().channel();
        final Channel child = received.active.join();
        for (int i = 0; i < 30; i++) {
            client.writeAndFlush(text(client, 5_000, i));
            child.deregister().syncUninterruptibly();
            assertThat(child.isRegistered()).isFalse();
            pair.serverGroup.register(child).syncUninterruptibly();
        }
        client.close().syncUninterruptibly();
        join(received.over);
        final byte[] bytes = received.over.join();
        assertThat(bytes).hasSize(30 * 5_000);
        for (int i = 0; i < 30; i++) {
            assertThat(Arrays.copyOfRange(bytes, i * 5_000, i * 5_000 + 5_000)).isEqualTo(pattern(5_000, i));
        }
        assertThat(received.exceptions).isEmpty();
    }

    @Test
    void shouldRefuseALoopOfAnotherEngineOrStack() throws Exception {
        start(2);
        final Received received = new Received();
        pair.serve(() -> received);
        final MillraceSocketChannel client = (MillraceSocketChannel) pair.client(new Received()).connect()
                .syncUninterruptibly().channel();
        final int engine = client.engine();
        client.deregister().syncUninterruptibly();
        final ChannelFuture wrong = pair.clientGroup.loopOf(1 - engine).register(client).awaitUninterruptibly();
        assertThat(wrong.cause()).isInstanceOf(IllegalStateException.class).hasMessageStartingWith(
                "the connection belongs to engine " + engine + ", but this event loop drives engine " + (1 - engine));
        // as with any transport, a channel that could not be registered is closed
        client.closeFuture().syncUninterruptibly();
        join(received.over);
    }

    @ParameterizedTest(name = "closed from a handler: {0}")
    @ValueSource(booleans = {false, true})
    void shouldEndEveryChannelWhereTheStackIsClosed(final boolean fromHandler) throws Exception {
        start(1);
        final Received received = new Received();
        final Channel listening = pair.server(received).childOption(ChannelOption.AUTO_READ, false).bind()
                .syncUninterruptibly().channel();
        final Received answers = new Received();
        final Channel client = pair.client(answers).connect().syncUninterruptibly().channel();
        join(received.active);
        // more than both rings: the rest waits in the channel
        final List<ChannelFuture> writes = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            writes.add(client.writeAndFlush(text(client, 20_000, i)));
        }
        final ChannelFuture connecting = pair.client(new Received()).connect(new InetSocketAddress("10.0.0.77", PORT));
        pair.clientGroup.submit(() -> {}).syncUninterruptibly();
        if (fromHandler) {
            client.eventLoop().execute(pair.clientStack::close);
        } else {
            pair.clientStack.close();
        }
        join(answers.over);
        client.closeFuture().syncUninterruptibly();
        assertThat(answers.exceptions).singleElement().satisfies(cause -> assertThat(cause)
                .isInstanceOf(SocketException.class).hasMessageStartingWith("Connection aborted"));
        assertThat(connecting.awaitUninterruptibly().cause()).isInstanceOf(IOException.class)
                .hasMessageStartingWith("Connection aborted");
        assertThat(writes).allSatisfy(write -> assertThat(write.awaitUninterruptibly().isDone()).isTrue());
        assertThat(writes.getLast().cause()).isInstanceOf(IOException.class);
        assertThat(client.writeAndFlush(text(client, 10, 0)).awaitUninterruptibly().cause()).isInstanceOf(
                ClosedChannelException.class);
        // what the loop is asked from now on fails, and says why
        assertThatThrownBy(() -> pair.client(new Received()).connect().syncUninterruptibly()).isInstanceOf(
                IllegalStateException.class).hasMessage("the stack is closed");
        assertThat(pair.clientGroup.submit(() -> 3).syncUninterruptibly().getNow()).isEqualTo(3);
        pair.serverStack.close();
        listening.closeFuture().syncUninterruptibly();
        received.active.join().closeFuture().syncUninterruptibly();
    }

    @Test
    void shouldSetOptionsOfAConnectionWhoseStackIsBeingClosed() throws Exception {
        start(1);
        pair.serve(Echo::new);
        for (int i = 0; i < 20; i++) {
            final MillraceSocketChannel channel = (MillraceSocketChannel) pair.client(new Received()).connect()
                    .syncUninterruptibly().channel();
            if (i == 19) {
                channel.eventLoop().execute(pair.clientStack::close);
            }
            channel.config().setTcpNoDelay(false).setKeepAlive(true).setReceiveBufferSize(10_000);
            channel.config().setAutoRead(false);
            channel.config().setAutoRead(true);
            channel.readTcpInfo().awaitUninterruptibly();
            channel.shutdownInput().awaitUninterruptibly();
            channel.close().syncUninterruptibly();
        }
    }
}
