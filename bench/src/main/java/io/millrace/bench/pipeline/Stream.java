package io.millrace.bench.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultFileRegion;
import java.io.File;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages one way for as long as the channel is writable; flushes after every 64 KiB, or each message that is
 * longer. Thread: the client's event loop.
 */
final class Stream extends ChannelInboundHandlerAdapter implements Load {
    private static final int FLUSH = 64 << 10;

    private final int size;
    @Nullable
    private final File file;
    private final Sink sink = new Sink();
    private ChannelHandlerContext context;
    private long left;
    private int unflushed;

    /** @param file whose first bytes are the message; null: a buffer of the allocator's, which the channel gets. */
    Stream(final int size, @Nullable final File file) {
        this.size = size;
        this.file = file;
    }

    Sink sink() {
        return sink;
    }

    @Override
    public Round round() {
        return sink.round;
    }

    @Override
    public void handlerAdded(final ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void start(final long messages) {
        left = messages;
        sink.awaited.addAndGet(messages * size);
        write();
    }

    private void write() {
        while (left > 0 && context.channel().isWritable()) {
            left--;
            context.write(message(), context.voidPromise());
            unflushed += size;
            if (unflushed >= FLUSH || left == 0) {
                unflushed = 0;
                context.flush();
            }
        }
        if (unflushed > 0) {
            unflushed = 0;
            context.flush();
        }
    }

    private Object message() {
        return file == null
                ? context.alloc().directBuffer(size).writerIndex(size)
                : new DefaultFileRegion(file, 0, size);
    }

    @Override
    public void channelWritabilityChanged(final ChannelHandlerContext ctx) {
        write();
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause) {
        sink.round.fail(cause);
    }

    /** Counts bytes until all have come. Thread: the server's event loop. */
    static final class Sink extends ChannelInboundHandlerAdapter {
        private final Round round = new Round();
        private final AtomicLong awaited = new AtomicLong();

        @Override
        public void channelRead(final ChannelHandlerContext ctx, final Object message) {
            final ByteBuf bytes = (ByteBuf) message;
            final int length = bytes.readableBytes();
            bytes.release();
            if (awaited.addAndGet(-length) == 0) {
                round.end();
            }
        }
    }
}
