package io.millrace.bench.compare.work;

import io.millrace.fastpath.memory.Memory;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;

/**
 * Counts what a {@link Source} sends, and looks at it: a word of every line of the cache. What nobody reads costs the less
 * the fewer copies it has seen, and no application is like that.
 */
final class Sink extends Connection {
    private static final int LINE = 64;

    private long part;
    /** Of the words seen: so that they are read. */
    private long sum;

    Sink(final Tally tally) {
        super(tally);
    }

    @Override
    public void channelRead(final ChannelHandlerContext ctx, final Object message) {
        final ByteBuf bytes = (ByteBuf) message;
        final int length = bytes.readableBytes();
        sum += look(bytes.memoryAddress() + bytes.readerIndex(), length);
        bytes.release();
        part += length;
        tally.arrived(part / Source.LENGTH, length);
        part %= Source.LENGTH;
    }

    private static long look(final long address, final int length) {
        long words = 0;
        for (int i = 0; i <= length - Long.BYTES; i += LINE) {
            words += Memory.getLong(address + i);
        }
        return words;
    }

    @Override
    public String toString() {
        return "sink: " + sum;
    }
}
