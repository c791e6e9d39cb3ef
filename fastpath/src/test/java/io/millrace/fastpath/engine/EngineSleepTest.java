package io.millrace.fastpath.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.idle.IdleSource;
import io.millrace.fastpath.testing.StackDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EngineSleepTest {
    private final StackDriver stack = new StackDriver();
    private final StackEngine engine = stack.engine();
    private int wakeups;

    @AfterEach
    void close() {
        stack.close();
    }

    @Test
    void shouldCountSleepsAndThoseThatSomethingEnded() {
        final IdleSource sleep = engine.sleep();
        sleep.onWoken(false, false);
        sleep.onWoken(true, false);
        sleep.onWoken(true, true);
        assertThat(engine.counters().get(Counter.LOOP_SLEEPS)).isEqualTo(2);
        assertThat(engine.counters().get(Counter.LOOP_WAKEUPS)).isEqualTo(1);
        assertThat(sleep.descriptors()).isZero();
    }

    @Test
    void shouldWakeItsDriverForCommandsAndWhereItIsToClose() {
        engine.onCommandQueued(() -> wakeups++);
        engine.commands().neighbourForgotten(0, 0, 1);
        assertThat(wakeups).isEqualTo(1);
        engine.postpone(() -> {});
        assertThat(wakeups).isEqualTo(2);
        engine.wake();
        assertThat(wakeups).isEqualTo(3);
        assertThat(engine.tryAttachDriver(Thread.ofPlatform().unstarted(() -> {}))).isTrue();
        engine.requestClose();
        assertThat(wakeups).as("another thread drives it").isEqualTo(4);
        assertThat(engine.nextDeadlineNs()).isEqualTo(Long.MIN_VALUE);
        assertThat(engine.doWork()).isGreaterThanOrEqualTo(0);
        assertThat(engine.isClosed()).isTrue();
    }

    @Test
    void shouldSleepNoLongerThanItsCompanion() {
        final Companion companion = new Companion() {
            @Override
            public int doWork(final long nowNs) {
                return 0;
            }

            @Override
            public long nextDeadlineNs() {
                return 5;
            }
        };
        engine.doWork();
        final long before = engine.nextDeadlineNs();
        engine.companion(companion);
        assertThat(before).isGreaterThan(5);
        assertThat(engine.nextDeadlineNs()).isEqualTo(5);
    }
}
