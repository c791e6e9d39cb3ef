package io.millrace.nativeports.threads;

/** Whether a loop shares its CPU in lockstep with another thread, and is to go to another one. Thread: the loop's. */
final class Crowding {
    /** How often it is asked. */
    static final long LOOK_NS = 1_000_000;
    /** So many switches in that time are no time slices of others. */
    static final int CROWDED = 8;
    /** Looks until it may go again; each time that going was of no use, twice as many. */
    static final int PAUSE = 4;
    static final int LONGEST_PAUSE = 256;

    private int pause = PAUSE;
    private int sinceMove = PAUSE;
    /** At some look since it went it had the CPU for itself. */
    private boolean calm = true;

    /**
     * @param switches how often it had to leave its CPU to another thread.
     * @param sinceNs  in this time, {@link #LOOK_NS} or more.
     * @return true where it is to go now.
     */
    boolean onLook(final long switches, final long sinceNs) {
        sinceMove = Math.min(sinceMove + 1, LONGEST_PAUSE);
        if (switches * LOOK_NS < CROWDED * sinceNs) {
            calm = true;
            return false;
        }
        if (sinceMove < (calm ? PAUSE : pause)) {
            return false;
        }
        pause = calm ? PAUSE : Math.min(2 * pause, LONGEST_PAUSE);
        sinceMove = 0;
        calm = false;
        return true;
    }
}
