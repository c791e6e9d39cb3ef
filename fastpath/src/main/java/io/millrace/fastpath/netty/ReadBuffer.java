package io.millrace.fastpath.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakTracker;
import org.jspecify.annotations.Nullable;

/**
 * A buffer of {@link ReadBuffers}, used again and again. One whose capacity is changed has memory of its own from then on,
 * and ends with its last reference; another takes its place, over the memory that it had. Of a JVM's buffers all are of one kind. Thread: its owner's.
 */
interface ReadBuffer {
    /** Begins anew, empty; {@link ReadBufferLife#begin}. */
    ByteBuf begin(ByteBufAllocator channels, @Nullable ResourceLeakTracker<ReadBuffer> leakTracker);
}
