package io.millrace.bench.compare.work;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.TimeUnit;

/**
 * Sends messages at a fixed rate, whatever has come back. A message's latency counts from the time at which it was due, not
 * from when it could be sent: while the other end, the transport or this loop is late, all the messages that fall due
 * meanwhile are late as well, and their waiting is counted (no coordinated omission); also where they have not come back when
 * a round ends, with as long as they have been due by then. A loop that sleeps is woken by the
 * transport's own timer, whose lateness counts too: it is what an application's timer would see there.
 */
final class OpenLoop extends Connection implements Work {
    private static final int LENGTH = 64;

    private final long intervalNs;
    private final Runnable tick = this::tick;
    private final Runnable timer = this::onTimer;
    private boolean running;
    private boolean timed;
    private long startNs;
    private long sent;
    private long received;
    private int part;

    /** @param rate messages a second. */
    OpenLoop(final int rate, final Tally tally) {
        super(tally);
        intervalNs = TimeUnit.SECONDS.toNanos(1) / rate;
    }

    @Override
    public void start() {
        running = true;
        startNs = System.nanoTime();
        sent = 0;
        received = 0;
        tick();
    }

    @Override
    public void stop() {
        running = false;
    }

    /** What is due and not back. Whatever comes back in the next round counts there, with all its time. */
    @Override
    public void onMark() {
        if (running) {
            final long lateNs = System.nanoTime() - startNs;
            for (long due = received * intervalNs; due < lateNs; due += intervalNs) {
                tally.took(lateNs - due);
            }
        }
    }

    @Override
    public boolean isIdle() {
        return received == sent;
    }

    /** Sends what is due. A channel that takes no more calls again when it does. */
    private void tick() {
        if (!running) {
            return;
        }
        final long due = (System.nanoTime() - startNs) / intervalNs + 1;
        final long before = sent;
        while (sent < due && context.channel().isWritable()) {
            sent++;
            context.write(message(LENGTH), context.voidPromise());
        }
        if (sent > before) {
            context.flush();
        }
        if (sent >= due && !timed) {
            timed = true;
            context.executor().schedule(timer, Math.max(0, startNs + sent * intervalNs - System.nanoTime()),
                    TimeUnit.NANOSECONDS);
        }
    }

    private void onTimer() {
        timed = false;
        tick();
    }

    @Override
    public void channelWritabilityChanged(final ChannelHandlerContext ctx) {
        // asked again behind whoever changed it: this may be within a flush of tick's own
        if (ctx.channel().isWritable()) {
            ctx.executor().execute(tick);
        }
    }

    @Override
    public void channelRead(final ChannelHandlerContext ctx, final Object message) {
        final ByteBuf bytes = (ByteBuf) message;
        part += bytes.readableBytes();
        bytes.release();
        final long nowNs = System.nanoTime();
        for (; part >= LENGTH; part -= LENGTH) {
            tally.arrived(1, LENGTH);
            tally.took(nowNs - startNs - received * intervalNs);
            received++;
        }
    }
}
