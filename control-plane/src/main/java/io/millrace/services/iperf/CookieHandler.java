package io.millrace.services.iperf;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The start of a connection: its cookie tells a stream of the test that runs from the control connection of another. */
final class CookieHandler extends ByteToMessageDecoder {
    static final int LENGTH = 37;
    private static final int PATIENCE_SECONDS = 10;

    private final IperfService service;
    private @Nullable ScheduledFuture<?> patience;

    CookieHandler(final IperfService service) {
        this.service = service;
    }

    @Override
    public void handlerAdded(final ChannelHandlerContext context) {
        patience = context.executor().schedule(() -> context.close(), PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    protected void handlerRemoved0(final ChannelHandlerContext context) {
        if (patience != null) {
            patience.cancel(false);
        }
    }

    @Override
    protected void decode(final ChannelHandlerContext context, final ByteBuf in, final List<Object> out) {
        if (in.readableBytes() < LENGTH) {
            return;
        }
        final String cookie = in.readCharSequence(LENGTH, StandardCharsets.US_ASCII).toString();
        final IperfTest running = service.current();
        if (running != null && running.cookie().equals(cookie)) {
            join(context, running);
            return;
        }
        final IperfTest test = new IperfTest(cookie);
        if (service.begin(test)) {
            context.pipeline().replace(this, null, new ControlHandler(service, test));
        } else {
            context.writeAndFlush(Unpooled.buffer(1).writeByte(State.ACCESS_DENIED))
                    .addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void join(final ChannelHandlerContext context, final IperfTest test) {
        final StreamHandler stream = new StreamHandler();
        if (test.add(stream)) {
            context.pipeline().replace(this, null, stream);
            test.onJoined();
        } else {
            context.close();
        }
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext context, final Throwable cause) {
        context.close();
    }
}
