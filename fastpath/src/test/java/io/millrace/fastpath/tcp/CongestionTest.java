package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.StackDriver;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Congestion control and loss recovery on the wire: RFC 5681, RFC 6582, RFC 6928. */
@OverBothFamilies
class CongestionTest {
    private static final int MSS = Wire.MSS;

    /** The peer's window is no limit. */
    private static Wire wide() {
        return Wire.open(Wire.settings().congestionControl("newreno").build(), 7, 65_535);
    }

    /** So many segments of MSS in a row, the first of them at a segment's number. */
    private static List<String> segments(final int from, final int count) {
        final List<String> all = new ArrayList<>();
        for (int i = from; i < from + count; i++) {
            all.add(i * MSS + "+" + MSS);
        }
        return all;
    }

    private static void ackSegments(final Wire wire, final int count) {
        wire.ackBytes(count * MSS);
    }

    private static void duplicates(final Wire wire, final int acked, final int count) {
        for (int i = 0; i < count; i++) {
            ackSegments(wire, acked);
        }
    }

    @Test
    void shouldGrowThoughEachAcknowledgementCoversAllThatIsInFlight() {
        try (Wire wire = Wire.open(Wire.settings().congestionControl("newreno").initialWindow(2)
                .forwardRtoRecovery(false).build(), 7, 65_535)) {
            wire.send(400_000);
            while (wire.stack.counter(Counter.TCP_TIMEOUTS) == 0) {
                wire.stack.toNextTimer();
            }
            wire.sent();
            int segments = 2;
            int burst = 0;
            for (int round = 0; round < 20; round++) {
                ackSegments(wire, segments);
                burst = wire.sent().size();
                segments += burst;
            }
            assertThat(burst).as("two at the threshold, one more with each window").isGreaterThan(10);
        }
    }

    @Test
    void shouldReturnToTheThresholdWhereTheEndOfRecoveryLeavesNothingInFlight() {
        try (Wire wire = wide()) {
            wire.send(10 * MSS);
            duplicates(wire, 0, 3);
            assertThat(wire.stack.counter(Counter.TCP_FAST_RECOVERIES)).isEqualTo(1);
            ackSegments(wire, 10);
            wire.sent();
            wire.send(200_000);
            assertThat(wire.sent()).as("half of ten").isEqualTo(segments(10, 5));
        }
    }

    @Test
    void shouldBeginWithTenSegments() {
        try (Wire wire = wide()) {
            wire.send(200_000);
            assertThat(wire.sent()).isEqualTo(segments(0, 10));
        }
    }

    @Test
    void shouldBeginWithTwoSegmentsThatAreLarge() {
        try (StackDriver stack = new StackDriver(EngineSettings.DEFAULT, 9_000)) {
            final StackDriver.Listener listener = stack.listen(80, 16, Wire.settings().build());
            final Peer peer = new Peer(stack, 40_000, 80, 1);
            peer.open(8_960);
            stack.send(listener.accept(stack, new Peer.Events()), new byte[100_000]);
            assertThat(stack.allSent()).extracting(Packet::length).containsExactly(8_960, 8_960);
        }
    }

    @Test
    void shouldDoubleTheWindowInARoundTripOfSlowStart() {
        try (Wire wire = wide()) {
            wire.send(200_000);
            wire.sent();
            for (int acked = 2; acked <= 10; acked += 2) {
                ackSegments(wire, acked);
            }
            assertThat(wire.sent()).isEqualTo(segments(10, 20));
        }
    }

    @Test
    void shouldRetransmitOnTheThirdDuplicate() {
        try (Wire wire = wide()) {
            wire.send(200_000);
            wire.sent();
            duplicates(wire, 0, 2);
            assertThat(wire.sent()).as("limited transmit, RFC 3042").isEqualTo(segments(10, 2));
            duplicates(wire, 0, 1);
            assertThat(wire.sent()).isEqualTo(segments(0, 1));
        }
    }

    @Test
    void shouldSendOneSegmentForEveryTwoThatArriveAndGoOnInCongestionAvoidance() {
        try (Wire wire = wide()) {
            wire.send(200_000);
            wire.sent();
            duplicates(wire, 0, 3);
            assertThat(wire.sent()).isEqualTo(List.of("14600+1460", "16060+1460", "0+1460"));
            // PRR (RFC 9937): twelve are out, five is the goal, so one leaves for each 2.4 that arrive
            duplicates(wire, 0, 8);
            assertThat(wire.sent()).isEqualTo(segments(12, 4));
            // all of it arrived: half of the window that was, of which four are in flight
            ackSegments(wire, 12);
            assertThat(wire.sent()).isEqualTo(segments(16, 1));
            for (int acked = 13; acked <= 16; acked++) {
                ackSegments(wire, acked);
            }
            assertThat(wire.sent()).as("one out, one in, and one more for a window acknowledged")
                    .isEqualTo(segments(17, 5));
            ackSegments(wire, 17);
            assertThat(wire.sent()).as("one out, one in").isEqualTo(segments(22, 1));
        }
    }

    @Test
    void shouldRepairSeveralLossesOfAWindowOneByOne() {
        try (Wire wire = wide()) {
            wire.send(10 * MSS);
            wire.sent();
            // 0, 4 and 7 are lost
            duplicates(wire, 0, 7);
            assertThat(wire.sent()).isEqualTo(segments(0, 1));
            ackSegments(wire, 4);
            assertThat(wire.sent()).isEqualTo(segments(4, 1));
            ackSegments(wire, 7);
            assertThat(wire.sent()).isEqualTo(segments(7, 1));
            ackSegments(wire, 10);
            assertThat(wire.sent()).isEmpty();
            assertThat(wire.stack.nextTimerNs()).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void shouldTakeNoTextAndNoNewWindowForADuplicate() {
        try (Wire wire = wide()) {
            wire.send(200_000);
            wire.sent();
            for (int i = 0; i < 5; i++) {
                wire.peer.data(new byte[10]);
                wire.peer.window(65_000 - i);
                ackSegments(wire, 0);
            }
            assertThat(wire.sent()).doesNotContain("0+1460");
        }
    }

    @Test
    void shouldCollapseToOneSegmentAndGrowByOneForEachAcknowledgement() {
        try (Wire wire = Wire.open(Wire.settings().forwardRtoRecovery(false).build(), -1, 65_535)) {
            wire.send(200_000);
            wire.sent();
            wire.untilSent();
            assertThat(wire.sent()).isEqualTo(segments(0, 1));
            ackSegments(wire, 1);
            assertThat(wire.sent()).isEqualTo(segments(1, 2));
            ackSegments(wire, 10);
            assertThat(wire.sent()).as("one for all that was not lost").isEqualTo(segments(10, 3));
        }
    }

    @Test
    void shouldNotRetransmitFastWhatTheTimerRepeats() {
        try (Wire wire = wide()) {
            wire.send(200_000);
            wire.untilSent();
            wire.sent();
            ackSegments(wire, 1);
            assertThat(wire.sent()).as("F-RTO asks with new data").isEqualTo(segments(10, 2));
            duplicates(wire, 1, 1);
            assertThat(wire.sent()).as("the loss was real").isEqualTo(segments(1, 1));
            duplicates(wire, 1, 5);
            assertThat(wire.sent()).as("no more than the new data that the duplicates can be for")
                    .isEqualTo(segments(2, 1));
        }
    }

    @Test
    void shouldFallBackToTheInitialWindowAfterSilence() {
        try (Wire wire = wide()) {
            wire.send(30 * MSS);
            for (int acked = 2; acked <= 30; acked += 2) {
                ackSegments(wire, acked);
            }
            wire.sent();
            wire.send(30 * MSS);
            assertThat(wire.sent()).as("still warm").hasSize(30);
            ackSegments(wire, 60);
            wire.stack.advanceMs(700);
            wire.send(30 * MSS);
            assertThat(wire.sent()).as("cold").hasSize(10);
        }
    }

    @Test
    void shouldNotSendBeyondThePeersWindow() {
        try (Wire wire = Wire.open(Wire.settings().build(), -1, 5 * MSS)) {
            wire.send(200_000);
            assertThat(wire.sent()).isEqualTo(segments(0, 5));
        }
    }
}
