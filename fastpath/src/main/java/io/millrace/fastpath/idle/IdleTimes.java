package io.millrace.fastpath.idle;

import java.util.concurrent.TimeUnit;

/**
 * For how long a loop does what when it has nothing to do, in nanoseconds.
 *
 * @param spinNs     it polls since its last work.
 * @param yieldNs    it polls after that, and lets others run in between.
 * @param maxPauseNs at the most between two looks at a port that cannot wake it.
 * @param maxSleepNs at the most where whatever comes wakes it: who looks from outside waits as long for an answer.
 */
public record IdleTimes(long spinNs, long yieldNs, long maxPauseNs, long maxSleepNs) {
    /** Where nothing else is said. */
    public static final long MAX_SLEEP_NS = TimeUnit.MILLISECONDS.toNanos(50);

    /** With the longest sleep as usual. */
    public IdleTimes(final long spinNs, final long yieldNs, final long maxPauseNs) {
        this(spinNs, yieldNs, maxPauseNs, MAX_SLEEP_NS);
    }
}
