package io.millrace.fastpath.engine;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Who drives an engine: exactly one thread, or nobody; until it is closed, nobody from then on. Thread: any. */
final class EngineDriver {
    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();
    private volatile boolean ended;

    /** @return false where another thread drives it, or it is closed. */
    boolean tryAttach(final Thread wanted) {
        if (ended || !thread.compareAndSet(null, wanted)) {
            return false;
        }
        if (ended) {
            // between the two looks, by another thread
            thread.set(null);
            return false;
        }
        return true;
    }

    /** Thread: the driver's. */
    void detach() {
        thread.set(null);
    }

    /** True on the thread that drives it. */
    boolean isCaller() {
        return thread.get() == Thread.currentThread();
    }

    /** Does it here where nobody drives the engine meanwhile; false where somebody does. */
    boolean tryInstead(final Runnable task) {
        if (!thread.compareAndSet(null, Thread.currentThread())) {
            return false;
        }
        try {
            task.run();
        } finally {
            thread.set(null);
        }
        return true;
    }

    /** The engine is closed. */
    void end() {
        ended = true;
    }
}
