package io.millrace.fastpath.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.tcp.ConnectionHandler;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One stack of fake engines, its group, and a channel that connects to the test. */
final class Rig implements AutoCloseable {
    static final InetSocketAddress REMOTE = new InetSocketAddress("10.0.0.2", 80);

    /** Counts what is not released. */
    final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    final FakeStack stack;
    final MillraceEventLoopGroup group;

    Rig() {
        this(new FakeStack(1));
    }

    Rig(final FakeStack stack) {
        this.stack = stack;
        this.group = stack.newGroup();
    }

    FakeTcp tcp() {
        return stack.engines[0].tcp;
    }

    Bootstrap bootstrap(final ChannelHandler handler) {
        return new Bootstrap().group(group).channel(MillraceSocketChannel.class).handler(handler).option(
                ChannelOption.ALLOCATOR, allocator);
    }

    /** A channel whose connection is established. */
    <T> MillraceSocketChannel connect(final ChannelHandler handler, final ChannelOption<T> option, final T value) {
        return establish(bootstrap(handler).option(option, value));
    }

    MillraceSocketChannel connect(final ChannelHandler handler) {
        return establish(bootstrap(handler));
    }

    MillraceSocketChannel establish(final Bootstrap bootstrap) {
        final ChannelFuture future = bootstrap.connect(REMOTE);
        awaitConnection(future);
        onLoop(0, () -> tcp().last().events |= ConnectionHandler.CONNECTED);
        return (MillraceSocketChannel) future.syncUninterruptibly().channel();
    }

    /** Waits until the SYN was sent. */
    void awaitConnection(final ChannelFuture connect) {
        final Channel channel = connect.channel();
        channel.eventLoop().submit(() -> {}).syncUninterruptibly();
        until(() -> ((MillraceSocketChannel) channel).isConnectionOpen() || connect.isDone());
    }

    /** A bound server channel. */
    MillraceServerSocketChannel bind(final ServerBootstrap bootstrap) {
        return (MillraceServerSocketChannel) bootstrap.bind("10.0.0.1", 0).syncUninterruptibly().channel();
    }

    ServerBootstrap serverBootstrap(final ChannelHandler child) {
        return new ServerBootstrap().group(group).channel(MillraceServerSocketChannel.class).childHandler(child)
                .childOption(ChannelOption.ALLOCATOR, allocator);
    }

    /** An established connection enters the accept queue. */
    FakeConnection offer(final int engine) {
        final FakeConnection connection = newConnection(engine);
        stack.listener.offer(engine, connection.handle);
        return connection;
    }

    FakeConnection newConnection(final int engine) {
        return group.loopOf(engine).submit(() -> stack.engines[engine].tcp.newConnection()).syncUninterruptibly()
                .getNow();
    }

    FakeConnection connection(final MillraceSocketChannel channel) {
        return tcp().connections.get(channel.connection());
    }

    /** Does this on the loop, and lets the engine tell what came of it. */
    void onLoop(final int engine, final Runnable action) {
        final EventLoop loop = group.loopOf(engine);
        loop.submit(action).syncUninterruptibly();
        turn(loop, engine);
    }

    void onLoop(final Runnable action) {
        onLoop(0, action);
    }

    <T> T ask(final Callable<T> question) {
        return group.loopOf(0).submit(question).syncUninterruptibly().getNow();
    }

    /** Lets the loop come round often enough that whatever is scheduled by now is done. */
    void settle() {
        turn(group.loopOf(0), 0);
    }

    private void turn(final EventLoop loop, final int engine) {
        for (int i = 0; i < 4; i++) {
            final long turns = stack.engines[engine].turns;
            final Runnable wakeup = stack.engines[engine].wakeup;
            if (wakeup != null) {
                wakeup.run();
                until(() -> stack.engines[engine].turns > turns || stack.engines[engine].isClosed());
            }
            loop.submit(() -> {}).syncUninterruptibly();
        }
    }

    /** Waits for something another thread does; fails after ten seconds. */
    static void until(final Callable<Boolean> condition) {
        final long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        try {
            while (!condition.call()) {
                if (System.nanoTime() > limit) {
                    throw new AssertionError("nothing happened for ten seconds");
                }
                Thread.yield();
            }
        } catch (final Exception e) {
            throw new AssertionError(e);
        }
    }

    void peer(final MillraceSocketChannel channel, final Consumer<FakeConnection> action) {
        final FakeConnection connection = connection(channel);
        onLoop(() -> action.accept(connection));
    }

    static byte[] ascii(final String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
        assertThat(allocator.metric().usedDirectMemory()).as("direct bytes not released").isZero();
        assertThat(allocator.metric().usedHeapMemory()).as("heap bytes not released").isZero();
        for (final FakeEngine engine : stack.engines) {
            assertThat(engine.driver.get()).as("driver of an engine after its loop ended").isNull();
            assertThat(engine.wakeup).as("hook of an engine after its loop ended").isNull();
        }
    }
}
