package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.OverBothFamilies;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Text that arrives out of order: RFC 9293 §3.10.7.4, seventh step. */
@OverBothFamilies
class ReassemblyTest {
    @Test
    void shouldDeliverInOrderWhatArrivesOutOfOrder() {
        try (Wire wire = Wire.open()) {
            wire.dataAt(2_000, 1_000);
            wire.dataAt(1_000, 1_000);
            assertThat(wire.tcp.available(wire.handle)).isZero();
            wire.dataAt(0, 1_000);
            assertThat(wire.receive()).isEqualTo(Wire.bytes(0, 3_000));
            assertThat(wire.stack.counter(Counter.TCP_OUT_OF_ORDER)).isEqualTo(2);
        }
    }

    @Test
    void shouldMergeOverlappingRanges() {
        try (Wire wire = Wire.open()) {
            wire.dataAt(500, 1_000);
            wire.dataAt(300, 400);
            wire.dataAt(1_200, 900);
            wire.dataAt(600, 100);
            wire.dataAt(0, 800);
            assertThat(wire.receive()).isEqualTo(Wire.bytes(0, 2_100));
        }
    }

    @Test
    void shouldTakeTheNewPartOfASegmentThatOverlapsTheOld() {
        try (Wire wire = Wire.open()) {
            wire.dataAt(0, 1_000);
            wire.dataAt(600, 1_000);
            assertThat(wire.receive()).isEqualTo(Wire.bytes(0, 1_600));
            assertThat(wire.stack.counter(Counter.TCP_OVERLAP)).isEqualTo(1);
        }
    }

    @Test
    void shouldGiveBackTheRangesOnceTheGapIsFilled() {
        try (Wire wire = Wire.open()) {
            wire.dataAt(1_000, 1_000);
            assertThat(wire.stack.engine().slabInUse()).isEqualTo(4_096 + 1_024);
            wire.dataAt(0, 1_000);
            assertThat(wire.stack.engine().slabInUse()).isEqualTo(4_096);
            wire.receive();
            assertThat(wire.stack.engine().slabInUse()).isZero();
        }
    }

    @Test
    void shouldGiveBackTheRangesWhenTheConnectionEnds() {
        try (Wire wire = Wire.open()) {
            wire.dataAt(1_000, 1_000);
            wire.tcp.abort(wire.handle);
            wire.stack.run();
            assertThat(wire.stack.engine().slabInUse()).isZero();
        }
    }

    @Test
    void shouldDropAndCountRangesBeyondTheBoundAndTakeThemLater() {
        try (Wire wire = Wire.open(Wire.settings().outOfOrderRanges(4).build())) {
            for (int i = 1; i <= 6; i++) {
                wire.dataAt(i * 200, 100);
            }
            assertThat(wire.stack.counter(Counter.TCP_OUT_OF_ORDER_DROPPED)).isEqualTo(2);
            wire.dataAt(0, 200);
            wire.dataAt(300, 100);
            wire.dataAt(500, 100);
            wire.dataAt(700, 100);
            assertThat(wire.receive()).isEqualTo(Wire.bytes(0, 900));
            wire.dataAt(900, 400);
            assertThat(wire.receive()).isEqualTo(Wire.bytes(900, 400));
            assertThat(wire.stack.engine().slabInUse()).isZero();
        }
    }

    @Test
    void shouldRememberAFinAheadOfAGap() {
        try (Wire wire = Wire.open()) {
            wire.peer.sendAt("FA", wire.first() + 1_000, wire.peer.ack(), Wire.bytes(1_000, 500));
            assertThat(wire.acks()).containsExactly(0);
            assertThat(wire.tcp.state(wire.handle)).isEqualTo(TcpState.ESTABLISHED);
            wire.dataAt(0, 1_000);
            assertThat(wire.acks()).containsExactly(1_501);
            assertThat(wire.tcp.state(wire.handle)).isEqualTo(TcpState.CLOSE_WAIT);
            assertThat(wire.receive()).hasSize(1_500);
            assertThat(wire.stack.receive(wire.handle, 1)).isNull();
        }
    }

    @Test
    void shouldRememberAFinWithoutTextAheadOfAGap() {
        try (Wire wire = Wire.open()) {
            wire.peer.sendAt("FA", wire.first() + 1_000, wire.peer.ack(), new byte[0]);
            assertThat(wire.acks()).containsExactly(0);
            wire.dataAt(0, 1_000);
            assertThat(wire.acks()).containsExactly(1_001);
        }
    }

    @Test
    void shouldNotTakeAFinWhoseTextWasDropped() {
        try (Wire wire = Wire.open(Wire.settings().outOfOrderRanges(1).build())) {
            wire.dataAt(200, 100);
            wire.peer.sendAt("FA", wire.first() + 400, wire.peer.ack(), Wire.bytes(400, 100));
            wire.dataAt(0, 200);
            wire.dataAt(300, 100);
            assertThat(wire.tcp.state(wire.handle)).isEqualTo(TcpState.ESTABLISHED);
            wire.peer.sendAt("FA", wire.first() + 400, wire.peer.ack(), Wire.bytes(400, 100));
            assertThat(wire.tcp.state(wire.handle)).isEqualTo(TcpState.CLOSE_WAIT);
            assertThat(wire.receive()).isEqualTo(Wire.bytes(0, 500));
        }
    }

    @Test
    void shouldReassembleAnyOrder() {
        for (int seed = 0; seed < 200; seed++) {
            final Random random = new Random(seed);
            try (Wire wire = Wire.open()) {
                final List<int[]> pieces = new ArrayList<>();
                for (int at = 0; at < 30_000;) {
                    final int length = Math.min(30_000 - at, 1 + random.nextInt(1_460));
                    pieces.add(new int[]{Math.max(0, at - random.nextInt(50)), at + length});
                    at += length;
                }
                Collections.shuffle(pieces, random);
                pieces.forEach(piece -> wire.dataAt(piece[0], Math.min(1_460, piece[1] - piece[0])));
                pieces.forEach(piece -> wire.dataAt(piece[0], Math.min(1_460, piece[1] - piece[0])));
                pieces.forEach(piece -> wire.dataAt(Math.max(0, piece[1] - 50), Math.min(50, piece[1])));
                assertThat(wire.receive()).as("seed %d", seed).isEqualTo(Wire.bytes(0, 30_000));
                assertThat(wire.stack.engine().slabInUse()).isZero();
            }
        }
    }
}
