package io.millrace.fastpath.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.internal.PlatformDependent;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Buffers that small reads of one event loop's channels go into, where a channel's allocator is Netty's usual one: taken
 * without an atomic operation and given back with one, that which was given back last first. Those of Netty's pools cost
 * four each way, more than all else that is done for a message of some bytes. They are few, so that applications that keep what
 * they read keep buffers that fit.
 * <p>
 * Their memory, {@value #MOST} × {@value #LENGTH} bytes, is direct memory of the JVM, which ends with the last buffer
 * that somebody knows: one may be released long after the loop has ended. Thread: the event loop's, but for
 * {@link #giveBack} and {@link #over}: any.
 */
final class ReadBuffers {
    /** Of a buffer: as many bytes as the first read of a channel asks for. */
    static final int LENGTH = 2_048;
    /** How many there are at the most. */
    static final int MOST = 128;

    private static final Class<?> USUAL_HANDLE = new AdaptiveRecvByteBufAllocator().newHandle().getClass();
    /** Else the JVM was told that nothing is to be pooled ({@code io.netty.allocator.type}). */
    private static final boolean USUAL_POOLED = ByteBufAllocator.DEFAULT != UnpooledByteBufAllocator.DEFAULT;
    private static final ResourceLeakDetector<ReadBuffer> LEAKS = ResourceLeakDetectorFactory.instance()
            .newResourceLeakDetector(ReadBuffer.class);

    private final BooleanSupplier inLoop;
    private final boolean unsafe;
    private final @Nullable ReadBuffer[] idle = new ReadBuffer[MOST];
    private final ManyToOneConcurrentArrayQueue<ReadBuffer> returns = new ManyToOneConcurrentArrayQueue<>(MOST);
    private final ByteBuffer memory = ByteBuffer.allocateDirect(MOST * LENGTH);
    private int idleCount;
    private int made;

    /** @param inLoop true on the event loop's thread. */
    ReadBuffers(final BooleanSupplier inLoop) {
        this(inLoop, PlatformDependent.hasUnsafe());
    }

    /** @param unsafe whether buffers are read and written by Unsafe. */
    ReadBuffers(final BooleanSupplier inLoop, final boolean unsafe) {
        this.inLoop = inLoop;
        this.unsafe = unsafe;
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
        return allocator == PooledByteBufAllocator.DEFAULT || allocator == ByteBufAllocator.DEFAULT && USUAL_POOLED;
    }

    private @Nullable ReadBuffer pop() {
        final ReadBuffer buffer = idle[--idleCount];
        // one that the application has is known to nobody here, so that the leak detector finds it where it is lost
        idle[idleCount] = null;
        return buffer;
    }

    private @Nullable ReadBuffer returned() {
        final ReadBuffer buffer = returns.poll();
        return buffer != null || made == MOST ? buffer : over(memory.slice(LENGTH * made++, LENGTH));
    }

    /** A buffer over a part of the memory that no other lies over. */
    ReadBuffer over(final ByteBuffer part) {
        return unsafe ? new UnsafeReadBuffer(this, part) : new PlainReadBuffer(this, part);
    }

    /** Nobody has a reference to it. */
    void giveBack(final ReadBuffer buffer) {
        if (inLoop.getAsBoolean()) {
            idle[idleCount++] = buffer;
        } else {
            returns.offer(buffer);
        }
    }
}
