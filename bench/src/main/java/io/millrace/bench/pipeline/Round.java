package io.millrace.bench.pipeline;

import java.util.concurrent.locks.LockSupport;

/** One round of messages: the benchmark's thread sleeps until the event loop says that it is over. */
final class Round {
    private volatile Thread waiting;
    private volatile boolean over;
    private volatile Throwable failure;

    /** Thread: the benchmark's. */
    void begin() {
        waiting = Thread.currentThread();
        over = false;
    }

    /** Thread: the benchmark's. */
    void await() {
        while (!over) {
            LockSupport.park(this);
        }
        final Throwable cause = failure;
        if (cause != null) {
            throw new IllegalStateException(cause);
        }
    }

    /** Thread: an event loop's. */
    void end() {
        over = true;
        LockSupport.unpark(waiting);
    }

    /** Thread: an event loop's. */
    void fail(final Throwable cause) {
        failure = cause;
        end();
    }
}
