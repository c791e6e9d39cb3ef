package io.millrace.fastpath.netty;

import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.LentFrame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.util.ResourceLeakTracker;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A buffer over the room of one frame of the port: the text that it came with lies between its indices, and
 * all of it is the owner's to write until the last reference is released. Then the frame goes back to the port, from
 * whatever thread, and the buffer waits for the frame's next text. Thread: its owner's.
 */
final class FrameBuffer extends UnpooledDirectByteBuf implements LentFrame {
    private final FrameBuffers origin;
    private final long frame;
    /** Its capacity was changed: it has memory of its own, even where it is as long as the frame again. */
    private boolean moved;
    private ByteBufAllocator allocator = UnpooledByteBufAllocator.DEFAULT;
    @Nullable
    private ResourceLeakTracker<FrameBuffer> tracker;

    FrameBuffer(final FrameBuffers origin, final long frame) {
        super(UnpooledByteBufAllocator.DEFAULT, memory(frame), Frame.capacity(frame) - Frame.roomOffset(frame));
        this.origin = origin;
        this.frame = frame;
    }

    @SuppressWarnings("restricted")
    private static ByteBuffer memory(final long frame) {
        return MemorySegment.ofAddress(Frame.room(frame))
                .reinterpret(Frame.capacity(frame) - Frame.roomOffset(frame)).asByteBuffer();
    }

    /** Begins anew with the text that is noted in the frame. */
    FrameBuffer begin(final ByteBufAllocator channels, final boolean again,
            @Nullable final ResourceLeakTracker<FrameBuffer> leakTracker) {
        allocator = channels;
        tracker = leakTracker;
        if (again) {
            resetRefCnt();
        }
        final int from = (int) (Frame.textAddress(frame) - Frame.room(frame));
        setIndex(0, 0);
        markReaderIndex();
        markWriterIndex();
        setIndex(from, from + Frame.textLength(frame));
        return this;
    }

    @Override
    public long frame() {
        return frame;
    }

    @Override
    public void onReturned() {
        origin.onReturned(this);
    }

    /** True while it is over the frame: a buffer whose capacity was changed has memory of its own. */
    boolean isOverFrame() {
        return !moved;
    }

    @Override
    public ByteBuf capacity(final int newCapacity) {
        final int before = capacity();
        super.capacity(newCapacity);
        moved |= newCapacity != before;
        return this;
    }

    @Override
    public ByteBufAllocator alloc() {
        return allocator;
    }

    @Override
    public boolean hasMemoryAddress() {
        return isOverFrame() || super.hasMemoryAddress();
    }

    @Override
    public long memoryAddress() {
        return isOverFrame() ? Frame.room(frame) : super.memoryAddress();
    }

    @Override
    public ByteBuf touch(final Object hint) {
        if (tracker != null) {
            tracker.record(hint);
        }
        return this;
    }

    @Override
    protected void deallocate() {
        final ResourceLeakTracker<FrameBuffer> leakTracker = tracker;
        if (leakTracker != null) {
            tracker = null;
            leakTracker.close(this);
        }
        if (!isOverFrame()) {
            super.deallocate();
        }
        origin.frames().giveBack(this);
    }
}
