package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.QueuePort;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the sender makes of selective acknowledgements: RFC 2018, RFC 2883, RFC 6675. */
@OverBothFamilies
class SackRecoveryTest {
    @Test
    void shouldRepairSeveralHolesInOneRoundTrip() {
        try (Flow flow = Flow.open(Flow.settings().initialWindow(20))) {
            flow.send(20);
            flow.sent();
            flow.passRoundTrip().ack(1, 2, 6, 7, 12, 13, 20);
            flow.ack(1, 2, 6, 7, 12, 13, 20);
            assertThat(flow.sent()).containsExactly(1, 6, 12);
            flow.passRoundTrip().ack(20);
            assertThat(flow.sent()).isEmpty();
            assertThat(flow.counter(Counter.TCP_RETRANSMITS)).isEqualTo(3);
            assertThat(flow.counter(Counter.TCP_FAST_RECOVERIES)).isEqualTo(1);
        }
    }

    @Test
    void shouldRepairWhereSequenceNumbersWrap() {
        try (Flow flow = Flow.open(Flow.settings(), -5 * Wire.MSS)) {
            flow.send(10);
            flow.sent();
            flow.passRoundTrip().ack(2, 3, 10);
            assertThat(flow.sent()).containsExactly(2);
            flow.passRoundTrip().ack(10);
            assertThat(flow.tcp.unacknowledged(flow.handle)).isZero();
        }
    }

    @Test
    void shouldNotSendAgainWhatArrived() {
        try (Flow flow = Flow.open()) {
            flow.send(10);
            flow.sent();
            flow.passRoundTrip().ack(0, 1, 4, 5, 10);
            flow.untilSent();
            for (int i = 0; i < 40; i++) {
                flow.pass(100);
            }
            assertThat(flow.sent()).containsOnly(0, 4);
        }
    }

    /** A port that segments: several segments of the stack are one record. */
    private static Flow virtual(final int segments) {
        return Flow.open(Flow.settings(), QueuePort.segmenting(1_500, 40 + segments * Wire.MSS));
    }

    @Test
    void shouldSplitAVirtualSegmentThatArrivedInPart() {
        try (Flow flow = virtual(10)) {
            flow.send(10);
            assertThat(flow.sentBytes()).containsExactly("0+14600");
            flow.passRoundTrip().ack(2, 4, 8);
            assertThat(flow.sentBytes()).as("two of those behind are not judged yet").containsExactly("2920+2920");
            assertThat(flow.info().sackedBytes()).isEqualTo(4 * flow.mss);
            flow.passRoundTrip().ack(10);
            assertThat(flow.tcp.unacknowledged(flow.handle)).isZero();
        }
    }

    @Test
    void shouldNotSplitIntoCrumbs() {
        try (Flow flow = virtual(10)) {
            flow.send(10);
            flow.passRoundTrip();
            for (int i = 0; i < 14_000; i += 4) {
                flow.ackBytes(0, i + 1, i + 2, i + 3, i + 4);
            }
            assertThat(flow.info().sackedBytes()).as("no block holds half a segment").isZero();
        }
    }

    private static long ignored(final Flow flow) {
        return flow.counter(Counter.TCP_SACK_IGNORED);
    }

    @Test
    void shouldIgnoreAndCountBlocksThatCannotBe() {
        try (Flow flow = Flow.open()) {
            flow.send(10);
            flow.sent();
            flow.passRoundTrip().ack(2);
            flow.sent();
            flow.ack(2, 6, 4);
            assertThat(ignored(flow)).as("inverted").isEqualTo(1);
            flow.ack(2, 5, 5);
            assertThat(ignored(flow)).as("empty").isEqualTo(2);
            flow.ack(2, 8, 200);
            assertThat(ignored(flow)).as("beyond what was sent").isEqualTo(3);
            flow.ack(2, 1, 5);
            assertThat(ignored(flow)).as("begins below what is acknowledged").isEqualTo(4);
            flow.ack(2, 1_000_000, 1_000_001);
            assertThat(ignored(flow)).as("as far away as can be").isEqualTo(5);
            assertThat(flow.info().sackedBytes()).isZero();
            assertThat(flow.counter(Counter.TCP_FAST_RECOVERIES)).isZero();
        }
    }

    @Test
    void shouldTakeTheGoodBlocksBesideTheBad() {
        try (Flow flow = Flow.open()) {
            flow.send(10);
            flow.passRoundTrip().ack(0, 9, 7, 2, 3, 12, 400);
            assertThat(flow.info().sackedBytes()).isEqualTo(flow.mss);
            assertThat(ignored(flow)).isEqualTo(2);
        }
    }

    @Test
    void shouldSendAllAgainWhereThePeerReneges() {
        try (Flow flow = Flow.open(Flow.settings().forwardRtoRecovery(false))) {
            flow.send(6);
            flow.sent();
            flow.passRoundTrip().ack(0, 1, 6);
            assertThat(flow.sent()).containsExactly(0);
            // the peer has dropped all that it told of
            flow.passRoundTrip().ack(1);
            assertThat(flow.info().sackedBytes()).isEqualTo(5 * flow.mss);
            flow.untilSent();
            assertThat(flow.counter(Counter.TCP_SACK_RENEGED)).isEqualTo(1);
            assertThat(flow.info().sackedBytes()).isZero();
            assertThat(flow.sent()).containsExactly(1);
            flow.ack(2);
            assertThat(flow.sent()).containsExactly(2, 3);
            flow.ack(6);
            assertThat(flow.tcp.unacknowledged(flow.handle)).isZero();
        }
    }

    @Test
    void shouldRecogniseADuplicateBelowTheAcknowledgementAndWithinTheSecondBlock() {
        try (Flow flow = Flow.open()) {
            flow.send(10);
            flow.passRoundTrip().ack(3);
            flow.ack(3, 1, 2);
            assertThat(flow.counter(Counter.TCP_DSACKS_RECEIVED)).isEqualTo(1);
            flow.ack(3, 6, 7, 5, 8);
            assertThat(flow.counter(Counter.TCP_DSACKS_RECEIVED)).isEqualTo(2);
            assertThat(flow.info().sackedBytes()).as("the block that holds it").isEqualTo(3 * flow.mss);
            flow.ack(3, 5, 8, 6, 7);
            assertThat(flow.counter(Counter.TCP_DSACKS_RECEIVED)).as("the other way round it is none").isEqualTo(2);
        }
    }

    @Test
    void shouldIgnoreADuplicateOlderThanAnyWindow() {
        try (Flow flow = Flow.open()) {
            flow.send(10);
            flow.passRoundTrip().ack(3);
            flow.ackBytes(3 * flow.mss, -20_000_000, -19_999_000);
            assertThat(flow.counter(Counter.TCP_DSACKS_RECEIVED)).isZero();
            assertThat(ignored(flow)).isEqualTo(1);
        }
    }

    @Test
    void shouldJoinWhatWasSmallWhenItIsSentAgain() {
        try (Flow flow = Flow.open()) {
            for (int i = 0; i < 6; i++) {
                flow.sendBytes(100);
            }
            flow.sendBytes(flow.mss);
            assertThat(flow.sentBytes()).hasSize(7);
            flow.passRoundTrip().ackBytes(0, 600, 600 + flow.mss);
            flow.untilSent();
            final List<String> again = flow.sentBytes();
            assertThat(again).as("RFC 9293 §3.8.1").contains("0+600");
        }
    }

    @Test
    void shouldSendSmallerSegmentsAgainWhereThePathTakesNoLarger() {
        try (Flow flow = Flow.open()) {
            flow.send(4);
            final Packet first = flow.stack.sent();
            flow.stack.allSent();
            final int window = flow.window();
            flow.tooLarge(first, 1_300);
            assertThat(flow.sentBytes()).startsWith("0+1260", "1260+1260", "2520+1260", "3780+1260", "5040+800");
            assertThat(flow.info().congestionWindow()).as("as many segments as before (RFC 5681 §3.1), no congestion")
                    .isEqualTo(window * 1_260);
            assertThat(flow.counter(Counter.TCP_PATH_MTU_REDUCED)).isEqualTo(1);
            flow.ackBytes(4 * Wire.MSS);
            assertThat(flow.tcp.unacknowledged(flow.handle)).isZero();
        }
    }
}
