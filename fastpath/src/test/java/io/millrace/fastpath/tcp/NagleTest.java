package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.testing.OverBothFamilies;
import org.junit.jupiter.api.Test;

/** Small segments: RFC 9293 §3.7.4 (Nagle) and §3.8.6.2.1 (silly window avoidance of the sender). */
@OverBothFamilies
class NagleTest {
    private static Wire nagle() {
        return Wire.open(TcpSettings.DEFAULT);
    }

    @Test
    void shouldHoldASmallSegmentWhileSomethingIsInFlight() {
        try (Wire wire = nagle()) {
            wire.send(100);
            wire.send(200);
            wire.send(300);
            assertThat(wire.sent()).containsExactly("0+100");
            wire.ackBytes(100);
            assertThat(wire.sent()).containsExactly("100+500");
        }
    }

    @Test
    void shouldSendFullSegmentsAndHoldTheTail() {
        try (Wire wire = nagle()) {
            wire.send(3_000);
            assertThat(wire.sent()).containsExactly("0+1460", "1460+1460");
            wire.ackBytes(2_920);
            assertThat(wire.sent()).containsExactly("2920+80");
        }
    }

    @Test
    void shouldSendTheTailBeforeAFin() {
        try (Wire wire = nagle()) {
            wire.send(100);
            wire.send(50);
            wire.tcp.shutdownOutput(wire.handle);
            wire.stack.run();
            assertThat(wire.sent()).containsExactly("0+100", "100+50F");
        }
    }

    @Test
    void shouldSendAtOnceWithNoDelay() {
        try (Wire wire = Wire.open()) {
            wire.send(100);
            wire.send(200);
            assertThat(wire.sent()).containsExactly("0+100", "100+200");
        }
    }

    @Test
    void shouldSendWhatWasHeldWhenNagleIsSwitchedOff() {
        try (Wire wire = nagle()) {
            wire.send(100);
            wire.send(200);
            wire.sent();
            wire.tcp.noDelay(wire.handle, true);
            wire.stack.run();
            assertThat(wire.sent()).containsExactly("100+200");
        }
    }

    @Test
    void shouldHoldEverySmallSegmentWhileCorked() {
        try (Wire wire = Wire.open()) {
            wire.tcp.cork(wire.handle, true);
            wire.send(1_000);
            wire.send(1_000);
            assertThat(wire.sent()).containsExactly("0+1460");
            wire.ackBytes(1_460);
            assertThat(wire.stack.nextTimerNs()).as("the application holds it back").isEqualTo(Long.MAX_VALUE);
            wire.tcp.cork(wire.handle, false);
            wire.stack.run();
            assertThat(wire.sent()).containsExactly("1460+540");
        }
    }

    @Test
    void shouldNotProbeForWhatIsCorkedThoughTheWindowIsSmall() {
        try (Wire wire = Wire.open()) {
            wire.tcp.cork(wire.handle, true);
            wire.peer.window(1_000).ack(wire.peer.ack());
            wire.send(10);
            assertThat(wire.stack.nextTimerNs()).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void shouldNotHoldWhatFillsTheSendBufferThoughItIsNoFullSegment() {
        try (Wire wire = Wire.open(Wire.settings().sendBuffer(1_000).build())) {
            wire.tcp.cork(wire.handle, true);
            assertThat(wire.send(1_000)).isEqualTo(1_000);
            assertThat(wire.sent()).as("more may come").isEmpty();
            assertThat(wire.send(10)).isZero();
            assertThat(wire.sent()).containsExactly("0+1000");
        }
    }

    @Test
    void shouldUncorkByAFin() {
        try (Wire wire = Wire.open()) {
            wire.tcp.cork(wire.handle, true);
            wire.send(10);
            wire.tcp.shutdownOutput(wire.handle);
            wire.stack.run();
            assertThat(wire.sent()).containsExactly("0+10F");
        }
    }

    @Test
    void shouldNotFillASillyWindowUntilTheOverrideTimer() {
        try (Wire wire = Wire.open()) {
            wire.peer.window(300).ack(wire.peer.ack());
            wire.send(5_000);
            assertThat(wire.sent()).isEmpty();
            final long waitedNs = wire.untilSent();
            assertThat(waitedNs).isBetween(100_000_000L, 1_000_000_000L + 65_536);
            assertThat(wire.sent()).containsExactly("0+300");
        }
    }

    @Test
    void shouldNotLetTheOverrideTimerWaitLongerThanASecond() {
        try (Wire wire = Wire.open()) {
            wire.send(100);
            wire.stack.advanceMs(10_000);
            wire.ackBytes(100);
            wire.sent();
            wire.peer.window(300).ack(wire.peer.ack());
            wire.send(5_000);
            assertThat(wire.untilSent()).isLessThanOrEqualTo(1_000_000_000L + 65_536);
            assertThat(wire.sent()).containsExactly("100+300");
        }
    }

    @Test
    void shouldFillHalfOfTheLargestWindowOfATinyPeer() {
        try (Wire wire = Wire.open(Wire.settings().build(), -1, 500)) {
            wire.send(2_000);
            assertThat(wire.sent()).containsExactly("0+500");
            wire.ackBytes(500);
            assertThat(wire.sent()).containsExactly("500+500");
        }
    }

    @Test
    void shouldSendAFullSegmentAsSoonAsTheWindowTakesIt() {
        try (Wire wire = Wire.open()) {
            wire.peer.window(1_459).ack(wire.peer.ack());
            wire.send(5_000);
            assertThat(wire.sent()).isEmpty();
            wire.peer.window(1_460).ack(wire.peer.ack());
            assertThat(wire.sent()).containsExactly("0+1460");
        }
    }
}
