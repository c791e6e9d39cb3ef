package io.millrace.control.listen;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A bounded number of places, with the most that were ever taken. With fewer places than are taken, none is taken away,
 * and none is given until enough have come back. Lock-free. Thread: any.
 */
final class Places {
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger highest = new AtomicInteger();
    private volatile int limit;

    Places(final int limit) {
        this.limit = limit;
    }

    /** Takes a place; false where none is left. */
    boolean take() {
        for (int now = taken.get(); now < limit; now = taken.get()) {
            if (taken.compareAndSet(now, now + 1)) {
                if (now + 1 > highest.get()) {
                    highest.accumulateAndGet(now + 1, Math::max);
                }
                return true;
            }
        }
        return false;
    }

    void giveBack() {
        taken.getAndDecrement();
    }

    boolean isFull() {
        return taken.get() >= limit;
    }

    void limit(final int places) {
        limit = places;
    }

    int limit() {
        return limit;
    }

    int taken() {
        return taken.get();
    }

    int highest() {
        return highest.get();
    }
}
