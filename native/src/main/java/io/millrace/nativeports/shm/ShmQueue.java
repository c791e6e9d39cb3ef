package io.millrace.nativeports.shm;

import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.FileCalls;
import java.io.IOException;
import org.agrona.CloseHelper;
import org.jspecify.annotations.Nullable;

/**
 * A queue's part of the file as one side has it: controls and rings, both pools, the pipes; and what small frames are copied
 * into. Thread: one at a time.
 */
final class ShmQueue implements AutoCloseable {
    private final MemoryRegion controls;
    private final PoolMemory ownPool;
    private final PoolMemory peerPool;
    private final SmallFrames smallFrames;
    private final SideControl own;
    private final SideControl peer;
    @Nullable
    private final Doorbell bell;

    ShmQueue(final SharedFile file, final ShmLayout layout, final int queue, final int side) throws IOException {
        final String name = file.path() + ", queue " + queue;
        controls = mapControls(name, file, layout, queue);
        PoolMemory first = null;
        PoolMemory second = null;
        boolean done = false;
        try {
            first = new PoolMemory(name, layout, file.descriptor(), layout.poolOffset(queue, side));
            second = new PoolMemory(name, layout, file.descriptor(), layout.poolOffset(queue, 1 - side));
            smallFrames = new SmallFrames(name, layout);
            done = true;
        } finally {
            if (!done) {
                CloseHelper.closeAll(controls, first, second);
            }
        }
        ownPool = first;
        peerPool = second;
        own = new SideControl(layout, controls.address(), side);
        peer = new SideControl(layout, controls.address(), 1 - side);
        bell = Doorbell.open(file.path(), queue, side);
    }

    /** Maps a part of a file where memory was reserved. */
    static MemoryRegion map(final String name, final SharedFile file, final long offset, final long length)
            throws IOException {
        final MemoryRegion region = MemoryRegion.allocate(name, length);
        final long result = new FileCalls().mapOver(region.address(), length, file.descriptor(), offset);
        if (result < 0) {
            region.close();
            throw new IOException("cannot map " + name + ": " + Errno.describe((int) -result));
        }
        return region;
    }

    private static MemoryRegion mapControls(final String name, final SharedFile file, final ShmLayout layout,
            final int queue) throws IOException {
        return map(name, file, layout.queueOffset(queue), layout.controlLength());
    }

    PoolMemory ownPool() {
        return ownPool;
    }

    PoolMemory peerPool() {
        return peerPool;
    }

    SmallFrames smallFrames() {
        return smallFrames;
    }

    SideControl own() {
        return own;
    }

    SideControl peer() {
        return peer;
    }

    @Nullable
    Doorbell bell() {
        return bell;
    }

    /** Wakes the other side, whether it sleeps or not. */
    void ring() {
        if (bell != null) {
            bell.ring();
        }
    }

    @Override
    public void close() {
        CloseHelper.closeAll(bell, controls, ownPool, peerPool, smallFrames);
    }
}
