package io.millrace.bench.compare.work;

import io.millrace.Millrace;
import io.millrace.bench.compare.result.Contender;
import io.millrace.fastpath.netty.MillraceEventLoopGroup;
import io.millrace.fastpath.netty.MillraceServerSocketChannel;
import io.millrace.fastpath.netty.MillraceSocketChannel;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SelectStrategy;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.util.concurrent.TimeUnit;

/**
 * An event loop of one thread, and the channels that live on it.
 *
 * @param group  of the one loop.
 * @param server what listens there.
 * @param client what connects there.
 */
public record Loop(EventLoopGroup group, Class<? extends ServerChannel> server, Class<? extends Channel> client)
        implements
            AutoCloseable {
    private static final long SHUTDOWN_MS = 1_000;

    /** Of a stack that has one engine; the stack is closed by who has opened it, later. */
    public static Loop of(final Millrace stack) {
        return new Loop(new MillraceEventLoopGroup(stack), MillraceServerSocketChannel.class,
                MillraceSocketChannel.class);
    }

    /** Of a stack whose engine another thread's event loop drives. */
    static Loop of(final EventLoopGroup driving) {
        return new Loop(driving, MillraceServerSocketChannel.class, MillraceSocketChannel.class);
    }

    /**
     * Of the kernel, with all that its transport does by default.
     *
     * @param timed whether there are timers: epoll that waits natively without end sees none, so it looks once in each turn
     *              of the loop instead.
     */
    public static Loop of(final Contender kernel, final boolean timed) {
        return switch (kernel) {
            case NIO ->
                new Loop(group(NioIoHandler.newFactory()), NioServerSocketChannel.class, NioSocketChannel.class);
            case EPOLL -> epoll(EpollIoHandler.newFactory());
            case EPOLL_BUSY -> epoll(EpollIoHandler.newFactory(0, () -> (look, hasTasks) -> hasTasks || timed
                    ? look.get()
                    : SelectStrategy.BUSY_WAIT));
            case IO_URING -> new Loop(group(IoUringIoHandler.newFactory()), IoUringServerSocketChannel.class,
                    IoUringSocketChannel.class);
            case MILLRACE_MEMORY, MILLRACE_SHM, MILLRACE_TAP, MILLRACE_AF_PACKET, MILLRACE_AF_XDP ->
                throw new IllegalArgumentException(
                        kernel + " is a stack of its own");
        };
    }

    private static Loop epoll(final IoHandlerFactory factory) {
        return new Loop(group(factory), EpollServerSocketChannel.class, EpollSocketChannel.class);
    }

    private static EventLoopGroup group(final IoHandlerFactory factory) {
        return new MultiThreadIoEventLoopGroup(1, factory);
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, SHUTDOWN_MS, TimeUnit.MILLISECONDS).awaitUninterruptibly(2 * SHUTDOWN_MS);
    }
}
