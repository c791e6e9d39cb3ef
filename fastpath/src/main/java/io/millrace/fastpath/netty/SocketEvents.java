package io.millrace.fastpath.netty;

import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.tcp.TcpFailure;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a connection tells its {@link MillraceSocketChannel}, handed on to the part that it concerns in the order in which
 * Netty's epoll transport does. What comes while the channel is registered nowhere waits until it is again. Thread: the
 * event loop's.
 */
final class SocketEvents implements ConnectionHandler {
    private final MillraceSocketChannel channel;
    private final SocketReader reader;
    private final SocketWriter writer;
    private final SocketConnector connector;
    private final Linger linger;
    /** Events that came while the channel was registered nowhere. */
    private int missed;
    @Nullable
    private IOException missedFailure;

    SocketEvents(final MillraceSocketChannel channel, final SocketReader reader, final SocketWriter writer,
            final SocketConnector connector, final Linger linger) {
        this.channel = channel;
        this.reader = reader;
        this.writer = writer;
        this.connector = connector;
        this.linger = linger;
    }

    /** The channel's short name, as it stands in Netty's log. */
    @Override
    public String owner() {
        return channel.id().asShortText();
    }

    @Override
    public void onReady(final long handle, final int events) {
        if (!channel.place.isTaken()) {
            onMissed(handle, events);
            return;
        }
        channel.place.handler().onHandled();
        if (linger.isOn()) {
            linger.onReady(events);
            return;
        }
        if ((events & CONNECTED) != 0) {
            connector.onConnected();
        }
        if ((events & FAILED) != 0) {
            onFailed(handle);
            return;
        }
        if ((events & WRITABLE) != 0) {
            writer.onWritable();
            if (channel.isActive()) {
                channel.flushNow();
            }
        }
        if ((events & (READABLE | PEER_CLOSED)) != 0) {
            reader.onReadable();
        }
        if ((events & CLOSED) != 0) {
            reader.onClosed();
        }
    }

    private void onMissed(final long handle, final int events) {
        missed |= events;
        if ((events & FAILED) != 0) {
            // Where the loop has ended, it is the stack's end, on the thread that closes it.
            final TcpFailure failure = channel.place.isDriving() ? channel.tcp().failure(handle) : TcpFailure.ABORTED;
            missedFailure = connector.isPending() ? TcpExceptions.ofConnect(failure) : TcpExceptions.of(failure);
        }
    }

    /** True where {@link #onMissedEvents} has something to do. */
    boolean anyMissed() {
        return missed != 0;
    }

    /** Hands on what came while the channel was registered nowhere. */
    void onMissedEvents() {
        final int events = missed;
        missed = 0;
        if (missedFailure != null) {
            end(missedFailure);
        } else if (channel.isOpen()) {
            onReady(channel.connection(), events);
        }
    }

    private void onFailed(final long handle) {
        final TcpFailure failure = channel.tcp().failure(handle);
        if (connector.isPending()) {
            end(TcpExceptions.ofConnect(failure));
        } else {
            reader.drain();
            end(TcpExceptions.of(failure));
        }
    }

    /** The connection is gone: whoever connects, or the pipeline, is told why; writes that wait fail with the same. */
    void end(final Throwable cause) {
        if (connector.fail(cause)) {
            channel.closeForced();
        } else if (channel.isOpen()) {
            channel.pipeline().fireExceptionCaught(cause);
            channel.closeBy(cause);
        }
    }
}
