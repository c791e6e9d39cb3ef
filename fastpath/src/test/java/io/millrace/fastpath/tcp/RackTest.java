package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.OverBothFamilies;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loss by time: RACK, RFC 8985 §6; by counting where it is off, RFC 6675 §4 and RFC 6582. */
@OverBothFamilies
class RackTest {
    /** Segment after segment, a millisecond apart, so that each has its own time. */
    private static void sendSpread(final Flow flow, final int segments) {
        for (int i = 0; i < segments; i++) {
            flow.send(1).pass(1);
        }
    }

    @Test
    void shouldKnowTheSmallestRoundTripFromTheHandshake() {
        try (Flow flow = Flow.open()) {
            assertThat(flow.info().minRttNs()).isEqualTo(Flow.RTT_NS);
        }
    }

    @Test
    void shouldFindALossByTimeWithoutThreeDuplicates() {
        try (Flow flow = Flow.open()) {
            sendSpread(flow, 3);
            assertThat(flow.sent()).containsExactly(0, 1, 2);
            flow.pass(Flow.RTT_MS - 1).ack(0, 1, 2);
            assertThat(flow.sent()).as("a quarter of the round trip to go").isEmpty();
            flow.pass(8);
            assertThat(flow.sent()).isEmpty();
            flow.pass(3);
            assertThat(flow.sent()).as("one segment was selectively acknowledged").containsExactly(0);
            assertThat(flow.counter(Counter.TCP_FAST_RECOVERIES)).isEqualTo(1);
            assertThat(flow.counter(Counter.TCP_TIMEOUTS)).isZero();
        }
    }

    /** {@code System.nanoTime} may begin anywhere (and does not tell 0 from any other time). */
    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE / 4, -3_600_000_000_000L, -2 * Flow.RTT_NS - 5_000_000, 0})
    void shouldFindALossByTimeWhateverTheClockSays(final long startNs) {
        try (Flow flow = Flow.at(startNs)) {
            sendSpread(flow, 3);
            assertThat(flow.sent()).containsExactly(0, 1, 2);
            flow.pass(Flow.RTT_MS - 1).ack(0, 1, 2).pass(12);
            assertThat(flow.sent()).containsExactly(0);
            assertThat(flow.counter(Counter.TCP_FAST_RECOVERIES)).isEqualTo(1);
            assertThat(flow.counter(Counter.TCP_TIMEOUTS)).isZero();
        }
    }

    @Test
    void shouldNotTakeReorderingWithinTheWindowForLoss() {
        try (Flow flow = Flow.open()) {
            sendSpread(flow, 4);
            flow.pass(Flow.RTT_MS - 2).ack(0, 1, 3).pass(5).ack(3).pass(5).ack(4);
            assertThat(flow.sent()).containsExactly(0, 1, 2, 3);
            flow.pass(200);
            assertThat(flow.sent()).isEmpty();
            assertThat(flow.counter(Counter.TCP_FAST_RECOVERIES)).isZero();
            assertThat(flow.info().reorderingSeen()).isTrue();
            assertThat(flow.info().reorderingDegree()).isEqualTo(2);
        }
    }

    @Test
    void shouldWaitAfterThreeToo() {
        try (Flow flow = Flow.open()) {
            sendSpread(flow, 4);
            flow.pass(Flow.RTT_MS - 2).ack(0, 1, 3).pass(3).ack(4);
            sendSpread(flow, 8);
            assertThat(flow.sent()).hasSize(12);
            flow.pass(Flow.RTT_MS - 8).ack(4, 5, 12);
            assertThat(flow.sent()).as("this path reorders: seven above are not enough").isEmpty();
            flow.pass(1).ack(12).pass(300);
            assertThat(flow.sent()).isEmpty();
        }
    }

    @Test
    void shouldNotWaitAfterThreeWhereThePathNeverReordered() {
        try (Flow flow = Flow.open()) {
            sendSpread(flow, 8);
            flow.sent();
            flow.pass(Flow.RTT_MS - 5).ack(0, 1, 4);
            assertThat(flow.sent()).containsExactly(0);
        }
    }

    @Test
    void shouldCompareNumbersWhereABurstLeftAtOneTime() {
        try (Flow flow = Flow.open()) {
            flow.send(10);
            flow.sent();
            flow.passRoundTrip().ack(1, 3, 6);
            assertThat(flow.sent()).containsExactly(1);
            assertThat(flow.info().lostBytes()).as("the other below what arrived, none of those behind")
                    .isEqualTo(flow.mss);
        }
    }

    @Test
    void shouldFindALostRetransmission() {
        try (Flow flow = Flow.open()) {
            flow.send(30);
            flow.sent();
            flow.passRoundTrip().ack(0, 1, 4);
            assertThat(flow.sent()).contains(0);
            // what left after the retransmission arrives, it does not
            flow.pass(1).ack(0, 1, 10);
            final int last = flow.sent().getLast();
            assertThat(last).isGreaterThan(10);
            flow.passRoundTrip().ack(0, 1, last + 1);
            assertThat(flow.sent()).as("again").contains(0);
            assertThat(flow.counter(Counter.TCP_TIMEOUTS)).isZero();
        }
    }

    /** A recovery that was none: a D-SACK tells, once the rest has arrived. */
    private static int spurious(final Flow flow, final int first) {
        flow.send(6);
        flow.passRoundTrip().ack(first, first + 1, first + 4);
        flow.pass(1).ack(first + 5);
        flow.ackBytes((first + 5) * flow.mss, first * flow.mss, (first + 1) * flow.mss);
        flow.pass(5);
        flow.ack(first + 6);
        flow.sent();
        return first + 6;
    }

    /** Two segments a millisecond apart; the second arrives. */
    private static void showAHole(final Flow flow, final int first) {
        sendSpread(flow, 2);
        assertThat(flow.sent()).containsExactly(first, first + 1);
        flow.pass(Flow.RTT_MS - 1).ack(first, first + 1, first + 2);
    }

    /** How long after the second of them the first is taken for lost, in ms. */
    private static long patience(final Flow flow, final int first) {
        showAHole(flow, first);
        final long waited = flow.untilSent() + 1;
        assertThat(flow.sent()).containsExactly(first);
        flow.ack(first + 2);
        return waited;
    }

    @Test
    void shouldWaitLongerWithEachDuplicateReported() {
        try (Flow flow = Flow.open()) {
            int next = spurious(flow, 0);
            assertThat(flow.counter(Counter.TCP_DSACKS_RECEIVED)).isEqualTo(1);
            showAHole(flow, next);
            flow.pass(18).ack(next + 2);
            assertThat(flow.sent()).as("20 ms, not 10").isEmpty();
            next = spurious(flow, next + 2);
            assertThat(patience(flow, next)).isEqualTo(30);
        }
    }

    @Test
    void shouldForgetTheLongWaitAfterSixteenRecoveries() {
        try (Flow flow = Flow.open()) {
            int next = spurious(flow, 0);
            for (int i = 1; i <= 16; i++) {
                assertThat(patience(flow, next)).as("recovery %d", i).isEqualTo(20);
                next += 2;
            }
            assertThat(patience(flow, next)).isEqualTo(10);
        }
    }

    @Test
    void shouldCountThreeSegmentsWithoutRack() {
        try (Flow flow = Flow.open(Flow.settings().rack(false))) {
            flow.send(8);
            flow.sent();
            flow.passRoundTrip().ack(0, 1, 3);
            flow.pass(100);
            assertThat(flow.sent()).as("two above, however long").isEmpty();
            flow.ack(0, 1, 4);
            assertThat(flow.sent()).containsExactly(0);
        }
    }

    @Test
    void shouldCountForEachHoleWithoutRack() {
        try (Flow flow = Flow.open(Flow.settings().rack(false))) {
            flow.send(10);
            flow.sent();
            flow.passRoundTrip().ack(1, 2, 4, 5, 7);
            assertThat(flow.sent()).as("the second hole has only two above").containsExactly(1);
            flow.ack(1, 2, 4, 5, 8);
            assertThat(flow.sent()).containsExactly(4);
        }
    }

    @Test
    void shouldRepairOneHoleARoundTripWithoutSack() {
        try (Flow flow = Flow.open(Flow.settings().sack(false))) {
            flow.send(10);
            flow.sent();
            flow.passRoundTrip().ack(1).ack(1).ack(1).ack(1);
            assertThat(flow.sent()).as("RFC 6582").containsExactly(1);
            flow.passRoundTrip().ack(4);
            assertThat(flow.sent()).as("a partial acknowledgement").containsExactly(4);
            flow.passRoundTrip().ack(10);
            assertThat(flow.counter(Counter.TCP_FAST_RECOVERIES)).isEqualTo(1);
            assertThat(flow.counter(Counter.TCP_TIMEOUTS)).isZero();
        }
    }

    @Test
    void shouldNotRecoverTwiceFromOneWindowWithoutSack() {
        try (Flow flow = Flow.open(Flow.settings().sack(false))) {
            flow.send(20);
            flow.passRoundTrip().ack(0).ack(0).ack(0);
            flow.passRoundTrip().ack(12).sent();
            assertThat(flow.info().inRecovery()).isFalse();
            flow.ack(12).ack(12).ack(12).ack(12);
            assertThat(flow.sent()).as("duplicates of what was sent again: RFC 6582 §3.2 step 1").doesNotContain(12);
            assertThat(flow.counter(Counter.TCP_FAST_RECOVERIES)).isEqualTo(1);
        }
    }

    @Test
    void shouldWaitLongerOnceARoundTripHoweverManyDuplicates() {
        try (Flow flow = Flow.open()) {
            flow.send(10).passRoundTrip().ack(4);
            flow.ack(4, 0, 1).ack(4, 1, 2).ack(4, 2, 3).ack(10);
            assertThat(flow.counter(Counter.TCP_DSACKS_RECEIVED)).isEqualTo(3);
            flow.sent();
            assertThat(patience(flow, 10)).isEqualTo(20);
        }
    }

    @Test
    void shouldWaitARoundTripAtTheMost() {
        try (Flow flow = Flow.open()) {
            int next = 0;
            for (int i = 0; i < 8; i++) {
                next = spurious(flow, next);
            }
            assertThat(patience(flow, next)).as("not nine quarters").isBetween((long) Flow.RTT_MS, Flow.RTT_MS + 5L);
        }
    }
}
