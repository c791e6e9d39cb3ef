package io.millrace.fastpath.idle;

import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/** Sleeps as Java can anywhere: it watches no descriptor. */
final class ParkWaiter implements Waiter {
    private final Thread thread = Thread.currentThread();

    @Override
    public int await(final long timeoutNs, final boolean descriptors) {
        final long startNs = System.nanoTime();
        LockSupport.parkNanos(this, timeoutNs);
        return System.nanoTime() - startNs < timeoutNs ? WOKEN : TIMED_OUT;
    }

    @Override
    public void wakeup() {
        LockSupport.unpark(thread);
    }

    @Override
    public boolean fence() {
        VarHandle.fullFence();
        return false;
    }

    @Override
    public boolean watchesDescriptors() {
        return false;
    }

    @Override
    public void close() {}
}
