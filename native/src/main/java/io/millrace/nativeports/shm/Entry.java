package io.millrace.nativeports.shm;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;

/**
 * What is written into an entry of a ring of sent frames: the name of a frame, or a small frame itself; last of all its number,
 * which no entry of an earlier session and no other position has. Thread: the sender's.
 */
final class Entry {
    /** Bytes that are copied at once: small frames are whole blocks. */
    static final int BLOCK = 32;
    /** The most that a small frame has, with what lies between the last multiple of eight and it. */
    static final int ROOM = ShmLayout.ENTRY_LENGTH - ShmLayout.ENTRY_ROOM;
    static final int OFFSET_SHIFT = 16;

    private static final long POSITION_MASK = 0xFFFF_FFFFL;

    private Entry() {}

    /** What all numbers of a session have: every process that attaches makes the sum a larger one. */
    static long key(final long oneGeneration, final long otherGeneration) {
        return oneGeneration + otherGeneration << Integer.SIZE;
    }

    static long number(final long key, final long position) {
        return key | position + 1 & POSITION_MASK;
    }

    /** True where the frame may be {@linkplain #copy copied}. */
    static boolean isSmall(final long frame) {
        final int offset = Frame.dataOffset(frame);
        return skew(offset) + Frame.length(frame) <= ROOM && Frame.gsoSize(frame) == 0
                && offset + ROOM <= Frame.capacity(frame);
    }

    /** How far behind a multiple of eight something lies: the same in a frame as it was in the other, so that no field is cut. */
    static int skew(final int offset) {
        return offset & Long.BYTES - 1;
    }

    /** Puts a small frame in, whichever it is of; the line with the entry itself last and at once, as the other side looks at it. */
    static void copy(final long entry, final long frame) {
        final int offset = Frame.dataOffset(frame);
        final int length = Frame.length(frame);
        final int skew = skew(offset);
        final long from = frame + offset - skew;
        final long to = entry + ShmLayout.ENTRY_ROOM;
        for (int i = skew + length - 1 & -BLOCK; i >= 0; i -= BLOCK) {
            copyBlock(from + i, to + i);
        }
        put(entry, (long) (ShmLayout.ENTRY_ROOM + skew) << OFFSET_SHIFT, frame, Marks.of(frame) | ShmLayout.MARK_SMALL);
    }

    static void copyBlock(final long from, final long to) {
        for (int i = 0; i < BLOCK; i += Long.BYTES) {
            Memory.putLong(to + i, Memory.getLong(from + i));
        }
    }

    /** Puts the name of a frame of this side's in. */
    static void name(final long entry, final long frame) {
        final int offset = Frame.dataOffset(frame) - Frame.roomOffset(frame);
        put(entry, Frame.poolIndex(frame) | (long) offset << OFFSET_SHIFT, frame, Marks.of(frame));
    }

    private static void put(final long entry, final long where, final long frame, final int marks) {
        Memory.putLong(entry + ShmLayout.ENTRY_FRAME,
                where | (long) (Frame.length(frame) | marks << ShmLayout.MARKS_SHIFT) << Integer.SIZE);
        if ((marks & ~ShmLayout.MARK_SMALL) != 0) {
            Memory.putLong(entry + ShmLayout.ENTRY_SEGMENT, Marks.detailsOf(frame));
        }
    }
}
