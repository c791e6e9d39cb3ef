package io.millrace.fastpath.timer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** Random use of a wheel, its handler included, against a map of deadlines. */
class TimerWheelModelTest {
    private static final int TIMERS = 256;
    private static final int STRIDE = 120;
    private static final long CANARY = 0x5AFE_5AFE_5AFE_5AFEL;

    @Property(tries = 500)
    void shouldAgreeWithAMapOfDeadlines(@ForAll final long seed, @ForAll @IntRange(min = 3, max = 20) final int shift,
            @ForAll @LongRange(min = -(1L << 60), max = 1L << 60) final long startNs) {
        try (Model model = new Model(seed, 1L << shift, startNs)) {
            for (int step = 0; step < 400; step++) {
                model.step();
            }
            model.drain();
        }
    }

    private static final class Model implements TimerHandler, AutoCloseable {
        private final Random random;
        private final long tickNs;
        private final long startNs;
        private final MemoryRegion region = MemoryRegion.allocate("timers", TIMERS / 4 * STRIDE);
        private final TimerWheel wheel;
        private final Map<Integer, Long> deadlines = new TreeMap<>();
        private final Set<Integer> past = new HashSet<>();
        private final Set<Integer> touched = new HashSet<>();
        private final Set<Integer> fired = new HashSet<>();
        private boolean meddling = true;
        private boolean polledInTime;
        private boolean polling;
        private long nowNs;
        private long lastTick;

        Model(final long seed, final long tickNs, final long startNs) {
            this.random = new Random(seed);
            this.tickNs = tickNs;
            this.startNs = startNs;
            this.nowNs = startNs;
            this.wheel = new TimerWheel(new TimerNodes(region.address(), STRIDE, 16, 2), tickNs, startNs);
            for (int record = 0; record < TIMERS / 4; record++) {
                Memory.putLong(region.address() + record * STRIDE + 8, CANARY);
                Memory.putLong(region.address() + record * STRIDE + 112, CANARY);
            }
        }

        void step() {
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> schedule(random.nextInt(TIMERS));
                case 4 -> stop(random.nextInt(TIMERS));
                case 5 -> restartLater();
                case 6 -> nowNs += distance();
                case 7 -> nowNs = Math.max(nowNs, Math.min(wheel.nextDeadlineNs(), nowNs + (1L << 50)));
                default -> poll(random.nextInt(3) == 0 ? 1 + random.nextInt(5) : Integer.MAX_VALUE);
            }
            check();
        }

        /** Goes from deadline to deadline: each timer that was not past fires within its tick. */
        void drain() {
            meddling = false;
            while (wheel.nextDeadlineNs() <= nowNs) {
                poll(Integer.MAX_VALUE);
            }
            polledInTime = true;
            while (wheel.armed() > 0) {
                final long next = wheel.nextDeadlineNs();
                assertThat(next).isGreaterThan(nowNs);
                nowNs = next;
                poll(Integer.MAX_VALUE);
                check();
            }
            assertThat(deadlines).isEmpty();
            for (int record = 0; record < TIMERS / 4; record++) {
                assertThat(Memory.getLong(region.address() + record * STRIDE + 8)).isEqualTo(CANARY);
                assertThat(Memory.getLong(region.address() + record * STRIDE + 112)).isEqualTo(CANARY);
            }
        }

        private void poll(final int limit) {
            fired.clear();
            touched.clear();
            lastTick = Long.MIN_VALUE;
            polling = true;
            assertThat(wheel.poll(nowNs, this, limit)).isEqualTo(fired.size()).isLessThanOrEqualTo(limit);
            polling = false;
            if (limit == Integer.MAX_VALUE) {
                deadlines.forEach((node, deadline) -> assertThat(tickOf(deadline) > tickNow() || touched.contains(node))
                        .as("timer %d is due and has not fired", node).isTrue());
            }
        }

        @Override
        public void onTimer(final int node, final long now) {
            assertThat(now).isEqualTo(nowNs);
            assertThat(wheel.isArmed(node)).isFalse();
            assertThat(fired.add(node)).as("once a poll").isTrue();
            assertThat(touched).as("scheduled in this poll").doesNotContain(node);
            final Long deadline = deadlines.remove(node);
            assertThat(deadline).as("timer %d is not armed", node).isNotNull();
            assertThat(deadline).isLessThanOrEqualTo(now);
            if (!past.contains(node)) {
                assertThat(tickOf(deadline)).isGreaterThanOrEqualTo(lastTick);
                lastTick = tickOf(deadline);
                assertThat(!polledInTime || now - deadline < tickNs).isTrue();
            }
            if (meddling && random.nextInt(3) == 0) {
                schedule(random.nextBoolean() ? node : random.nextInt(TIMERS));
                stop(random.nextInt(TIMERS));
                schedule(random.nextInt(TIMERS));
                restartLater();
            }
        }

        private void schedule(final int node) {
            final long deadline = random.nextInt(8) == 0 ? nowNs - distance() : nowNs + distance();
            scheduleAt(node, deadline);
        }

        private void restartLater() {
            final int node = random.nextInt(TIMERS);
            if (deadlines.containsKey(node)) {
                scheduleAt(node, deadlines.get(node) + distance());
            }
        }

        private void scheduleAt(final int node, final long deadline) {
            wheel.schedule(node, deadline);
            deadlines.put(node, deadline);
            past.remove(node);
            if (deadline <= nowNs) {
                past.add(node);
            }
            if (polling && deadline <= nowNs) {
                touched.add(node);
            }
        }

        private void stop(final int node) {
            if (random.nextBoolean()) {
                wheel.cancel(node);
            } else {
                wheel.park(node);
            }
            deadlines.remove(node);
        }

        /** Often a few ticks, often just around the span of a level, seldom anything up to days. */
        private long distance() {
            final long ticks = switch (random.nextInt(4)) {
                case 0 -> random.nextInt(4);
                case 1 -> random.nextInt(10_000);
                case 2 -> Math.max(0, (1L << 12 * random.nextInt(4)) * (1 + random.nextInt(3)) + random.nextInt(5) - 2);
                default -> random.nextLong(1L << random.nextInt(1, 40));
            };
            final long ns = ticks * tickNs + random.nextLong(tickNs);
            return ns >>> 52 == 0 ? ns : random.nextLong(1L << 40);
        }

        private void check() {
            assertThat(wheel.armed()).isEqualTo(deadlines.size());
            final int node = random.nextInt(TIMERS);
            assertThat(wheel.isArmed(node)).isEqualTo(deadlines.containsKey(node));
            assertThat(wheel.deadline(node)).isEqualTo(deadlines.getOrDefault(node, Long.MAX_VALUE));
            final long next = wheel.nextDeadlineNs();
            final long first = deadlines.values().stream().mapToLong(Long::longValue).min().orElse(Long.MAX_VALUE);
            if (first == Long.MAX_VALUE) {
                assertThat(next).isEqualTo(Long.MAX_VALUE);
            } else {
                assertThat(next).isLessThanOrEqualTo(Math.max(nowNs, startNs + tickOf(first) * tickNs));
            }
        }

        private long tickOf(final long timeNs) {
            return Math.max(0, Math.ceilDiv(timeNs - startNs, tickNs));
        }

        private long tickNow() {
            return Math.floorDiv(nowNs - startNs, tickNs);
        }

        @Override
        public void close() {
            wheel.close();
            region.close();
        }
    }
}
