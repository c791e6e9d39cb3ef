package io.millrace.nativeports.shm;

import io.millrace.fastpath.port.Frame;

/**
 * The frames of the other side's pool: which of them this side has. What the other side says of a frame is read once,
 * checked, and written into the frame's descriptor here, which it cannot reach. Thread: one at a time.
 */
final class PeerFrames {
    private static final int INDEX_MASK = 0xFFFF;

    private final PoolMemory memory;
    private final boolean[] held;
    private final int slotLength;
    private final int maxFrameLength;
    private final boolean segments;

    PeerFrames(final PoolMemory memory, final ShmLayout layout) {
        this.memory = memory;
        held = new boolean[layout.frames()];
        slotLength = layout.slotLength();
        maxFrameLength = layout.maxFrameLength();
        segments = layout.offloads();
    }

    /**
     * Takes a frame that the other side says it has sent.
     *
     * @param place   what its entry says of the frame's number, place, length and marks, read once.
     * @param details of the marks, read once.
     * @return the frame; 0 where that cannot be.
     */
    long take(final long place, final long details) {
        final int index = (int) place & INDEX_MASK;
        final int offset = (int) (place >>> Entry.OFFSET_SHIFT) & INDEX_MASK;
        final int lengthAndMarks = (int) (place >>> Integer.SIZE);
        final int length = lengthAndMarks & ShmLayout.BYTES_MASK;
        final int marks = lengthAndMarks >>> ShmLayout.MARKS_SHIFT;
        if (index >= held.length || held[index] || offset < ShmLayout.LEAST_HEADROOM || length == 0
                || length > maxFrameLength || offset + length > slotLength || marks != 0 && !segments
                || !Marks.arePossible(marks, details, length)) {
            return 0;
        }
        held[index] = true;
        final long frame = memory.frame(index);
        Frame.reset(frame);
        Frame.dataOffset(frame, Frame.roomOffset(frame) + offset);
        Frame.length(frame, length);
        if (marks != 0) {
            Marks.write(frame, marks, details);
        }
        return frame;
    }

    /** The engine is done with a frame. */
    void release(final int index) {
        assert held[index] : "frame released twice";
        held[index] = false;
    }

    boolean isHeld(final int index) {
        return held[index];
    }

    int frames() {
        return held.length;
    }

    /** What is still looked at stays as it is, whatever the other side does. */
    void makePrivate() {
        memory.makePrivate(held);
    }
}
