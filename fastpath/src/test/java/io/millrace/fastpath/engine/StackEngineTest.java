package io.millrace.fastpath.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.control.EngineControl;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortFilter;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.testing.IpPacket;
import io.millrace.fastpath.testing.QueuePort;
import io.millrace.fastpath.testing.StackDriver;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StackEngineTest {
    private static final int UDP = 17;
    private static final InternalError LOST = new InternalError("test");

    /** What the control plane was told. */
    private final List<Object> defects = new ArrayList<>();
    private final List<Object> losses = new ArrayList<>();
    private final long bytesBefore = MemoryRegion.bytesInUse();
    private long clockNs = 1_000;

    /** An engine whose control plane fails at whatever it is asked. */
    private StackEngine engineWithout(final EngineControl control, final PacketPort port) {
        return new StackEngine(0, new EngineSettings(16, 16, 1 << 20, 64, 1 << 16, 16, 4, 1_000), port, control,
                () -> clockNs);
    }

    /** A control plane that throws at each question, save for the log's and the seed. */
    private EngineControl broken(final Throwable failure) {
        return (EngineControl) Proxy.newProxyInstance(EngineControl.class.getClassLoader(),
                new Class<?>[]{EngineControl.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("routes")) {
                        throw failure;
                    }
                    if (method.getName().equals("onDefect")) {
                        defects.add(arguments[0]);
                    } else if (method.getName().equals("onMemoryLost")) {
                        losses.add(arguments[0]);
                    }
                    if (method.getReturnType() == boolean.class) {
                        return false;
                    }
                    return method.getReturnType() == long.class ? 0L : null;
                });
    }

    @Test
    void shouldKeepItsCountersOnceClosed() {
        final StackDriver stack = new StackDriver();
        stack.inject(IpPacket.toStack(UDP, IpPacket.udp(9, new byte[8])).toBytes());
        stack.close();
        assertThat(stack.engine().counters().get(Counter.UDP_NO_PORT)).isEqualTo(1);
        assertThat(stack.engine().counters().get(Counter.FRAMES_RECEIVED)).isEqualTo(1);
    }

    @Test
    void shouldAnswerAboutPortsOnceClosed() {
        final StackDriver stack = new StackDriver();
        stack.connect("10.0.0.2", 80, TcpSettings.DEFAULT, (connection, events) -> {});
        stack.nextEphemeral(50_000);
        assertThat(stack.engine().isPortInUse(49_152)).isTrue();
        stack.close();
        assertThat(stack.engine().isPortInUse(49_152)).isFalse();
    }

    @Test
    void shouldSeeEveryCommandAcrossTheEndOfItsRing() {
        try (StackDriver stack = new StackDriver()) {
            for (int i = 0; i < 5_000; i++) {
                stack.engine().commands().neighbourForgotten(0, 0, i);
                assertThat(stack.engine().nextDeadlineNs()).as("command %d waits", i).isEqualTo(Long.MIN_VALUE);
                assertThat(stack.engine().doWork()).as("work done for command %d", i).isPositive();
                assertThat(stack.engine().nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
            }
        }
    }

    @Test
    void shouldGiveFramesBackWhateverIsThrown() {
        final QueuePort port = new QueuePort(1_500);
        final StackEngine engine = engineWithout(broken(new OutOfMemoryError("test")), port);
        for (int i = 0; i < 3; i++) {
            port.inject(IpPacket.toStack(UDP, IpPacket.udp(9, new byte[8])).toBytes());
        }
        engine.doWork();
        assertThat(engine.counters().get(Counter.EXCEPTIONS)).isEqualTo(3);
        assertThat(port.available()).isEqualTo(port.frames());
        close(engine, port);
    }

    @Test
    void shouldCloseThoughAPhaseFailsInEveryTurn() {
        final QueuePort port = new QueuePort(1_500);
        final StackEngine engine = engineWithout(broken(new IllegalStateException("test")), new PortFilter(port) {
            @Override
            public int receive(final long[] frames, final int offset, final int limit, final long nowNs) {
                throw new IllegalStateException("the port fails");
            }
        });
        engine.tryAttachDriver(new Thread());
        engine.requestClose();
        assertThat(engine.isClosed()).isFalse();
        assertThat(engine.doWork()).isPositive();
        close(engine, port);
    }

    @Test
    void shouldGiveEverythingBackThoughAHandlerFailsOnClosing() {
        final StackDriver stack = new StackDriver();
        stack.connect("10.0.0.2", 80, TcpSettings.DEFAULT, (connection, events) -> {
            throw new AssertionError("the handler fails");
        });
        assertThatThrownBy(() -> stack.engine().requestClose()).hasMessage("the handler fails");
        assertThat(stack.engine().isClosed()).isTrue();
        stack.close();
    }

    @Test
    void shouldCloseOnceThoughAHandlerClosesItAgain() {
        final StackDriver stack = new StackDriver();
        stack.engine().tryAttachDriver(Thread.currentThread());
        stack.connect("10.0.0.2", 80, TcpSettings.DEFAULT, (connection, events) -> stack.engine().requestClose());
        stack.connect("10.0.0.3", 80, TcpSettings.DEFAULT, (connection, events) -> stack.engine().requestClose());
        stack.engine().requestClose();
        assertThat(stack.engine().isClosed()).isTrue();
        stack.close();
    }

    @Test
    void shouldNotLetTimeGoBackwards() {
        final QueuePort port = new QueuePort(1_500);
        final StackEngine engine = engineWithout(broken(new IllegalStateException("test")), port);
        clockNs = 5_000;
        engine.doWork();
        clockNs = 4_000;
        engine.doWork();
        assertThat(engine.nowNs()).isEqualTo(5_000);
        close(engine, port);
    }

    /** However often it is met, and wherever: the handling of a frame, the end of a turn, the look for the next deadline. */
    @Test
    void shouldSayOnceThatMemoryIsLostWhereAFrameMeetsIt() {
        final QueuePort port = new QueuePort(1_500);
        final StackEngine engine = engineWithout(broken(LOST), port);
        for (int i = 0; i < 3; i++) {
            port.inject(IpPacket.toStack(UDP, IpPacket.udp(9, new byte[8])).toBytes());
        }
        engine.doWork();
        requireLost(engine);
        assertThat(defects).isEmpty();
        port.close();
    }

    @Test
    void shouldSayOnceThatMemoryIsLostWhereTheEndOfATurnMeetsIt() {
        final QueuePort port = new QueuePort(1_500);
        final StackEngine engine = engineWithout(broken(new IllegalStateException("test")), new PortFilter(port) {
            @Override
            public int transmit(final long[] frames, final int offset, final int length, final long nowNs) {
                throw LOST;
            }
        });
        engine.commands().transmitArp(0, 1, 1, 1, 2, 2);
        engine.doWork();
        requireLost(engine);
        port.close();
    }

    @Test
    void shouldSayOnceThatMemoryIsLostWhereTheLookForTheNextDeadlineMeetsIt() {
        final QueuePort port = new QueuePort(1_500);
        final StackEngine engine = engineWithout(broken(new IllegalStateException("test")), new PortFilter(port) {
            @Override
            public long nextDeadlineNs() {
                throw LOST;
            }
        });
        assertThat(engine.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
        requireLost(engine);
        close(engine, port);
    }

    /** It has no more turns, and whoever meets the loss again is not heard. */
    private void requireLost(final StackEngine engine) {
        engine.onMemoryLost(new InternalError("again"));
        assertThat(losses).containsExactly(LOST);
        assertThat(engine.doWork()).isZero();
        assertThat(engine.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
        engine.tryAttachDriver(new Thread());
        engine.requestClose();
        assertThat(engine.nextDeadlineNs()).as("it waits to be closed").isEqualTo(Long.MIN_VALUE);
        engine.doWork();
        assertThat(engine.isClosed()).isTrue();
    }

    private void close(final StackEngine engine, final QueuePort port) {
        engine.requestClose();
        assertThat(engine.isClosed()).isTrue();
        assertThat(port.available()).isEqualTo(port.frames());
        port.close();
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytesBefore);
    }
}
