package io.millrace.bench.compare.work;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/** Keeps sixteen messages of 64 bytes under way; what one read has brought back leaves again with one flush. */
final class Pipeline extends Connection implements Work {
    private static final int LENGTH = 64;
    private static final int WINDOW = 16;

    private boolean running;
    private int underWay;
    private int part;
    private boolean unflushed;

    Pipeline(final Tally tally) {
        super(tally);
    }

    @Override
    public void start() {
        running = true;
        send(WINDOW - underWay);
        context.flush();
        unflushed = false;
    }

    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isIdle() {
        return underWay == 0;
    }

    private void send(final int messages) {
        for (int i = 0; i < messages; i++) {
            context.write(message(LENGTH), context.voidPromise());
        }
        underWay += messages;
        unflushed |= messages > 0;
    }

    @Override
    public void channelRead(final ChannelHandlerContext ctx, final Object message) {
        final ByteBuf bytes = (ByteBuf) message;
        part += bytes.readableBytes();
        bytes.release();
        final int whole = part / LENGTH;
        part -= whole * LENGTH;
        underWay -= whole;
        tally.arrived(whole, (long) whole * LENGTH);
        if (running) {
            send(whole);
        }
    }

    @Override
    public void channelReadComplete(final ChannelHandlerContext ctx) {
        if (unflushed) {
            unflushed = false;
            ctx.flush();
        }
    }
}
