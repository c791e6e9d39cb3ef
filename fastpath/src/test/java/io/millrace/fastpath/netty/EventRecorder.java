package io.millrace.fastpath.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Notes what a pipeline is told, in order. Thread: the event loop's notes, any reads. */
class EventRecorder extends ChannelDuplexHandler {
    final List<String> events = new CopyOnWriteArrayList<>();
    final List<Throwable> exceptions = new CopyOnWriteArrayList<>();
    @Nullable
    volatile Channel channel;

    @Override
    public void channelRegistered(final ChannelHandlerContext ctx) {
        channel = ctx.channel();
        events.add("registered");
    }

    @Override
    public void channelUnregistered(final ChannelHandlerContext ctx) {
        events.add("unregistered");
    }

    @Override
    public void channelActive(final ChannelHandlerContext ctx) {
        events.add("active");
        ctx.fireChannelActive();
    }

    @Override
    public void channelInactive(final ChannelHandlerContext ctx) {
        events.add("inactive");
    }

    @Override
    public void channelRead(final ChannelHandlerContext ctx, final Object message) {
        final ByteBuf buffer = (ByteBuf) message;
        events.add("read " + buffer.toString(StandardCharsets.US_ASCII));
        buffer.release();
    }

    @Override
    public void channelReadComplete(final ChannelHandlerContext ctx) {
        events.add("readComplete");
        ctx.fireChannelReadComplete();
    }

    @Override
    public void userEventTriggered(final ChannelHandlerContext ctx, final Object event) {
        events.add(event.getClass().getSimpleName());
    }

    @Override
    public void channelWritabilityChanged(final ChannelHandlerContext ctx) {
        events.add("writable " + ctx.channel().isWritable());
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause) {
        events.add("exception " + cause.getMessage());
        exceptions.add(cause);
    }
}
