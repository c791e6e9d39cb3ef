package io.millrace.fastpath.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.idle.HostThreads;
import io.millrace.fastpath.idle.IdleTimes;
import io.millrace.fastpath.idle.Idling;
import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A loop that sleeps for ever where nobody wakes it: a wake-up that got lost would hang. */
@Timeout(60)
class SleepingLoopTest {
    private static final int ROUNDS = 10_000;
    private static final long FOR_EVER = TimeUnit.DAYS.toNanos(1);

    private static FakeStack stack(final long spinNs) {
        final FakeStack stack = new FakeStack(1);
        stack.idling = Idling.sleeping(HostThreads.PLAIN, new IdleTimes(spinNs, spinNs, FOR_EVER, FOR_EVER));
        return stack;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 2_000, 20_000})
    void shouldWakeForEveryTask(final long spinNs) {
        try (Rig rig = new Rig(stack(spinNs))) {
            final AtomicInteger done = new AtomicInteger();
            final EventLoop loop = rig.group.loopOf(0);
            for (int i = 1; i <= ROUNDS; i++) {
                final int number = i;
                loop.execute(() -> done.set(number));
                if (i % 3 != 0) {
                    Rig.until(() -> done.get() == number);
                }
            }
            Rig.until(() -> done.get() == ROUNDS);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 2_000, 20_000})
    void shouldWakeForEveryCommand(final long spinNs) {
        try (Rig rig = new Rig(stack(spinNs))) {
            final FakeEngine engine = rig.stack.engines[0];
            for (int i = 0; i < ROUNDS; i++) {
                engine.commanded = true;
                engine.wakeup.run();
                Rig.until(() -> !engine.commanded);
            }
        }
    }

    @Test
    void shouldWakeForAFrame() {
        try (Rig rig = new Rig(stack(0))) {
            final FakeEngine engine = rig.stack.engines[0];
            for (int i = 0; i < ROUNDS; i++) {
                Rig.until(() -> engine.sleep.sleeping);
                engine.commanded = true;
                engine.sleep.sleeper.wakeup();
                Rig.until(() -> !engine.commanded);
            }
            assertThat(engine.sleep.sleeps).isPositive();
        }
    }

    @Test
    void shouldWakeForScheduledTasksOfItsOwnAndOfOthers() {
        try (Rig rig = new Rig(stack(0))) {
            final EventLoop loop = rig.group.loopOf(0);
            for (int i = 0; i < 200; i++) {
                Rig.until(() -> rig.stack.engines[0].sleep.sleeping);
                loop.schedule(() -> {}, 200, TimeUnit.MICROSECONDS).syncUninterruptibly();
            }
            loop.submit(() -> loop.schedule(() -> {}, 1, TimeUnit.MILLISECONDS)).syncUninterruptibly().getNow()
                    .syncUninterruptibly();
        }
    }

    @Test
    void shouldWakeForADeadlineOfTheEngine() {
        final FakeStack stack = stack(0);
        stack.engines[0].deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(20);
        try (Rig rig = new Rig(stack)) {
            Rig.until(() -> System.nanoTime() > stack.engines[0].deadlineNs);
            Rig.until(() -> rig.stack.engines[0].turns > 10_000);
        }
    }

    @Test
    void shouldWakeForTheEndOfTheGroupAndOfTheStack() {
        for (int i = 0; i < 20; i++) {
            final Rig rig = new Rig(stack(0));
            Rig.until(() -> rig.stack.engines[0].sleep.sleeping);
            if (i % 2 == 0) {
                rig.stack.close();
                Rig.until(() -> rig.stack.engines[0].isClosed());
            }
            rig.close();
        }
    }

    @Test
    void shouldPollForItsTimeAfterEachWork() {
        try (Rig rig = new Rig(stack(FOR_EVER))) {
            Rig.until(() -> rig.stack.engines[0].turns > 100_000);
            assertThat(rig.stack.engines[0].sleep.sleeps).isZero();
        }
    }
}
