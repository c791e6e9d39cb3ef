package io.millrace.fastpath.idle;

import io.millrace.fastpath.port.Sleeper;
import org.jspecify.annotations.Nullable;

/** Nothing to wait for: no descriptor, nothing that would be told of a sleep, and no sleep is held back. */
public class StandInSource implements IdleSource {
    @Override
    public int descriptors() {
        return 0;
    }

    @Override
    public int descriptor(final int index) {
        throw new IndexOutOfBoundsException(index);
    }

    @Override
    public void sleeper(final @Nullable Sleeper sleeper) {
        // nobody to wake
    }

    @Override
    public boolean wakesSleeper() {
        return true;
    }

    @Override
    public boolean prepareToBlock() {
        return true;
    }

    @Override
    public void onWoken(final boolean slept, final boolean early) {
        // nothing is counted
    }
}
