package io.millrace.fastpath.port;

import io.millrace.fastpath.memory.MemoryRegion;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A fixed number of frames of one size in one region of memory. The frame released last is lent first, while its lines
 * are still in the cache.
 * <p>
 * Thread: one at a time, for every method but {@link #id}, {@link #frames} and {@link #frameCapacity}.
 */
public final class FramePool implements AutoCloseable {
    private static final AtomicInteger NEXT_ID = new AtomicInteger(1);
    private static final int CACHE_LINE = 64;

    private final int id = NEXT_ID.getAndIncrement();
    private final int frameCapacity;
    private final int frames;
    private final Runnable memory;
    private final long[] free;
    private final boolean[] lent;
    private final AtomicInteger users = new AtomicInteger(1);
    private int available;
    private boolean closed;

    /**
     * @param purpose       what the pool is for, for messages.
     * @param frames        how many, at least 1.
     * @param frameCapacity bytes of a frame with its descriptor and headroom, more than {@link Frame#IP_OFFSET};
     *                      rounded up to an odd multiple of 64, so that the frames' headers spread over all sets of a
     *                      cache.
     */
    public FramePool(final String purpose, final int frames, final int frameCapacity) {
        this(region(purpose, frames, frameCapacity), frames, stride(frameCapacity));
    }

    private FramePool(final MemoryRegion region, final int frames, final int frameCapacity) {
        this(region.address(), frames, frameCapacity, region::close);
    }

    /**
     * Frames in memory that is there, one behind the other.
     *
     * @param address       of the first frame, a multiple of 64.
     * @param frames        how many, at least 1.
     * @param frameCapacity bytes of a frame, a multiple of 64, more than {@link Frame#IP_OFFSET}.
     * @param memory        run once, when the pool is closed and nobody keeps its memory.
     */
    public FramePool(final long address, final int frames, final int frameCapacity, final Runnable memory) {
        this.frames = frames;
        this.frameCapacity = frameCapacity;
        this.memory = memory;
        free = new long[frames];
        lent = new boolean[frames];
        for (int index = frames - 1; index >= 0; index--) {
            final long frame = address + (long) index * frameCapacity;
            Frame.initialise(frame, frameCapacity, id, index);
            free[available++] = frame;
        }
    }

    private static int stride(final int frameCapacity) {
        return ((frameCapacity + CACHE_LINE - 1) / CACHE_LINE | 1) * CACHE_LINE;
    }

    private static MemoryRegion region(final String purpose, final int frames, final int frameCapacity) {
        if (frames < 1 || frameCapacity <= Frame.IP_OFFSET || frameCapacity > Integer.MAX_VALUE - 2 * CACHE_LINE) {
            throw new IllegalArgumentException(purpose + ": " + frames + " frames of " + frameCapacity + " bytes");
        }
        return MemoryRegion.allocate(purpose, (long) frames * stride(frameCapacity));
    }

    /** @return a fresh frame; 0 where the pool is empty. */
    public long acquire() {
        if (available == 0) {
            return 0;
        }
        final long frame = free[--available];
        assert lend(frame) : "frame lent twice";
        Frame.reset(frame);
        return frame;
    }

    /**
     * There is time: the frames acquired next are made fresh, and their lines claimed, now and not then. Their content is
     * gone. Of frames with rooms of 192 bytes and more.
     */
    void prepare() {
        for (int i = available - 1; i >= Math.max(0, available - FrameLines.PREPARED); i--) {
            Frame.reset(free[i]);
            FrameLines.claimRoom(Frame.room(free[i]));
        }
    }

    /** Takes back a frame of this pool. Its content may be read until the next {@link #acquire} or {@link #prepare}. */
    public void release(final long frame) {
        assert takeBack(frame) : "frame released twice, or not of this pool";
        free[available++] = frame;
    }

    /** Unique in this JVM, at least 1; the frames carry it as {@link Frame#poolId}. */
    public int id() {
        return id;
    }

    /** Frames that can be acquired now. */
    public int available() {
        return available;
    }

    /** All frames of the pool, lent or not. */
    public int frames() {
        return frames;
    }

    /** Bytes of each frame, descriptor and headroom included. */
    public int frameCapacity() {
        return frameCapacity;
    }

    /** Keeps the memory beyond {@link #close}, until the answer is run, once. Thread: any may run it. */
    public Runnable keepMemory() {
        users.incrementAndGet();
        return this::letGoOfMemory;
    }

    private void letGoOfMemory() {
        if (users.decrementAndGet() == 0) {
            memory.run();
        }
    }

    /** Gives the memory back; every frame becomes invalid, unless somebody keeps it. Closing twice does nothing. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            available = 0;
            letGoOfMemory();
        }
    }

    private boolean lend(final long frame) {
        final int index = Frame.poolIndex(frame);
        final boolean fine = !lent[index];
        lent[index] = true;
        return fine;
    }

    private boolean takeBack(final long frame) {
        if (Frame.poolId(frame) != id) {
            return false;
        }
        final int index = Frame.poolIndex(frame);
        final boolean fine = lent[index];
        lent[index] = false;
        return fine;
    }
}
