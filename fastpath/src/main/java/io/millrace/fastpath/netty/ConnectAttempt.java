package io.millrace.fastpath.netty;

import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.tcp.TcpCalls;
import io.millrace.fastpath.wire.IpAddress;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ConnectTimeoutException;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connect in progress: ends by success, failure, cancellation of its promise, or timeout. Thread: the event loop's.
 */
final class ConnectAttempt implements Runnable, ChannelFutureListener {
    private final MillraceSocketChannel channel;
    private final InetSocketAddress remote;
    private final ChannelPromise promise;
    private final int timeoutMs;
    @Nullable
    private Future<?> timeout;

    ConnectAttempt(final MillraceSocketChannel channel, final InetSocketAddress remote,
            final ChannelPromise promise) {
        this.channel = channel;
        this.remote = remote;
        this.promise = promise;
        this.timeoutMs = channel.config().getConnectTimeoutMillis();
    }

    /** The address asked for. */
    InetSocketAddress remote() {
        return remote;
    }

    /** Opens the connection; its handle, or 0. */
    long open(final TcpCalls tcp, final ConnectionHandler handler) {
        final InetSocketAddress local = channel.localAddress();
        final boolean chosen = local == null || local.getAddress().isAnyLocalAddress();
        final InetAddress target = remote.getAddress();
        return tcp.connect(chosen ? 0 : IpAddress.hi(local.getAddress()), chosen ? 0 : IpAddress.lo(local.getAddress()),
                local == null ? 0 : local.getPort(), IpAddress.hi(target), IpAddress.lo(target), remote.getPort(),
                channel.config().settings(), handler);
    }

    /** Starts to watch the clock and the promise. */
    void await() {
        if (timeoutMs > 0) {
            timeout = channel.eventLoop().schedule(this, timeoutMs, TimeUnit.MILLISECONDS);
        }
        promise.addListener(this);
    }

    /** The time is over. */
    @Override
    public void run() {
        if (promise.tryFailure(
                new ConnectTimeoutException("connection timed out after " + timeoutMs + " ms: " + remote))) {
            channel.onConnectGivenUp();
        }
    }

    /** The promise is done; cancelled from outside, the connection is not wanted any more. */
    @Override
    public void operationComplete(final ChannelFuture future) {
        if (future.isCancelled()) {
            stopClock();
            channel.onConnectGivenUp();
        }
    }

    /** False where the promise was cancelled meanwhile. */
    boolean succeed() {
        stopClock();
        return promise.trySuccess();
    }

    void fail(final Throwable cause) {
        stopClock();
        promise.tryFailure(cause);
    }

    private void stopClock() {
        if (timeout != null) {
            timeout.cancel(false);
            timeout = null;
        }
    }

    /** The peer's address, under the name by which it was asked for. */
    InetSocketAddress named(final InetSocketAddress actual) {
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(remote.getHostString(), actual.getAddress().getAddress()),
                    actual.getPort());
        } catch (final UnknownHostException e) {
            return actual;
        }
    }
}
