package io.millrace.fastpath.idle;

import io.millrace.fastpath.port.Sleeper;

/** How one thread sleeps. Thread: that one, but for {@link #wakeup}. */
public interface Waiter extends Sleeper, AutoCloseable {
    /** It slept as long as it was to, or a descriptor that is still broken was left alone for a while. */
    int TIMED_OUT = 0;
    /** Somebody called {@link #wakeup}, now or since the last sleep; or for no reason. */
    int WOKEN = 1;
    /** A descriptor is readable, or has become broken. */
    int READABLE = 2;

    /**
     * Sleeps.
     *
     * @param timeoutNs   at least 1.
     * @param descriptors true: they end the sleep, too.
     * @return why it ended: {@link #TIMED_OUT}, {@link #WOKEN} or {@link #READABLE}.
     */
    int await(long timeoutNs, boolean descriptors);

    /** False where descriptors end no sleep. */
    boolean watchesDescriptors();

    /** {@link #wakeup} does nothing from now on. */
    @Override
    void close();
}
