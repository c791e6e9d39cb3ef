package io.millrace.bench.pipeline;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Sends a message, waits until as many bytes have come back, sends the next. Thread: the client's event loop. */
final class PingPong extends ChannelInboundHandlerAdapter implements Load {
    private final int size;
    private final Round round = new Round();
    private ChannelHandlerContext context;
    private long left;
    private int awaited;

    PingPong(final int size) {
        this.size = size;
    }

    @Override
    public void handlerAdded(final ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public Round round() {
        return round;
    }

    @Override
    public void start(final long messages) {
        left = messages;
        ping();
    }

    private void ping() {
        awaited = size;
        context.writeAndFlush(context.alloc().directBuffer(size).writerIndex(size), context.voidPromise());
    }

    @Override
    public void channelRead(final ChannelHandlerContext ctx, final Object message) {
        final ByteBuf bytes = (ByteBuf) message;
        awaited -= bytes.readableBytes();
        bytes.release();
        if (awaited == 0) {
            if (--left == 0) {
                round.end();
            } else {
                ping();
            }
        }
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause) {
        round.fail(cause);
    }

    /** Sends everything back. */
    @Sharable
    static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(final ChannelHandlerContext ctx, final Object message) {
            ctx.write(message, ctx.voidPromise());
        }

        @Override
        public void channelReadComplete(final ChannelHandlerContext ctx) {
            ctx.flush();
        }
    }
}
