package io.millrace.bench.compare.work;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Sends one message of so many bytes back, and closes. */
final class LastWord extends ChannelInboundHandlerAdapter {
    private int awaited;

    LastWord(final int length) {
        awaited = length;
    }

    @Override
    public void channelRead(final ChannelHandlerContext ctx, final Object message) {
        awaited -= ((ByteBuf) message).readableBytes();
        if (awaited > 0) {
            ctx.write(message, ctx.voidPromise());
        } else {
            ctx.writeAndFlush(message).addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause) {
        ctx.close();
    }
}
