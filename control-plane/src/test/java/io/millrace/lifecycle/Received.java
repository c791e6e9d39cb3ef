package io.millrace.lifecycle;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what a channel receives, until it is inactive; closes it when that is enough. Thread: the event loop's. */
final class Received extends ChannelInboundHandlerAdapter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final int enough;
    final List<Throwable> exceptions = new CopyOnWriteArrayList<>();
    final CompletableFuture<byte[]> over = new CompletableFuture<>();
    final CompletableFuture<Channel> active = new CompletableFuture<>();

    Received() {
        this(Integer.MAX_VALUE);
    }

    /** @param enough so many bytes, and the channel is closed. */
    Received(final int enough) {
        this.enough = enough;
    }

    @Override
    public void channelActive(final ChannelHandlerContext ctx) {
        active.complete(ctx.channel());
    }

    @Override
    public void channelRead(final ChannelHandlerContext ctx, final Object message) throws Exception {
        final ByteBuf buffer = (ByteBuf) message;
        buffer.readBytes(bytes, buffer.readableBytes());
        buffer.release();
        if (bytes.size() >= enough) {
            ctx.close();
        }
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause) {
        exceptions.add(cause);
    }

    @Override
    public void channelInactive(final ChannelHandlerContext ctx) {
        over.complete(bytes.toByteArray());
    }
}
