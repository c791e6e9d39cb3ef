package io.millrace.fastpath.idle;

import java.io.IOException;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * What the operating system can do for the threads of loops; found by {@link java.util.ServiceLoader}. Thread: any, unless
 * said otherwise.
 */
public interface HostThreads {
    /** What Java can do anywhere: sleep without watching a descriptor. */
    HostThreads PLAIN = new PlainThreads();

    /** Why this cannot be used here, one clause; null where it can. */
    @Nullable
    String unavailabilityCause();

    /**
     * How the calling thread may sleep.
     *
     * @param descriptors that end a sleep when they are readable; they stay the caller's.
     */
    Waiter newWaiter(int... descriptors);

    /**
     * The CPUs that the calling thread may run on.
     *
     * @throws IOException one sentence: what was tried, what the system said.
     */
    BitSet allowedCpus() throws IOException;

    /**
     * Keeps the calling thread on one CPU from now on.
     *
     * @return has the thread run where it could before; run by the same thread.
     * @throws IOException one sentence: what was tried, what the system said.
     */
    Runnable pin(int cpu) throws IOException;
}
