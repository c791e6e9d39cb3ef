package io.millrace.nativeports.tap;

/**
 * When a look into a queue of SYNs is worth a system call. The kernel counts a SYN before it puts it there, so a loop that
 * polls mostly sees the count while the SYN is still on its way, and finds nothing. Thread: the engine's.
 */
final class SynLooks {
    /** For so long after it was counted a SYN that is not there yet is looked for in each turn. */
    static final long ARRIVING_NS = 20_000;
    /** So often later, e.g. where a queueing discipline holds it. */
    static final long LOOK_AGAIN_NS = 50_000;

    private long seen;
    private long seenNs;
    private long taken;
    private long emptyNs;
    private boolean empty;

    /**
     * @param counted SYNs that the kernel has put, or will have put, into the queue so far.
     * @param nowNs   of this turn.
     */
    boolean isWorthIt(final long counted, final long nowNs) {
        if (counted != seen) {
            seen = counted;
            seenNs = nowNs;
            return true;
        }
        // lost ones count as taken by nobody: for their sake, too, the looks of each turn end
        return !empty || taken < counted && nowNs - seenNs < ARRIVING_NS || nowNs - emptyNs >= LOOK_AGAIN_NS;
    }

    /**
     * @param frames   how many were read, dropped ones included.
     * @param toTheEnd true where there were no more.
     */
    void onLook(final int frames, final boolean toTheEnd, final long nowNs) {
        taken += frames;
        empty = toTheEnd;
        emptyNs = nowNs;
    }

    /** The next look is worth it. */
    void lookAgain() {
        empty = false;
    }

    /** How many were read. */
    long taken() {
        return taken;
    }
}
