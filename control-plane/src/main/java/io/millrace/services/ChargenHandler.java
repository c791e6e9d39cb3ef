package io.millrace.services;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/** Sends {@link HexLines} without end and throws away what arrives (after RFC 864). Thread: the channel's event loop. */
public final class ChargenHandler extends ChannelInboundHandlerAdapter {
    private final ByteSource source = new ByteSource();

    @Override
    public void channelActive(final ChannelHandlerContext context) {
        source.begin(Long.MAX_VALUE);
        source.pump(context);
        context.fireChannelActive();
    }

    @Override
    public void channelWritabilityChanged(final ChannelHandlerContext context) {
        source.pump(context);
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void channelRead(final ChannelHandlerContext context, final Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
        context.close();
    }
}
