package io.millrace.config;

import io.millrace.fastpath.idle.HostThreads;
import io.millrace.fastpath.idle.IdleTimes;
import io.millrace.fastpath.idle.Idling;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.SleepingIdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;

/** What a loop does after a turn in which there was nothing to do. */
public enum IdleMode {
    /** Polls for a while after the last work, then sleeps until there is something to do. */
    ADAPTIVE {
        @Override
        Idling idling(final HostThreads host, final IdleTimes times) {
            return Idling.sleeping(host, times);
        }
    },
    /** Sleeps at once until there is something to do. */
    BLOCK {
        @Override
        Idling idling(final HostThreads host, final IdleTimes times) {
            return Idling.sleeping(host, new IdleTimes(0, 0, times.maxPauseNs(), times.maxSleepNs()));
        }
    },
    /** Polls again at once: the lowest latency, a whole core. */
    SPIN {
        @Override
        Idling idling(final HostThreads host, final IdleTimes times) {
            return Idling.by(BusySpinIdleStrategy::new);
        }
    },
    /** Gives the core to another runnable thread, else polls again. */
    YIELD {
        @Override
        Idling idling(final HostThreads host, final IdleTimes times) {
            return Idling.by(YieldingIdleStrategy::new);
        }
    },
    /** Spins, then yields, then sleeps for longer and longer, without being woken by frames. */
    BACKOFF {
        @Override
        Idling idling(final HostThreads host, final IdleTimes times) {
            return Idling.by(() -> new BackoffIdleStrategy(BACKOFF_SPINS, BACKOFF_YIELDS,
                    Math.min(MIN_PARK_NS, times.maxPauseNs()), times.maxPauseNs()));
        }
    },
    /** Sleeps after every idle turn: next to no load, some 100 µs of latency. */
    PARK {
        @Override
        Idling idling(final HostThreads host, final IdleTimes times) {
            return Idling.by(() -> new SleepingIdleStrategy(PARK_NS));
        }
    };

    private static final long BACKOFF_SPINS = 100;
    private static final long BACKOFF_YIELDS = 10;
    private static final long MIN_PARK_NS = TimeUnit.MICROSECONDS.toNanos(1);
    private static final long PARK_NS = TimeUnit.MICROSECONDS.toNanos(50);

    /** @param host what the system can do. @param times for how long what is done, where the mode asks for that. */
    abstract Idling idling(HostThreads host, IdleTimes times);
}
