package io.millrace.fastpath.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineArea;
import io.millrace.fastpath.counters.Gauge;
import io.millrace.fastpath.idle.IdleSource;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.PortFilter;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.QueuePort;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.testing.StandInControl;
import io.millrace.fastpath.testing.StandInIss;
import io.millrace.fastpath.testing.StandInPorts;
import io.millrace.fastpath.testing.StandInRoutes;
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
    void shouldShowWhatIsTrueWhileItSleeps() {
        try (MemoryRegion observed = MemoryRegion.allocate("observed", EngineArea.LENGTH);
                QueuePort port = new QueuePort(StackDriver.MTU)) {
            final StandInControl control = new StandInControl(StandInRoutes.of(Packet.address(StackDriver.ADDRESS)),
                    new StandInIss(1, 0), new StandInPorts(49_152, 65_535)) {
                @Override
                public long observedMemory() {
                    return observed.address();
                }
            };
            final StackEngine watched = new StackEngine(0, EngineSettings.DEFAULT, port, control, () -> 1_000);
            watched.doWork();
            final int peer = Packet.address("10.0.0.2");
            watched.tcp().connect(0, 0, 0, Family.current().hi(), Family.current().lo(peer), 80, TcpSettings.DEFAULT,
                    (connection, events) -> {});
            watched.doWork();
            final long connections = observed.address() + EngineArea.GAUGES
                    + ((long) Gauge.CONNECTIONS.ordinal() << 3);
            assertThat(Memory.getLong(connections)).as("looked at once a millisecond").isZero();
            assertThat(watched.sleep().prepareToBlock()).isEqualTo(port.prepareToBlock());
            assertThat(Memory.getLong(connections)).isEqualTo(1);
            watched.requestClose();
        }
    }

    @Test
    void shouldOutliveAPortThatCannotSayWhatItLost() {
        try (PortFilter port = new PortFilter(new QueuePort(StackDriver.MTU)) {
            @Override
            public long dropped() {
                throw new IllegalStateException("no answer");
            }
        }) {
            final StackEngine watched = new StackEngine(0, EngineSettings.DEFAULT, port,
                    new StandInControl(StandInRoutes.of(Packet.address(StackDriver.ADDRESS)), new StandInIss(1, 0),
                            new StandInPorts(49_152, 65_535)),
                    () -> 1_000);
            assertThat(watched.sleep().prepareToBlock()).isFalse();
            watched.requestClose();
        }
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
