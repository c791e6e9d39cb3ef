package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What the receiver says of what is out of order (RFC 2018) and of what came twice (RFC 2883). */
@OverBothFamilies
class SelectiveAckTest {
    private static Wire open() {
        return Wire.open(Wire.settings().build(), Packet::withSackPermitted);
    }

    private static Wire openWithTimestamps() {
        return Wire.open(Wire.settings().build(), packet -> packet.withSackPermitted().withTimestamps(1, 1));
    }

    /** Blocks of the last segment sent, as {@code left-right} in offsets of the text. */
    private static List<String> blocks(final Wire wire) {
        final List<Packet> sent = wire.stack.allSent();
        final List<Integer> edges = sent.get(sent.size() - 1).sack();
        final List<String> blocks = new ArrayList<>();
        for (int i = 0; i < edges.size(); i += 2) {
            blocks.add(edges.get(i) - wire.first() + "-" + (edges.get(i + 1) - wire.first()));
        }
        return blocks;
    }

    @Test
    void shouldPermitOnlyWhatThePeerPermits() {
        try (Wire wire = Wire.open(Wire.settings().build(), UnaryOperator.identity())) {
            wire.dataAt(100, 100);
            assertThat(blocks(wire)).isEmpty();
        }
        try (Wire wire = Wire.open(Wire.settings().sack(false).build(), Packet::withSackPermitted)) {
            wire.dataAt(100, 100);
            assertThat(blocks(wire)).isEmpty();
        }
    }

    @Test
    void shouldNameTheRangeThatChangedLastFirst() {
        try (Wire wire = open()) {
            wire.dataAt(100, 100);
            assertThat(blocks(wire)).containsExactly("100-200");
            wire.dataAt(500, 100);
            assertThat(blocks(wire)).containsExactly("500-600", "100-200");
            wire.dataAt(300, 100);
            assertThat(blocks(wire)).containsExactly("300-400", "500-600", "100-200");
            wire.dataAt(200, 50);
            assertThat(blocks(wire)).containsExactly("100-250", "300-400", "500-600");
        }
    }

    @Test
    void shouldNameFourRangesAtTheMost() {
        try (Wire wire = open()) {
            for (int i = 1; i <= 6; i++) {
                wire.dataAt(i * 200, 100);
            }
            assertThat(blocks(wire)).containsExactly("1200-1300", "1000-1100", "800-900", "600-700");
        }
    }

    @Test
    void shouldNameThreeRangesBesideTimestamps() {
        try (Wire wire = openWithTimestamps()) {
            for (int i = 1; i <= 6; i++) {
                wire.dataAt(i * 200, 100);
            }
            assertThat(blocks(wire)).containsExactly("1200-1300", "1000-1100", "800-900");
        }
    }

    @Test
    void shouldNameWhatIsLeftAfterAGapWasFilled() {
        try (Wire wire = open()) {
            wire.dataAt(100, 100);
            wire.dataAt(300, 100);
            wire.stack.allSent();
            wire.dataAt(0, 100);
            assertThat(blocks(wire)).containsExactly("300-400");
            wire.dataAt(200, 100);
            assertThat(blocks(wire)).isEmpty();
            assertThat(wire.receive()).isEqualTo(Wire.bytes(0, 400));
        }
    }

    @Test
    void shouldCarryTheBlocksOnTextAndMakeItShorter() {
        try (Wire wire = openWithTimestamps()) {
            wire.dataAt(100, 100);
            wire.stack.allSent();
            wire.send(2_000);
            final List<Packet> sent = wire.stack.allSent();
            assertThat(sent).extracting(Packet::length).containsExactly(1_448 - 12, 2_000 - 1_448 + 12);
            assertThat(sent).allSatisfy(packet -> assertThat(packet.sack()).hasSize(2));
        }
    }

    @Test
    void shouldReportAWholeDuplicate() {
        try (Wire wire = open()) {
            wire.dataAt(0, 1_000);
            wire.stack.advanceMs(50);
            wire.stack.allSent();
            wire.dataAt(200, 300);
            assertThat(blocks(wire)).containsExactly("200-500");
            wire.dataAt(2_000, 100);
            assertThat(blocks(wire)).as("reported once").containsExactly("2000-2100");
            assertThat(wire.stack.counter(Counter.TCP_DUPLICATES_REPORTED)).isEqualTo(1);
        }
    }

    @Test
    void shouldReportThePartThatWasReceivedBefore() {
        try (Wire wire = open()) {
            wire.dataAt(0, 1_000);
            wire.stack.advanceMs(50);
            wire.stack.allSent();
            wire.dataAt(900, 200);
            assertThat(blocks(wire)).containsExactly("900-1000");
            assertThat(wire.receive()).isEqualTo(Wire.bytes(0, 1_100));
        }
    }

    @Test
    void shouldReportADuplicateBesideTheRangesAboveIt() {
        try (Wire wire = open()) {
            wire.dataAt(0, 1_000);
            wire.dataAt(2_000, 500);
            wire.stack.allSent();
            wire.dataAt(0, 1_000);
            assertThat(blocks(wire)).containsExactly("0-1000", "2000-2500");
        }
    }

    @Test
    void shouldReportADuplicateAboveAGapWithTheRangeThatHoldsIt() {
        try (Wire wire = open()) {
            wire.dataAt(500, 1_000);
            wire.dataAt(3_000, 100);
            wire.stack.allSent();
            wire.dataAt(700, 100);
            assertThat(blocks(wire)).containsExactly("700-800", "500-1500", "3000-3100");
        }
    }

    @Test
    void shouldReportThePartOfADuplicateAboveAGap() {
        try (Wire wire = open()) {
            wire.dataAt(500, 500);
            wire.stack.allSent();
            wire.dataAt(800, 500);
            assertThat(blocks(wire)).containsExactly("800-1000", "500-1300");
        }
    }

    @Test
    void shouldReportWhatASegmentThatFillsAGapRepeats() {
        try (Wire wire = open()) {
            wire.dataAt(500, 500);
            wire.stack.allSent();
            wire.dataAt(0, 700);
            assertThat(blocks(wire)).containsExactly("500-700");
            assertThat(wire.receive()).isEqualTo(Wire.bytes(0, 1_000));
        }
    }

    @Test
    void shouldLeaveRoomForTheReportBesideTimestamps() {
        try (Wire wire = openWithTimestamps()) {
            for (int i = 1; i <= 6; i++) {
                wire.dataAt(i * 200, 100);
            }
            wire.stack.allSent();
            wire.dataAt(400, 50);
            assertThat(blocks(wire)).containsExactly("400-450", "400-500", "1200-1300");
        }
    }

    @Test
    void shouldReportNothingWithoutSack() {
        try (Wire wire = Wire.open()) {
            wire.dataAt(0, 1_000);
            wire.stack.advanceMs(50);
            wire.stack.allSent();
            wire.dataAt(0, 1_000);
            assertThat(blocks(wire)).isEmpty();
            assertThat(wire.stack.counter(Counter.TCP_DUPLICATES_REPORTED)).isZero();
        }
    }

    @Test
    void shouldKeepTheCopyThatCameFirst() {
        try (Wire wire = open()) {
            wire.dataAt(100, 100);
            wire.dataAt(300, 100);
            // the same places with other bytes, reaching over both ranges
            wire.peer.sendAt("A", wire.first() + 50, wire.peer.ack(), Wire.bytes(7_000, 400));
            wire.dataAt(0, 50);
            final byte[] received = wire.receive();
            final byte[] expected = Wire.bytes(0, 450);
            System.arraycopy(Wire.bytes(7_000, 50), 0, expected, 50, 50);
            System.arraycopy(Wire.bytes(7_150, 100), 0, expected, 200, 100);
            System.arraycopy(Wire.bytes(7_350, 50), 0, expected, 400, 50);
            assertThat(received).isEqualTo(expected);
            assertThat(wire.stack.counter(Counter.TCP_OUT_OF_ORDER_OVERLAP)).isEqualTo(1);
        }
    }

    @Test
    void shouldKeepTheCopyThatCameFirstWhereAGapIsFilled() {
        try (Wire wire = open()) {
            wire.dataAt(100, 100);
            wire.peer.sendAt("A", wire.first(), wire.peer.ack(), Wire.bytes(7_000, 300));
            final byte[] expected = Wire.bytes(7_000, 300);
            System.arraycopy(Wire.bytes(100, 100), 0, expected, 100, 100);
            assertThat(wire.receive()).isEqualTo(expected);
        }
    }

    /** A burst of which every second segment is lost, then the lost ones again, as after a slow-start overshoot. */
    @Test
    void shouldKeepEverySecondSegmentOfAWindowAndNameTheLatest() {
        final int segments = 3_000;
        try (Wire wire = openWithTimestamps()) {
            for (int i = 1; i < segments; i += 2) {
                wire.dataAt(i * 100, 100);
            }
            assertThat(wire.stack.counter(Counter.TCP_OUT_OF_ORDER)).isEqualTo(segments / 2);
            assertThat(wire.stack.counter(Counter.TCP_OUT_OF_ORDER_DROPPED)).isZero();
            assertThat(blocks(wire)).containsExactly("299900-300000", "299700-299800", "299500-299600");
            // one from the middle: joins its neighbours, and they come first
            wire.dataAt(150_000, 100);
            assertThat(blocks(wire)).containsExactly("149900-150200", "299900-300000", "299700-299800");
            // the first: RCV.NXT moves, and nothing else changed
            wire.dataAt(0, 100);
            assertThat(wire.acks()).endsWith(200);
            for (int i = 2; i < segments; i += 2) {
                wire.dataAt(i * 100, 100);
                if (i == 1_000) {
                    assertThat(wire.stack.allSent().get(0).sack()).hasSize(6);
                }
            }
            assertThat(wire.acks()).endsWith(segments * 100);
            assertThat(wire.stack.counter(Counter.TCP_OUT_OF_ORDER_DROPPED)).isZero();
            assertThat(wire.receive()).isEqualTo(Wire.bytes(0, segments * 100));
            assertThat(wire.stack.engine().slabInUse()).isZero();
        }
    }

    /** One byte in two, by the thousand: as many ranges as the settings say, one ring, one block, an answer each. */
    @Test
    void shouldBoundWhatAFloodOfSingleBytesCosts() {
        try (Wire wire = open()) {
            for (int i = 10_000; i > 0; i--) {
                wire.dataAt(2 * i, 1);
            }
            final int ranges = TcpSettings.DEFAULT.outOfOrderRanges();
            assertThat(wire.stack.counter(Counter.TCP_OUT_OF_ORDER_DROPPED)).isEqualTo(10_000 - ranges);
            assertThat(wire.stack.engine().slabInUse()).isEqualTo(32_768 + 32_768);
            final int lowest = 2 * (10_000 - ranges + 1);
            assertThat(blocks(wire)).containsExactly(lowest + "-" + (lowest + 1), lowest + 2 + "-" + (lowest + 3),
                    lowest + 4 + "-" + (lowest + 5), lowest + 6 + "-" + (lowest + 7));
            for (int from = 0; from < 20_001; from += 1_000) {
                wire.dataAt(from, 1_000);
            }
            assertThat(wire.receive()).isEqualTo(Wire.bytes(0, 21_000));
            assertThat(wire.stack.engine().slabInUse()).isZero();
        }
    }
}
