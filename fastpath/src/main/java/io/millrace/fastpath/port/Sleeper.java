package io.millrace.fastpath.port;

/**
 * A driver of ports that sleeps while no frames come, as a port sees it whose frames come from another thread:
 * <ol>
 * <li>The driver's side says somewhere that it sleeps, calls {@link #fence}, and looks for frames once more.
 * <li>Who brings frames publishes them, looks there, and calls {@link #wakeup} where the driver sleeps.
 * </ol>
 * One of both sees the other, without a fence on the side that brings frames.
 */
public interface Sleeper {
    /** Ends the sleep, or the next one where there is none now. Thread: any. */
    void wakeup();

    /**
     * Orders what this thread wrote before with what every other thread of the process reads afterwards, as if each had
     * executed a full fence. Thread: the driver's.
     *
     * @return false where the system has nothing for that: then the driver must not sleep for long.
     */
    boolean fence();
}
