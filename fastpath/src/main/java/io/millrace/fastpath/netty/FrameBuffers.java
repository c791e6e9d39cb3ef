package io.millrace.fastpath.netty;

import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.LentFrames;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The buffers over the frames of one engine's port, each made when its frame is first handed over and used again with it.
 * One that the application has is known to nobody here, so that the leak detector finds it where it is lost. Thread: the
 * engine's.
 */
final class FrameBuffers {
    private static final ResourceLeakDetector<FrameBuffer> LEAKS = ResourceLeakDetectorFactory.instance()
            .newResourceLeakDetector(FrameBuffer.class);

    private final LentFrames frames;
    /** By the number of the frame's pool in {@link #poolIds}, and the frame's in its pool. */
    private @Nullable FrameBuffer[][] idle = new FrameBuffer[0][];
    private int[] poolIds = new int[0];

    FrameBuffers(final LentFrames frames) {
        this.frames = frames;
    }

    LentFrames frames() {
        return frames;
    }

    /** The buffer of a frame that was received, with its text. */
    FrameBuffer of(final long frame, final ByteBufAllocator allocator) {
        final int pool = pool(Frame.poolId(frame));
        final int index = Frame.poolIndex(frame);
        final FrameBuffer known = index < idle[pool].length ? idle[pool][index] : null;
        if (known != null) {
            idle[pool][index] = null;
            return known.begin(allocator, true, LEAKS.track(known));
        }
        final FrameBuffer made = new FrameBuffer(this, frame);
        return made.begin(allocator, false, LEAKS.track(made));
    }

    /** The frame is the port's again. */
    void onReturned(final FrameBuffer buffer) {
        if (!buffer.isOverFrame()) {
            return;
        }
        final int pool = pool(Frame.poolId(buffer.frame()));
        final int index = Frame.poolIndex(buffer.frame());
        if (index >= idle[pool].length) {
            idle[pool] = Arrays.copyOf(idle[pool], Math.max(2 * idle[pool].length, index + 1));
        }
        idle[pool][index] = buffer;
    }

    /** There are three of a link at the most: the port's own pool, that of the other end, and one of small frames. */
    private int pool(final int id) {
        for (int i = 0; i < poolIds.length; i++) {
            if (poolIds[i] == id) {
                return i;
            }
        }
        poolIds = Arrays.copyOf(poolIds, poolIds.length + 1);
        idle = Arrays.copyOf(idle, poolIds.length);
        poolIds[poolIds.length - 1] = id;
        idle[poolIds.length - 1] = new FrameBuffer[0];
        return poolIds.length - 1;
    }
}
