package io.millrace.bench;

import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.FramePool;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortCapabilities;

/**
 * The cheapest port there is, without a link layer: frames that the benchmark made once go in, what the engine
 * transmits is counted and released.
 */
final class BenchPort implements PacketPort {
    static final int MTU = 1_500;

    private static final int FRAMES = 512;
    private static final int FRAME_CAPACITY = 2_048;

    private final PortCapabilities capabilities;
    private final FramePool pool = new FramePool("benchmark port", FRAMES, FRAME_CAPACITY);
    private final long[] waiting;
    private int waitingCount;
    private long transmitted;
    private long last;

    /** @param queue how many frames may wait to be received. */
    BenchPort(final int queue, final boolean checksumOffload) {
        capabilities = new PortCapabilities(false, MTU, 0, checksumOffload, checksumOffload, 0, MTU);
        waiting = new long[queue];
    }

    /** The engine receives this frame in its next turn; it stays the benchmark's. */
    void inject(final long frame) {
        waiting[waitingCount++] = frame;
    }

    /** Frames that the engine transmitted. */
    long transmitted() {
        return transmitted;
    }

    /** The frame transmitted last; its content is valid until the engine runs again. */
    long last() {
        return last;
    }

    @Override
    public PortCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public long acquire() {
        return pool.acquire();
    }

    @Override
    public int frames() {
        return FRAMES;
    }

    @Override
    public void release(final long frame) {
        if (Frame.poolId(frame) == pool.id()) {
            pool.release(frame);
        }
    }

    @Override
    public int receive(final long[] frames, final int offset, final int limit, final long nowNs) {
        final int count = waitingCount;
        for (int i = 0; i < count; i++) {
            frames[offset + i] = waiting[i];
        }
        waitingCount = 0;
        return count;
    }

    @Override
    public int transmit(final long[] frames, final int offset, final int length, final long nowNs) {
        for (int i = offset; i < offset + length; i++) {
            pool.release(frames[i]);
        }
        transmitted += length;
        last = frames[offset + length - 1];
        return length;
    }

    @Override
    public void close() {
        pool.close();
    }
}
