package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import org.junit.jupiter.api.Test;

/** Retransmission timeouts, real and spurious: RFC 6298, RFC 5682 (F-RTO), RFC 3522 and RFC 4015 (Eifel). */
@OverBothFamilies
class TimeoutTest {
    private static final int RTO_MS = 240;

    private static TcpSettings.Builder withoutProbes() {
        return Flow.settings().tailLossProbe(false);
    }

    /** Ten segments are out, and the timer has sent the first again. */
    private static Flow timedOut(final TcpSettings.Builder settings) {
        final Flow flow = Flow.open(settings.tailLossProbe(false));
        flow.send(20);
        assertThat(flow.sent()).hasSize(10);
        assertThat(flow.untilSent()).isBetween((long) RTO_MS, RTO_MS + 1L);
        assertThat(flow.counter(Counter.TCP_TIMEOUTS)).isEqualTo(1);
        return flow;
    }

    private static long undone(final Flow flow) {
        return flow.counter(Counter.TCP_SPURIOUS_RECOVERIES);
    }

    @Test
    void shouldGoDownToOneSegment() {
        try (Flow flow = timedOut(withoutProbes())) {
            assertThat(flow.sent()).containsExactly(0);
            assertThat(flow.window()).isEqualTo(1);
            assertThat(flow.info().slowStartThreshold()).isEqualTo(5 * flow.mss);
            assertThat(flow.info().lostBytes()).as("all of it left long ago").isEqualTo(9 * flow.mss);
        }
    }

    @Test
    void shouldNotTakeForLostWhatLeftAMomentAgo() {
        try (Flow flow = Flow.open(withoutProbes())) {
            flow.send(2);
            flow.passRoundTrip().ack(1);
            // RACK knows a round trip now
            flow.pass(RTO_MS - 5).send(1).pass(6);
            assertThat(flow.counter(Counter.TCP_TIMEOUTS)).isEqualTo(1);
            assertThat(flow.sent()).containsExactly(0, 1, 2, 1);
            assertThat(flow.info().lostBytes()).as("RFC 8985 §6.3").isZero();
        }
    }

    @Test
    void shouldUndoATimeoutThatForwardRtoCallsSpurious() {
        try (Flow flow = timedOut(withoutProbes())) {
            flow.sent();
            // late by more than a round trip, so that it might be the answer to the retransmission
            flow.pass(2 * Flow.RTT_MS).ack(1);
            assertThat(flow.sent()).as("new data instead of old").containsExactly(10, 11);
            flow.ack(2);
            assertThat(undone(flow)).isEqualTo(1);
            assertThat(flow.window()).isGreaterThanOrEqualTo(10);
            assertThat(flow.info().lostBytes()).isZero();
            flow.ack(10).ack(12);
            assertThat(flow.sent()).as("nothing old").allMatch(segment -> segment > 11);
            assertThat(flow.counter(Counter.TCP_RETRANSMITS)).isEqualTo(1);
        }
    }

    @Test
    void shouldUndoWhereAnOriginalIsAcknowledgedSelectively() {
        try (Flow flow = timedOut(withoutProbes())) {
            flow.ack(1).sent();
            flow.ack(1, 4, 5);
            assertThat(undone(flow)).isEqualTo(1);
        }
    }

    @Test
    void shouldNotUndoWhereOnlyTheNewDataArrives() {
        try (Flow flow = timedOut(withoutProbes())) {
            flow.ack(1).sent();
            flow.ack(1, 10, 11);
            assertThat(undone(flow)).isZero();
            assertThat(flow.sent()).as("the loss was real").startsWith(1);
        }
    }

    @Test
    void shouldNotUndoWhereTheFirstAnswerIsADuplicate() {
        try (Flow flow = timedOut(withoutProbes().sack(false))) {
            flow.sent();
            flow.ack(0);
            flow.ack(1);
            assertThat(flow.sent()).as("back to the old rules").startsWith(1);
            flow.ack(2);
            assertThat(undone(flow)).isZero();
        }
    }

    @Test
    void shouldUndoWithoutSackToo() {
        try (Flow flow = timedOut(withoutProbes().sack(false))) {
            flow.ack(1).ack(2);
            assertThat(undone(flow)).isEqualTo(1);
        }
    }

    @Test
    void shouldNotLookForSpuriousTimeoutsWhereItIsOff() {
        try (Flow flow = timedOut(withoutProbes().forwardRtoRecovery(false))) {
            flow.sent();
            flow.ack(1);
            assertThat(flow.sent()).containsExactly(1, 2);
            flow.ack(2);
            assertThat(undone(flow)).isZero();
        }
    }

    @Test
    void shouldNotUndoASecondTimeoutByForwardRto() {
        try (Flow flow = timedOut(withoutProbes())) {
            flow.untilSent();
            flow.sent();
            flow.ack(1);
            assertThat(flow.sent()).as("the head was sent twice in vain").startsWith(1);
        }
    }

    @Test
    void shouldUndoWhereTheTimestampIsThatOfTheOriginal() {
        try (Flow flow = Flow.open(withoutProbes().timestamps(true).forwardRtoRecovery(false))) {
            flow.send(10);
            final Packet first = flow.stack.sent();
            flow.untilSent();
            assertThat(flow.window()).isEqualTo(1);
            flow.echo(first).ack(1);
            assertThat(undone(flow)).isEqualTo(1);
            assertThat(flow.window()).isGreaterThanOrEqualTo(10);
            assertThat(flow.info().slowStartThreshold()).isGreaterThan(10 * flow.mss);
            assertThat(flow.counter(Counter.TCP_RETRANSMITS)).isEqualTo(1);
        }
    }

    @Test
    void shouldNotUndoWhereTheTimestampIsThatOfTheRetransmission() {
        try (Flow flow = Flow.open(withoutProbes().timestamps(true).forwardRtoRecovery(false))) {
            flow.send(10).sent();
            flow.untilSent();
            flow.echo(flow.stack.sent()).ack(1);
            assertThat(undone(flow)).isZero();
            assertThat(flow.sent()).containsExactly(1, 2);
        }
    }

    @Test
    void shouldUndoWhereTheLastSegmentWasLate() {
        try (Flow flow = Flow.open(withoutProbes().timestamps(true))) {
            flow.send(1);
            final Packet first = flow.stack.sent();
            flow.untilSent();
            flow.echo(first).ack(1);
            assertThat(undone(flow)).as("the flight is empty").isEqualTo(1);
            assertThat(flow.window()).isGreaterThanOrEqualTo(10);
        }
    }

    @Test
    void shouldRestoreNothingWhereCongestionIsEchoed() {
        try (Flow flow = Flow.open(withoutProbes().timestamps(true).ecn(TcpSettings.Ecn.ON))) {
            flow.send(10);
            final Packet first = flow.stack.sent();
            flow.untilSent();
            flow.echo(first).echoCongestion(true).ack(1);
            assertThat(undone(flow)).as("RFC 4015 §3.2").isZero();
            assertThat(flow.info().slowStartThreshold()).isLessThanOrEqualTo(5 * flow.mss);
        }
    }

    @Test
    void shouldUndoWhereEveryRetransmissionIsReportedAsADuplicate() {
        try (Flow flow = Flow.open()) {
            flow.send(20);
            flow.sent();
            final int window = flow.window();
            flow.passRoundTrip().ack(0, 2, 6);
            assertThat(flow.sent()).contains(0);
            flow.ack(0, 2, 7).ack(0, 2, 8).ack(0, 2, 9);
            assertThat(flow.counter(Counter.TCP_RETRANSMITS)).isEqualTo(2);
            // the originals were only late, then the copies arrive
            flow.ack(10).sent();
            flow.ack(10, 0, 1);
            assertThat(undone(flow)).as("one of two").isZero();
            flow.ack(10, 1, 2);
            assertThat(undone(flow)).isEqualTo(1);
            assertThat(flow.window()).isGreaterThanOrEqualTo(window);
        }
    }

    @Test
    void shouldStopToSendAgainWhatIsNotLost() {
        try (Flow flow = Flow.open(withoutProbes().timestamps(true).forwardRtoRecovery(false).initialWindow(20))) {
            flow.send(20);
            final Packet first = flow.stack.sent();
            flow.untilSent();
            assertThat(flow.info().lostBytes()).isEqualTo(19 * flow.mss);
            flow.echo(first).ack(1);
            for (int i = 2; i <= 20; i++) {
                flow.ack(i);
            }
            assertThat(flow.counter(Counter.TCP_RETRANSMITS)).isEqualTo(1);
        }
    }

    @Test
    void shouldNotUndoALossBecauseAnotherSegmentWasOnlyLate() {
        try (Flow flow = Flow.open(Flow.settings().timestamps(true))) {
            flow.send(10);
            final Packet first = flow.stack.sent();
            flow.stack.allSent();
            flow.passRoundTrip().ack(0, 1, 5, 6, 10);
            flow.ack(0, 1, 5, 6, 10);
            flow.untilRetransmits(2);
            flow.echo(first).ack(5, 6, 10);
            assertThat(undone(flow)).as("5 is lost all the same").isZero();
        }
    }

    @Test
    void shouldReduceTheThresholdOnceForTimeoutsInARow() {
        try (Flow flow = timedOut(withoutProbes())) {
            flow.untilSent();
            flow.untilSent();
            assertThat(flow.info().slowStartThreshold()).as("RFC 5681 §3.1").isEqualTo(5 * flow.mss);
            assertThat(flow.info().rtoNs() / 1_000_000).isBetween(8L * RTO_MS, 8L * RTO_MS + 8);
        }
    }

    @Test
    void shouldTakeTheBackoffBackWithTheNextMeasurement() {
        try (Flow flow = timedOut(withoutProbes())) {
            assertThat(flow.info().rtoNs() / 1_000_000).isBetween(2L * RTO_MS, 2L * RTO_MS + 2);
            flow.passRoundTrip().ack(1);
            assertThat(flow.info().rtoNs() / 1_000_000).as("Karn").isBetween(2L * RTO_MS, 2L * RTO_MS + 2);
            flow.passRoundTrip().ack(1, 10, 11);
            assertThat(flow.info().rtoNs() / 1_000_000).isBetween(RTO_MS - 2L, RTO_MS + 10L);
        }
    }

    @Test
    void shouldGiveARetransmissionARoundTripOfItsOwn() {
        // the path's round trip is longer than the smallest RTO, so that the timer of the first time would expire
        try (Flow flow = Flow.open(Flow.settings().rtoMinNs(10_000_000L))) {
            flow.send(10);
            flow.sent();
            flow.passRoundTrip().ack(1);
            flow.sent();
            final long rtoMs = flow.info().rtoNs() / 1_000_000;
            flow.pass(rtoMs - 5).ack(1, 2, 10);
            assertThat(flow.sent()).contains(1);
            flow.pass(flow.info().rtoNs() / 1_000_000 - 5);
            assertThat(flow.counter(Counter.TCP_TIMEOUTS)).isZero();
            flow.pass(6);
            assertThat(flow.counter(Counter.TCP_TIMEOUTS)).isEqualTo(1);
        }
    }

    @Test
    void shouldSayCongestionWindowReducedAfterATimeout() {
        try (Flow flow = Flow.open(withoutProbes().ecn(TcpSettings.Ecn.ON))) {
            flow.send(12);
            flow.untilSent();
            flow.stack.allSent();
            flow.ack(1);
            assertThat(flow.stack.sent().has("C")).as("RFC 3168 §6.1.2, on the first new data").isTrue();
        }
    }

    @Test
    void shouldRememberTheWindowOfBeforeTheRecoveryThatATimeoutEnds() {
        try (Flow flow = Flow.open(withoutProbes())) {
            flow.send(10).passRoundTrip().ack(0, 1, 10);
            assertThat(flow.info().slowStartThreshold()).isEqualTo(5 * flow.mss);
            flow.pass(300);
            assertThat(flow.counter(Counter.TCP_TIMEOUTS)).isEqualTo(1);
            assertThat(flow.counter(Counter.TCP_RETRANSMITS)).isEqualTo(2);
            // both were needless
            flow.ack(10).ack(10, 0, 1);
            assertThat(undone(flow)).isZero();
            flow.ack(10, 0, 1);
            assertThat(undone(flow)).isEqualTo(1);
            assertThat(flow.window()).isGreaterThanOrEqualTo(10);
        }
    }

    @Test
    void shouldNotCountADuplicateOfBeforeTheEpisode() {
        try (Flow flow = Flow.open()) {
            flow.send(20).passRoundTrip().ack(5);
            flow.ack(5, 6, 9);
            assertThat(flow.sent()).contains(5);
            flow.ackBytes(5 * flow.mss, 0, flow.mss, 6 * flow.mss, 9 * flow.mss);
            assertThat(flow.counter(Counter.TCP_DSACKS_RECEIVED)).isEqualTo(1);
            assertThat(undone(flow)).isZero();
            flow.ackBytes(6 * flow.mss, 5 * flow.mss, 6 * flow.mss);
            assertThat(undone(flow)).isEqualTo(1);
        }
    }

    @Test
    void shouldNotJudgeByAnAcknowledgementOfTheRetransmissionItself() {
        try (Flow flow = timedOut(withoutProbes())) {
            // the rest of the head comes with the original behind it
            flow.ackBytes(flow.mss - 1);
            assertThat(flow.sent()).as("new data").contains(10);
            flow.ack(2);
            assertThat(undone(flow)).isZero();
        }
    }
}
