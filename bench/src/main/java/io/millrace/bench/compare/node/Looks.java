package io.millrace.bench.compare.node;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Looks at another process again and again, for a limited time. Thread: one. */
final class Looks {
    private Looks() {}

    /** What is waited for. */
    interface Look {
        boolean isThere() throws IOException;
    }

    /**
     * Returns when it is there.
     *
     * @param pauseMs sleep between two looks: none of what is waited for announces itself, and who looked without a pause would
     *                take a core from the processes whose end it waits for; 0: spins.
     * @param limitMs at the most, but one look at the least.
     * @param what    is said where it is not there by then.
     */
    static void until(final Look look, final long pauseMs, final long limitMs, final String what) throws IOException {
        final long beganNs = System.nanoTime();
        while (!look.isThere()) {
            if (System.nanoTime() - beganNs > TimeUnit.MILLISECONDS.toNanos(limitMs)) {
                throw new IOException(what);
            }
            if (pauseMs == 0) {
                Thread.onSpinWait();
            } else {
                sleep(pauseMs);
            }
        }
    }

    /** As long as a load runs, in other processes, of which this thread must take nothing away. */
    static void sleep(final long ms) throws IOException {
        try {
            Thread.sleep(ms);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
