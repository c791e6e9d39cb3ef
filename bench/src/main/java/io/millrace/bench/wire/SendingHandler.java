package io.millrace.bench.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes as long as the channel takes it. Thread: the channel's event loop, but for {@link #start}, {@link #stop}. */
final class SendingHandler extends ChannelInboundHandlerAdapter {
    private final ByteBuf block = Unpooled.directBuffer(KernelSocket.CHUNK).writeZero(KernelSocket.CHUNK).asReadOnly();
    private @Nullable ChannelHandlerContext context;
    private boolean sending;

    /** Begins to send. Thread: any. */
    void start() {
        final ChannelHandlerContext mine = Objects.requireNonNull(context, "not connected");
        mine.executor().execute(() -> {
            sending = true;
            pump(mine);
        });
    }

    /** Closes the channel and waits for it. Thread: any but the event loop. */
    void stop() {
        Objects.requireNonNull(context, "not connected").channel().close().awaitUninterruptibly();
    }

    @Override
    public void handlerAdded(final ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelWritabilityChanged(final ChannelHandlerContext mine) {
        if (sending) {
            pump(mine);
        }
    }

    @Override
    public void channelInactive(final ChannelHandlerContext mine) {
        sending = false;
        block.release();
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext mine, final Throwable cause) {
        System.err.println("Millrace's sender ended early: " + cause);
        mine.close();
    }

    private void pump(final ChannelHandlerContext mine) {
        while (sending && mine.channel().isWritable()) {
            mine.writeAndFlush(block.retainedDuplicate());
        }
    }
}
