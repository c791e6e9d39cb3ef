package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.StackDriver;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Timestamps and PAWS: RFC 7323 §3 to §5. */
@OverBothFamilies
class TimestampsTest {
    private static final int DAY_MS = 24 * 3_600 * 1_000;

    /** What the peer's timestamps say from now on. */
    private int value = 1_000;
    private boolean silent;

    private Wire open() {
        return Wire.open(Wire.settings().build(), this::stamp);
    }

    private Packet stamp(final Packet packet) {
        return silent ? packet : packet.withTimestamps(value, 7);
    }

    @Test
    void shouldWriteTheOptionsOfASynAsLinuxDoes() {
        try (StackDriver stack = new StackDriver()) {
            stack.connect(Peer.ADDRESS, 80, TcpSettings.DEFAULT, new Peer.Events());
            final byte[] syn = stack.port().poll();
            final byte[] options = Arrays.copyOfRange(syn, Family.current().headerLength() + 20, syn.length);
            final int ms = (int) (stack.nowNs() / 1_000_000);
            // mss 1460, sackOK, TS, nop, wscale
            assertThat(options)
                    .isEqualTo(new byte[]{2, 4, 5, (byte) 0xB4, 4, 2, 8, 10, 0, 0, (byte) (ms >> 8), (byte) ms,
                            0, 0, 0, 0, 1, 3, 3, 5});
        }
    }

    @Test
    void shouldPadTheOptionsOfASynWithoutTimestamps() {
        try (StackDriver stack = new StackDriver()) {
            stack.connect(Peer.ADDRESS, 80, TcpSettings.DEFAULT.toBuilder().timestamps(false).windowScale(7).build(),
                    new Peer.Events());
            final byte[] syn = stack.port().poll();
            assertThat(Arrays.copyOfRange(syn, Family.current().headerLength() + 20, syn.length)).isEqualTo(
                    new byte[]{2, 4, 5, (byte) 0xB4, 1, 1, 4, 2, 1, 3, 3, 7});
        }
    }

    @Test
    void shouldOfferNothingWhereEverythingIsOff() {
        try (StackDriver stack = new StackDriver()) {
            stack.connect(Peer.ADDRESS, 80, TcpSettings.DEFAULT.toBuilder().timestamps(false).sack(false)
                    .windowScaling(false).build(), new Peer.Events());
            final byte[] syn = stack.port().poll();
            assertThat(Arrays.copyOfRange(syn, Family.current().headerLength() + 20, syn.length))
                    .isEqualTo(new byte[]{2, 4, 5, (byte) 0xB4});
        }
    }

    @Test
    void shouldAnswerTimestampsOnlyToAPeerThatOffersThem() {
        try (Wire wire = Wire.open()) {
            wire.send(10);
            assertThat(wire.stack.sent().extras().timestamps()).isFalse();
        }
        try (Wire wire = open()) {
            wire.send(10);
            final Packet sent = wire.stack.sent();
            assertThat(sent.extras().tsEcr()).isEqualTo(1_000);
            assertThat(sent.extras().tsVal()).isEqualTo((int) (wire.stack.nowNs() / 1_000_000));
        }
    }

    @Test
    void shouldNotAnswerTimestampsThatAreSwitchedOff() {
        try (Wire wire = Wire.open(Wire.settings().timestamps(false).build(), this::stamp)) {
            wire.send(10);
            assertThat(wire.stack.sent().extras().timestamps()).isFalse();
        }
    }

    @Test
    void shouldSendSmallerSegmentsByTheOption() {
        try (Wire wire = open()) {
            wire.send(3_000);
            assertThat(wire.sent()).containsExactly("0+1448", "1448+1448", "2896+104");
        }
    }

    @Test
    void shouldCountTheClockInMilliseconds() {
        try (Wire wire = open()) {
            wire.send(10);
            final int first = wire.stack.sent().extras().tsVal();
            wire.ackBytes(10);
            wire.stack.advanceMs(250);
            wire.send(10);
            assertThat(wire.stack.sent().extras().tsVal()).isEqualTo(first + 250);
        }
    }

    @Test
    void shouldEchoTheFirstOfTheSegmentsThatOneAcknowledgementCovers() {
        try (Wire wire = open()) {
            value = 1_100;
            wire.dataAt(0, 400);
            value = 1_200;
            wire.dataAt(400, 400);
            assertThat(wire.stack.sent().extras().tsEcr()).isEqualTo(1_100);
            value = 1_300;
            wire.dataAt(800, 1_000);
            wire.stack.advanceMs(50);
            assertThat(wire.stack.sent().extras().tsEcr()).isEqualTo(1_300);
        }
    }

    @Test
    void shouldNotEchoWhatLiesBeyondAGap() {
        try (Wire wire = open()) {
            value = 1_200;
            wire.dataAt(1_448, 1_448);
            assertThat(wire.stack.sent().extras().tsEcr()).isEqualTo(1_000);
            value = 1_300;
            wire.dataAt(0, 1_448);
            assertThat(wire.stack.sent().extras().tsEcr()).isEqualTo(1_300);
        }
    }

    @Test
    void shouldDropAndAnswerASegmentWithAnOldTimestamp() {
        try (Wire wire = open()) {
            value = 999;
            wire.dataAt(0, 100);
            assertThat(wire.stack.sent().ack()).isEqualTo(wire.first());
            assertThat(wire.receive()).isEmpty();
            assertThat(wire.stack.counter(Counter.TCP_PAWS_DROPPED)).isEqualTo(1);
        }
    }

    @Test
    void shouldTakeASegmentWithTheSameTimestamp() {
        try (Wire wire = open()) {
            wire.dataAt(0, 100);
            assertThat(wire.receive()).hasSize(100);
        }
    }

    @Test
    void shouldCompareTimestampsThatWrap() {
        value = -5;
        try (Wire wire = open()) {
            value = 5;
            wire.dataAt(0, 100);
            assertThat(wire.receive()).hasSize(100);
            value = -1;
            wire.dataAt(100, 100);
            assertThat(wire.receive()).isEmpty();
        }
    }

    @Test
    void shouldNotProtectAgainstAReset() {
        try (Wire wire = open()) {
            value = 1;
            wire.peer.sendAt("R", wire.first(), 0, new byte[0]);
            assertThat(wire.tcp.state(wire.handle)).isEqualTo(TcpState.CLOSED);
        }
    }

    @Test
    void shouldChallengeASynWithAnOldTimestamp() {
        try (Wire wire = open()) {
            value = 1;
            wire.peer.sendAt("S", wire.first(), 0, new byte[0]);
            assertThat(wire.stack.sent().is("A")).isTrue();
            assertThat(wire.tcp.state(wire.handle)).isEqualTo(TcpState.ESTABLISHED);
        }
    }

    @Test
    void shouldAnswerOldAcknowledgementsOnlySometimes() {
        try (Wire wire = open()) {
            value = 1;
            wire.ackBytes(0);
            assertThat(wire.stack.allSent()).hasSize(1);
            wire.ackBytes(0);
            assertThat(wire.stack.allSent()).isEmpty();
        }
    }

    @Test
    void shouldBelieveAnyTimestampAfterLongSilence() {
        try (Wire wire = open()) {
            wire.stack.advanceMs(DAY_MS - 1_000);
            for (int days = 1; days < 24; days++) {
                wire.stack.advanceMs(DAY_MS);
            }
            value = 999;
            wire.dataAt(0, 100);
            assertThat(wire.receive()).isEmpty();
        }
        value = 1_000;
        try (Wire wire = open()) {
            for (int days = 0; days < 25; days++) {
                wire.stack.advanceMs(DAY_MS);
            }
            value = 1;
            wire.dataAt(0, 100);
            assertThat(wire.receive()).hasSize(100);
            wire.send(1);
            assertThat(wire.stack.allSent()).last().extracting(sent -> sent.extras().tsEcr()).isEqualTo(1);
        }
    }

    @Test
    void shouldTolerateAPeerThatStopsSendingThem() {
        try (Wire wire = open()) {
            silent = true;
            wire.dataAt(0, 100);
            assertThat(wire.receive()).hasSize(100);
            assertThat(wire.stack.counter(Counter.TCP_TIMESTAMP_MISSING)).isPositive();
            wire.send(10);
            assertThat(wire.stack.sent().extras().tsEcr()).isEqualTo(1_000);
        }
    }

    @Test
    void shouldNotLetABadAcknowledgementMoveTheEcho() {
        try (Wire wire = open()) {
            value = 500_000;
            wire.peer.sendAt("A", wire.first(), Wire.ISS + 100_000, Wire.bytes(0, 10));
            wire.stack.allSent();
            value = 1_001;
            wire.dataAt(0, 100);
            assertThat(wire.receive()).hasSize(100);
        }
    }

    @Test
    void shouldStampAReset() {
        try (Wire wire = open()) {
            wire.tcp.abort(wire.handle);
            wire.stack.run();
            final Packet reset = wire.stack.sent();
            assertThat(reset.is("R")).isTrue();
            assertThat(reset.extras().timestamps()).isTrue();
            assertThat(reset.extras().tsEcr()).isZero();
        }
    }
}
