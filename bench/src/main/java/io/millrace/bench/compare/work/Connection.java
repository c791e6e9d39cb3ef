package io.millrace.bench.compare.work;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * A connection that stays: that it ends is a failure. By itself it does nothing, and drops what it gets. Thread: its event
 * loop.
 */
class Connection extends ChannelInboundHandlerAdapter {
    final Tally tally;
    /** From when the channel has its handler. */
    ChannelHandlerContext context;

    @SuppressWarnings("NullAway.Init")
    Connection(final Tally tally) {
        this.tally = tally;
    }

    @Override
    public final void handlerAdded(final ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelRead(final ChannelHandlerContext ctx, final Object message) {
        ((ByteBuf) message).release();
    }

    @Override
    public final void channelInactive(final ChannelHandlerContext ctx) {
        tally.fail("a connection that should stay has ended: " + ctx.channel());
    }

    @Override
    public final void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause) {
        tally.fail(cause + " on " + ctx.channel());
    }

    /** A message of the allocator's memory, as it is. */
    final ByteBuf message(final int length) {
        return context.alloc().directBuffer(length).writerIndex(length);
    }
}
