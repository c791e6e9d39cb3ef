package io.millrace.nativeports.shm;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.Frame;
import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.FileCalls;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The frames of one pool as this process has them: descriptors in memory of its own, which the other process cannot
 * write, then the pool's part of the file, then memory that is nobody's.
 * <p>
 * The bytes of a packet are in the other process' hands even while they are looked at. Every length in headers of
 * packets has 16 bits, so whatever it writes there, nobody reads beyond that last part.
 * <p>
 * Thread: one at a time; {@link #letGo} by any.
 */
final class PoolMemory implements AutoCloseable {
    /** Of pools in this JVM; those of {@code FramePool} count upwards. */
    private static final AtomicInteger NEXT_ID = new AtomicInteger(-1);
    private static final int UNIT = 65_536;
    private static final int BEHIND = 4 * UNIT;

    private final int id = NEXT_ID.getAndDecrement();
    private final FileCalls calls = new FileCalls();
    private final int frames;
    private final int slotLength;
    private final MemoryRegion region;
    private final long pool;
    private final long poolLength;
    private final AtomicInteger users = new AtomicInteger(1);
    private boolean closed;

    PoolMemory(final String purpose, final ShmLayout layout, final int fd, final long offset) throws IOException {
        frames = layout.frames();
        slotLength = layout.slotLength();
        poolLength = layout.poolLength();
        final long descriptors = descriptorsLength(layout);
        region = MemoryRegion.allocate(purpose, descriptors + poolLength + BEHIND);
        pool = region.address() + descriptors;
        final long result = calls.mapOver(pool, poolLength, fd, offset);
        if (result < 0) {
            region.close();
            throw new IOException("cannot map the frames of " + purpose + ": " + Errno.describe((int) -result));
        }
        for (int index = 0; index < frames; index++) {
            final long frame = frame(index);
            final int room = (int) (pool + (long) index * slotLength - frame);
            Frame.initialise(frame, room, room + slotLength, id, index);
        }
    }

    /** True where a descriptor reaches every frame's end. */
    static boolean isPossible(final ShmLayout layout) {
        return descriptorsLength(layout) + layout.poolLength() <= Integer.MAX_VALUE;
    }

    private static long descriptorsLength(final ShmLayout layout) {
        return ((long) layout.frames() * Frame.DESCRIPTOR_LENGTH + UNIT - 1) / UNIT * UNIT;
    }

    /** The frame's name. */
    long frame(final int index) {
        return region.address() + (long) index * Frame.DESCRIPTOR_LENGTH;
    }

    /** True for a frame of this pool. */
    boolean has(final long frame) {
        return Frame.poolId(frame) == id;
    }

    /** Keeps the memory until the answer is run. */
    Runnable keep() {
        users.incrementAndGet();
        return this::letGo;
    }

    /** True where {@link #keep} is in effect. */
    boolean isKept() {
        return users.get() > 1;
    }

    /**
     * Puts a copy of some frames in place of the pool, which nobody else can write; the others are zero. Who reads them
     * meanwhile sees no difference.
     *
     * @param wanted by index.
     */
    void makePrivate(final boolean[] wanted) {
        final long copy = calls.mapPrivate(poolLength);
        if (copy < 0) {
            throw new OutOfMemoryError("cannot copy frames that are still in use: " + Errno.describe((int) -copy));
        }
        for (int index = 0; index < frames; index++) {
            if (wanted[index]) {
                final long at = (long) index * slotLength;
                Memory.copy(pool + at, copy + at, slotLength);
            }
        }
        calls.moveOver(copy, poolLength, pool);
    }

    private void letGo() {
        if (users.decrementAndGet() == 0) {
            region.close();
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            letGo();
        }
    }
}
