package io.millrace.fastpath.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.internal.PlatformDependent;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Buffers that small reads of one event loop's channels go into, where nobody has said whence a channel's buffers come:
 * taken and given back without an atomic operation, that which was given back last first. Those of Netty's pools cost four,
 * more than all else that is done for a message of some bytes. They are few, so that applications that keep what they read
 * keep buffers that fit. Thread: the event loop's, but for {@link #giveBack} and {@link #onLost}: any.
 */
final class ReadBuffers {
    /** Of a buffer: as many bytes as the first read of a channel asks for. */
    static final int LENGTH = 2_048;

    private static final int MOST = 128;
    private static final Class<?> USUAL_HANDLE = new AdaptiveRecvByteBufAllocator().newHandle().getClass();
    private static final ResourceLeakDetector<ReadBuffer> LEAKS = ResourceLeakDetectorFactory.instance()
            .newResourceLeakDetector(ReadBuffer.class);

    private final BooleanSupplier inLoop;
    private final @Nullable ReadBuffer[] idle = new ReadBuffer[MOST];
    private final ManyToOneConcurrentArrayQueue<ReadBuffer> returns = new ManyToOneConcurrentArrayQueue<>(MOST);
    private final AtomicInteger made = new AtomicInteger();
    private int idleCount;

    /** @param inLoop true on the event loop's thread. */
    ReadBuffers(final BooleanSupplier inLoop) {
        this.inLoop = inLoop;
    }

    /** An empty buffer for as many bytes as the handle guesses; null where the channel's allocator has to make it. */
    @Nullable
    ByteBuf take(final ExtendedHandle handle, final ByteBufAllocator allocator) {
        if (handle.getClass() != USUAL_HANDLE || !isUsual(allocator) || handle.guess() > LENGTH) {
            return null;
        }
        final ReadBuffer buffer = idleCount > 0 ? pop() : returned();
        return buffer == null ? null : buffer.begin(allocator, LEAKS.track(buffer));
    }

    private static boolean isUsual(final ByteBufAllocator allocator) {
        return allocator == ByteBufAllocator.DEFAULT || allocator == PooledByteBufAllocator.DEFAULT;
    }

    private @Nullable ReadBuffer pop() {
        final ReadBuffer buffer = idle[--idleCount];
        // one that the application has is known to nobody here, so that the leak detector finds it where it is lost
        idle[idleCount] = null;
        return buffer;
    }

    private @Nullable ReadBuffer returned() {
        final ReadBuffer buffer = returns.poll();
        if (buffer != null || made.get() == MOST) {
            return buffer;
        }
        made.incrementAndGet();
        final ByteBuffer memory = ByteBuffer.allocateDirect(LENGTH);
        return PlatformDependent.hasUnsafe() ? new UnsafeReadBuffer(this, memory) : new PlainReadBuffer(this, memory);
    }

    /** Its last reference is gone. */
    void giveBack(final ReadBuffer buffer) {
        if (inLoop.getAsBoolean()) {
            idle[idleCount++] = buffer;
        } else {
            returns.offer(buffer);
        }
    }

    /** The same of one that cannot be used again. */
    void onLost() {
        made.decrementAndGet();
    }
}
