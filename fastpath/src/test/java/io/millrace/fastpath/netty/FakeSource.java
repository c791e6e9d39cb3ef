package io.millrace.fastpath.netty;

import io.millrace.fastpath.idle.IdleSource;
import io.millrace.fastpath.port.Sleeper;
import org.jspecify.annotations.Nullable;

/** Of an engine without packets: no frame ever wakes who sleeps, and nobody need look. */
final class FakeSource implements IdleSource {
    volatile @Nullable Sleeper sleeper;
    volatile boolean sleeping;
    volatile long sleeps;
    volatile boolean input;

    @Override
    public boolean mayReceive() {
        return input;
    }

    @Override
    public int descriptors() {
        return 0;
    }

    @Override
    public int descriptor(final int index) {
        throw new IndexOutOfBoundsException(index);
    }

    @Override
    public void sleeper(final @Nullable Sleeper newSleeper) {
        sleeper = newSleeper;
    }

    @Override
    public boolean wakesSleeper() {
        return true;
    }

    @Override
    public boolean prepareToBlock() {
        sleeping = true;
        return true;
    }

    @Override
    @SuppressWarnings("NonAtomicOperationOnVolatileField")
    public void onWoken(final boolean slept, final boolean early) {
        sleeping = false;
        sleeps += slept ? 1 : 0;
    }
}
