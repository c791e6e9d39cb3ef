package io.millrace.fastpath.port;

import io.millrace.fastpath.memory.Memory;

/**
 * The cache lines of frames that go to and fro between two processors. One that the other has written takes as long to come as
 * some hundred instructions, and they come one after the other where each is first looked at when the one before has told
 * something; those asked for at once come at once. It changes nothing but the time. Thread: one at a time.
 */
public final class FrameLines {
    /** Frames that are made ready to be written while there is time: for a message and an acknowledgement. */
    public static final int PREPARED = 2;
    /** So many frames are waited for; while the first of more is looked at the processor asks for the next ones itself. */
    private static final int FEW = 4;
    private static final int LINE = 64;
    /** Of a room: the line where the Ethernet header ends, that of the headers behind it, and the first of the text. */
    private static final int ROOM_LINES = 3;

    /** What was read: written so that the reads take place. */
    private long sink;

    /** Asks for the descriptors of frames that were received, and for the beginning of their rooms, which follow them. */
    void fetch(final long[] frames, final int offset, final int count) {
        if (count <= FEW) {
            long sum = 0;
            for (int i = offset; i < offset + count; i++) {
                sum += Memory.getLong(frames[i]) + read(frames[i] + Frame.DESCRIPTOR_LENGTH);
            }
            sink = sum;
        }
    }

    /** Asks for the beginning of the rooms of frames that were received: each has 192 bytes at the least. */
    public void fetchRooms(final long[] frames, final int offset, final int count) {
        if (count <= FEW) {
            long sum = 0;
            for (int i = offset; i < offset + count; i++) {
                sum += read(Frame.room(frames[i]));
            }
            sink = sum;
        }
    }

    private static long read(final long room) {
        long sum = 0;
        for (int i = 0; i < ROOM_LINES; i++) {
            sum += Memory.getLong(room + i * LINE);
        }
        return sum;
    }

    /**
     * Takes the lines of a room, of at least 192 bytes, away from who has read them, by writing into each: what is written
     * there later is to be seen at once. Of a frame that nobody has.
     */
    public static void claimRoom(final long room) {
        for (int i = 0; i < ROOM_LINES; i++) {
            Memory.putLong(room + i * LINE, 0);
        }
    }
}
