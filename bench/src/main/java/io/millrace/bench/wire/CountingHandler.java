package io.millrace.bench.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Counts what arrives and throws it away. Thread: the channel's event loop. */
final class CountingHandler extends ChannelInboundHandlerAdapter {
    private final Meter meter;

    CountingHandler(final Meter meter) {
        this.meter = meter;
    }

    @Override
    public void channelRead(final ChannelHandlerContext context, final Object message) {
        final ByteBuf bytes = (ByteBuf) message;
        meter.onBytes(bytes.readableBytes());
        bytes.release();
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
        // The sender ends with a reset: that is no news.
        context.close();
    }
}
