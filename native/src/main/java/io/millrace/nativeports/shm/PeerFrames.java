package io.millrace.nativeports.shm;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;

/**
 * The frames of the other side's pool: which of them this side has. What the other side says of a frame is read once,
 * checked, and written into the frame's descriptor here, which it cannot reach. Thread: one at a time.
 */
final class PeerFrames {
    private static final int INDEX_MASK = 0xFFFF;
    private static final int OFFSET_SHIFT = 16;
    private static final int MARKS = ShmLayout.MARK_CHECKSUM_PARTIAL | ShmLayout.MARK_CHECKSUM_VALID;
    private static final int CHECKSUM_LENGTH = 2;

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
     * @param entry address of what it says.
     * @return the frame; 0 where that cannot be.
     */
    long take(final long entry, final long nowNs) {
        final long place = Memory.getLongOpaque(entry);
        final long marks = Memory.getLongOpaque(entry + ShmLayout.ENTRY_SEGMENT);
        final int index = (int) place & INDEX_MASK;
        final int offset = (int) (place >>> OFFSET_SHIFT) & INDEX_MASK;
        final int bytesAndMarks = (int) (place >>> Integer.SIZE);
        final int length = bytesAndMarks & ShmLayout.BYTES_MASK;
        if (index >= held.length || held[index] || offset < ShmLayout.LEAST_HEADROOM || length == 0
                || length > maxFrameLength || offset + length > slotLength
                || !areMarksPossible(bytesAndMarks >>> ShmLayout.MARKS_SHIFT, marks, length)) {
            return 0;
        }
        held[index] = true;
        final long frame = memory.frame(index);
        Frame.reset(frame);
        Frame.timestampNs(frame, nowNs);
        Frame.dataOffset(frame, Frame.roomOffset(frame) + offset);
        Frame.length(frame, length);
        if (bytesAndMarks != length) {
            mark(frame, bytesAndMarks >>> ShmLayout.MARKS_SHIFT, marks);
        }
        return frame;
    }

    private boolean areMarksPossible(final int flags, final long marks, final int length) {
        if (flags == 0) {
            return true;
        }
        final boolean partial = (flags & ShmLayout.MARK_CHECKSUM_PARTIAL) != 0;
        final int type = flags >>> ShmLayout.SEGMENTATION_SHIFT;
        return segments && (flags & ~MARKS & (1 << ShmLayout.SEGMENTATION_SHIFT) - 1) == 0
                && (!partial || checksumStart(marks) + checksumOffset(marks) + CHECKSUM_LENGTH <= length)
                && (type == Frame.GSO_NONE || isSegmentPossible(type, marks, length));
    }

    private static boolean isSegmentPossible(final int type, final long marks, final int length) {
        return (type == Frame.GSO_TCPV4 || type == Frame.GSO_TCPV6 || type == Frame.GSO_UDP) && segmentSize(marks) != 0
                && headers(marks) <= length;
    }

    private static void mark(final long frame, final int flags, final long marks) {
        Frame.flags(frame, flags & MARKS);
        Frame.checksumPlace(frame, checksumStart(marks), checksumOffset(marks));
        final int type = flags >>> ShmLayout.SEGMENTATION_SHIFT;
        if (type != Frame.GSO_NONE) {
            Frame.segmentation(frame, type, segmentSize(marks), headers(marks));
        }
    }

    private static int segmentSize(final long marks) {
        return (int) marks & 0xFFFF;
    }

    private static int headers(final long marks) {
        return (int) (marks >>> 16) & 0xFFFF;
    }

    private static int checksumStart(final long marks) {
        return (int) (marks >>> 32) & 0xFFFF;
    }

    private static int checksumOffset(final long marks) {
        return (int) (marks >>> 48);
    }

    /** Says of a frame of ours what {@link #take} reads. */
    static void put(final long entry, final long frame) {
        final int type = Frame.gsoSize(frame) == 0 ? Frame.GSO_NONE : Frame.gsoType(frame);
        final int flags = Frame.flags(frame) & MARKS | type << ShmLayout.SEGMENTATION_SHIFT;
        final int offset = Frame.dataOffset(frame) - Frame.roomOffset(frame);
        Memory.putLong(entry, Frame.poolIndex(frame) | (long) offset << OFFSET_SHIFT
                | (long) (Frame.length(frame) | flags << ShmLayout.MARKS_SHIFT) << Integer.SIZE);
        if (flags != 0) {
            Memory.putLong(entry + ShmLayout.ENTRY_SEGMENT, Frame.gsoSize(frame)
                    | (long) Frame.headerLength(frame) << 16 | (long) Frame.checksumStart(frame) << 32
                    | (long) Frame.checksumOffset(frame) << 48);
        }
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
