package io.millrace.bench.compare.work;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/** Counts what a {@link Source} sends. */
final class Sink extends Connection {
    private long part;

    Sink(final Tally tally) {
        super(tally);
    }

    @Override
    public void channelRead(final ChannelHandlerContext ctx, final Object message) {
        final ByteBuf bytes = (ByteBuf) message;
        final int length = bytes.readableBytes();
        bytes.release();
        part += length;
        tally.arrived(part / Source.LENGTH, length);
        part %= Source.LENGTH;
    }
}
