package io.millrace.nativeports.pcap;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.Frame;
import java.util.Arrays;

/**
 * Frames that are to come in, with when: off heap, so that nothing waits for a file while they do. Thread: one at a time.
 */
final class Recording implements AutoCloseable {
    private static final int FIRST_ROOM = 64;

    private final MemoryRegion region;
    private long used;
    private long[] positions = new long[FIRST_ROOM];
    private int[] lengths = new int[FIRST_ROOM];
    private long[] dueNs = new long[FIRST_ROOM];
    private boolean[] verified = new boolean[FIRST_ROOM];
    private int frames;

    /** @param bytes of all frames together. */
    Recording(final long bytes) {
        region = MemoryRegion.allocate("replayed frames", Math.max(1, bytes));
    }

    /**
     * Adds a frame.
     *
     * @param due         nanoseconds from the beginning; raised to that of the frame before.
     * @param trusted     its checksum need not be looked at.
     * @throws IllegalStateException where there is no room.
     */
    void add(final byte[] bytes, final int length, final long due, final boolean trusted) {
        if (length > region.length() - used) {
            throw new IllegalStateException("no room for " + length + " bytes");
        }
        if (frames == positions.length) {
            grow();
        }
        Memory.copyFromArray(bytes, 0, region.address() + used, length);
        positions[frames] = used;
        lengths[frames] = length;
        dueNs[frames] = frames == 0 ? due : Math.max(due, dueNs[frames - 1]);
        verified[frames] = trusted;
        used += length;
        frames++;
    }

    int frames() {
        return frames;
    }

    /** When a frame comes, in nanoseconds from the beginning. */
    long dueNs(final int index) {
        return dueNs[index];
    }

    /** Copies a frame into one of a pool, which has room. */
    void copyTo(final int index, final long frame) {
        final int length = lengths[index];
        Memory.copy(region.address() + positions[index], Frame.data(frame), length);
        Frame.length(frame, length);
        if (verified[index]) {
            Frame.flags(frame, Frame.CHECKSUM_VALID);
        }
    }

    @Override
    public void close() {
        region.close();
    }

    private void grow() {
        final int room = frames * 2;
        positions = Arrays.copyOf(positions, room);
        lengths = Arrays.copyOf(lengths, room);
        dueNs = Arrays.copyOf(dueNs, room);
        verified = Arrays.copyOf(verified, room);
    }
}
