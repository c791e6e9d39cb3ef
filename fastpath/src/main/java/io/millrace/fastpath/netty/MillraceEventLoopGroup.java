package io.millrace.fastpath.netty;

import io.millrace.fastpath.control.NetworkStack;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One event loop for each engine of a stack, all running from the start, since an engine receives its share of the
 * packets whether or not a channel is registered with its loop. A channel accepted from engine <i>k</i> is registered
 * with the loop that drives engine <i>k</i>: a packet of its connection never leaves that thread.
 * <p>
 * A stack serves one group, which is boss and worker at once:
 *
 * <pre>{@code
 * new ServerBootstrap().group(group).channel(MillraceServerSocketChannel.class).childHandler(...).bind(port);
 * }</pre>
 *
 * A second group over the same stack has no engine left to drive; its constructor fails. The group does not close the
 * stack, nor the stack the group: shut the group down first, so that its connections end in good order.
 * <p>
 * Thread: any.
 */
public final class MillraceEventLoopGroup extends MultiThreadIoEventLoopGroup {
    private final StackEngines engines;
    private final EventLoop[] loops;

    /**
     * As many event loops as the stack has engines, with Netty's default threads.
     *
     * @throws IllegalStateException where the stack is closed, or driven by another group.
     */
    public MillraceEventLoopGroup(final NetworkStack stack) {
        this(StackEngines.of(stack), (Executor) null);
    }

    /**
     * As many event loops as the stack has engines.
     *
     * @param threadFactory makes their threads, e.g. pinned to cores.
     * @throws IllegalStateException where the stack is closed, or driven by another group.
     */
    public MillraceEventLoopGroup(final NetworkStack stack, final ThreadFactory threadFactory) {
        this(new MillraceIoHandlerFactory(StackEngines.of(stack)), threadFactory);
    }

    /**
     * As many event loops as the stack has engines.
     *
     * @param executor runs their loops; each takes a thread of it for as long as it lives.
     * @throws IllegalStateException where the stack is closed, or driven by another group.
     */
    public MillraceEventLoopGroup(final NetworkStack stack, final Executor executor) {
        this(StackEngines.of(stack), executor);
    }

    MillraceEventLoopGroup(final StackEngines engines, @Nullable final Executor executor) {
        this(new MillraceIoHandlerFactory(engines), executor);
    }

    private MillraceEventLoopGroup(final MillraceIoHandlerFactory factory, @Nullable final Executor executor) {
        super(factory.engines().count(), executor, factory);
        this.engines = factory.engines();
        this.loops = start(factory);
    }

    private MillraceEventLoopGroup(final MillraceIoHandlerFactory factory, final ThreadFactory threadFactory) {
        super(factory.engines().count(), threadFactory, factory);
        this.engines = factory.engines();
        this.loops = start(factory);
    }

    @Override
    protected IoEventLoop newChild(final Executor executor, final IoHandlerFactory factory, final Object... none) {
        return new MillraceEventLoop(this, executor, factory);
    }

    private EventLoop[] start(final MillraceIoHandlerFactory factory) {
        final EventLoop[] started = new EventLoop[engines.count()];
        int i = 0;
        for (final EventExecutor child : this) {
            final Future<?> driving = child.submit(factory.handler(i)::requireDriving).awaitUninterruptibly();
            if (!driving.isSuccess()) {
                shutdownGracefully(0, 0, TimeUnit.SECONDS);
                throw new IllegalStateException(driving.cause().getMessage(), driving.cause());
            }
            started[i++] = (EventLoop) child;
        }
        return started;
    }

    /** The stack whose engines this group drives. */
    public NetworkStack stack() {
        return engines.stack();
    }

    /** @param engine 0 to the stack's number of engines - 1. @return the event loop that drives it. */
    public EventLoop loopOf(final int engine) {
        return loops[engine];
    }

    @Override
    public ChannelFuture register(final Channel channel) {
        return loopFor(channel).register(channel);
    }

    @Override
    public ChannelFuture register(final ChannelPromise promise) {
        return loopFor(promise.channel()).register(promise);
    }

    @Override
    @Deprecated
    public ChannelFuture register(final Channel channel, final ChannelPromise promise) {
        return loopFor(channel).register(channel, promise);
    }

    private EventLoop loopFor(final Channel channel) {
        if (channel instanceof final AbstractStackChannel known && known.stack() == stack()) {
            final int owner = known.engine();
            return owner == MillraceIoHandle.ANY_ENGINE ? next() : loops[owner];
        }
        return next();
    }
}
