package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.OverBothFamilies;
import org.junit.jupiter.api.Test;

/** Probing a closed window: RFC 9293 §3.8.6.1, RFC 1122 §4.2.2.17. */
@OverBothFamilies
class ZeroWindowTest {
    private static final long MS = 1_000_000;

    private static Wire closed(final TcpSettings settings) {
        final Wire wire = Wire.open(settings);
        wire.peer.window(0).ack(wire.peer.ack());
        return wire;
    }

    private static void assertAbout(final long actualNs, final long expectedMs) {
        assertThat(actualNs).isBetween(expectedMs * MS, expectedMs * MS + 65_536);
    }

    @Test
    void shouldSendNothingIntoAClosedWindow() {
        try (Wire wire = closed(Wire.settings().build())) {
            wire.send(100);
            assertThat(wire.sent()).isEmpty();
        }
    }

    @Test
    void shouldProbeWithOneByteAndDoubleTheInterval() {
        try (Wire wire = closed(Wire.settings().build())) {
            wire.send(100);
            assertAbout(wire.untilSent(), 200);
            assertAbout(wire.untilSent(), 400);
            assertAbout(wire.untilSent(), 800);
            assertThat(wire.sent()).containsExactly("0+1", "0+1", "0+1");
            assertThat(wire.stack.counter(Counter.TCP_WINDOW_PROBES)).isEqualTo(3);
        }
    }

    @Test
    void shouldSendAllOnceTheWindowOpens() {
        try (Wire wire = closed(Wire.settings().build())) {
            wire.send(100);
            wire.untilSent();
            wire.sent();
            wire.peer.ack(wire.peer.ack());
            assertThat(wire.sent()).isEmpty();
            wire.peer.window(65_535).ack(wire.peer.ack());
            assertThat(wire.sent()).containsExactly("0+100");
            wire.ackBytes(100);
            assertThat(wire.stack.nextTimerNs()).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void shouldGoOnBehindAProbeByteThatWasAccepted() {
        try (Wire wire = closed(Wire.settings().build())) {
            wire.send(100);
            wire.untilSent();
            wire.sent();
            wire.ackBytes(1);
            assertThat(wire.sent()).isEmpty();
            assertAbout(wire.untilSent(), 200);
            assertThat(wire.sent()).containsExactly("1+1");
            wire.peer.window(65_535);
            wire.ackBytes(2);
            assertThat(wire.sent()).containsExactly("2+98");
        }
    }

    @Test
    void shouldAcknowledgeWithinTheClosedWindowWhileProbing() {
        try (Wire wire = closed(Wire.settings().build())) {
            wire.send(100);
            wire.untilSent();
            wire.sent();
            wire.dataAt(0, 1_460);
            wire.dataAt(1_460, 1_460);
            assertThat(wire.stack.sent().seq()).as("the probe's byte was most likely refused")
                    .isEqualTo(Wire.ISS + 1);
        }
    }

    @Test
    void shouldProbeWithAFinThatIsAllThatWaits() {
        try (Wire wire = closed(Wire.settings().build())) {
            wire.tcp.shutdownOutput(wire.handle);
            wire.stack.run();
            assertThat(wire.sent()).isEmpty();
            wire.untilSent();
            assertThat(wire.sent()).containsExactly("0+0F");
            wire.peer.ack(Wire.ISS + 2);
            assertThat(wire.tcp.state(wire.handle)).isEqualTo(TcpState.FIN_WAIT_2);
        }
    }

    @Test
    void shouldSendTextAndFinThatWaitedBehindAClosedWindow() {
        try (Wire wire = closed(Wire.settings().build())) {
            wire.send(100);
            wire.tcp.shutdownOutput(wire.handle);
            wire.untilSent();
            assertThat(wire.sent()).containsExactly("0+1");
            wire.peer.window(65_535).ack(wire.peer.ack());
            assertThat(wire.sent()).containsExactly("0+100F");
        }
    }

    @Test
    void shouldNeverGiveUpOnAPeerThatAnswersProbes() {
        try (Wire wire = closed(Wire.settings().retries(3).build())) {
            wire.send(100);
            for (int i = 0; i < 30; i++) {
                wire.untilSent();
                wire.peer.ack(wire.peer.ack());
            }
            assertThat(wire.tcp.state(wire.handle)).isEqualTo(TcpState.ESTABLISHED);
            assertThat(wire.untilSent()).as("no longer than RTO max").isLessThan(121_000 * MS);
        }
    }

    @Test
    void shouldTimeOutWhereThePeerIsSilent() {
        try (Wire wire = closed(Wire.settings().retries(3).build())) {
            wire.send(100);
            for (int i = 0; i < 3; i++) {
                wire.untilSent();
            }
            wire.sent();
            wire.untilSent();
            assertThat(wire.stack.sent().has("R")).isTrue();
            assertThat(wire.events.took(ConnectionHandler.FAILED)).isTrue();
            assertThat(wire.stack.counter(Counter.TCP_TIMED_OUT)).isEqualTo(1);
            assertThat(wire.stack.engine().connections()).isZero();
        }
    }

    @Test
    void shouldBoundAnOrphanWhosePeerKeepsTheWindowClosed() {
        try (Wire wire = closed(Wire.settings().retries(3).build())) {
            wire.send(100);
            wire.tcp.close(wire.handle);
            wire.stack.run();
            for (int i = 0; i < 4; i++) {
                wire.untilSent();
                wire.peer.ack(wire.peer.ack());
            }
            assertThat(wire.stack.engine().connections()).isZero();
            assertThat(wire.stack.engine().slabInUse()).isZero();
        }
    }

    @Test
    void shouldTryOnlyTheHeadWhereThePeerTookItsWindowBack() {
        try (Wire wire = Wire.open()) {
            wire.send(5_000);
            wire.sent();
            wire.peer.window(0).ack(wire.peer.ack());
            wire.untilSent();
            assertThat(wire.sent()).containsExactly("0+1460");
            wire.peer.window(65_535);
            wire.ackBytes(5_000);
            assertThat(wire.stack.nextTimerNs()).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void shouldNotBelieveTheWindowOfAnOldAcknowledgement() {
        try (Wire wire = Wire.open()) {
            wire.send(1_000);
            wire.ackBytes(1_000);
            wire.sent();
            wire.peer.window(0);
            wire.peer.sendAt("A", wire.peer.seq() + 1, Wire.ISS + 1, new byte[0]);
            wire.send(100);
            assertThat(wire.sent()).containsExactly("1000+100");
        }
    }
}
