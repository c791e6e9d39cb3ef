package io.millrace.fastpath.idle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A loop that sleeps by a waiter that says what the test wants. */
class SleepingIdleTest {
    private static final long PAUSE_NS = 1_000_000;
    private static final long SLEEP_NS = 50_000_000;

    private final ScriptedWaiter waiter = new ScriptedWaiter();
    private final LoopIdle idle = Idling.sleeping(waiter, new IdleTimes(0, 0, PAUSE_NS, SLEEP_NS)).newLoop();
    private long nowNs = 7;

    SleepingIdleTest() {
        idle.begin();
        idle.start(new OneDescriptor());
    }

    /** One turn without work. @return for how long it slept. */
    private long idle(final int end) {
        waiter.end = end;
        idle.onTurn();
        idle.idle(nowNs, Long.MAX_VALUE);
        return waiter.sleeps.getLast();
    }

    private void makeBlind() {
        for (int i = 0; i < 3; i++) {
            assertThat(idle(Waiter.READABLE)).isEqualTo(SLEEP_NS);
        }
        assertThat(idle(Waiter.TIMED_OUT)).as("looked at from time to time").isLessThan(PAUSE_NS);
        assertThat(waiter.descriptors).isFalse();
    }

    @Test
    void shouldWatchADescriptorAgainSomeTimeAfterItHasEndedSleepsInVain() {
        makeBlind();
        nowNs += SLEEP_NS;
        assertThat(idle(Waiter.TIMED_OUT)).as("there has been no work").isEqualTo(SLEEP_NS);
        assertThat(waiter.descriptors).isTrue();
        makeBlind();
    }

    @Test
    void shouldWatchADescriptorOnceWhereItIsStillReadableForNothing() {
        makeBlind();
        nowNs += SLEEP_NS;
        assertThat(idle(Waiter.READABLE)).isEqualTo(SLEEP_NS);
        assertThat(idle(Waiter.TIMED_OUT)).isLessThanOrEqualTo(PAUSE_NS);
        assertThat(waiter.descriptors).isFalse();
    }

    @Test
    void shouldForgiveADescriptorThatEndsASleepInVainNowAndThen() {
        for (int i = 0; i < 10; i++) {
            assertThat(idle(Waiter.READABLE)).isEqualTo(SLEEP_NS);
            assertThat(idle(Waiter.TIMED_OUT)).isEqualTo(SLEEP_NS);
        }
    }

    @Test
    void shouldPollWithoutADeadlineOnlyWhileItWouldSpin() {
        assertThat(idle.isPolling()).as("it does not spin at all").isFalse();
        final LoopIdle spinning = Idling.sleeping(waiter, new IdleTimes(Long.MAX_VALUE, 0, PAUSE_NS, SLEEP_NS))
                .newLoop();
        spinning.begin();
        assertThat(spinning.isPolling()).isTrue();
        assertThat(spinning.poll()).as("it drives nothing").isFalse();
        spinning.start(new OneDescriptor());
        assertThat(spinning.poll()).isTrue();
        spinning.stop();
        assertThat(spinning.poll()).isFalse();
    }

    private static final class ScriptedWaiter implements HostThreads, Waiter {
        final List<Long> sleeps = new ArrayList<>();
        int end;
        boolean descriptors;

        @Override
        public int await(final long timeoutNs, final boolean watched) {
            sleeps.add(timeoutNs);
            descriptors = watched;
            return end;
        }

        @Override
        public boolean watchesDescriptors() {
            return true;
        }

        @Override
        public Waiter newWaiter(final int... watched) {
            return this;
        }

        @Override
        public boolean fence() {
            return true;
        }

        @Override
        public void wakeup() {
            // nobody sleeps
        }

        @Override
        public void close() {
            // nothing is open
        }

        @Override
        public @Nullable String unavailabilityCause() {
            return null;
        }

        @Override
        public BitSet allowedCpus() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Runnable pin(final int cpu) {
            throw new UnsupportedOperationException();
        }
    }

    private static final class OneDescriptor extends StandInSource {
        @Override
        public int descriptors() {
            return 1;
        }

        @Override
        public int descriptor(final int index) {
            return 5;
        }
    }
}
