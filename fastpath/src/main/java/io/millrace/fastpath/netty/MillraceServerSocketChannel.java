package io.millrace.fastpath.netty;

import io.millrace.fastpath.control.NetworkStack;
import io.millrace.fastpath.control.NetworkStack.Accepted;
import io.millrace.fastpath.control.NetworkStack.Listener;
import io.millrace.fastpath.tcp.TcpSettings;
import io.netty.channel.AbstractServerChannel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A listening endpoint of a Millrace stack; its stack is that of the event loop it is registered with. Accepted
 * connections come from every engine of the stack and register with the loop that drives theirs, whichever loop serves
 * this channel ({@link MillraceEventLoopGroup}).
 * <p>
 * With auto-read off connections wait in the accept queue, bounded by {@code SO_BACKLOG}, until {@code read()}.
 * <p>
 * Thread: as any Netty channel.
 */
public final class MillraceServerSocketChannel extends AbstractServerChannel implements ServerSocketChannel {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(MillraceServerSocketChannel.class);

    private final MillraceServerSocketChannelConfig config;
    private final LoopPlace place = new LoopPlace(this, new Handle());
    private final Runnable acceptTask = this::accept;
    private final AtomicBoolean acceptScheduled = new AtomicBoolean();

    private boolean readPending;
    private boolean readInterest;
    /** The accept queue was found empty and nothing was told since. */
    private boolean drained;
    @Nullable
    private volatile Listener listener;
    @Nullable
    private volatile InetSocketAddress local;
    private volatile boolean open = true;

    /** A channel that learns its stack when it is registered. */
    public MillraceServerSocketChannel() {
        config = new MillraceServerSocketChannelConfig(this);
    }

    @Override
    public MillraceServerSocketChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isActive() {
        return open && listener != null;
    }

    /** The address really bound, with the port chosen; null before. */
    @Override
    public @Nullable InetSocketAddress localAddress() {
        return local;
    }

    /** Always null. */
    @Override
    public @Nullable InetSocketAddress remoteAddress() {
        return null;
    }

    @Override
    protected @Nullable SocketAddress localAddress0() {
        return local;
    }

    @Override
    protected boolean isCompatible(final EventLoop loop) {
        return LoopPlace.isAt(loop);
    }

    @Override
    protected void doRegister(final ChannelPromise promise) {
        place.take(promise, () -> {
            if (listener == null) {
                config.base(place.handler().stack().tcpSettings());
            }
        });
    }

    @Override
    protected void doDeregister() {
        place.leave();
    }

    @Override
    protected void doBind(final SocketAddress localAddress) throws Exception {
        final InetSocketAddress address = AbstractStackChannel.checked(localAddress);
        final MillraceIoHandler handler = place.handler();
        if (handler == null) {
            throw new IllegalStateException("bind before the channel is registered");
        }
        if (listener != null) {
            throw new IllegalStateException("bound already, to " + local);
        }
        final Listener bound = handler.stack().listen(address, config.over(handler.stack().tcpSettings(address)),
                config.listenOptions());
        bound.follow(config::over);
        local = bound.localAddress();
        listener = bound;
        bound.onAcceptable(this::onAcceptable);
    }

    @Override
    protected void doClose() {
        open = false;
        readInterest = false;
        final Listener bound = listener;
        if (bound != null) {
            bound.onAcceptable(null);
            bound.close();
        }
    }

    @Override
    protected void doBeginRead() {
        readPending = true;
        readInterest = true;
        if (!drained) {
            // What came while nobody wanted it was told once and is not told again.
            scheduleAccept();
        }
    }

    /** Thread: any. */
    void onAutoReadCleared() {
        place.runWhereRegistered(this::clearInterest);
    }

    private void clearInterest() {
        if (!readPending && !config.isAutoRead()) {
            readInterest = false;
        }
    }

    /** Thread: any engine's. */
    private void onAcceptable() {
        try {
            scheduleAccept();
        } catch (final RejectedExecutionException e) {
            LOGGER.debug("{} has an event loop that ended", this, e);
        }
    }

    private void scheduleAccept() {
        if (acceptScheduled.compareAndSet(false, true)) {
            eventLoop().execute(acceptTask);
        }
    }

    private void accept() {
        // Cleared first: a connection that comes from now on schedules the next pass.
        acceptScheduled.set(false);
        drained = false;
        final Listener bound = listener;
        if (!readInterest || bound == null || !open) {
            return;
        }
        final ChannelPipeline pipeline = pipeline();
        final ExtendedHandle allocHandle = (ExtendedHandle) unsafe().recvBufAllocHandle();
        allocHandle.reset(config);
        allocHandle.attemptedBytesRead(1);
        Throwable failure = null;
        try {
            drained = acceptSome(bound, allocHandle, pipeline);
        } catch (final Throwable t) {
            failure = t;
        }
        allocHandle.readComplete();
        pipeline.fireChannelReadComplete();
        if (failure != null) {
            pipeline.fireExceptionCaught(failure);
        }
        if (!readPending && !config.isAutoRead()) {
            readInterest = false;
        } else if (!drained && open) {
            scheduleAccept();
        }
    }

    /** True where the accept queue was found empty. */
    private boolean acceptSome(final Listener bound, final ExtendedHandle allocHandle,
            final ChannelPipeline pipeline) {
        do {
            final Accepted accepted = bound.poll();
            if (accepted == null) {
                allocHandle.lastBytesRead(-1);
                return true;
            }
            allocHandle.lastBytesRead(1);
            allocHandle.incMessagesRead(1);
            readPending = false;
            pipeline.fireChannelRead(newChild(accepted, bound.settings()));
        } while (open && allocHandle.continueReading());
        return false;
    }

    private MillraceSocketChannel newChild(final Accepted accepted, final TcpSettings settings) {
        final StackEngines engines = place.handler().engines();
        try {
            return new MillraceSocketChannel(this, engines, accepted, settings);
        } catch (final Throwable t) {
            engines.engine(accepted.engine()).abandon(accepted.connection());
            throw t;
        }
    }

    private final class Handle implements MillraceIoHandle {
        @Override
        public @Nullable NetworkStack stack() {
            return listener == null ? null : place.handler().stack();
        }

        @Override
        public int engine() {
            return ANY_ENGINE;
        }

        @Override
        public void onEngineClosed(final Throwable cause) {
            // No exception: who closes a stack expects its listeners to close, and nobody waits for this one.
            close();
        }

        @Override
        public void close() {
            unsafe().close(unsafe().voidPromise());
        }
    }
}
