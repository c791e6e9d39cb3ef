package io.millrace.fastpath.netty;

import java.nio.ByteBuffer;
import org.agrona.BufferUtil;

/**
 * A direct buffer of one event loop through which bytes pass that have no address of their own (heap and composite
 * buffers, file regions), so that none is allocated for a message. Thread: the event loop's.
 */
final class BounceBuffer implements AutoCloseable {
    /** Bytes at a time. */
    static final int LENGTH = 64 << 10;

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(LENGTH);
    private final long address = BufferUtil.address(buffer);

    /** Address of the first byte. */
    long address() {
        return address;
    }

    /** The buffer, from 0 to the length given, at most {@link #LENGTH}. */
    ByteBuffer view(final int length) {
        return buffer.clear().limit(length);
    }

    @Override
    public void close() {
        BufferUtil.free(buffer);
    }
}
