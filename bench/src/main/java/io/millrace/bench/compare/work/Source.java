package io.millrace.bench.compare.work;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;

/** Sends messages of 64 KiB one way for as long as the channel takes them. */
final class Source extends Connection implements Work {
    /** Bytes of a message, for which sources and sinks count. */
    static final int LENGTH = 64 << 10;
    /** Then it is the turn of what else waits for the loop: a peer that reads as fast would keep it for ever. */
    private static final int MESSAGES_AT_ONCE = 16;

    private final Runnable again = this::onAgain;
    private boolean running;
    private boolean waiting;
    private boolean idle = true;

    Source(final Tally tally) {
        super(tally);
    }

    @Override
    public void start() {
        running = true;
        idle = false;
        send();
    }

    @Override
    public void stop() {
        running = false;
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> idle = true);
    }

    @Override
    public boolean isIdle() {
        return idle;
    }

    private void send() {
        for (int i = 0; running && i < MESSAGES_AT_ONCE && context.channel().isWritable(); i++) {
            context.writeAndFlush(message(LENGTH), context.voidPromise());
        }
        if (running && context.channel().isWritable()) {
            sendAgain();
        }
    }

    /** Behind what waits for the loop. */
    private void sendAgain() {
        if (!waiting) {
            waiting = true;
            context.executor().execute(again);
        }
    }

    private void onAgain() {
        waiting = false;
        send();
    }

    @Override
    public void channelWritabilityChanged(final ChannelHandlerContext ctx) {
        if (running && ctx.channel().isWritable()) {
            sendAgain();
        }
    }
}
