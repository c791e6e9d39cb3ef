package io.millrace.control.listen;

import io.millrace.fastpath.control.NetworkStack.Accepted;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jctools.queues.varhandle.MpmcVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Established connections that nobody accepted yet: places are taken before a connection is put in, so a connection
 * that has a place always finds room. Its places may become more, which adds a longer ring behind those there are, or
 * fewer, which throws nobody out. Consumers are the application, and whoever closes the listener; hence a queue for
 * many. Lock-free. Thread: any.
 */
final class AcceptQueue {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptQueue.class);

    private final Places places;
    /** Connections go into the last and are taken from the first that has one: never more than one for each power of two. */
    private volatile List<MpmcVarHandleArrayQueue<Accepted>> rings;
    /** Connections put in less those taken out; for a moment below 0, where one is taken before it is counted. */
    private final AtomicInteger queued = new AtomicInteger();
    private volatile @Nullable Runnable hook;

    AcceptQueue(final int backlog) {
        places = new Places(backlog);
        rings = List.of(ring(backlog));
    }

    private static MpmcVarHandleArrayQueue<Accepted> ring(final int backlog) {
        return new MpmcVarHandleArrayQueue<>(Math.max(2, backlog));
    }

    /** Makes it longer or shorter. Thread: one at a time. */
    void resize(final int backlog) {
        if (backlog > rings.getLast().capacity()) {
            final List<MpmcVarHandleArrayQueue<Accepted>> longer = new ArrayList<>(rings);
            longer.add(ring(backlog));
            rings = List.copyOf(longer);
        }
        // After the ring: who takes one of the new places puts its connection where there is room for all of them.
        places.limit(backlog);
    }

    Places places() {
        return places;
    }

    /** Puts a connection into a place that was taken. */
    void offer(final Accepted accepted) {
        if (!rings.getLast().offer(accepted)) {
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
        final List<MpmcVarHandleArrayQueue<Accepted>> all = rings;
        for (int i = 0; i < all.size(); i++) {
            final Accepted accepted = all.get(i).poll();
            if (accepted != null) {
                queued.getAndDecrement();
                places.giveBack();
                return accepted;
            }
        }
        return null;
    }

    void onAcceptable(final @Nullable Runnable newHook) {
        hook = newHook;
        if (!isEmpty()) {
            callHook();
        }
    }

    private boolean isEmpty() {
        return rings.stream().allMatch(MpmcVarHandleArrayQueue::isEmpty);
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
