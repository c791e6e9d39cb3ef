package io.millrace.services.iperf;

import io.millrace.fastpath.netty.MillraceChannelOption;
import io.millrace.fastpath.netty.MillraceSocketChannel;
import io.millrace.services.HexLines;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A stream: throws away what arrives, or sends as fast as it may, and counts the bytes. Thread: the channel's event loop. */
final class StreamHandler extends ChannelInboundHandlerAdapter {
    private static final long PACE_NS = TimeUnit.MILLISECONDS.toNanos(1);

    /** Written by the event loop alone. */
    private final AtomicLong bytes = new AtomicLong();
    private @Nullable Settings settings;
    private boolean toClient;
    private @Nullable ChannelHandlerContext context;
    private @Nullable ByteBuf block;
    private boolean sending;
    private boolean waiting;
    private long startNs;
    private long sent;
    private long omitted;

    /** What a stream has done. @param retransmits segments sent again; -1 where nobody counted. */
    record Result(long bytes, long retransmits, @Nullable String congestion) {}

    /** Before it is in a pipeline. */
    void settings(final Settings wanted, final boolean sends) {
        settings = wanted;
        toClient = sends;
    }

    @Override
    public void handlerAdded(final ChannelHandlerContext added) {
        context = added;
        final Channel channel = added.channel();
        channel.config().setOption(ChannelOption.TCP_NODELAY, settings.noDelay());
        if (toClient) {
            channel.config().setWriteBufferWaterMark(
                    new WriteBufferWaterMark(settings.length(), 2 * settings.length()));
            if (settings.congestion() != null) {
                channel.config().setOption(MillraceChannelOption.CONGESTION_CONTROL, settings.congestion());
            }
            block = added.alloc().directBuffer(settings.length());
            HexLines.write(block, 0, settings.length());
        }
    }

    @Override
    public void handlerRemoved(final ChannelHandlerContext removed) {
        sending = false;
        if (block != null) {
            block.release();
            block = null;
        }
    }

    /** Thread: any. */
    void start() {
        onLoop(() -> {
            startNs = System.nanoTime();
            sending = toClient && block != null;
            pump();
        });
    }

    /** What was counted until now does not count. Thread: any. */
    void omit() {
        onLoop(() -> omitted = bytes.get());
    }

    /** Bytes until now. Thread: any. */
    long bytes() {
        return bytes.get();
    }

    /**
     * Ends the counting, and a stream that sends: iperf3 reads on until the end, and of what arrived no more than whole
     * blocks. Thread: any.
     */
    Future<Result> end() {
        return context.executor().submit(() -> {
            final Result result = result(context.channel());
            sending = false;
            if (toClient) {
                context.close();
            }
            return result;
        });
    }

    private Result result(final Channel channel) {
        final long counted = bytes.get() - omitted;
        if (!channel.isActive()) {
            return new Result(counted, -1, null);
        }
        return new Result(counted,
                toClient && channel instanceof final MillraceSocketChannel own
                        ? own.tcpInfo().totalRetransmits()
                        : -1,
                channel.config().getOption(MillraceChannelOption.CONGESTION_CONTROL));
    }

    /** Thread: any. */
    void close() {
        final ChannelHandlerContext added = context;
        if (added != null) {
            added.channel().close();
        }
    }

    private void onLoop(final Runnable task) {
        context.executor().execute(task);
    }

    @Override
    public void channelRead(final ChannelHandlerContext reader, final Object message) {
        if (message instanceof final ByteBuf arrived && !toClient) {
            bytes.lazySet(bytes.get() + arrived.readableBytes());
        }
        ReferenceCountUtil.release(message);
    }

    @Override
    public void channelWritabilityChanged(final ChannelHandlerContext writer) {
        pump();
        writer.fireChannelWritabilityChanged();
    }

    /** Writes until the channel is full, whose event calls it again, or until the rate allows no more for now. */
    private void pump() {
        final ByteBuf source = block;
        if (!sending || source == null) {
            return;
        }
        final long allowed = allowed();
        while (sending && sent < allowed && context.channel().isWritable()) {
            sent += settings.length();
            bytes.lazySet(sent);
            context.write(source.retainedDuplicate(), context.voidPromise());
        }
        context.flush();
        if (sent >= allowed && !waiting) {
            waiting = true;
            context.executor().schedule(() -> {
                waiting = false;
                pump();
            }, PACE_NS, TimeUnit.NANOSECONDS);
        }
    }

    /** Bytes that may have been sent by now. */
    private long allowed() {
        if (settings.bitsPerSecond() == 0) {
            return Long.MAX_VALUE;
        }
        return (long) (settings.bitsPerSecond() / 8e9 * (System.nanoTime() - startNs + PACE_NS));
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext failed, final Throwable cause) {
        failed.close();
    }
}
