package io.millrace.fastpath.idle;

import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.NoOpIdleStrategy;

/** Idles by a strategy of Agrona, whose sleeps end when they end, or where the loop is woken; never when a frame comes. */
final class StrategyIdle extends LoopIdle {
    private final IdleStrategy strategy;
    private final boolean spins;

    StrategyIdle(final IdleStrategy strategy) {
        this.strategy = strategy;
        spins = strategy instanceof BusySpinIdleStrategy || strategy instanceof NoOpIdleStrategy;
    }

    @Override
    public boolean isPolling() {
        return spins;
    }

    @Override
    public void onWork() {
        strategy.reset();
    }

    @Override
    void idle(final IdleSource driven, final long nowNs, final long limitNs) {
        if (fallAsleep()) {
            strategy.idle();
        } else {
            strategy.reset();
        }
        wakeUp();
    }
}
