package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.StackDriver;
import org.junit.jupiter.api.Test;

/** Connections that live on without an application: bounded in number and in time. */
@OverBothFamilies
class OrphanTest {
    private static final EngineSettings TWO = new EngineSettings(64, 64, 1 << 20, 64, 1 << 16, 16, 4, 1_000, 2);

    private final long[] handle = new long[1];

    private Peer accepted(final StackDriver stack, final StackDriver.Listener listener, final int port) {
        final Peer peer = new Peer(stack, port, 80, 5_000);
        peer.open(1_460);
        handle[0] = listener.accept(stack, new Peer.Events());
        return peer;
    }

    private Packet close(final StackDriver stack) {
        stack.tcp().close(handle[0]);
        stack.run();
        return stack.sent();
    }

    @Test
    void shouldResetOneOrphanTooMany() {
        try (StackDriver stack = new StackDriver(TWO, 1_500)) {
            final StackDriver.Listener listener = stack.listen(80, 16, TcpSettings.DEFAULT);
            accepted(stack, listener, 40_000);
            assertThat(close(stack).is("FA")).isTrue();
            final Peer second = accepted(stack, listener, 40_001);
            final Packet fin = close(stack);
            assertThat(fin.is("FA")).isTrue();
            accepted(stack, listener, 40_002);
            assertThat(close(stack).is("R")).isTrue();
            assertThat(stack.counter(Counter.TCP_TOO_MANY_ORPHANS)).isEqualTo(1);
            assertThat(stack.engine().connections()).isEqualTo(2);
            // one leaves: there is room again
            second.ack(fin.seq() + 1).send("FA", "");
            assertThat(stack.engine().timeWaits()).isEqualTo(1);
            stack.allSent();
            accepted(stack, listener, 40_003);
            assertThat(close(stack).is("FA")).isTrue();
        }
    }

    @Test
    void shouldNotCountWhatHasLeftByAnyOtherWay() {
        try (StackDriver stack = new StackDriver(TWO, 1_500)) {
            final StackDriver.Listener listener = stack.listen(80, 16, TcpSettings.DEFAULT);
            for (int i = 0; i < 10; i++) {
                final Peer peer = accepted(stack, listener, 40_000 + i);
                assertThat(close(stack).is("FA")).isTrue();
                peer.sendAt("R", peer.seq(), 0, new byte[0]);
            }
            assertThat(stack.engine().connections()).isZero();
        }
    }

    /** 1,000 bytes wait for a window. */
    private static Wire blocked() {
        final Wire wire = Wire.open();
        wire.peer.window(0);
        wire.ackBytes(0);
        wire.send(1_000);
        return wire;
    }

    @Test
    void shouldBeInFinWait1AtTheMomentOfCloseThoughTheWindowIsClosed() {
        try (Wire wire = blocked()) {
            wire.tcp.shutdownOutput(wire.handle);
            assertThat(wire.tcp.state(wire.handle)).isEqualTo(TcpState.FIN_WAIT_1);
        }
    }

    @Test
    void shouldSendTheFinWithTheLastText() {
        try (Wire wire = blocked()) {
            wire.tcp.close(wire.handle);
            wire.stack.run();
            wire.sent();
            wire.peer.window(65_535);
            wire.ackBytes(0);
            assertThat(wire.sent()).containsExactly("0+1000F");
        }
    }

    @Test
    void shouldNotProbeForeverForNobody() {
        try (Wire wire = blocked()) {
            wire.tcp.close(wire.handle);
            wire.stack.run();
            for (int probes = 0; wire.stack.engine().connections() > 0; probes++) {
                assertThat(probes).as("probes of an orphan").isLessThan(TcpSettings.DEFAULT.retries() + 5);
                wire.untilSent();
                wire.ackBytes(0);
            }
        }
    }
}
