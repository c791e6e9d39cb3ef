package io.millrace.fastpath.netty;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakTracker;
import org.jspecify.annotations.Nullable;

/** What a {@link ReadBuffer} is apart from its memory, of either kind. Thread: the buffer's owner's. */
final class ReadBufferLife {
    private final ReadBuffers origin;
    private ByteBufAllocator allocator = UnpooledByteBufAllocator.DEFAULT;
    @Nullable
    private ResourceLeakTracker<ReadBuffer> tracker;
    /** Its capacity was changed, even where it is what it was again. */
    private boolean moved;

    ReadBufferLife(final ReadBuffers origin) {
        this.origin = origin;
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

    /** The last reference is gone; true where the buffer's memory, which is its own, is to be freed. */
    boolean end(final ReadBuffer buffer) {
        final ResourceLeakTracker<ReadBuffer> leakTracker = tracker;
        if (leakTracker != null) {
            tracker = null;
            leakTracker.close(buffer);
        }
        if (moved) {
            origin.onLost();
        } else {
            origin.giveBack(buffer);
        }
        return moved;
    }
}
