package io.millrace.nativeports.shm;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.FrameLines;
import java.util.Arrays;

/**
 * The frames of this side's pool: free, with the engine, or with the other side. The frame that came back last is lent
 * first, while its lines are still in the cache. Thread: one at a time.
 */
final class OwnFrames {
    private static final byte FREE = 0;
    private static final byte LENT = 1;
    private static final byte AWAY = 2;

    private final PoolMemory memory;
    private final long[] free;
    private final byte[] states;
    private int available;
    private int away;
    /** Frames have come back since the last time. */
    private boolean unprepared;

    OwnFrames(final PoolMemory memory, final int frames) {
        this.memory = memory;
        free = new long[frames];
        states = new byte[frames];
        for (int index = frames - 1; index >= 0; index--) {
            free[available++] = memory.frame(index);
        }
    }

    int frames() {
        return states.length;
    }

    /** How many the other side has. */
    int away() {
        return away;
    }

    /** True where one is free. */
    boolean hasFree() {
        return available > 0;
    }

    /** A fresh frame; 0 where none is free. */
    long acquire() {
        if (available == 0) {
            return 0;
        }
        final long frame = free[--available];
        states[Frame.poolIndex(frame)] = LENT;
        Frame.reset(frame);
        return frame;
    }

    /** A frame with the same bytes and marks as one of another pool; 0 where none is free. */
    long copyOf(final long frame) {
        final long copy = acquire();
        if (copy != 0) {
            Frame.dataOffset(copy, Frame.roomOffset(copy) + Frame.dataOffset(frame) - Frame.roomOffset(frame));
            Frame.length(copy, Frame.length(frame));
            Frame.flags(copy, Frame.flags(frame));
            Frame.checksumPlace(copy, Frame.checksumStart(frame), Frame.checksumOffset(frame));
            if (Frame.gsoSize(frame) != 0) {
                Frame.segmentation(copy, Frame.gsoType(frame), Frame.gsoSize(frame), Frame.headerLength(frame));
            }
            Memory.copy(Frame.data(frame), Frame.data(copy), Frame.length(frame));
        }
        return copy;
    }

    /** There is time: the lines of the frames that are lent next are claimed now, and not then. */
    void prepare() {
        if (unprepared) {
            unprepared = false;
            for (int i = available - 1; i >= Math.max(0, available - FrameLines.PREPARED); i--) {
                FrameLines.claimRoom(Frame.room(free[i]));
            }
        }
    }

    void release(final long frame) {
        final int index = Frame.poolIndex(frame);
        assert states[index] == LENT : "frame released twice";
        putBack(index, frame);
    }

    /** The engine's frame goes to the other side. */
    void send(final int index) {
        assert states[index] == LENT : "frame sent twice";
        states[index] = AWAY;
        away++;
    }

    /**
     * The other side says that it gives a frame back.
     *
     * @param index any number.
     * @return false where it has no such frame.
     */
    boolean onReturned(final int index) {
        if (index < 0 || index >= states.length || states[index] != AWAY) {
            return false;
        }
        away--;
        putBack(index, memory.frame(index));
        unprepared = true;
        return true;
    }

    /** The other side is there already and gives out all frames. */
    void allAway() {
        available = 0;
        away = states.length;
        Arrays.fill(states, AWAY);
    }

    /** The other side is gone, and with it whoever could look at a frame. */
    void takeBackAll() {
        for (int index = states.length - 1; index >= 0 && away > 0; index--) {
            if (states[index] == AWAY) {
                away--;
                putBack(index, memory.frame(index));
            }
        }
    }

    /** What the engine has stays as it is, whatever the next process on this side does. */
    void makePrivate() {
        final boolean[] lent = new boolean[states.length];
        for (int index = 0; index < states.length; index++) {
            lent[index] = states[index] == LENT;
        }
        memory.makePrivate(lent);
    }

    private void putBack(final int index, final long frame) {
        states[index] = FREE;
        free[available++] = frame;
    }
}
