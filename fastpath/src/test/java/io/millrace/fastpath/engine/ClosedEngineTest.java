package io.millrace.fastpath.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineArea;
import io.millrace.fastpath.counters.Gauge;
import io.millrace.fastpath.idle.HostThreads;
import io.millrace.fastpath.idle.IdleSource;
import io.millrace.fastpath.idle.IdleTimes;
import io.millrace.fastpath.idle.Idling;
import io.millrace.fastpath.idle.LoopIdle;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.QueuePort;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.testing.StandInControl;
import io.millrace.fastpath.testing.StandInIss;
import io.millrace.fastpath.testing.StandInPorts;
import io.millrace.fastpath.testing.StandInRoutes;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whoever waits for an engine's end unmaps port and counters then, while its driver is still in the loop. */
class ClosedEngineTest {
    private static final long FOREVER_NS = 3_600_000_000_000L;

    private final MemoryRegion observed = MemoryRegion.allocate("observed", EngineArea.LENGTH);
    private final QueuePort queue = new QueuePort(1500);
    private final List<String> calls = new ArrayList<>();
    private final StackEngine engine = new StackEngine(0, EngineSettings.DEFAULT, recorded(queue),
            new StandInControl(StandInRoutes.of(Packet.address(StackDriver.ADDRESS)), new StandInIss(1, 0),
                    new StandInPorts(49_152, 65_535)) {
                @Override
                public long observedMemory() {
                    return observed.address();
                }
            }, () -> 1_000);
    private @Nullable Throwable failure;

    private PacketPort recorded(final PacketPort port) {
        return (PacketPort) Proxy.newProxyInstance(PacketPort.class.getClassLoader(), new Class<?>[]{PacketPort.class},
                (proxy, method, arguments) -> {
                    calls.add(method.getName());
                    if (failure != null && method.getName().equals("onDriverLeft")) {
                        throw failure;
                    }
                    try {
                        return method.invoke(port, arguments);
                    } catch (final InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @AfterEach
    void close() {
        engine.requestClose();
        queue.close();
        observed.close();
    }

    private long counted(final Counter counter) {
        return Memory.getLong(observed.address() + EngineArea.COUNTERS + ((long) counter.ordinal() << 3));
    }

    @Test
    void shouldNeitherTouchItsPortNorCountOnceItsDriverHasClosedIt() {
        assertThat(engine.tryAttachDriver(Thread.currentThread())).isTrue();
        final IdleSource sleep = engine.sleep();
        sleep.sleeper(null);
        engine.doWork();
        engine.requestClose();
        assertThat(engine.isClosed()).isTrue();
        calls.clear();
        sleep.sleeper(null);
        assertThat(sleep.mayReceive()).as("the next turn finds out").isTrue();
        assertThat(sleep.descriptors()).isZero();
        assertThatThrownBy(() -> sleep.descriptor(0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(sleep.wakesSleeper()).isFalse();
        assertThat(sleep.prepareToBlock()).isFalse();
        sleep.onWoken(true, true);
        assertThat(engine.doWork()).isZero();
        assertThat(engine.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
        engine.postpone(() -> {});
        engine.onMemoryLost(new InternalError("test"));
        engine.requestClose();
        engine.detachDriver();
        assertThat(engine.tryAttachDriver(Thread.currentThread())).isFalse();
        assertThat(calls).isEmpty();
        assertThat(counted(Counter.LOOP_SLEEPS)).isZero();
        assertThat(counted(Counter.LOOP_WAKEUPS)).isZero();
    }

    @Test
    void shouldNotLetALoopSleepThatHasClosedItInThisTurn() {
        final LoopIdle idle = Idling.sleeping(HostThreads.PLAIN, new IdleTimes(0, 0, FOREVER_NS, FOREVER_NS)).newLoop();
        assertThat(engine.tryAttachDriver(Thread.currentThread())).isTrue();
        idle.begin();
        idle.start(engine.sleep());
        idle.onTurn();
        engine.postpone(engine::requestClose);
        engine.doWork();
        assertThat(engine.isClosed()).isTrue();
        calls.clear();
        idle.idle(1_000, engine.nextDeadlineNs());
        idle.idle(2_000, engine.nextDeadlineNs());
        idle.stop();
        engine.detachDriver();
        assertThat(calls).isEmpty();
        assertThat(counted(Counter.LOOP_SLEEPS)).isZero();
    }

    /** Else a loop with nothing to do would fail each time it falls asleep, and turn as fast as it can. */
    @Test
    void shouldShowNothingWhereMemoryIsLost() {
        final long shown = observed.address() + EngineArea.GAUGES + ((long) Gauge.LOOK_NS.ordinal() << 3);
        engine.onMemoryLost(new InternalError("test"));
        engine.sleep().prepareToBlock();
        assertThat(Memory.getLong(shown)).isZero();
    }

    @Test
    void shouldLeaveItsPortBeforeItSaysThatItIsClosed() {
        assertThat(engine.tryAttachDriver(Thread.currentThread())).isTrue();
        engine.doWork();
        engine.requestClose();
        engine.detachDriver();
        assertThat(calls).endsWith("sleeper", "onDriverLeft").containsOnlyOnce("onDriverLeft");
    }

    @Test
    void shouldLeaveItsPortWhereNobodyDroveIt() {
        engine.requestClose();
        assertThat(engine.isClosed()).isTrue();
        assertThat(calls).endsWith("sleeper", "onDriverLeft").containsOnlyOnce("onDriverLeft");
    }

    @Test
    void shouldLeaveItsPortToTheNextDriver() {
        assertThat(engine.tryAttachDriver(Thread.currentThread())).isTrue();
        engine.detachDriver();
        assertThat(calls).endsWith("sleeper", "onDriverLeft");
        assertThat(engine.isClosed()).isFalse();
        assertThat(engine.tryAttachDriver(Thread.currentThread())).isTrue();
    }

    @Test
    void shouldCloseWhereItsPortFailsToBeLeft() {
        failure = new IllegalStateException("test");
        engine.requestClose();
        assertThat(engine.isClosed()).isTrue();
        assertThat(engine.counters().get(Counter.EXCEPTIONS)).isEqualTo(1);
        calls.clear();
        assertThat(engine.sleep().prepareToBlock()).isFalse();
        assertThat(calls).isEmpty();
    }

    @Test
    void shouldCloseWhereTheMemoryOfItsPortIsLost() {
        failure = new InternalError("test");
        engine.requestClose();
        assertThat(engine.isClosed()).isTrue();
        assertThat(engine.counters().get(Counter.EXCEPTIONS)).isZero();
        calls.clear();
        assertThat(engine.sleep().prepareToBlock()).isFalse();
        assertThat(calls).isEmpty();
    }
}
