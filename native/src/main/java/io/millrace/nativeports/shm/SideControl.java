package io.millrace.nativeports.shm;

import io.millrace.fastpath.memory.Memory;

/**
 * What one side writes of a queue, as either side sees it: its rings and how far they go, its session, and whether it sleeps.
 * <p>
 * Thread: of the side's own, one writes; of the other's, one reads.
 */
final class SideControl {
    private static final int LINE = 64;

    private final long control;
    private final long ring;
    private final long returnRing;
    private final int mask;
    private final int returnMask;

    /** @param queue address of the queue's controls. */
    SideControl(final ShmLayout layout, final long queue, final int side) {
        control = queue + ShmLayout.CONTROLS + (long) side * ShmLayout.CONTROL_LENGTH;
        ring = queue + layout.ringOffset(side);
        returnRing = queue + layout.returnRingOffset(side);
        mask = layout.entries() - 1;
        returnMask = layout.frames() - 1;
    }

    /** How many entries of the other side's ring of sent frames this side has taken in the session. */
    long taken() {
        return Memory.getLongAcquire(control + ShmLayout.CONTROL_TAKEN);
    }

    void taken(final long count) {
        Memory.putLongRelease(control + ShmLayout.CONTROL_TAKEN, count);
    }

    /** How many frames of the other side's this side has given back in the session. */
    long returned() {
        return Memory.getLongAcquire(control + ShmLayout.CONTROL_RETURNED);
    }

    void returned(final long count) {
        Memory.putLongRelease(control + ShmLayout.CONTROL_RETURNED, count);
    }

    /** The side's generation; 0: it is not attached. */
    long session() {
        return Memory.getLongAcquire(control + ShmLayout.CONTROL_SESSION);
    }

    void session(final long generation) {
        Memory.putLongRelease(control + ShmLayout.CONTROL_SESSION, generation);
    }

    /** The generation of the other side that this one has made itself ready for. */
    long greeted() {
        return Memory.getLongAcquire(control + ShmLayout.CONTROL_GREETED);
    }

    void greeted(final long generation) {
        Memory.putLongRelease(control + ShmLayout.CONTROL_GREETED, generation);
    }

    /** Odd while this side sleeps; every sleep has a number of its own. */
    long sleep() {
        return Memory.getLongAcquire(control + ShmLayout.CONTROL_SLEEP);
    }

    void sleep(final long number) {
        Memory.putLongRelease(control + ShmLayout.CONTROL_SLEEP, number);
    }

    /** Address of the entry of a sent frame. */
    long entry(final long position) {
        return ring + (position & mask) * ShmLayout.ENTRY_LENGTH;
    }

    /** True where the entry is there; what was written before its number is seen. @param key of the session. */
    boolean isThere(final long position, final long key) {
        return Memory.getLongAcquire(entry(position) + ShmLayout.ENTRY_NUMBER) == Entry.number(key, position);
    }

    /** The entry is there, with all that was written before. */
    void publish(final long position, final long key) {
        Memory.putLongRelease(entry(position) + ShmLayout.ENTRY_NUMBER, Entry.number(key, position));
    }

    /**
     * Asks for all lines of an entry, whatever they say by now: they come together, and not the others when the first has
     * told something. The answer is to be used, or the reads do not take place.
     */
    long glance(final long position) {
        final long entry = entry(position);
        return Memory.getLongOpaque(entry) + Memory.getLongOpaque(entry + LINE)
                + Memory.getLongOpaque(entry + 2 * LINE);
    }

    /** A frame of the other side's that was given back: a number from the other process, not checked. */
    int returnedFrame(final long position) {
        return Memory.getIntAcquire(returnRing + (position & returnMask) * ShmLayout.RETURN_LENGTH);
    }

    void putReturned(final long position, final int frame) {
        Memory.putInt(returnRing + (position & returnMask) * ShmLayout.RETURN_LENGTH, frame);
    }
}
