package io.millrace.interop;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for what another thread, or the kernel, brings about. */
public final class Await {
    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(20);
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private Await() {}

    /** Returns as soon as the condition holds; fails after 20 s, saying what was waited for. */
    public static void until(final String what, final Callable<Boolean> condition) throws Exception {
        final long startNs = System.nanoTime();
        while (!condition.call()) {
            if (System.nanoTime() - startNs > DEADLINE_NS) {
                throw new AssertionError("waited in vain until " + what);
            }
            LockSupport.parkNanos(POLL_NS);
        }
    }
}
