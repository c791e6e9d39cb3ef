package io.millrace.fastpath.netty;

import io.millrace.fastpath.tcp.TextOwner;
import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;

/**
 * Tells which buffers may be sent from until they are acknowledged, which is after their promise has succeeded: those
 * that nobody but the channel can reach, so that nobody changes them, and whose memory an allocator made, so that nobody
 * has it without a reference. An array or a buffer that the application has wrapped is none of these. Thread: any.
 */
final class HeldBuffers {
    /** Lets go of what {@link #tryRetain} kept. */
    static final TextOwner OWNER = text -> ((ByteBuf) text).release();

    private static final ClassValue<Boolean> ALLOCATED = new ClassValue<>() {
        @Override
        protected Boolean computeValue(final Class<?> type) {
            return Kinds.ALL.contains(type);
        }
    };

    private HeldBuffers() {}

    /** Retains the buffer where it may be held; false elsewhere. */
    static boolean tryRetain(final ByteBuf buffer) {
        if (!(buffer.hasMemoryAddress() || buffer.hasArray()) || !isOnlyReference(buffer)) {
            return false;
        }
        buffer.retain();
        if (buffer.refCnt() == 2) {
            return true;
        }
        // one that does not count its references
        buffer.release();
        return false;
    }

    private static boolean isOnlyReference(final ByteBuf buffer) {
        ByteBuf root = buffer;
        for (ByteBuf inner = root; inner != null; inner = root.unwrap()) {
            root = inner;
            if (root.refCnt() != 1) {
                return false;
            }
        }
        return root instanceof FrameBuffer || ALLOCATED.get(root.getClass());
    }

    /** What the allocators of Netty make. Those of {@code Unpooled.wrappedBuffer} are of other classes. */
    private static final class Kinds {
        static final List<Class<?>> ALL = List.of(direct(PooledByteBufAllocator.DEFAULT),
                heap(PooledByteBufAllocator.DEFAULT), direct(UnpooledByteBufAllocator.DEFAULT),
                heap(UnpooledByteBufAllocator.DEFAULT), direct(new AdaptiveByteBufAllocator()),
                heap(new AdaptiveByteBufAllocator()));

        private static Class<?> direct(final ByteBufAllocator allocator) {
            return kind(allocator.directBuffer(1));
        }

        private static Class<?> heap(final ByteBufAllocator allocator) {
            return kind(allocator.heapBuffer(1));
        }

        private static Class<?> kind(final ByteBuf sample) {
            try {
                ByteBuf root = sample;
                while (root.unwrap() != null) {
                    root = root.unwrap();
                }
                return root.getClass();
            } finally {
                sample.release();
            }
        }
    }
}
