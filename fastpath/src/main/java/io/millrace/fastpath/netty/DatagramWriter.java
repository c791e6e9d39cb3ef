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
    /** Bytes of the segmented packet at the head of the queue that are on their way. */
    private int sentOfSegments;

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
                sentOfSegments = 0;
                in.remove(e);
            }
        }
        if (!in.isEmpty()) {
            channel.eventLoop().execute(continueTask);
        }
    }

    private SendResult send(final Object message) throws Exception {
        if (message instanceof final AddressedEnvelope<?, ?> envelope) {
            final ByteBuf content = (ByteBuf) envelope.content();
            final InetSocketAddress recipient = (InetSocketAddress) envelope.recipient();
            final int segment = DatagramSegments.length(message);
            return segment > 0
                    ? sendSegments(content, segment, recipient)
                    : send(content, content.readerIndex(), content.readableBytes(), recipient);
        }
        final ByteBuf content = (ByteBuf) message;
        return send(content, content.readerIndex(), content.readableBytes(), null);
    }

    /** Goes on where it found no room before. */
    private SendResult sendSegments(final ByteBuf content, final int segment,
            final @Nullable InetSocketAddress recipient)
            throws Exception {
        final int total = content.readableBytes();
        do {
            final int length = Math.min(segment, total - sentOfSegments);
            final SendResult result = send(content, content.readerIndex() + sentOfSegments, length, recipient);
            if (result == SendResult.BLOCKED) {
                return result;
            }
            if (result != SendResult.SENT) {
                sentOfSegments = 0;
                return result;
            }
            sentOfSegments += length;
        } while (sentOfSegments < total);
        sentOfSegments = 0;
        return SendResult.SENT;
    }

    /** @param recipient null: the peer of a connected channel. */
    private SendResult send(final ByteBuf content, final int index, final int length,
            @Nullable final InetSocketAddress recipient) throws Exception {
        final DatagramEndpoint endpoint = channel.boundEndpoint();
        final long address;
        if (content.hasMemoryAddress()) {
            address = content.memoryAddress() + index;
        } else if (length > BounceBuffer.LENGTH) {
            return SendResult.TOO_LONG;
        } else {
            content.getBytes(index, channel.bounce().view(length));
            address = channel.bounce().address();
        }
        if (recipient == null) {
            return endpoint.send(address, length);
        }
        peers.use(recipient);
        return endpoint.send(peers.hi(), peers.lo(), peers.port(), address, length);
    }
}
