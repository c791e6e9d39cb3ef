package io.millrace.fastpath.idle;

import io.millrace.fastpath.port.Sleeper;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What one loop does after a turn without work. The loop says {@link #onTurn} before it looks for what it was woken for,
 * {@link #onWork} after a turn that had work, and after one that had none {@link #poll}, or else {@link #idle}. Who brings something queues it and
 * calls {@link #wakeup} then: a sleep that has begun ends, one that has not does not begin.
 * <p>
 * Thread: the loop's, but for {@link #wakeup}: any.
 */
public abstract class LoopIdle implements Sleeper {
    /** Nearer deadlines are waited for by spinning: no sleep ends that exactly. */
    private static final long NEAR_NS = 10_000;

    /**
     * Looks at the port between two turns. With its pause one takes a quarter of the time of a loop's turn without work, and
     * what comes during such a turn waits for the rest of it.
     */
    private static final int LOOKS = 16;

    /** Somebody called since the last turn began. */
    private volatile boolean woken;
    private volatile boolean sleeping;
    private volatile @Nullable Thread thread;
    private @Nullable IdleSource source;

    /** The calling thread is the loop's. */
    public void begin() {
        thread = Thread.currentThread();
    }

    /** The loop drives this from now on. */
    public void start(final IdleSource driven) {
        source = driven;
    }

    /** The loop drives nothing any more; it may still {@link #idle}. */
    public void stop() {
        source = null;
    }

    /** A turn begins: whatever was there before the last {@link #wakeup} is found by it. */
    public final void onTurn() {
        if (woken) {
            woken = false;
        }
    }

    /** There was something to do. */
    public abstract void onWork();

    /** True where the loop polls on whatever the next deadline is: what is not asked for costs no time between two looks. */
    public abstract boolean isPolling();

    /**
     * There was nothing to do, and the loop polls on: for as long as a few turns take it looks only at the port, and for who
     * calls it.
     *
     * @return true where the port may have something.
     */
    public final boolean poll() {
        final IdleSource driven = source;
        if (driven == null) {
            return false;
        }
        for (int i = 0; i < LOOKS && !woken; i++) {
            Thread.onSpinWait();
            if (driven.mayReceive()) {
                return true;
            }
        }
        return false;
    }

    /**
     * There was nothing to do.
     *
     * @param nowNs   {@link System#nanoTime}.
     * @param limitNs until there will be, at the latest; 0 or less: there is now.
     */
    public final void idle(final long nowNs, final long limitNs) {
        if (limitNs <= 0) {
            return;
        }
        if (source == null) {
            parkWithoutSource(limitNs);
        } else if (limitNs < NEAR_NS) {
            Thread.onSpinWait();
        } else {
            idle(source, nowNs, limitNs);
        }
    }

    /** @param limitNs far enough away for a short sleep. */
    abstract void idle(IdleSource driven, long nowNs, long limitNs);

    @Override
    public final void wakeup() {
        // Always written: the write orders what was queued before the look at sleeping, which a mere look would not.
        woken = true;
        if (sleeping) {
            wake();
        }
    }

    /** Ends a sleep. Thread: any. */
    void wake() {
        LockSupport.unpark(thread);
    }

    @Override
    public boolean fence() {
        VarHandle.fullFence();
        return false;
    }

    /** @return false where somebody called {@link #wakeup} before; else who does it from now on calls {@link #wake}. */
    final boolean fallAsleep() {
        sleeping = true;
        return !woken;
    }

    final void wakeUp() {
        sleeping = false;
    }

    private void parkWithoutSource(final long limitNs) {
        if (fallAsleep()) {
            LockSupport.parkNanos(this, limitNs);
        }
        wakeUp();
    }
}
