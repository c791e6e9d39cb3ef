package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import org.junit.jupiter.api.Test;

/** When text is acknowledged: RFC 9293 §3.8.6.3, RFC 5681 §4.2. */
@OverBothFamilies
class DelayedAckTest {
    @Test
    void shouldHoldTheFirstSegmentsAcknowledgementForFortyMilliseconds() {
        try (Wire wire = Wire.open()) {
            wire.dataAt(0, 1_460);
            wire.stack.advanceMs(39);
            assertThat(wire.acks()).isEmpty();
            wire.stack.advanceMs(2);
            assertThat(wire.acks()).containsExactly(1_460);
        }
    }

    @Test
    void shouldAcknowledgeEverySecondFullSegmentAtOnce() {
        try (Wire wire = Wire.open()) {
            wire.dataAt(0, 1_460);
            assertThat(wire.acks()).isEmpty();
            wire.dataAt(1_460, 1_460);
            assertThat(wire.acks()).containsExactly(2_920);
            wire.dataAt(2_920, 1_460);
            assertThat(wire.acks()).isEmpty();
        }
    }

    @Test
    void shouldAcknowledgeABurstOnce() {
        try (Wire wire = Wire.open()) {
            for (int i = 0; i < 10; i++) {
                wire.stack.port().inject(new Packet(Packet.address("10.0.0.2"), 40_000, Packet.address("10.0.0.1"), 80,
                        wire.first() + i * 1_460, wire.peer.ack(), Packet.flags("A"), 65_535, 0, -1, -1,
                        Wire.bytes(i * 1_460, 1_460)).toBytes());
            }
            wire.stack.run();
            assertThat(wire.acks()).containsExactly(14_600);
        }
    }

    @Test
    void shouldPiggyBackTheAcknowledgementOnText() {
        try (Wire wire = Wire.open()) {
            wire.peer.data(Wire.bytes(0, 100));
            wire.send(10);
            assertThat(wire.acks()).containsExactly(100);
            wire.ackBytes(10);
            assertThat(wire.stack.nextTimerNs()).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void shouldAcknowledgeOutOfOrderTextAtOnce() {
        try (Wire wire = Wire.open()) {
            wire.dataAt(1_460, 1_460);
            wire.dataAt(2_920, 1_460);
            assertThat(wire.acks()).containsExactly(0, 0);
        }
    }

    @Test
    void shouldAcknowledgeAtOnceWhereAGapIsFilled() {
        try (Wire wire = Wire.open()) {
            wire.dataAt(100, 100);
            wire.acks();
            wire.dataAt(0, 100);
            assertThat(wire.acks()).containsExactly(200);
        }
    }

    @Test
    void shouldAcknowledgeAtOnceWherePartOfAGapIsFilled() {
        try (Wire wire = Wire.open()) {
            wire.dataAt(200, 100);
            wire.acks();
            wire.dataAt(0, 100);
            assertThat(wire.acks()).containsExactly(100);
        }
    }

    @Test
    void shouldAcknowledgeAFinAtOnce() {
        try (Wire wire = Wire.open()) {
            wire.peer.send("FA", "abc");
            assertThat(wire.acks()).containsExactly(4);
        }
    }

    @Test
    void shouldAcknowledgeOldTextAgain() {
        try (Wire wire = Wire.open()) {
            wire.dataAt(0, 1_000);
            wire.stack.advanceMs(50);
            wire.acks();
            wire.dataAt(0, 1_000);
            assertThat(wire.acks()).containsExactly(1_000);
            assertThat(wire.receive()).hasSize(1_000);
        }
    }

    @Test
    void shouldNotResetAnOrphanForAFinBehindTextThatItHasReceived() {
        try (Wire wire = Wire.open()) {
            wire.dataAt(0, 100);
            wire.receive();
            wire.tcp.close(wire.handle);
            wire.stack.run();
            wire.stack.allSent();
            // our acknowledgement was lost: the text comes again, now with a FIN behind it
            wire.peer.sendAt("FA", wire.first(), wire.peer.ack(), Wire.bytes(0, 100));
            final Packet answer = wire.stack.sent();
            assertThat(answer.is("A")).isTrue();
            assertThat(answer.ack()).isEqualTo(wire.first() + 101);
            assertThat(wire.stack.engine().connections()).isEqualTo(1);
        }
    }
}
