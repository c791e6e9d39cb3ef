package io.millrace.fastpath.timer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimerWheelTest {
    private static final int ALL = Integer.MAX_VALUE;
    private static final long TICK = 1024;
    private static final long START = 5_000;

    private final MemoryRegion region = MemoryRegion.allocate("timers", 1024 * TimerNodes.NODE_LENGTH);
    private final TimerNodes nodes = new TimerNodes(region.address(), TimerNodes.NODE_LENGTH, 0, 0);
    private final TimerWheel wheel = new TimerWheel(nodes, TICK, START);
    private final List<Integer> fired = new ArrayList<>();
    private final TimerHandler note = (node, nowNs) -> fired.add(node);

    @AfterEach
    void close() {
        wheel.close();
        region.close();
    }

    private static long at(final long ticks) {
        return START + ticks * TICK;
    }

    @Test
    void shouldTakeZeroedNodesForNotArmed() {
        assertThat(wheel.isArmed(0)).isFalse();
        assertThat(wheel.deadline(0)).isEqualTo(Long.MAX_VALUE);
        wheel.cancel(0);
        assertThat(wheel.armed()).isZero();
        assertThat(wheel.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
        assertThat(wheel.poll(Long.MAX_VALUE - 1, note, ALL)).isZero();
    }

    @Test
    void shouldFireAtTheDeadlineAndNotBefore() {
        wheel.schedule(3, at(10));
        assertThat(wheel.isArmed(3)).isTrue();
        assertThat(wheel.deadline(3)).isEqualTo(at(10));
        assertThat(wheel.nextDeadlineNs()).isEqualTo(at(10));
        assertThat(wheel.poll(at(10) - 1, note, ALL)).isZero();
        assertThat(wheel.poll(at(10), note, ALL)).isEqualTo(1);
        assertThat(fired).containsExactly(3);
        assertThat(wheel.isArmed(3)).isFalse();
        assertThat(wheel.armed()).isZero();
        assertThat(wheel.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldNotFireWhatIsParked() {
        wheel.schedule(3, at(10));
        wheel.park(3);
        assertThat(wheel.isArmed(3)).isFalse();
        assertThat(wheel.deadline(3)).isEqualTo(Long.MAX_VALUE);
        assertThat(wheel.armed()).isZero();
        assertThat(wheel.poll(at(10), note, ALL)).isZero();
        assertThat(wheel.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
        wheel.park(3);
        assertThat(wheel.armed()).isZero();
    }

    @Test
    void shouldFireWhatWasParkedAndStartedAgain() {
        wheel.schedule(3, at(10));
        wheel.park(3);
        wheel.schedule(3, at(20));
        wheel.park(3);
        wheel.schedule(3, at(5));
        assertThat(wheel.armed()).isEqualTo(1);
        assertThat(wheel.poll(at(5) - 1, note, ALL)).isZero();
        assertThat(wheel.poll(at(5), note, ALL)).isEqualTo(1);
        wheel.schedule(3, at(30));
        wheel.park(3);
        wheel.schedule(3, at(40));
        assertThat(wheel.poll(at(40) - 1, note, ALL)).isZero();
        assertThat(wheel.poll(at(40), note, ALL)).isEqualTo(1);
        assertThat(fired).containsExactly(3, 3);
        assertThat(wheel.armed()).isZero();
    }

    @Test
    void shouldAskNobodyToComeForWhatIsParked() {
        wheel.schedule(1, at(10));
        wheel.schedule(2, at(20));
        wheel.schedule(3, at(20));
        wheel.schedule(4, at(2_000));
        wheel.schedule(5, at(4_000));
        wheel.park(1);
        wheel.park(2);
        wheel.park(4);
        assertThat(wheel.nextDeadlineNs()).isEqualTo(at(20));
        assertThat(wheel.poll(at(20), note, ALL)).isEqualTo(1);
        wheel.schedule(1, at(3_000));
        wheel.park(1);
        assertThat(wheel.nextDeadlineNs()).isEqualTo(at(4_000));
        assertThat(wheel.poll(at(4_000), note, ALL)).isEqualTo(1);
        assertThat(fired).containsExactly(3, 5);
        wheel.schedule(4, at(4_001));
        assertThat(wheel.nextDeadlineNs()).isEqualTo(at(4_001));
    }

    @Test
    void shouldCancelWhatIsParked() {
        wheel.schedule(3, at(10));
        wheel.park(3);
        wheel.cancel(3);
        assertThat(wheel.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
        assertThat(wheel.armed()).isZero();
    }

    @Test
    void shouldRoundUpToTheTick() {
        wheel.schedule(0, at(10) + 1);
        assertThat(wheel.nextDeadlineNs()).isEqualTo(at(11));
        assertThat(wheel.poll(at(11) - 1, note, ALL)).isZero();
        assertThat(wheel.poll(at(11), note, ALL)).isEqualTo(1);
    }

    @Test
    void shouldFireInOrderOfTicks() {
        final long[] ticks = {70_000, 3, 4096, 4095, 65_536, 1, 4097, 16_777_216, 65_535, 2};
        for (int i = 0; i < ticks.length; i++) {
            wheel.schedule(i, at(ticks[i]));
        }
        assertThat(wheel.poll(at(1L << 30), note, ALL)).isEqualTo(ticks.length);
        assertThat(fired).containsExactly(5, 9, 1, 3, 2, 6, 8, 4, 0, 7);
    }

    @Test
    void shouldFireAtEachLevelBoundaryExactly() {
        for (int level = 0; level < 5; level++) {
            for (int delta = -1; delta <= 1; delta++) {
                final long tick = (1L << 12 * level) + delta;
                final int node = level * 3 + delta + 1;
                wheel.schedule(node, at(tick));
            }
        }
        final List<Long> times = new ArrayList<>();
        while (wheel.armed() > 0) {
            final long now = wheel.nextDeadlineNs();
            wheel.poll(now, (node, nowNs) -> times.add((nowNs - START) / TICK), ALL);
        }
        assertThat(times).containsExactly(0L, 1L, 2L, 4095L, 4096L, 4097L, (1L << 24) - 1, 1L << 24, (1L << 24) + 1,
                (1L << 36) - 1, 1L << 36, (1L << 36) + 1, (1L << 48) - 1, 1L << 48, (1L << 48) + 1);
    }

    @Test
    void shouldMoveToALaterDeadline() {
        wheel.schedule(0, at(10));
        wheel.schedule(0, at(20));
        wheel.schedule(0, at(30));
        assertThat(wheel.armed()).isEqualTo(1);
        assertThat(wheel.deadline(0)).isEqualTo(at(30));
        assertThat(wheel.poll(at(29), note, ALL)).isZero();
        assertThat(wheel.nextDeadlineNs()).isEqualTo(at(30));
        assertThat(wheel.poll(at(30), note, ALL)).isEqualTo(1);
    }

    @Test
    void shouldMoveToAnEarlierDeadline() {
        wheel.schedule(0, at(100_000));
        wheel.schedule(0, at(5));
        assertThat(wheel.nextDeadlineNs()).isEqualTo(at(5));
        assertThat(wheel.poll(at(5), note, ALL)).isEqualTo(1);
        assertThat(wheel.poll(at(200_000), note, ALL)).isZero();
    }

    @Test
    void shouldMoveBackToADeadlineBetweenTheFirstAndTheLatest() {
        wheel.schedule(0, at(10));
        wheel.schedule(0, at(1000));
        wheel.schedule(0, at(20));
        assertThat(wheel.poll(at(19), note, ALL)).isZero();
        assertThat(wheel.poll(at(20), note, ALL)).isEqualTo(1);
    }

    @Test
    void shouldNotFireWhatWasCancelled() {
        wheel.schedule(0, at(10));
        wheel.schedule(1, at(10));
        wheel.schedule(2, at(10));
        wheel.cancel(1);
        assertThat(wheel.isArmed(1)).isFalse();
        assertThat(wheel.armed()).isEqualTo(2);
        wheel.poll(at(10), note, ALL);
        assertThat(fired).containsExactly(0, 2);
        wheel.schedule(1, at(20));
        wheel.poll(at(20), note, ALL);
        assertThat(fired).containsExactly(0, 2, 1);
    }

    @Test
    void shouldForgetTheDeadlineOfWhatWasCancelled() {
        wheel.schedule(0, at(10));
        wheel.schedule(1, at(1000));
        wheel.cancel(0);
        assertThat(wheel.nextDeadlineNs()).isGreaterThan(at(10)).isLessThanOrEqualTo(at(1000));
        wheel.cancel(1);
        assertThat(wheel.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldFireAPastDeadlineAtTheNextPollOfTheSameTime() {
        wheel.schedule(0, at(100));
        wheel.poll(at(100), note, ALL);
        wheel.schedule(1, at(50));
        wheel.schedule(2, Long.MIN_VALUE);
        wheel.schedule(3, START - 1);
        wheel.schedule(4, at(100));
        assertThat(wheel.nextDeadlineNs()).isLessThanOrEqualTo(at(100));
        assertThat(wheel.poll(at(100), note, ALL)).isEqualTo(4);
        assertThat(fired).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void shouldCatchUpAfterAStallOfACentury() {
        final long century = 100L * 365 * 86_400 * 1_000_000_000;
        wheel.schedule(0, at(1));
        wheel.schedule(1, at(1) + century / 2);
        wheel.schedule(2, at(1) + century);
        wheel.poll(at(2) + century, note, ALL);
        assertThat(fired).containsExactly(0, 1, 2);
        wheel.schedule(3, at(3) + century);
        assertThat(wheel.poll(at(2) + century, note, ALL)).isZero();
        assertThat(wheel.poll(at(3) + century, note, ALL)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE / 2, -1, 0, 1, Long.MAX_VALUE / 2})
    void shouldWorkWithAnyOriginOfTime(final long start) {
        try (TimerWheel other = new TimerWheel(nodes, 8, start)) {
            other.schedule(0, start + 1_000_000);
            other.schedule(1, Long.MAX_VALUE);
            assertThat(other.poll(start + 999_999, note, ALL)).isZero();
            assertThat(other.poll(start + 1_000_000, note, ALL)).isEqualTo(1);
            assertThat(other.deadline(1)).isEqualTo(Long.MAX_VALUE);
            assertThat(other.poll(Long.MAX_VALUE / 2 + start / 2, note, ALL)).isZero();
            other.schedule(1, start + 2_000_000);
            other.cancel(1);
        }
    }

    @Test
    void shouldLeaveTheRestToTheNextPollBeyondTheLimit() {
        for (int i = 0; i < 10; i++) {
            wheel.schedule(i, at(7 + i / 8));
        }
        assertThat(wheel.poll(at(20), note, 3)).isEqualTo(3);
        assertThat(wheel.poll(at(20), note, 3)).isEqualTo(3);
        assertThat(wheel.nextDeadlineNs()).isLessThanOrEqualTo(at(20));
        assertThat(wheel.poll(at(20), note, 3)).isEqualTo(3);
        assertThat(wheel.poll(at(20), note, 3)).isEqualTo(1);
        assertThat(fired).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    @Test
    void shouldCountMovesToFinerSlotsAgainstTheLimitAndKeepTheOrder() {
        for (int i = 0; i < 100; i++) {
            wheel.schedule(i, at(70_000 - i));
        }
        int polls = 0;
        while (wheel.armed() > 0) {
            final int before = fired.size();
            assertThat(wheel.poll(at(100_000), note, 7)).isLessThanOrEqualTo(7).isEqualTo(fired.size() - before);
            polls++;
        }
        assertThat(polls).isGreaterThan(100 / 7 * 2);
        for (int i = 0; i < 100; i++) {
            assertThat(fired.get(i)).isEqualTo(99 - i);
        }
    }

    @Test
    void shouldTakeNewTimersWhileASlotIsHalfMoved() {
        for (int i = 0; i < 10; i++) {
            wheel.schedule(i, at(6000 + i));
        }
        assertThat(wheel.poll(at(6020), note, 4)).isZero();
        wheel.schedule(100, at(6001));
        wheel.schedule(5, at(9000));
        wheel.cancel(6);
        while (wheel.nextDeadlineNs() <= at(6020)) {
            wheel.poll(at(6020), note, 4);
        }
        assertThat(fired).containsExactlyInAnyOrder(0, 1, 100, 2, 3, 4, 7, 8, 9);
        assertThat(fired.indexOf(100)).isBetween(1, 2);
        wheel.poll(at(9000), note, ALL);
        assertThat(fired).endsWith(5);
    }

    @Test
    void shouldStopWhatIsHalfMoved() {
        for (int i = 0; i < 10; i++) {
            wheel.schedule(i, at(6000 + i));
        }
        wheel.poll(at(6020), note, 4);
        for (int i = 0; i < 10; i++) {
            wheel.cancel(i);
        }
        assertThat(wheel.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
        wheel.schedule(0, at(7000));
        assertThat(wheel.poll(at(7000), note, ALL)).isEqualTo(1);
    }

    @Test
    void shouldFireWhatItsHandlerReschedulesIntoThePastInTheNextPoll() {
        final TimerHandler again = (node, nowNs) -> {
            fired.add(node);
            wheel.schedule(node, START);
        };
        wheel.schedule(0, at(5));
        wheel.schedule(1, at(6));
        assertThat(wheel.poll(at(10), again, ALL)).isEqualTo(2);
        assertThat(wheel.nextDeadlineNs()).isEqualTo(at(10));
        assertThat(wheel.poll(at(10), again, ALL)).isEqualTo(2);
        assertThat(fired).containsExactly(0, 1, 0, 1);
    }

    @Test
    void shouldNotStarveOthersBehindOneThatReschedulesItselfIntoThePast() {
        final TimerHandler again = (node, nowNs) -> {
            fired.add(node);
            if (node == 0) {
                wheel.schedule(0, START);
            }
        };
        wheel.schedule(0, at(5));
        wheel.schedule(1, at(6));
        wheel.schedule(2, at(7));
        for (int i = 0; i < 5; i++) {
            wheel.poll(at(10), again, 1);
        }
        assertThat(fired).contains(1, 2);
    }

    @Test
    void shouldLetItsHandlerCancelAndMoveWhatIsDueInTheSamePoll() {
        for (int i = 0; i < 6; i++) {
            wheel.schedule(i, at(5));
        }
        final TimerHandler meddler = (node, nowNs) -> {
            fired.add(node);
            if (node == 0) {
                wheel.cancel(1);
                wheel.schedule(2, at(50));
                wheel.schedule(3, START);
                wheel.cancel(4);
                wheel.schedule(4, at(60));
            }
        };
        wheel.poll(at(5), meddler, ALL);
        assertThat(fired).containsExactly(0, 5);
        wheel.poll(at(5), meddler, ALL);
        assertThat(fired).containsExactly(0, 5, 3);
        wheel.poll(at(60), meddler, ALL);
        assertThat(fired).containsExactly(0, 5, 3, 2, 4);
    }

    @Test
    void shouldSurviveAnExceptionOfItsHandler() {
        wheel.schedule(0, at(5));
        wheel.schedule(1, at(5));
        wheel.schedule(2, at(6));
        final TimerHandler thrower = (node, nowNs) -> {
            fired.add(node);
            wheel.schedule(node, at(8));
            if (node == 0) {
                throw new IllegalStateException("boom");
            }
        };
        assertThatThrownBy(() -> wheel.poll(at(10), thrower, ALL)).hasMessage("boom");
        assertThat(wheel.armed()).isEqualTo(3);
        assertThat(wheel.poll(at(10), note, ALL)).isEqualTo(3);
        assertThat(fired).containsExactly(0, 1, 2, 0);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, 4, 12, 1000, 1L << 41})
    void shouldRefuseATickThatIsNoPowerOfTwoInRange(final long tickNs) {
        assertThatThrownBy(() -> new TimerWheel(nodes, tickNs, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldGiveAllMemoryBackOnClose() {
        final long before = MemoryRegion.bytesInUse();
        final TimerWheel other = new TimerWheel(nodes, TICK, START);
        assertThat(MemoryRegion.bytesInUse() - before).isEqualTo(TimerWheel.requiredBytes() + 4095 & -4096L);
        assertThat(other.toString()).contains("0 armed", "1024 ns");
        other.close();
        other.close();
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(before);
    }

    @Test
    void shouldFireAMillionTimersEachInItsTick() {
        final int timers = 1 << 20;
        final long tick = 1 << 17;
        try (MemoryRegion records = MemoryRegion.allocate("timers", timers * 64L)) {
            final TimerNodes many = new TimerNodes(records.address(), 128, 8, 1);
            try (TimerWheel big = new TimerWheel(many, tick, 0)) {
                final Random random = new Random(1);
                for (int node = 0; node < timers; node++) {
                    big.schedule(node, 1 + random.nextLong(100_000_000_000L));
                }
                for (int node = 0; node < timers; node += 3) {
                    big.schedule(node, 1 + random.nextLong(200_000_000_000L));
                }
                final TimerHandler handler = (node, nowNs) -> {
                    // The deadline stays in the record after the timer has fired.
                    final long late = nowNs - Memory.getLong(many.address(node));
                    if (late < 0 || late >= tick || big.isArmed(node)) {
                        throw new AssertionError("timer " + node + " is " + late + " ns late");
                    }
                };
                int count = 0;
                while (big.armed() > 0) {
                    count += big.poll(big.nextDeadlineNs(), handler, ALL);
                }
                assertThat(count).isEqualTo(timers);
            }
        }
    }
}
