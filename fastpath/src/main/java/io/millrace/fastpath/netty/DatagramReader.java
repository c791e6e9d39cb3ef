package io.millrace.fastpath.netty;

import io.millrace.fastpath.udp.DatagramEndpoint;
import io.millrace.fastpath.udp.DatagramError;
import io.netty.buffer.ByteBuf;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.UncheckedBooleanSupplier;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/**
 * The receiving half of a {@link MillraceDatagramChannel}: moves datagrams from the endpoint's queue into the pipeline
 * while somebody wants them. While nobody does they wait there, and what does not fit is dropped. An ICMP error comes
 * before the datagrams, as an exception that leaves the channel open. Thread: the event loop's.
 */
final class DatagramReader implements Runnable {
    private final MillraceDatagramChannel channel;
    private final PeerAddresses peers;

    /** {@code read()} was called and nothing was read since. */
    private boolean readPending;
    /** Datagrams are wanted: a read is pending or auto-read is on. */
    private boolean interest;
    private boolean scheduled;

    DatagramReader(final MillraceDatagramChannel channel, final PeerAddresses peers) {
        this.channel = channel;
        this.peers = peers;
    }

    void beginRead() {
        readPending = true;
        interest = true;
        scheduleIfInput();
    }

    /** Auto-read was turned off. */
    void clearInterest() {
        if (shouldStopReading()) {
            interest = false;
        }
    }

    /** A datagram or an error has come. */
    void onReadable() {
        if (interest && channel.hasInput()) {
            read();
        }
    }

    /** The next pass of a channel that had more to read than one pass takes; it may have been read meanwhile. */
    @Override
    public void run() {
        scheduled = false;
        onReadable();
    }

    private void scheduleIfInput() {
        if (!scheduled && channel.hasInput()) {
            scheduled = true;
            channel.eventLoop().execute(this);
        }
    }

    private boolean shouldStopReading() {
        return !readPending && !channel.config().isAutoRead();
    }

    private void read() {
        final ExtendedHandle allocHandle = (ExtendedHandle) channel.unsafe().recvBufAllocHandle();
        allocHandle.reset(channel.config());
        Throwable failure = null;
        try {
            failure = readSome(allocHandle);
        } catch (final Throwable t) {
            failure = t;
        }
        allocHandle.readComplete();
        channel.pipeline().fireChannelReadComplete();
        if (failure != null) {
            channel.pipeline().fireExceptionCaught(failure);
        }
        if (shouldStopReading()) {
            interest = false;
        } else {
            scheduleIfInput();
        }
    }

    /** One pass, as long as the allocator's handle says; what the network said about an earlier datagram, or null. */
    private @Nullable SocketException readSome(final ExtendedHandle allocHandle) {
        do {
            final DatagramEndpoint endpoint = channel.endpoint();
            final DatagramError error = endpoint.takeError();
            if (error != null) {
                return DatagramExceptions.of(error);
            }
            final ByteBuf buffer = allocHandle.allocate(channel.config().getAllocator());
            allocHandle.attemptedBytesRead(buffer.writableBytes());
            allocHandle.lastBytesRead(receive(endpoint, buffer));
            if (allocHandle.lastBytesRead() < 0) {
                buffer.release();
                return null;
            }
            allocHandle.incMessagesRead(1);
            readPending = false;
            channel.pipeline().fireChannelRead(
                    new DatagramPacket(buffer, channel.localAddress(), peers.sender(endpoint)));
        } while (channel.hasInput() && allocHandle.continueReading(UncheckedBooleanSupplier.TRUE_SUPPLIER));
        return null;
    }

    /** Bytes received; negative where nothing waits. */
    private int receive(final DatagramEndpoint endpoint, final ByteBuf buffer) {
        try {
            final int room = buffer.writableBytes();
            if (buffer.hasMemoryAddress()) {
                final int received = Math.min(room,
                        endpoint.receive(buffer.memoryAddress() + buffer.writerIndex(), room));
                buffer.writerIndex(buffer.writerIndex() + Math.max(0, received));
                return received;
            }
            final BounceBuffer bounce = channel.bounce();
            final int received = Math.min(room,
                    endpoint.receive(bounce.address(), Math.min(room, BounceBuffer.LENGTH)));
            if (received > 0) {
                buffer.writeBytes(bounce.view(received));
            }
            return received;
        } catch (final Throwable t) {
            buffer.release();
            throw t;
        }
    }
}
