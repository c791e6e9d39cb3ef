package io.millrace.fastpath.netty;

import io.millrace.fastpath.udp.DatagramEndpoint;
import io.millrace.fastpath.udp.SendResult;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.ChannelOutboundBuffer;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a {@link MillraceDatagramChannel}: gives messages to the endpoint until it has no room, which is
 * told when there is room again. A datagram that cannot be sent fails its own promise and none other. Thread: the event
 * loop's.
 */
final class DatagramWriter {
    private final MillraceDatagramChannel channel;
    private final PeerAddresses peers;
    private final Runnable continueTask;
    private boolean blocked;

    /** @param continueTask goes on when a pass ended by the number of messages. */
    DatagramWriter(final MillraceDatagramChannel channel, final PeerAddresses peers, final Runnable continueTask) {
        this.channel = channel;
        this.peers = peers;
        this.continueTask = continueTask;
    }

    /** True from a send that found no room until there is room. */
    boolean isBlocked() {
        return blocked;
    }

    /** There is room again. */
    void onWritable() {
        blocked = false;
    }

    void write(final ChannelOutboundBuffer in, final int maxMessages) {
        for (int left = maxMessages; left > 0; left--) {
            final Object message = in.current();
            if (message == null) {
                return;
            }
            try {
                final SendResult result = send(message);
                if (result == SendResult.BLOCKED) {
                    blocked = true;
                    return;
                }
                if (result == SendResult.SENT) {
                    in.remove();
                } else {
                    in.remove(DatagramExceptions.ofSend(result));
                }
            } catch (final Exception e) {
                in.remove(e);
            }
        }
        if (!in.isEmpty()) {
            channel.eventLoop().execute(continueTask);
        }
    }

    private SendResult send(final Object message) throws Exception {
        if (message instanceof final AddressedEnvelope<?, ?> envelope) {
            return send((ByteBuf) envelope.content(), (InetSocketAddress) envelope.recipient());
        }
        return send((ByteBuf) message, null);
    }

    /** @param recipient null: the peer of a connected channel. */
    private SendResult send(final ByteBuf content, @Nullable final InetSocketAddress recipient) throws Exception {
        final int length = content.readableBytes();
        final long address;
        if (content.hasMemoryAddress()) {
            address = content.memoryAddress() + content.readerIndex();
        } else if (length > BounceBuffer.LENGTH) {
            return SendResult.TOO_LONG;
        } else {
            content.getBytes(content.readerIndex(), channel.bounce().view(length));
            address = channel.bounce().address();
        }
        if (recipient == null) {
            return channel.boundEndpoint().send(address, length);
        }
        final DatagramEndpoint endpoint = channel.boundEndpoint();
        peers.use(recipient);
        return endpoint.send(peers.hi(), peers.lo(), peers.port(), address, length);
    }
}
