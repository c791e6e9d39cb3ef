package io.millrace.fastpath.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledUnsafeDirectByteBuf;
import io.netty.util.ResourceLeakTracker;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A {@link ReadBuffer} that is read and written as those of Netty's pools are where Netty may use Unsafe. Thread: its owner's. */
final class UnsafeReadBuffer extends UnpooledUnsafeDirectByteBuf implements ReadBuffer {
    private final ReadBufferLife life;

    UnsafeReadBuffer(final ReadBuffers origin, final ByteBuffer memory) {
        super(UnpooledByteBufAllocator.DEFAULT, memory, Integer.MAX_VALUE);
        life = new ReadBufferLife(origin, memory);
    }

    @Override
    public ByteBuf begin(final ByteBufAllocator channels,
            final @Nullable ResourceLeakTracker<ReadBuffer> leakTracker) {
        life.begin(channels, leakTracker);
        resetRefCnt();
        setIndex(0, 0);
        markReaderIndex();
        markWriterIndex();
        return this;
    }

    @Override
    public ByteBuf capacity(final int newCapacity) {
        final int before = capacity();
        super.capacity(newCapacity);
        life.onCapacity(newCapacity != before);
        return this;
    }

    @Override
    public ByteBufAllocator alloc() {
        return life.allocator();
    }

    @Override
    public ByteBuf touch(final Object hint) {
        life.touch(hint);
        return this;
    }

    @Override
    protected void deallocate() {
        life.untrack(this);
        if (life.isMoved()) {
            super.deallocate();
        }
        life.giveBack(this);
    }
}
