package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.QueuePort;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * How much leaves, and when: limited transmit (RFC 3042), ECN at the sender (RFC 3168 §6.1.2), growth only where the
 * window is the limit (RFC 7661), restart after silence (RFC 2861), pacing, delivery rate (draft-ietf-ccwg-bbr §4.1).
 */
@OverBothFamilies
class SendRateTest {
    private static TcpSettings.Builder withEcn() {
        return Flow.settings().ecn(TcpSettings.Ecn.ON);
    }

    @Test
    void shouldSendNewDataForTheFirstTwoDuplicates() {
        try (Flow flow = Flow.open(Flow.settings().rack(false))) {
            flow.send(20);
            flow.sent();
            flow.passRoundTrip().ack(0, 1, 2);
            assertThat(flow.sent()).containsExactly(10);
            flow.ack(0, 1, 3);
            assertThat(flow.sent()).containsExactly(11);
            assertThat(flow.window()).as("the window is no larger for it").isEqualTo(10);
        }
    }

    @Test
    void shouldNotCountWhatLimitedTransmitSentForTheThreshold() {
        try (Flow flow = Flow.open(Flow.settings().sack(false))) {
            flow.send(20);
            flow.passRoundTrip().ack(0).ack(0).ack(0);
            assertThat(flow.info().slowStartThreshold()).as("RFC 5681 §3.2 step 2").isEqualTo(5 * flow.mss);
        }
    }

    /** Acknowledges segments one by one, each with ECE. */
    private static void echo(final Flow flow, final int from, final int to) {
        flow.echoCongestion(true);
        for (int i = from; i <= to; i++) {
            flow.ack(i);
        }
    }

    @Test
    void shouldReduceOnceARoundTripWhereCongestionIsEchoed() {
        try (Flow flow = Flow.open(withEcn())) {
            flow.send(60);
            flow.stack.allSent();
            flow.passRoundTrip();
            echo(flow, 1, 1);
            assertThat(flow.window()).as("0.8 of what was in flight (RFC 8511)").isBetween(7, 8);
            final int threshold = flow.info().slowStartThreshold();
            echo(flow, 2, 10);
            assertThat(flow.info().slowStartThreshold()).as("ten echoes of one mark").isEqualTo(threshold);
            assertThat(flow.counter(Counter.TCP_ECN_REDUCTIONS)).isEqualTo(1);
            echo(flow, 11, 11);
            assertThat(flow.counter(Counter.TCP_ECN_REDUCTIONS)).as("congestion after the answer").isEqualTo(2);
        }
    }

    @Test
    void shouldSayReducedOnTheFirstNewDataAndOnlyThere() {
        try (Flow flow = Flow.open(withEcn())) {
            flow.send(60);
            assertThat(flow.stack.allSent()).hasSize(10).noneMatch(packet -> packet.has("C"));
            flow.passRoundTrip();
            echo(flow, 1, 8);
            final List<Packet> sent = flow.stack.allSent();
            assertThat(sent).hasSizeGreaterThan(2);
            assertThat(sent.getFirst().has("C")).isTrue();
            assertThat(sent.subList(1, sent.size())).noneMatch(packet -> packet.has("C"));
        }
    }

    @Test
    void shouldReduceWhereTheEchoEmptiesTheFlight() {
        try (Flow flow = Flow.open(withEcn())) {
            flow.send(10).passRoundTrip();
            echo(flow, 10, 10);
            assertThat(flow.window()).isEqualTo(8);
            flow.stack.allSent();
            flow.send(1);
            assertThat(flow.stack.sent().has("C")).isTrue();
        }
    }

    @Test
    void shouldTakeAnEchoOnADuplicateToo() {
        try (Flow flow = Flow.open(withEcn())) {
            flow.send(10).passRoundTrip().echoCongestion(true).ack(0);
            assertThat(flow.counter(Counter.TCP_ECN_REDUCTIONS)).isEqualTo(1);
        }
    }

    @Test
    void shouldNotReduceForAnEchoInRecovery() {
        try (Flow flow = Flow.open(withEcn())) {
            flow.send(30);
            flow.passRoundTrip().ack(0, 1, 5);
            final int threshold = flow.info().slowStartThreshold();
            flow.echoCongestion(true).ack(0, 1, 6).ack(0, 1, 7);
            assertThat(flow.info().slowStartThreshold()).isEqualTo(threshold);
            assertThat(flow.counter(Counter.TCP_ECN_REDUCTIONS)).isZero();
        }
    }

    @Test
    void shouldIgnoreAnEchoWithoutAgreement() {
        try (Flow flow = Flow.open()) {
            flow.send(10).passRoundTrip().echoCongestion(true).ack(1);
            assertThat(flow.window()).isGreaterThanOrEqualTo(10);
        }
    }

    @Test
    void shouldNotGrowWhileTheApplicationIsTheLimit() {
        try (Flow flow = Flow.open()) {
            for (int i = 1; i <= 50; i++) {
                flow.send(1).passRoundTrip().ack(i);
            }
            assertThat(flow.window()).isEqualTo(10);
        }
    }

    @Test
    void shouldCountWhatArrivedAheadOnceTheGapIsFilled() {
        try (Flow flow = Flow.open()) {
            flow.send(40);
            flow.passRoundTrip().ack(0, 1, 3);
            assertThat(flow.window()).as("a duplicate grows no window").isEqualTo(10);
            flow.ack(3);
            assertThat(flow.window()).as("each byte counts once, whatever way it was told").isEqualTo(13);
        }
    }

    @Test
    void shouldCountWhatArrivesAheadAtOnceWhereThePathReorders() {
        try (Flow flow = Flow.open()) {
            flow.send(60);
            // 0 is late, and the path is known to reorder from here on
            flow.passRoundTrip().ack(0, 1, 2);
            flow.ack(2);
            final int window = flow.window();
            flow.ack(2, 3, 6);
            assertThat(flow.window()).isEqualTo(window + 3);
            flow.ack(6);
            assertThat(flow.window()).as("2 alone is new").isEqualTo(window + 4);
        }
    }

    @Test
    void shouldGrowWhileTheWindowIsTheLimit() {
        try (Flow flow = Flow.open()) {
            flow.send(60);
            flow.passRoundTrip();
            for (int i = 1; i <= 10; i++) {
                flow.ack(i);
            }
            assertThat(flow.window()).isEqualTo(20);
        }
    }

    @Test
    void shouldHalveTheWindowForEachTimeoutOfSilence() {
        try (Flow flow = Flow.open()) {
            flow.send(60).passRoundTrip();
            for (int i = 1; i <= 60; i++) {
                flow.ack(i);
            }
            final int window = flow.window();
            assertThat(window).isGreaterThan(40);
            final long rtoMs = flow.info().rtoNs() / 1_000_000;
            flow.pass(rtoMs + rtoMs / 2).send(1);
            assertThat(flow.window()).isEqualTo(window / 2);
            flow.passRoundTrip().ack(61).pass(60_000).send(1);
            assertThat(flow.window()).as("the restart window").isEqualTo(10);
        }
    }

    @Test
    void shouldHalveItOnceHoweverMuchIsReceivedInTheSilence() {
        try (Flow flow = Flow.open()) {
            flow.send(60).passRoundTrip();
            for (int i = 1; i <= 60; i++) {
                flow.ack(i);
            }
            final int window = flow.window();
            final long rtoMs = flow.info().rtoNs() / 1_000_000;
            flow.pass(rtoMs + rtoMs / 4);
            for (int i = 0; i < 5; i++) {
                flow.peer.data(Wire.bytes(0, Wire.MSS));
                flow.stack.allSent();
            }
            assertThat(flow.window()).as("nothing was sent that the path has to take").isEqualTo(window);
            flow.tcp.cork(flow.handle, true);
            flow.sendBytes(1).sendBytes(1);
            assertThat(flow.window()).as("nor is it while corked").isEqualTo(window);
            flow.tcp.cork(flow.handle, false);
            flow.pass(1);
            assertThat(flow.window()).isEqualTo(window / 2);
            assertThat(flow.stack.allSent()).hasSize(1);
        }
    }

    @Test
    void shouldKeepTheWindowOverSilenceWhereItIsToldSo() {
        try (Flow flow = Flow.open(Flow.settings().slowStartAfterIdle(false))) {
            flow.send(60).passRoundTrip();
            for (int i = 1; i <= 60; i++) {
                flow.ack(i);
            }
            final int window = flow.window();
            flow.pass(10_000).send(1);
            assertThat(flow.window()).isEqualTo(window);
        }
    }

    /** When so many packets leave, in microseconds from now on. */
    private static List<Long> departures(final Flow flow, final int packets) {
        final long startNs = flow.stack.nowNs();
        final List<Long> times = new ArrayList<>();
        while (times.size() < packets) {
            for (int i = flow.stack.allSent().size(); i > 0; i--) {
                times.add((flow.stack.nowNs() - startNs) / 1_000);
            }
            if (times.size() < packets) {
                flow.stack.toNextTimer();
            }
        }
        return times;
    }

    @Test
    void shouldNotPauseBeforeTheClockHasReachedZero() {
        try (Flow flow = Flow.at(-3_600_000_000_000L)) {
            flow.send(2);
            assertThat(flow.info().limitedBy()).isEqualTo(TcpInfo.Limit.APPLICATION);
            flow.send(20);
            assertThat(flow.info().limitedBy()).isEqualTo(TcpInfo.Limit.CONGESTION_WINDOW);
            flow.passRoundTrip().ack(10).passRoundTrip().ack(22);
            assertThat(flow.stack.engine().slabInUse()).as("no pause to be remembered").isZero();
        }
    }

    @Test
    void shouldSpreadSegmentsOverTheRoundTrip() {
        try (Flow flow = Flow.open(Flow.settings().pacing(true))) {
            // twice the window a round trip in slow start: 10 segments in 20 ms
            flow.send(10);
            final List<Long> times = departures(flow, 10);
            for (int i = 1; i < 10; i++) {
                assertThat(times.get(i)).as("segment %d", i).isBetween(2_000L * i - 2_000, 2_000L * i + 500);
            }
            assertThat(times.get(9)).isGreaterThan(15_000);
        }
    }

    @Test
    void shouldNotExceedTheLargestPacingRate() {
        try (Flow flow = Flow.open(Flow.settings().maxPacingRate(146_000))) {
            // a hundred segments a second
            flow.send(10);
            final List<Long> times = departures(flow, 10);
            for (int i = 2; i < 10; i++) {
                assertThat(times.get(i) - times.get(i - 2)).as("two segments behind %d", i).isGreaterThan(9_000);
            }
            assertThat(times.get(9)).isBetween(75_000L, 95_000L);
        }
    }

    @Test
    void shouldKeepToTheRateWhereEachSegmentIsAcknowledgedAtOnce() {
        try (Flow flow = Flow.open(Flow.settings().maxPacingRate(146_000))) {
            final long startNs = flow.stack.nowNs();
            int acked = 0;
            while (acked < 20) {
                flow.send(1);
                while (flow.sent().isEmpty()) {
                    flow.stack.toNextTimer();
                }
                flow.ack(++acked);
            }
            assertThat(flow.stack.nowNs() - startNs).as("the flight is empty each time").isGreaterThan(150_000_000L);
        }
    }

    @Test
    void shouldPaceRetransmissionsToo() {
        try (Flow flow = Flow.open(Flow.settings().maxPacingRate(1_460_000).initialWindow(40))) {
            flow.send(40);
            departures(flow, 40);
            flow.passRoundTrip().ack(0, 20, 40).ack(0, 20, 40);
            final List<Long> times = departures(flow, 15);
            assertThat(times.get(14)).as("15 segments, a millisecond each").isBetween(12_000L, 16_000L);
        }
    }

    @Test
    void shouldMeasureTheRateOfASteadyFlow() {
        try (Flow flow = Flow.open()) {
            flow.send(200);
            flow.sent();
            int acked = 0;
            // ten segments a round trip arrive, evenly, whatever the window
            flow.passRoundTrip();
            for (int i = 0; i < 100; i++) {
                flow.ack(++acked).pass(4);
            }
            final long expected = 1_000L * flow.mss / 4;
            assertThat(flow.info().deliveryRate()).isBetween(expected * 95 / 100, expected * 105 / 100);
            assertThat(flow.info().deliveryRateApplicationLimited()).isFalse();
            assertThat(flow.info().deliveredBytes()).isEqualTo(100L * flow.mss);
        }
    }

    @Test
    void shouldNotTakeAnApplicationThatIsSlowForAPathThatIs() {
        try (Flow flow = Flow.open()) {
            flow.send(100).sent();
            flow.passRoundTrip();
            for (int i = 1; i <= 100; i++) {
                flow.ack(i).pass(1);
            }
            final long fast = flow.info().deliveryRate();
            for (int i = 101; i <= 120; i++) {
                flow.send(1);
                assertThat(flow.info().deliveryRateApplicationLimited()).isTrue();
                flow.passRoundTrip().ack(i);
            }
            assertThat(flow.info().deliveryRate()).as("a smaller rate says nothing").isEqualTo(fast);
        }
    }

    @Test
    void shouldGoOnAtTheThresholdAfterRecovery() {
        try (Flow flow = Flow.open()) {
            flow.send(10).passRoundTrip().ack(0, 1, 5);
            flow.passRoundTrip().ack(10);
            assertThat(flow.info().inRecovery()).isFalse();
            assertThat(flow.info().congestionWindow()).isEqualTo(5 * flow.mss);
            assertThat(flow.info().slowStartThreshold()).isEqualTo(5 * flow.mss);
        }
    }

    @Test
    void shouldGrowAgainAfterARecoveryThatEmptiedTheFlight() {
        try (Flow flow = Flow.open()) {
            flow.send(10).passRoundTrip().ack(0, 1, 5);
            flow.passRoundTrip().ack(10);
            flow.send(100);
            final int before = flow.info().congestionWindow();
            for (int i = 11; i <= 30; i++) {
                flow.pass(4).ack(i);
            }
            assertThat(flow.info().congestionWindow()).isGreaterThan(before + 2 * flow.mss);
        }
    }

    @Test
    void shouldPaceVirtualSegmentsOfTwoSegmentsWhereTheRateIsSmall() {
        try (Flow flow = Flow.open(Flow.settings().maxPacingRate(146_000),
                QueuePort.segmenting(1_500, 40 + 40 * Wire.MSS))) {
            flow.send(10);
            assertThat(flow.sentBytes()).containsExactly("0+2920");
            flow.pass(21);
            assertThat(flow.sentBytes()).containsExactly("2920+2920");
        }
    }
}
