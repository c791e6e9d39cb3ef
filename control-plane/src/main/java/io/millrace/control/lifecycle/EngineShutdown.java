package io.millrace.control.lifecycle;

import io.millrace.fastpath.engine.StackEngine;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Ends engines: each by its driver, or here where it has none. Thread: any. */
public final class EngineShutdown {
    private static final long POLL_NS = TimeUnit.MICROSECONDS.toNanos(100);

    private EngineShutdown() {}

    /**
     * Asks until every engine is closed: a driver may go without having closed its engine, and then it is closed here.
     *
     * @param timeoutNs how long to wait at the most.
     * @return the engines that are not closed: their drivers hang, and what they use must not be freed.
     */
    public static List<StackEngine> close(final StackEngine[] engines, final long timeoutNs) {
        final long startNs = System.nanoTime();
        boolean waiting = true;
        boolean interrupted = false;
        while (waiting) {
            waiting = false;
            for (final StackEngine engine : engines) {
                if (!engine.isClosed()) {
                    engine.requestClose();
                    waiting |= !engine.isClosed();
                }
            }
            if (waiting) {
                LockSupport.parkNanos(POLL_NS);
                interrupted |= Thread.interrupted(); // else the park above becomes a spin
                waiting = System.nanoTime() - startNs < timeoutNs;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return Arrays.stream(engines).filter(engine -> !engine.isClosed()).toList();
    }
}
