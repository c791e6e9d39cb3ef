package io.millrace.control.listen;

import io.millrace.fastpath.control.NetworkStack.Accepted;
import java.util.concurrent.atomic.AtomicInteger;
import org.jctools.queues.varhandle.MpmcVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Established connections that nobody accepted yet: places are taken before a connection is put in, so a connection
 * that has a place always finds room. Consumers are the application, and whoever closes the listener; hence a queue for
 * many. Lock-free. Thread: any.
 */
final class AcceptQueue {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptQueue.class);

    private final Places places;
    private final MpmcVarHandleArrayQueue<Accepted> queue;
    /** Connections put in less those taken out; for a moment below 0, where one is taken before it is counted. */
    private final AtomicInteger queued = new AtomicInteger();
    private volatile @Nullable Runnable hook;

    AcceptQueue(final int backlog) {
        places = new Places(backlog);
        queue = new MpmcVarHandleArrayQueue<>(Math.max(2, backlog));
    }

    Places places() {
        return places;
    }

    /** Puts a connection into a place that was taken. */
    void offer(final Accepted accepted) {
        if (!queue.offer(accepted)) {
            throw new IllegalStateException("accept queue: no place was taken for " + accepted);
        }
        // After the offer: who is called here finds the connection. A consumer that saw the queue empty has counted
        // out all it took, so the count passes from 0 to 1 after that, and the hook is called.
        if (queued.getAndIncrement() == 0) {
            callHook();
        }
    }

    @Nullable
    Accepted poll() {
        final Accepted accepted = queue.poll();
        if (accepted != null) {
            queued.getAndDecrement();
            places.giveBack();
        }
        return accepted;
    }

    void onAcceptable(final @Nullable Runnable newHook) {
        hook = newHook;
        if (!queue.isEmpty()) {
            callHook();
        }
    }

    /** Runs on an engine's thread in the middle of a segment's processing: the application's exception ends here. */
    private void callHook() {
        final Runnable current = hook;
        if (current != null) {
            try {
                current.run();
            } catch (final RuntimeException e) {
                LOG.error("exception in the hook of an accept queue", e);
            }
        }
    }
}
