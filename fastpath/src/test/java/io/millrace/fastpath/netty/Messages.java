package io.millrace.fastpath.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.DefaultFileRegion;
import java.io.File;
import java.util.Arrays;
import java.util.Random;

/** Writes messages of all kinds; memory that the application keeps is overwritten as soon as the promise allows it. */
final class Messages {
    private final ByteBufAllocator allocator;
    private final File file;
    private final Random random;

    /** @param file the whole stream. */
    Messages(final ByteBufAllocator allocator, final File file, final Random random) {
        this.allocator = allocator;
        this.file = file;
        this.random = random;
    }

    /** @param position of the content in the file. */
    void write(final Channel channel, final byte[] content, final int position) {
        switch (random.nextInt(6)) {
            case 0 -> channel.write(allocator.directBuffer(content.length).writeBytes(content));
            case 1 -> channel.write(allocator.heapBuffer(content.length).writeBytes(content));
            case 2 -> wrapped(channel, content);
            case 3 -> shared(channel, content);
            case 4 -> channel.write(composite(content));
            default -> channel.write(new DefaultFileRegion(file, position, content.length));
        }
    }

    private static void wrapped(final Channel channel, final byte[] content) {
        channel.write(Unpooled.wrappedBuffer(content)).addListener(done -> Arrays.fill(content, (byte) 0));
    }

    /** A buffer to which the application keeps a reference, to write other things into it. */
    private void shared(final Channel channel, final byte[] content) {
        final ByteBuf buffer = allocator.directBuffer(content.length).writeBytes(content);
        channel.write(buffer.retainedDuplicate()).addListener(done -> {
            buffer.setZero(0, content.length);
            buffer.release();
        });
    }

    private ByteBuf composite(final byte[] content) {
        final int half = content.length / 2;
        return allocator.compositeDirectBuffer(2)
                .addComponent(true, allocator.directBuffer().writeBytes(content, 0, half))
                .addComponent(true, allocator.heapBuffer().writeBytes(content, half, content.length - half));
    }
}
