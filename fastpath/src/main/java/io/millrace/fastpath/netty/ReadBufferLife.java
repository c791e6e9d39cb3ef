package io.millrace.fastpath.netty;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakTracker;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What a {@link ReadBuffer} is apart from the way it is read and written, of either kind. Thread: the buffer's owner's. */
final class ReadBufferLife {
    private final ReadBuffers origin;
    private final ByteBuffer memory;
    private ByteBufAllocator allocator = UnpooledByteBufAllocator.DEFAULT;
    @Nullable
    private ResourceLeakTracker<ReadBuffer> tracker;
    /** Its capacity was changed, even where it is what it was again. */
    private boolean moved;

    /** @param memory of the origin, which the buffer begins over. */
    ReadBufferLife(final ReadBuffers origin, final ByteBuffer memory) {
        this.origin = origin;
        this.memory = memory;
    }

    /** @param channels allocator of the channel that reads into it. */
    void begin(final ByteBufAllocator channels, final @Nullable ResourceLeakTracker<ReadBuffer> leakTracker) {
        // a reference is stored with a barrier of the collector's
        if (allocator != channels) {
            allocator = channels;
        }
        if (leakTracker != null) {
            tracker = leakTracker;
        }
    }

    ByteBufAllocator allocator() {
        return allocator;
    }

    void onCapacity(final boolean changed) {
        moved |= changed;
    }

    boolean isMoved() {
        return moved;
    }

    void touch(final Object hint) {
        if (tracker != null) {
            tracker.record(hint);
        }
    }

    /** First of what is done where the last reference is gone. */
    void untrack(final ReadBuffer buffer) {
        final ResourceLeakTracker<ReadBuffer> leakTracker = tracker;
        if (leakTracker != null) {
            tracker = null;
            leakTracker.close(buffer);
        }
    }

    /**
     * Last of it: the next owner may have it before this returns, so nothing of the buffer is looked at afterwards.
     * Memory that the buffer got for itself is freed before; what it began over is the next buffer's.
     */
    void giveBack(final ReadBuffer buffer) {
        origin.giveBack(moved ? origin.over(memory) : buffer);
    }
}
