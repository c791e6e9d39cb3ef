package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.QueuePort;
import org.junit.jupiter.api.Test;

/** Tail loss probes: RFC 8985 §7. */
@OverBothFamilies
class TailLossProbeTest {
    private static final long TWO_ROUND_TRIPS = 2 * Flow.RTT_MS;

    private static long probes(final Flow flow) {
        return flow.counter(Counter.TCP_LOSS_PROBES);
    }

    /** Ten segments are out; those behind a number are lost, so the tail is. */
    private static Flow withTailLost(final int arrived) {
        final Flow flow = Flow.open(Flow.settings().rtoMinNs(1_000_000_000L));
        flow.send(10);
        flow.sent();
        flow.passRoundTrip().ack(arrived);
        return flow;
    }

    @Test
    void shouldSendTheLastSegmentAgainAfterTwoRoundTrips() {
        try (Flow flow = withTailLost(7)) {
            assertThat(flow.untilSent()).isBetween(TWO_ROUND_TRIPS, TWO_ROUND_TRIPS + 3);
            assertThat(flow.sent()).containsExactly(9);
            assertThat(probes(flow)).isEqualTo(1);
            assertThat(flow.counter(Counter.TCP_TIMEOUTS)).isZero();
            // the probe's selective acknowledgement shows the rest
            flow.passRoundTrip().ack(7, 9, 10);
            assertThat(flow.sent()).startsWith(7);
            assertThat(flow.counter(Counter.TCP_FAST_RECOVERIES)).isEqualTo(1);
            assertThat(flow.counter(Counter.TCP_TIMEOUTS)).isZero();
        }
    }

    @Test
    void shouldWaitForADelayedAcknowledgementOfOneSegment() {
        try (Flow flow = Flow.open(Flow.settings().rtoMinNs(1_000_000_000L))) {
            flow.send(1);
            assertThat(flow.untilSent()).isBetween(TWO_ROUND_TRIPS + 200, TWO_ROUND_TRIPS + 201);
            assertThat(probes(flow)).isEqualTo(1);
        }
    }

    @Test
    void shouldNotProbeLaterThanTheTimeout() {
        try (Flow flow = Flow.open()) {
            flow.send(1);
            // the RTO, 240 ms, comes before 280 ms
            assertThat(flow.untilSent()).isBetween(240L, 241L);
            assertThat(probes(flow)).isZero();
            assertThat(flow.counter(Counter.TCP_TIMEOUTS)).isEqualTo(1);
        }
    }

    @Test
    void shouldPreferNewData() {
        try (Flow flow = Flow.open()) {
            flow.send(12);
            assertThat(flow.sent()).hasSize(10);
            flow.untilSent();
            assertThat(flow.sent()).as("one segment beyond the congestion window").containsExactly(10);
            assertThat(probes(flow)).isEqualTo(1);
            assertThat(flow.counter(Counter.TCP_RETRANSMITS)).isZero();
        }
    }

    @Test
    void shouldNotSendNewDataBeyondThePeersWindow() {
        try (Flow flow = Flow.open()) {
            flow.send(1);
            flow.peer.window(34);
            flow.passRoundTrip().ack(1);
            flow.sendBytes(34 << 7).send(1);
            assertThat(flow.info().inFlightBytes()).isEqualTo(34 << 7);
            flow.untilSent();
            assertThat(probes(flow)).isEqualTo(1);
            assertThat(flow.counter(Counter.TCP_RETRANSMITS)).isEqualTo(1);
        }
    }

    @Test
    void shouldProbeOnceAndThenWaitForTheTimeout() {
        try (Flow flow = withTailLost(7)) {
            flow.untilSent();
            assertThat(flow.sent()).containsExactly(9);
            final long rtoMs = flow.info().rtoNs() / 1_000_000;
            assertThat(flow.untilSent()).as("from the probe on").isBetween(rtoMs, rtoMs + 1);
            assertThat(flow.sent()).containsExactly(7);
            assertThat(probes(flow)).isEqualTo(1);
            assertThat(flow.counter(Counter.TCP_TIMEOUTS)).isEqualTo(1);
            flow.untilSent();
            assertThat(probes(flow)).as("none between timeouts").isEqualTo(1);
        }
    }

    @Test
    void shouldProbeAgainOnceTheFirstIsAnswered() {
        try (Flow flow = withTailLost(7)) {
            flow.untilSent();
            flow.passRoundTrip().ack(10);
            flow.send(3).passRoundTrip().ack(11).sent();
            flow.untilSent();
            assertThat(flow.sent()).containsExactly(12);
            assertThat(probes(flow)).isEqualTo(2);
        }
    }

    @Test
    void shouldNotProbeInRecovery() {
        try (Flow flow = Flow.open()) {
            flow.send(10);
            flow.sent();
            flow.passRoundTrip().ack(0, 1, 5);
            flow.passRoundTrip().ack(5);
            flow.passRoundTrip().ack(8);
            flow.sent();
            assertThat(flow.info().inRecovery()).isTrue();
            assertThat(flow.info().lostBytes()).as("all is on its way").isZero();
            flow.untilSent();
            assertThat(probes(flow)).isZero();
            assertThat(flow.counter(Counter.TCP_TIMEOUTS)).isEqualTo(1);
        }
    }

    @Test
    void shouldNotProbeWithoutSackNorWhereItIsOff() {
        for (final TcpSettings.Builder settings : new TcpSettings.Builder[]{Flow.settings().sack(false),
                Flow.settings().tailLossProbe(false)}) {
            try (Flow flow = Flow.open(settings)) {
                flow.send(5);
                assertThat(flow.untilSent()).isBetween(240L, 241L);
                assertThat(probes(flow)).isZero();
                assertThat(flow.counter(Counter.TCP_TIMEOUTS)).isEqualTo(1);
            }
        }
    }

    @Test
    void shouldReduceTheWindowWhereTheProbeRepairedALoss() {
        try (Flow flow = withTailLost(9)) {
            flow.untilSent();
            assertThat(flow.sent()).containsExactly(9);
            final int window = flow.window();
            // more is sent before the answer
            flow.send(2).passRoundTrip().ack(10);
            assertThat(flow.window()).as("not yet known").isGreaterThanOrEqualTo(window);
            flow.ack(12);
            assertThat(flow.window()).isLessThan(window);
            assertThat(flow.info().slowStartThreshold()).isLessThan(window * flow.mss);
        }
    }

    @Test
    void shouldReduceTheWindowWhereTheRepairEmptiedTheFlight() {
        try (Flow flow = withTailLost(9)) {
            flow.untilSent();
            assertThat(flow.sent()).containsExactly(9);
            final int window = flow.window();
            flow.passRoundTrip().ack(10);
            flow.send(2).passRoundTrip().ack(12);
            assertThat(flow.window()).isLessThan(window);
        }
    }

    @Test
    void shouldNotReduceWhereADuplicateReportNamesTheProbe() {
        try (Flow flow = withTailLost(9)) {
            flow.untilSent();
            final int window = flow.window();
            flow.send(2);
            flow.ack(10).ack(10, 9, 10).passRoundTrip().ack(12);
            assertThat(flow.window()).isGreaterThanOrEqualTo(window);
        }
    }

    @Test
    void shouldNotReduceWhereTheReportComesWhileNothingIsInFlight() {
        try (Flow flow = withTailLost(9)) {
            flow.untilSent();
            final int window = flow.window();
            flow.ack(10).ack(10, 9, 10);
            assertThat(flow.counter(Counter.TCP_DSACKS_RECEIVED)).isEqualTo(1);
            flow.send(2).passRoundTrip().ack(12);
            assertThat(flow.window()).isGreaterThanOrEqualTo(window);
        }
    }

    @Test
    void shouldNotReduceForAProbeOfNewData() {
        try (Flow flow = Flow.open()) {
            flow.send(12);
            flow.untilSent();
            final int window = flow.window();
            flow.ack(11).passRoundTrip().ack(12);
            assertThat(flow.window()).isGreaterThanOrEqualTo(window);
        }
    }

    @Test
    void shouldProbeOfAVirtualSegmentOnlyTheLastPiece() {
        try (Flow flow = Flow.open(Flow.settings(),
                QueuePort.segmenting(1_500, 40 + 10 * Wire.MSS))) {
            flow.sendBytes(4 * Wire.MSS + 100);
            assertThat(flow.sentBytes()).containsExactly("0+5940");
            flow.untilSent();
            assertThat(flow.sentBytes()).containsExactly("5840+100");
        }
    }

    @Test
    void shouldNotTakeTheReductionBackForARecoveryOfBefore() {
        try (Flow flow = Flow.open(Flow.settings().rtoMinNs(1_000_000_000L).initialWindow(20))) {
            flow.send(21).passRoundTrip().ack(0, 1, 5).ack(0, 1, 18);
            assertThat(flow.sent()).contains(0, 20);
            flow.passRoundTrip().ack(20);
            assertThat(flow.info().inRecovery()).isFalse();
            flow.untilSent();
            assertThat(flow.sent()).containsExactly(20);
            flow.send(2).passRoundTrip().ack(21).ack(23);
            final int threshold = flow.info().slowStartThreshold();
            flow.send(1).ack(23, 0, 1);
            assertThat(flow.counter(Counter.TCP_DSACKS_RECEIVED)).isEqualTo(1);
            assertThat(flow.counter(Counter.TCP_SPURIOUS_RECOVERIES)).isZero();
            assertThat(flow.info().slowStartThreshold()).isEqualTo(threshold);
        }
    }
}
