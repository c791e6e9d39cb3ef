package io.millrace.fastpath.netty;

import io.millrace.fastpath.control.NetworkStack;
import io.netty.channel.AbstractChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import org.jspecify.annotations.Nullable;

/**
 * What a channel over a connection or an endpoint of one engine is, whatever it carries: the two addresses, the engine,
 * and the place at the event loop that drives it. Thread: any reads, the event loop's changes.
 */
abstract class AbstractStackChannel extends AbstractChannel {
    final LoopPlace place = new LoopPlace(this, (StackUnsafe) unsafe());

    volatile boolean open = true;
    @Nullable
    volatile InetSocketAddress local;
    @Nullable
    volatile InetSocketAddress remote;
    /** The engines of the stack; null until the channel learns it. */
    @Nullable
    volatile StackEngines engines;
    /** Index of the engine that owns what the channel has opened. */
    volatile int engine = MillraceIoHandle.ANY_ENGINE;

    AbstractStackChannel(@Nullable final Channel parent) {
        super(parent);
    }

    @Override
    protected abstract StackUnsafe newUnsafe();

    /** The place at the event loop was taken; nobody was told yet. */
    abstract void onPlaceTaken(MillraceIoHandler handler);

    /** The stack of the channel; null until it is registered. Thread: any. */
    public @Nullable NetworkStack stack() {
        final StackEngines known = engines;
        return known == null ? null : known.stack();
    }

    /** Index of the engine that owns what the channel has opened, or {@link MillraceIoHandle#ANY_ENGINE}. Thread: any. */
    public int engine() {
        return engine;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    /** Our end; with port 0 while bound to a port that {@code connect} will choose; null before. */
    @Override
    public @Nullable InetSocketAddress localAddress() {
        return local;
    }

    /** The peer's end; null while not connected. */
    @Override
    public @Nullable InetSocketAddress remoteAddress() {
        return remote;
    }

    @Override
    protected @Nullable SocketAddress localAddress0() {
        return local;
    }

    @Override
    protected @Nullable SocketAddress remoteAddress0() {
        return remote;
    }

    @Override
    protected boolean isCompatible(final EventLoop loop) {
        return LoopPlace.isAt(loop);
    }

    @Override
    protected void doRegister(final ChannelPromise promise) {
        place.take(promise, () -> onPlaceTaken(place.handler()));
    }

    @Override
    protected void doDeregister() {
        place.leave();
    }

    BounceBuffer bounce() {
        return place.handler().bounce();
    }

    static InetSocketAddress checked(final SocketAddress address) {
        if (!(address instanceof final InetSocketAddress inet)) {
            throw new UnsupportedAddressTypeException();
        }
        if (inet.isUnresolved()) {
            throw new UnresolvedAddressException();
        }
        return inet;
    }

    /** The channel towards the pipeline and towards its event loop. */
    abstract class StackUnsafe extends AbstractUnsafe implements MillraceIoHandle {
        @Override
        public @Nullable NetworkStack stack() {
            return engine == ANY_ENGINE ? null : AbstractStackChannel.this.stack();
        }

        @Override
        public int engine() {
            return engine;
        }

        @Override
        public void close() {
            close(voidPromise());
        }

        /** Closes the channel; writes that wait fail with this. */
        final void closeBy(final Throwable cause) {
            final ClosedChannelException closed = new ClosedChannelException();
            closed.initCause(cause);
            close(voidPromise(), cause, closed);
        }
    }
}
