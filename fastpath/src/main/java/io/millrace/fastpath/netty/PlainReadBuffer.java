package io.millrace.fastpath.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.util.ResourceLeakTracker;
import java.nio.ByteBuffer;
import org.agrona.BufferUtil;
import org.jspecify.annotations.Nullable;

/** A {@link ReadBuffer} for where Netty may not use Unsafe; its address is known nevertheless. Thread: its owner's. */
final class PlainReadBuffer extends UnpooledDirectByteBuf implements ReadBuffer {
    private final ReadBufferLife life;
    private final long address;

    PlainReadBuffer(final ReadBuffers origin, final ByteBuffer memory) {
        super(UnpooledByteBufAllocator.DEFAULT, memory, Integer.MAX_VALUE);
        life = new ReadBufferLife(origin, memory);
        address = BufferUtil.address(memory);
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
    public boolean hasMemoryAddress() {
        return !life.isMoved() || super.hasMemoryAddress();
    }

    @Override
    public long memoryAddress() {
        return life.isMoved() ? super.memoryAddress() : address;
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
