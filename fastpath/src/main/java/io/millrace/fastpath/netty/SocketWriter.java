package io.millrace.fastpath.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import org.agrona.BufferUtil;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a {@link MillraceSocketChannel}: gives messages to the connection until its send buffer is full;
 * the connection then tells when there is room, and nothing is tried before. Large ones are held as they are until they
 * are acknowledged ({@link HeldBuffers}), the others copied into the send ring; files are read into it. One flush of the
 * connection ends each pass. Thread: the event loop's.
 */
final class SocketWriter {
    /** Messages that count as one spin, as many as one gathering write of a kernel transport takes. */
    private static final int MESSAGES_PER_SPIN = 1_024;
    /** Bytes of a file that are read at once. */
    private static final int FILE_CHUNK = 1 << 20;

    private final MillraceSocketChannel channel;
    private final Runnable continueTask;
    private final WritableByteChannel regionTarget = new RegionTarget();
    private boolean full;
    /** The first message, of which a part is held: nobody else can reach it. */
    @Nullable
    private ByteBuf partlyHeld;

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
            final int sent = length == 0 ? 0 : writeBuffer(buffer, length);
            if (sent == length) {
                partlyHeld = null;
                in.progress(sent);
                in.remove();
            } else {
                in.removeBytes(sent);
                return;
            }
        }
    }

    private int writeBuffer(final ByteBuf buffer, final int length) throws IOException {
        if (mayHold(buffer, length)) {
            return sendHeld(buffer, length);
        }
        return buffer.hasMemoryAddress()
                ? send(buffer.memoryAddress() + buffer.readerIndex(), length)
                : sendByCopy(buffer, length);
    }

    /** Retains the buffer where true. */
    private boolean mayHold(final ByteBuf buffer, final int length) {
        if (buffer == partlyHeld) {
            buffer.retain();
            return true;
        }
        final int least = channel.config().settings().zeroCopySend();
        return least != 0 && length >= least && HeldBuffers.tryRetain(buffer);
    }

    private int sendHeld(final ByteBuf buffer, final int length) throws IOException {
        final boolean array = !buffer.hasMemoryAddress();
        final long place = buffer.readerIndex() + (array ? buffer.arrayOffset() : buffer.memoryAddress());
        int sent = 0;
        try {
            sent = checked(channel.tcp().sendHeld(channel.connection(), array ? buffer.array() : null, place, length,
                    HeldBuffers.OWNER, buffer));
        } finally {
            if (sent == 0) {
                buffer.release();
            }
        }
        full = sent < length;
        if (full && sent > 0) {
            partlyHeld = buffer;
        }
        return sent;
    }

    private int send(final long address, final int length) throws IOException {
        final int sent = checked(channel.tcp().send(channel.connection(), address, length));
        full = sent < length;
        return sent;
    }

    private int checked(final int sent) throws IOException {
        if (sent < 0) {
            throw TcpExceptions.ofSend(channel.tcp().failure(channel.connection()));
        }
        return sent;
    }

    /** Copies what has no address straight into the send ring. */
    private int sendByCopy(final ByteBuf buffer, final int length) throws IOException {
        int done = 0;
        while (done < length) {
            final int claim = claim(length - done);
            if (claim == 0) {
                break;
            }
            commit(buffer, buffer.readerIndex() + done, claim);
            done += claim;
        }
        return done;
    }

    /** Asks for a place in the send ring; 0 where there is none before the connection tells. */
    private int claim(final int length) throws IOException {
        final int claim = checked(channel.tcp().claim(channel.connection(), length));
        full = claim == 0;
        return claim;
    }

    private void commit(final ByteBuf buffer, final int index, final int length) {
        int copied = 0;
        try {
            buffer.getBytes(index, channel.tcp().claimed());
            copied = length;
        } finally {
            channel.tcp().commit(channel.connection(), copied);
        }
    }

    private void writeRegion(final ChannelOutboundBuffer in, final FileRegion region) throws IOException {
        if (region.transferred() < region.count()) {
            final long sent = transfer(region);
            if (sent > 0) {
                in.progress(sent);
            }
        }
        if (region.transferred() >= region.count()) {
            in.remove();
        }
    }

    private long transfer(final FileRegion region) throws IOException {
        if (region instanceof final DefaultFileRegion ofFile) {
            FileRegions.open(ofFile);
            final FileChannel file = FileRegions.file(ofFile);
            if (file != null) {
                return read(ofFile, file);
            }
        }
        return region.transferTo(regionTarget, region.transferred());
    }

    /** Reads a file into the send ring until that is full. */
    private long read(final DefaultFileRegion region, final FileChannel file) throws IOException {
        final long before = region.transferred();
        while (region.transferred() < region.count()) {
            final int claim = claim((int) Math.min(region.count() - region.transferred(), FILE_CHUNK));
            if (claim == 0) {
                break;
            }
            final int read = read(region, file, region.position() + region.transferred());
            if (read <= 0) {
                // the file is shorter than the region says: which says so itself
                region.transferTo(regionTarget, region.transferred());
                break;
            }
        }
        return region.transferred() - before;
    }

    private int read(final DefaultFileRegion region, final FileChannel file, final long position) throws IOException {
        int read = 0;
        try {
            read = file.read(channel.tcp().claimed(), position);
        } finally {
            channel.tcp().commit(channel.connection(), Math.max(0, read));
        }
        if (read > 0) {
            FileRegions.onTransferred(region, read);
        }
        return read;
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
                    sent = claim(source.remaining());
                    if (sent > 0) {
                        channel.tcp().claimed().put(channel.tcp().claimed().position(), source, source.position(),
                                sent);
                        channel.tcp().commit(channel.connection(), sent);
                    }
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
