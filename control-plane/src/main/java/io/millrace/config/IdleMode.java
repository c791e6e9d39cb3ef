package io.millrace.config;

import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SleepingIdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;

/** What a loop does after a turn in which there was nothing to do. */
public enum IdleMode {
    /** Polls again at once: the lowest latency, a whole core. */
    SPIN {
        @Override
        public IdleStrategy newStrategy() {
            return new BusySpinIdleStrategy();
        }
    },
    /** Gives the core to another runnable thread, else polls again. */
    YIELD {
        @Override
        public IdleStrategy newStrategy() {
            return new YieldingIdleStrategy();
        }
    },
    /** Spins, then yields, then sleeps for longer and longer, up to 1 ms. */
    BACKOFF {
        @Override
        public IdleStrategy newStrategy() {
            return new BackoffIdleStrategy(BACKOFF_SPINS, BACKOFF_YIELDS, MIN_PARK_NS, MAX_PARK_NS);
        }
    },
    /** Sleeps after every idle turn: next to no load, some 100 µs of latency. */
    PARK {
        @Override
        public IdleStrategy newStrategy() {
            return new SleepingIdleStrategy(PARK_NS);
        }
    };

    private static final long BACKOFF_SPINS = 100;
    private static final long BACKOFF_YIELDS = 10;
    private static final long MIN_PARK_NS = TimeUnit.MICROSECONDS.toNanos(1);
    private static final long MAX_PARK_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long PARK_NS = TimeUnit.MICROSECONDS.toNanos(50);

    /** A new strategy for one thread. */
    public abstract IdleStrategy newStrategy();
}
