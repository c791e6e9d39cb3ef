package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Keepalive: RFC 9293 §3.8.4. */
@OverBothFamilies
class KeepAliveTest {
    private static final long MS = 1_000_000;

    private final List<TcpFailure> reasons = new ArrayList<>();

    private Wire open(final boolean on) {
        final Wire wire = Wire.open(Wire.settings().keepAlive(on).keepAliveIdleNs(10_000 * MS)
                .keepAliveIntervalNs(1_000 * MS).keepAliveProbes(3).build());
        wire.tcp.attach(wire.handle, (connection, events) -> {
            if ((events & ConnectionHandler.FAILED) != 0) {
                reasons.add(wire.tcp.failure(connection));
            }
        });
        return wire;
    }

    private static void assertAbout(final long actualNs, final long expectedMs) {
        assertThat(actualNs).isBetween(expectedMs * MS, expectedMs * MS + 65_536);
    }

    @Test
    void shouldProbeAfterSilenceWithANumberBeforeTheWindow() {
        try (Wire wire = open(true)) {
            assertAbout(wire.untilSent(), 10_000);
            final Packet probe = wire.stack.sent();
            assertThat(probe.is("A")).isTrue();
            assertThat(probe.seq()).isEqualTo(Wire.ISS);
            assertThat(probe.length()).isZero();
        }
    }

    @Test
    void shouldWaitAnewAfterAnAnswer() {
        try (Wire wire = open(true)) {
            for (int i = 0; i < 10; i++) {
                assertAbout(wire.untilSent(), 10_000);
                wire.peer.ack(wire.peer.ack());
            }
            assertThat(wire.stack.counter(Counter.TCP_KEEPALIVE_PROBES)).isEqualTo(10);
            assertThat(reasons).isEmpty();
        }
    }

    @Test
    void shouldWaitAnewAfterData() {
        try (Wire wire = open(true)) {
            wire.stack.advanceMs(9_000);
            wire.peer.data(new byte[1]);
            wire.stack.advanceMs(1_000);
            wire.sent();
            assertAbout(wire.untilSent(), 9_000);
        }
    }

    @Test
    void shouldResetADeadPeerAndTellTimedOut() {
        try (Wire wire = open(true)) {
            wire.untilSent();
            assertAbout(wire.untilSent(), 1_000);
            assertAbout(wire.untilSent(), 1_000);
            assertThat(wire.sent()).containsExactly("A", "A", "A");
            assertAbout(wire.untilSent(), 1_000);
            assertThat(wire.sent()).containsExactly("0+0R");
            assertThat(reasons).containsExactly(TcpFailure.TIMED_OUT);
            assertThat(wire.stack.counter(Counter.TCP_KEEPALIVE_TIMED_OUT)).isEqualTo(1);
            assertThat(wire.stack.nextTimerNs()).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void shouldTellResetWhereThePeerHasForgottenTheConnection() {
        try (Wire wire = open(true)) {
            wire.untilSent();
            final Packet probe = wire.stack.sent();
            wire.peer.sendAt("R", probe.ack(), 0, new byte[0]);
            assertThat(reasons).containsExactly(TcpFailure.RESET);
        }
    }

    @Test
    void shouldNotProbeUnlessAskedTo() {
        try (Wire wire = open(false)) {
            assertThat(wire.stack.nextTimerNs()).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void shouldBeSwitchedOnAndOffWhileTheConnectionLives() {
        try (Wire wire = open(false)) {
            wire.tcp.keepAlive(wire.handle, true);
            assertAbout(wire.untilSent(), 10_000);
            wire.untilSent();
            wire.tcp.keepAlive(wire.handle, false);
            assertThat(wire.stack.nextTimerNs()).isEqualTo(Long.MAX_VALUE);
            wire.sent();
            wire.tcp.keepAlive(wire.handle, true);
            wire.untilSent();
            wire.untilSent();
            wire.untilSent();
            assertThat(wire.sent()).as("the probes of before do not count").containsExactly("A", "A", "A");
        }
    }

    @Test
    void shouldLeaveItToTheRetransmissionTimerWhileSomethingIsInFlight() {
        try (Wire wire = open(true)) {
            wire.send(100);
            wire.stack.advanceMs(20_000);
            assertThat(wire.stack.counter(Counter.TCP_KEEPALIVE_PROBES)).isZero();
            assertThat(wire.sent()).contains("0+100");
        }
    }

    /** The timers of acknowledgements and retransmissions, stopped before, are behind it. */
    @Test
    void shouldWakeALoopForNothingElseBetweenRequests() {
        try (Wire wire = open(true)) {
            for (int i = 0; i < 5; i++) {
                wire.peer.data(new byte[50]);
                wire.receive();
                wire.send(100);
                wire.stack.advanceMs(1);
                wire.sent();
                wire.peer.ack(wire.peer.ack() + 100);
                assertThat(wire.stack.nextTimerNs() - wire.stack.nowNs()).as("exchange %d", i)
                        .isGreaterThan(4_000 * MS);
                wire.stack.advanceMs(1_000);
                assertThat(wire.sent()).isEmpty();
            }
        }
    }
}
