package io.millrace.bench.compare.work;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/**
 * Sends a message, waits until as many bytes have come back, sends the next: a closed loop, whose latencies say how long one
 * message takes that is alone. What is slow delays the next one; how requests that come whatever happens fare, only
 * {@link OpenLoop} says.
 */
final class PingPong extends Connection implements Work {
    private final int length;
    private boolean running;
    private int awaited;
    private long sentNs;

    PingPong(final int length, final Tally tally) {
        super(tally);
        this.length = length;
    }

    @Override
    public void start() {
        running = true;
        if (awaited == 0) {
            ping(System.nanoTime());
        }
    }

    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isIdle() {
        return awaited == 0;
    }

    private void ping(final long nowNs) {
        sentNs = nowNs;
        awaited = length;
        context.writeAndFlush(message(length), context.voidPromise());
    }

    @Override
    public void channelRead(final ChannelHandlerContext ctx, final Object message) {
        final ByteBuf bytes = (ByteBuf) message;
        awaited -= bytes.readableBytes();
        bytes.release();
        if (awaited == 0) {
            final long nowNs = System.nanoTime();
            tally.arrived(1, length);
            tally.took(nowNs - sentNs);
            if (running) {
                ping(nowNs);
            }
        }
    }
}
