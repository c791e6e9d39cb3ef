package io.millrace.nativeports.shm;

import io.millrace.fastpath.memory.Memory;

/**
 * What one side writes of a queue, as either side sees it: how far its rings go, its session, and whether it sleeps.
 * <p>
 * Thread: of the side's own, one writes; of the other's, one reads.
 */
final class SideControl {
    private final long control;
    private final long ring;
    private final long returnRing;
    private final int mask;

    /** @param queue address of the queue's controls. */
    SideControl(final ShmLayout layout, final long queue, final int side) {
        control = queue + ShmLayout.CONTROLS + (long) side * ShmLayout.CONTROL_LENGTH;
        ring = queue + layout.ringOffset(side);
        returnRing = queue + layout.returnRingOffset(side);
        mask = layout.frames() - 1;
    }

    /** How many frames this side has sent in the session; what it wrote before is seen. */
    long sent() {
        return Memory.getLongAcquire(control + ShmLayout.CONTROL_SENT);
    }

    void sent(final long count) {
        Memory.putLongRelease(control + ShmLayout.CONTROL_SENT, count);
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

    /** Brings an entry into the cache, whatever it says by now: the answer is to be used, or the read does not take place. */
    long glance(final long position) {
        return Memory.getLongOpaque(entry(position));
    }

    /** A frame of the other side's that was given back: a number from the other process, not checked. */
    int returnedFrame(final long position) {
        return Memory.getIntAcquire(returnRing + (position & mask) * ShmLayout.RETURN_LENGTH);
    }

    void putReturned(final long position, final int frame) {
        Memory.putInt(returnRing + (position & mask) * ShmLayout.RETURN_LENGTH, frame);
    }
}
