package io.millrace.fastpath.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.tcp.TcpCalls;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.tcp.TcpState;
import io.millrace.fastpath.udp.DatagramEndpoint;
import io.millrace.fastpath.wire.IpAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StackLoopEngineTest {
    private static final int MORE_THAN_THE_RING_TAKES = 10_000;
    private static final int PORT = 5_000;

    private static long connect(final TcpCalls tcp) {
        return tcp.connect(0, 0, 0, 0, IpAddress.v4(0x0A000001), 80, TcpSettings.DEFAULT, (connection, events) -> {});
    }

    @Test
    void shouldResetAbandonedConnectionsThoughTheCommandRingIsFull() {
        try (MemoryLink link = MemoryLink.builder().ethernet(false).build();
                LinkedStack stack = new LinkedStack("10.0.0.2", 1, link.side(0)::queue)) {
            final StackLoopEngine engine = new StackLoopEngine(stack.engine(0));
            assertThat(engine.tryAttachDriver(Thread.currentThread())).isTrue();
            final long first = connect(engine.tcp());
            final long last = connect(engine.tcp());
            engine.abandon(first);
            for (int i = 0; i < MORE_THAN_THE_RING_TAKES; i++) {
                engine.abandon(Long.MAX_VALUE);
            }
            engine.abandon(last);
            engine.doWork();
            assertThat(engine.tcp().state(first)).isEqualTo(TcpState.CLOSED);
            assertThat(engine.tcp().state(last)).isEqualTo(TcpState.CLOSED);
            engine.detachDriver();
        }
    }

    /** With the loop gone, and who drives the engine now knowing nothing of loops. */
    @Test
    void shouldCloseAnAbandonedEndpointWhoeverDrivesTheEngine() throws Exception {
        try (MemoryLink link = MemoryLink.builder().ethernet(false).build();
                LinkedStack stack = new LinkedStack("10.0.0.2", 1, link.side(0)::queue)) {
            final StackLoopEngine loop = new StackLoopEngine(stack.engine(0));
            final DatagramEndpoint endpoint = loop.udp().open(events -> {});
            endpoint.bind(0, IpAddress.ANY_V4, PORT, false);
            final AtomicInteger wakeups = new AtomicInteger();
            loop.onCommandQueued(wakeups::incrementAndGet);
            loop.abandon(endpoint);
            assertThat(wakeups).as("an idling loop would sleep on").hasValue(1);
            stack.engine(0).doWork();
            assertThat(loop.udp().endpoints()).isZero();
            loop.udp().open(events -> {}).bind(0, IpAddress.ANY_V4, PORT, false);
        }
    }

    /** The loop has ended: nobody calls {@link StackLoopEngine#doWork} any more. */
    @Test
    void shouldResetWhatWasAbandonedWithTheRingFullWhoeverDrivesTheEngine() {
        try (MemoryLink link = MemoryLink.builder().ethernet(false).build();
                LinkedStack stack = new LinkedStack("10.0.0.2", 1, link.side(0)::queue)) {
            final StackLoopEngine loop = new StackLoopEngine(stack.engine(0));
            final long connection = connect(loop.tcp());
            for (int i = 0; i < MORE_THAN_THE_RING_TAKES; i++) {
                loop.abandon(Long.MAX_VALUE);
            }
            loop.abandon(connection);
            assertThat(stack.engine(0).nextDeadlineNs()).as("something waits").isEqualTo(Long.MIN_VALUE);
            stack.engine(0).doWork();
            assertThat(loop.tcp().state(connection)).isEqualTo(TcpState.CLOSED);
        }
    }

    @Test
    void shouldCloseAbandonedEndpointsThoughTheCommandRingIsFull() throws Exception {
        try (MemoryLink link = MemoryLink.builder().ethernet(false).build();
                LinkedStack stack = new LinkedStack("10.0.0.2", 1, link.side(0)::queue)) {
            final StackLoopEngine loop = new StackLoopEngine(stack.engine(0));
            final DatagramEndpoint endpoint = loop.udp().open(events -> {});
            for (int i = 0; i < MORE_THAN_THE_RING_TAKES; i++) {
                loop.abandon(Long.MAX_VALUE);
            }
            loop.abandon(endpoint);
            loop.doWork();
            assertThat(loop.udp().endpoints()).isZero();
        }
    }

    @Test
    void shouldGoOnBehindAPostponedCommandThatFails() {
        try (MemoryLink link = MemoryLink.builder().ethernet(false).build();
                LinkedStack stack = new LinkedStack("10.0.0.2", 1, link.side(0)::queue)) {
            final AtomicInteger done = new AtomicInteger();
            stack.engine(0).postpone(() -> {
                throw new IllegalStateException("a defect");
            });
            stack.engine(0).postpone(done::incrementAndGet);
            stack.engine(0).doWork();
            assertThat(stack.engine(0).nextDeadlineNs()).as("there is more to do").isEqualTo(Long.MIN_VALUE);
            stack.engine(0).doWork();
            assertThat(done).hasValue(1);
            assertThat(stack.engine(0).nextDeadlineNs()).isGreaterThan(Long.MIN_VALUE);
        }
    }
}
