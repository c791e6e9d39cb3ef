package io.millrace.fastpath.netty;

import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ConnectionPendingException;
import org.jspecify.annotations.Nullable;

/**
 * Connects a {@link MillraceSocketChannel}: one attempt at a time, from {@code connect} until the connection tells that it
 * is established or has failed, or nobody wants it any more. Thread: the event loop's.
 */
final class SocketConnector {
    private final MillraceSocketChannel channel;
    private final SocketWriter writer;
    @Nullable
    private ConnectAttempt attempt;

    SocketConnector(final MillraceSocketChannel channel, final SocketWriter writer) {
        this.channel = channel;
        this.writer = writer;
    }

    /** True while it is not known how the attempt ends. */
    boolean isPending() {
        return attempt != null;
    }

    /** @param local null: as it was bound, if it was. */
    void connect(final SocketAddress remote, @Nullable final SocketAddress local, final ChannelPromise promise)
            throws IOException {
        final ConnectAttempt started = new ConnectAttempt(channel, AbstractStackChannel.checked(remote), promise);
        if (attempt != null) {
            throw new ConnectionPendingException();
        }
        if (channel.isConnectionOpen()) {
            throw new AlreadyConnectedException();
        }
        if (local != null) {
            channel.doBind(local);
        }
        open(started);
    }

    private void open(final ConnectAttempt started) throws IOException {
        final long handle = started.open(channel.tcp(), channel.events());
        if (handle == 0) {
            channel.doClose();
            throw TcpExceptions.ofRefusal(channel.tcp().failure(0), channel.tcp().refusal());
        }
        channel.onOpened(handle);
        attempt = started;
        started.await();
        final ChannelOutboundBuffer written = channel.unsafe().outboundBuffer();
        if (channel.config().isTcpFastOpenConnect() && written != null) {
            writer.writeBeforeHandshake(written);
        }
    }

    /** The connection is established. */
    void onConnected() {
        final ConnectAttempt ended = end();
        if (ended == null) {
            return;
        }
        final InetSocketAddress peer = ended.named(channel.tcp().remoteAddress(channel.connection()));
        channel.onEstablished(peer);
        final boolean wanted = ended.succeed();
        channel.pipeline().fireChannelActive();
        if (!wanted) {
            channel.closeForced();
        } else if (channel.config().isTcpFastOpenConnect()) {
            // what found no room before the handshake
            channel.flushNow();
        }
    }

    /** Ends the attempt where there is one; true where there was. */
    boolean fail(final Throwable cause) {
        final ConnectAttempt ended = end();
        if (ended != null) {
            ended.fail(channel.annotated(cause, ended.remote()));
        }
        return ended != null;
    }

    /** The attempt ended itself: its promise was cancelled, or the time is over. */
    void onGivenUp() {
        end();
    }

    private @Nullable ConnectAttempt end() {
        final ConnectAttempt ended = attempt;
        attempt = null;
        return ended;
    }
}
