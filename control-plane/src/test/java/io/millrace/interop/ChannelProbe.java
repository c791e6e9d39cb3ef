package io.millrace.interop;

import io.millrace.services.HexLines;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * The handler of one channel on the stack's side: checks that what arrives is {@link HexLines}, and remembers what
 * happened. Thread: the channel's event loop; any thread asks.
 */
final class ChannelProbe extends ChannelInboundHandlerAdapter {
    /** Water mark and one chunk: more than that a sender that heeds writability never has waiting. */
    private static final int CHUNK = 64 * 1024;

    final CompletableFuture<Channel> active = new CompletableFuture<>();
    final CompletableFuture<Void> inputEnded = new CompletableFuture<>();
    final CompletableFuture<Void> inactive = new CompletableFuture<>();
    final List<Throwable> exceptions = new CopyOnWriteArrayList<>();
    volatile long received;
    volatile boolean corrupt;
    volatile long mostPending;
    private long toSend;
    private long sent;

    /** The channel, once it is active. */
    Channel channel() throws Exception {
        return active.get(20, TimeUnit.SECONDS);
    }

    /** Sends as many bytes as fast as the channel becomes writable, then shuts the output down. Thread: any. */
    void send(final long length) throws Exception {
        final ChannelHandlerContext context = channel().pipeline().context(this);
        context.executor().execute(() -> {
            toSend = length;
            pump(context);
        });
    }

    private void pump(final ChannelHandlerContext context) {
        final Channel channel = context.channel();
        if (sent == toSend) {
            return;
        }
        while (sent < toSend && channel.isWritable()) {
            final int length = (int) Math.min(CHUNK, toSend - sent);
            final ByteBuf chunk = context.alloc().directBuffer(length);
            HexLines.write(chunk, sent, length);
            sent += length;
            mostPending = Math.max(mostPending, channel.unsafe().outboundBuffer().totalPendingWriteBytes() + length);
            if (sent == toSend) {
                context.writeAndFlush(chunk).addListener(done -> shutdownOutput(channel));
            } else {
                context.write(chunk, context.voidPromise());
            }
        }
        context.flush();
    }

    private static void shutdownOutput(final Channel channel) {
        ((io.netty.channel.socket.DuplexChannel) channel).shutdownOutput();
    }

    @Override
    public void channelActive(final ChannelHandlerContext context) {
        active.complete(context.channel());
    }

    @Override
    public void channelRead(final ChannelHandlerContext context, final Object message) {
        final ByteBuf bytes = (ByteBuf) message;
        corrupt |= !HexLines.matches(bytes, received);
        received += bytes.readableBytes(); // written by this thread alone
        bytes.release();
    }

    @Override
    public void channelWritabilityChanged(final ChannelHandlerContext context) {
        pump(context);
    }

    @Override
    public void userEventTriggered(final ChannelHandlerContext context, final Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            inputEnded.complete(null);
        }
    }

    @Override
    public void channelInactive(final ChannelHandlerContext context) {
        inactive.complete(null);
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
        exceptions.add(cause);
    }
}
