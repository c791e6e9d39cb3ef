package io.millrace.fastpath.idle;

import java.util.function.Supplier;
import org.agrona.concurrent.IdleStrategy;

/** How the loops of a stack idle. Thread: any. */
@FunctionalInterface
public interface Idling {
    /** For one loop. */
    LoopIdle newLoop();

    /** By a strategy of Agrona, a new one for each loop. */
    static Idling by(final Supplier<? extends IdleStrategy> strategies) {
        return () -> new StrategyIdle(strategies.get());
    }

    /** By sleeping until there is something to do, after polling for a while. */
    static Idling sleeping(final HostThreads host, final IdleTimes times) {
        return () -> new SleepingIdle(host, times);
    }
}
