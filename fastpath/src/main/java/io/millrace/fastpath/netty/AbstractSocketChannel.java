package io.millrace.fastpath.netty;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import org.jspecify.annotations.Nullable;

/**
 * What a socket channel is apart from its connection: its state, and the shutdown of either direction. Thread: any reads,
 * the event loop's changes.
 */
abstract class AbstractSocketChannel extends AbstractStackChannel implements SocketChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);

    volatile boolean active;
    volatile boolean inputEnded;
    volatile boolean outputEnded;

    AbstractSocketChannel(@Nullable final ServerSocketChannel parent) {
        super(parent);
    }

    /** Tells the connection that nothing more will be received. Thread: the event loop's. */
    abstract void doShutdownInput();

    @Override
    public @Nullable ServerSocketChannel parent() {
        return (ServerSocketChannel) super.parent();
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public boolean isActive() {
        return active;
    }

    /** True where the input was shut down, by the peer's FIN or from this side. */
    boolean isInputEnded() {
        return inputEnded;
    }

    void onInputEnded() {
        inputEnded = true;
    }

    @Override
    public boolean isInputShutdown() {
        return inputEnded || !active;
    }

    @Override
    public boolean isOutputShutdown() {
        return outputEnded || !active;
    }

    @Override
    public boolean isShutdown() {
        return isInputShutdown() && isOutputShutdown();
    }

    @Override
    public ChannelFuture shutdownInput() {
        return shutdownInput(newPromise());
    }

    @Override
    public ChannelFuture shutdownInput(final ChannelPromise promise) {
        place.run(() -> shutdownInput0(promise));
        return promise;
    }

    private void shutdownInput0(final ChannelPromise promise) {
        if (!active) {
            promise.setFailure(open ? new NotYetConnectedException() : new ClosedChannelException());
            return;
        }
        try {
            inputEnded = true;
            doShutdownInput();
            promise.trySuccess();
        } catch (final Throwable t) {
            promise.tryFailure(t);
        }
    }

    @Override
    public ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    /** Half-close: a FIN follows what was written; messages that the send ring had no room for yet are failed. */
    @Override
    public ChannelFuture shutdownOutput(final ChannelPromise promise) {
        place.run(() -> ((AbstractUnsafe) unsafe()).shutdownOutput(promise));
        return promise;
    }

    @Override
    public ChannelFuture shutdown() {
        return shutdown(newPromise());
    }

    @Override
    public ChannelFuture shutdown(final ChannelPromise promise) {
        shutdownOutput().addListener(output -> shutdownInput().addListener(input -> {
            final Throwable cause = output.cause() != null ? output.cause() : input.cause();
            if (cause != null) {
                promise.tryFailure(cause);
            } else {
                promise.trySuccess();
            }
        }));
        return promise;
    }
}
