package io.millrace.services;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;

/**
 * Writes {@link HexLines} as fast as the channel takes them: a chunk at a time while it is writable, the rest when it is
 * writable again. Thread: the channel's event loop.
 */
class ByteSource {
    private static final int CHUNK = 64 * 1024;

    private long position;
    private long end;

    /** Starts over with bytes 0 to {@code length} - 1. */
    void begin(final long length) {
        position = 0;
        end = length;
    }

    /** True where everything was written. */
    boolean isDone() {
        return position == end;
    }

    /** Writes on; true where everything is written now. Flushes. */
    boolean pump(final ChannelHandlerContext context) {
        final Channel channel = context.channel();
        while (position < end && channel.isWritable()) {
            final int length = (int) Math.min(CHUNK, end - position);
            final ByteBuf chunk = context.alloc().directBuffer(length);
            HexLines.write(chunk, position, length);
            position += length;
            context.write(wrap(chunk), context.voidPromise());
        }
        context.flush();
        return position == end;
    }

    /** What is written for a chunk; a codec may want it wrapped. */
    Object wrap(final ByteBuf chunk) {
        return chunk;
    }
}
