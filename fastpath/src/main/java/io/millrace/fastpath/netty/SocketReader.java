package io.millrace.fastpath.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import java.io.IOException;

/**
 * The receiving half of a {@link MillraceSocketChannel}: moves bytes from the connection's receive ring, or the frames in
 * which they came, into the pipeline while somebody wants them. While nobody does they stay in the ring, which closes the window.
 * <p>
 * A connection tells once that bytes have come; whether more are there is asked at the end of a pass and when reading
 * begins. Thread: the event loop's.
 */
final class SocketReader implements Runnable {
    private final MillraceSocketChannel channel;

    /** {@code read()} was called and nothing was read since. */
    private boolean readPending;
    /** Bytes are wanted: a read is pending or auto-read is on. */
    private boolean interest;
    private boolean scheduled;
    /** Within a pass, at whose end is asked whether there is more. */
    private boolean reading;
    /** The end of the input was told to the pipeline, or nobody is left to tell. */
    private boolean finished;

    SocketReader(final MillraceSocketChannel channel) {
        this.channel = channel;
    }

    void beginRead() {
        readPending = true;
        interest = true;
        if (!reading) {
            scheduleIfInput();
        }
    }

    /** Auto-read was turned off. */
    void clearInterest() {
        if (shouldStopReading()) {
            interest = false;
        }
    }

    /** Nothing is read any more. */
    void close() {
        finished = true;
        interest = false;
    }

    /** Bytes or the FIN have come. */
    void onReadable() {
        if (isDue()) {
            read();
        }
    }

    /** Somebody reads, or the peer's FIN comes next: that is told whether or not somebody reads, as epoll does. */
    private boolean isDue() {
        return interest || channel.isAtEnd();
    }

    /** The next pass of a channel that had more to read than one pass takes; it may have been read meanwhile. */
    @Override
    public void run() {
        scheduled = false;
        if (isDue() && channel.hasInput()) {
            read();
        }
    }

    private void scheduleIfInput() {
        if (!scheduled && !isStopped() && channel.hasInput()) {
            scheduled = true;
            channel.eventLoop().execute(this);
        }
    }

    private boolean shouldStopReading() {
        return !readPending && !channel.config().isAutoRead();
    }

    private boolean isStopped() {
        return !channel.isOpen()
                || channel.isInputEnded() && (finished || !channel.config().isAllowHalfClosure());
    }

    private void read() {
        if (isStopped()) {
            readPending = false;
            interest = false;
            return;
        }
        final ExtendedHandle allocHandle = (ExtendedHandle) channel.unsafe().recvBufAllocHandle();
        allocHandle.reset(channel.config());
        reading = true;
        try {
            final boolean endOfInput = readSome(allocHandle);
            allocHandle.readComplete();
            channel.pipeline().fireChannelReadComplete();
            if (endOfInput) {
                endInput();
            }
        } catch (final Throwable t) {
            onReadException(allocHandle, t);
        } finally {
            reading = false;
            if (shouldStopReading()) {
                interest = false;
            }
            if (isDue()) {
                scheduleIfInput();
            }
        }
    }

    /** One pass, as long as the allocator's handle says; true where the end of the input was reached. */
    private boolean readSome(final ExtendedHandle allocHandle) {
        final ChannelPipeline pipeline = channel.pipeline();
        final ByteBufAllocator allocator = channel.config().getAllocator();
        do {
            ByteBuf buffer = channel.receiveFrame();
            if (buffer != null) {
                allocHandle.attemptedBytesRead(buffer.readableBytes());
                allocHandle.lastBytesRead(buffer.readableBytes());
            } else {
                buffer = receive(allocHandle, allocator);
                if (allocHandle.lastBytesRead() <= 0) {
                    buffer.release();
                    if (allocHandle.lastBytesRead() < 0) {
                        readPending = false;
                        return true;
                    }
                    return false;
                }
            }
            allocHandle.incMessagesRead(1);
            readPending = false;
            pipeline.fireChannelRead(buffer);
        } while (!isStopped() && allocHandle.continueReading());
        return false;
    }

    /** Copies what is there into a buffer of the length that the allocator's handle says, and tells it how much that was. */
    private ByteBuf receive(final ExtendedHandle allocHandle, final ByteBufAllocator allocator) {
        final ByteBuf small = channel.place.handler().readBuffers().take(allocHandle, allocator);
        final ByteBuf buffer = small == null ? allocHandle.allocate(allocator) : small;
        final int length = small == null ? buffer.writableBytes() : allocHandle.guess();
        allocHandle.attemptedBytesRead(length);
        allocHandle.lastBytesRead(receive(buffer, length));
        return buffer;
    }

    /**
     * Delivers every byte that is there, wanted or not: the connection is about to go, and its ring with it.
     */
    void drain() {
        final ExtendedHandle allocHandle = (ExtendedHandle) channel.unsafe().recvBufAllocHandle();
        final ByteBufAllocator allocator = channel.config().getAllocator();
        boolean any = false;
        try {
            while (!isStopped() && channel.tcp().available(channel.connection()) > 0) {
                allocHandle.reset(channel.config());
                final ByteBuf buffer = receive(allocHandle, allocator);
                if (allocHandle.lastBytesRead() <= 0) {
                    buffer.release();
                    break;
                }
                allocHandle.incMessagesRead(1);
                readPending = false;
                any = true;
                channel.pipeline().fireChannelRead(buffer);
            }
            if (any) {
                allocHandle.readComplete();
                channel.pipeline().fireChannelReadComplete();
            }
        } catch (final Throwable t) {
            onReadException(allocHandle, t);
        }
    }

    /** Both directions are done and the handle goes stale: what is left is read now, then the end. */
    void onClosed() {
        drain();
        if (!isStopped()) {
            endInput();
        }
    }

    private int receive(final ByteBuf buffer, final int length) {
        try {
            final int received = buffer.hasMemoryAddress()
                    ? channel.tcp().receive(channel.connection(), buffer.memoryAddress() + buffer.writerIndex(),
                            length)
                    : receiveByCopy(buffer);
            if (received > 0 && buffer.hasMemoryAddress()) {
                buffer.writerIndex(buffer.writerIndex() + received);
            }
            return received;
        } catch (final Throwable t) {
            buffer.release();
            throw t;
        }
    }

    private int receiveByCopy(final ByteBuf buffer) {
        final BounceBuffer bounce = channel.bounce();
        final int length = Math.min(buffer.writableBytes(), BounceBuffer.LENGTH);
        final int received = channel.tcp().receive(channel.connection(), bounce.address(), length);
        if (received > 0) {
            buffer.writeBytes(bounce.view(received));
        }
        return received;
    }

    private void onReadException(final ExtendedHandle allocHandle, final Throwable cause) {
        allocHandle.readComplete();
        channel.pipeline().fireChannelReadComplete();
        channel.pipeline().fireExceptionCaught(cause);
        if (cause instanceof IOException || cause instanceof OutOfMemoryError) {
            endInput();
        }
    }

    /** The peer's FIN, after its last byte: an event where half-closure is allowed, the channel's end elsewhere. */
    private void endInput() {
        if (!channel.isOpen()) {
            return;
        }
        if (!channel.isInputEnded()) {
            if (!channel.config().isAllowHalfClosure()) {
                channel.unsafe().close(channel.unsafe().voidPromise());
                return;
            }
            channel.onInputEnded();
            clearInterest();
            channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
        completeInput();
    }

    /** The application shut its input down: there is nothing more to be told but that. */
    void completeInput() {
        if (!finished) {
            finished = true;
            channel.pipeline().fireUserEventTriggered(ChannelInputShutdownReadComplete.INSTANCE);
        }
    }
}
