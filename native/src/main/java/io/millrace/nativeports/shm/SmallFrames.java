package io.millrace.nativeports.shm;

import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.FramePool;

/**
 * Small frames of the other side's, which travel in the entries of its ring: each is copied into memory that the other process
 * cannot write, so the entry is free at once, and nothing goes back. Thread: one at a time.
 */
final class SmallFrames implements AutoCloseable {
    private static final int INDEX_MASK = 0xFFFF;
    /** Where a fresh frame has its Ethernet header, but for the bytes behind the last multiple of eight. */
    private static final int PLACE = Frame.ETHERNET_OFFSET - Entry.skew(Frame.ETHERNET_OFFSET);

    private final FramePool pool;
    private final boolean offloads;

    /** @param purpose of the memory, for messages. */
    SmallFrames(final String purpose, final ShmLayout layout) {
        pool = new FramePool(purpose, layout.frames(), PLACE + Entry.ROOM);
        offloads = layout.offloads();
    }

    /** True for a frame of the pool. */
    boolean has(final long frame) {
        return Frame.poolId(frame) == pool.id();
    }

    boolean hasFree() {
        return pool.available() > 0;
    }

    /**
     * Takes a frame; one {@linkplain #hasFree is free}.
     *
     * @param entry   address of the entry.
     * @param place   what it says of the frame's place, length and marks, read once.
     * @param details of its marks, read once.
     * @return the frame; 0 where that cannot be.
     */
    long take(final long entry, final long place, final long details) {
        final int offset = (int) (place >>> Entry.OFFSET_SHIFT) & INDEX_MASK;
        final int skew = offset - ShmLayout.ENTRY_ROOM;
        final int lengthAndMarks = (int) (place >>> Integer.SIZE);
        final int length = lengthAndMarks & ShmLayout.BYTES_MASK;
        final int marks = lengthAndMarks >>> ShmLayout.MARKS_SHIFT & ~ShmLayout.MARK_SMALL;
        if (skew < 0 || skew >= Long.BYTES || length == 0 || skew + length > Entry.ROOM
                || marks >>> ShmLayout.SEGMENTATION_SHIFT != Frame.GSO_NONE || marks != 0 && !offloads
                || !Marks.arePossible(marks, details, length)) {
            return 0;
        }
        final long frame = pool.acquire();
        final long from = entry + ShmLayout.ENTRY_ROOM;
        final long to = frame + PLACE;
        for (int i = 0; i < skew + length; i += Entry.BLOCK) {
            Entry.copyBlock(from + i, to + i);
        }
        Frame.place(frame, PLACE + skew, length);
        if (marks != 0) {
            Marks.write(frame, marks, details);
        }
        return frame;
    }

    void release(final long frame) {
        pool.release(frame);
    }

    /** Keeps the memory until the answer is run. */
    Runnable keep() {
        return pool.keepMemory();
    }

    @Override
    public void close() {
        pool.close();
    }
}
