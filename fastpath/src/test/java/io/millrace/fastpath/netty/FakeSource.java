package io.millrace.fastpath.netty;

import io.millrace.fastpath.idle.StandInSource;
import io.millrace.fastpath.port.Sleeper;
import org.jspecify.annotations.Nullable;

/** Of an engine without packets: no frame ever wakes who sleeps, and nobody need look. */
final class FakeSource extends StandInSource {
    volatile @Nullable Sleeper sleeper;
    volatile boolean sleeping;
    volatile long sleeps;
    volatile boolean input;

    @Override
    public boolean mayReceive() {
        return input;
    }

    @Override
    public void sleeper(final @Nullable Sleeper newSleeper) {
        sleeper = newSleeper;
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
