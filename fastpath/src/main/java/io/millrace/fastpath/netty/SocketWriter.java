package io.millrace.fastpath.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.FileRegion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import org.agrona.BufferUtil;

/**
 * The sending half of a {@link MillraceSocketChannel}: copies messages into the connection's send ring until it is
 * full; the connection then tells when there is room, and nothing is tried before. One flush of the connection ends
 * each pass. Thread: the event loop's.
 */
final class SocketWriter {
    /** Messages that count as one spin, as many as one gathering write of a kernel transport takes. */
    private static final int MESSAGES_PER_SPIN = 1_024;

    private final MillraceSocketChannel channel;
    private final Runnable continueTask;
    private final WritableByteChannel regionTarget = new RegionTarget();
    private boolean full;

    /** @param continueTask goes on when a pass ended by the spin count. */
    SocketWriter(final MillraceSocketChannel channel, final Runnable continueTask) {
        this.channel = channel;
        this.continueTask = continueTask;
    }

    /** True from a short send until the connection has room again. */
    boolean isFull() {
        return full;
    }

    /** There is room again. */
    void onWritable() {
        full = false;
    }

    void write(final ChannelOutboundBuffer in) throws IOException {
        full = false;
        int spins = channel.config().getWriteSpinCount();
        try {
            do {
                final Object message = in.current();
                if (message == null) {
                    return;
                }
                if (message instanceof ByteBuf) {
                    writeBuffers(in);
                } else {
                    writeRegion(in, (FileRegion) message);
                }
                spins--;
            } while (!full && spins > 0);
        } finally {
            channel.tcp().flush(channel.connection());
        }
        if (!full && !in.isEmpty()) {
            channel.eventLoop().execute(continueTask);
        }
    }

    /** What was written before {@code connect} goes with the SYN, as much as there is room for (RFC 7413 §4.1.3). */
    void writeBeforeHandshake(final ChannelOutboundBuffer in) throws IOException {
        in.addFlush();
        writeBuffers(in);
    }

    private void writeBuffers(final ChannelOutboundBuffer in) throws IOException {
        for (int i = 0; i < MESSAGES_PER_SPIN; i++) {
            if (!(in.current() instanceof final ByteBuf buffer)) {
                return;
            }
            final int length = buffer.readableBytes();
            final int sent = buffer.hasMemoryAddress()
                    ? send(buffer.memoryAddress() + buffer.readerIndex(), length)
                    : sendByCopy(buffer, length);
            if (sent == length) {
                in.progress(sent);
                in.remove();
            } else {
                in.removeBytes(sent);
                return;
            }
        }
    }

    private int send(final long address, final int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        final int sent = channel.tcp().send(channel.connection(), address, length);
        if (sent < 0) {
            throw TcpExceptions.ofSend(channel.tcp().failure(channel.connection()));
        }
        full = sent < length;
        return sent;
    }

    private int sendByCopy(final ByteBuf buffer, final int length) throws IOException {
        int done = 0;
        while (done < length && !full) {
            final int chunk = chunk(length - done);
            buffer.getBytes(buffer.readerIndex() + done, channel.bounce().view(chunk));
            done += send(channel.bounce().address(), chunk);
        }
        return done;
    }

    /** What there is room for, but at least one byte: only a send that falls short is told when room is there again. */
    private int chunk(final int length) {
        final int space = Math.max(1, channel.tcp().sendSpace(channel.connection()));
        return Math.min(Math.min(length, space), BounceBuffer.LENGTH);
    }

    private void writeRegion(final ChannelOutboundBuffer in, final FileRegion region) throws IOException {
        if (region.transferred() < region.count()) {
            final long sent = region.transferTo(regionTarget, region.transferred());
            if (sent > 0) {
                in.progress(sent);
            }
        }
        if (region.transferred() >= region.count()) {
            in.remove();
        }
    }

    /** The connection as a file region sees it. */
    private final class RegionTarget implements WritableByteChannel {
        @Override
        public int write(final ByteBuffer source) throws IOException {
            final int start = source.position();
            while (source.hasRemaining() && !full) {
                final int sent;
                if (source.isDirect()) {
                    sent = send(BufferUtil.address(source) + source.position(), source.remaining());
                } else {
                    final int chunk = chunk(source.remaining());
                    channel.bounce().view(chunk).put(0, source, source.position(), chunk);
                    sent = send(channel.bounce().address(), chunk);
                }
                source.position(source.position() + sent);
            }
            return source.position() - start;
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() {
            // The channel closes itself.
        }
    }
}
