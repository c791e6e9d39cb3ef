package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.QueuePort;
import io.millrace.fastpath.testing.StackDriver;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A peer that keeps to the letter of TCP and means ill. What it can cause is bounded, and each test states the bound: in
 * segments, in records, in bytes of memory.
 */
@OverBothFamilies
class HostilePeerTest {
    /** RFC 3465: the window grows by the bytes acknowledged, not by the acknowledgements. */
    @Test
    void shouldGrowByBytesWhereOneAcknowledgementIsSplitIntoMany() {
        try (Flow flow = Flow.open()) {
            flow.send(400).sent();
            flow.passRoundTrip();
            final int before = flow.info().congestionWindow();
            for (int i = 1; i <= flow.mss; i++) {
                flow.ackBytes(i);
            }
            assertThat(flow.info().congestionWindow()).as("1460 acknowledgements of one segment")
                    .isEqualTo(before + flow.mss);
        }
    }

    @Test
    void shouldGrowByBytesInCongestionAvoidanceToo() {
        try (Flow flow = Flow.open()) {
            flow.send(400).passRoundTrip().ack(0, 1, 5);
            flow.passRoundTrip().ack(Collections.max(flow.sent()) + 1);
            final int before = flow.info().congestionWindow();
            assertThat(before).isGreaterThanOrEqualTo(flow.info().slowStartThreshold());
            final int acked = (int) flow.info().deliveredBytes();
            for (int i = 1; i <= flow.mss; i++) {
                flow.ackBytes(acked + i);
            }
            assertThat(flow.info().congestionWindow()).as("1460 acknowledgements, a fifth of a window")
                    .isBetween(before, before + flow.mss);
        }
    }

    /** RFC 5961 §5.2: an acknowledgement of what was never sent is answered at a bounded rate and changes nothing. */
    @Test
    void shouldRefuseAcknowledgementsOfWhatWasNotSent() {
        try (Flow flow = Flow.open()) {
            flow.send(400).sent();
            final int before = flow.info().congestionWindow();
            for (int i = 1; i <= 1_000; i++) {
                flow.ackBytes(10 * flow.mss + i);
            }
            assertThat(flow.counter(Counter.TCP_BAD_ACK)).isEqualTo(1_000);
            assertThat(flow.stack.allSent()).as("challenge ACKs").hasSizeLessThanOrEqualTo(10)
                    .allMatch(packet -> packet.length() == 0);
            assertThat(flow.info().congestionWindow()).isEqualTo(before);
            assertThat(flow.tcp.unacknowledged(flow.handle)).isEqualTo(400 * flow.mss);
        }
    }

    /** Optimistic acknowledgements of what is on its way: no more leaves than two segments for each acknowledged. */
    @Test
    void shouldSendTwoForOneWhereAcknowledgementsAreOptimistic() {
        try (Flow flow = Flow.open()) {
            flow.send(700);
            int sent = flow.sent().size();
            for (int acked = 1; acked <= 200; acked++) {
                flow.ack(acked);
                final int more = flow.sent().size();
                assertThat(more).isLessThanOrEqualTo(2);
                sent += more;
            }
            assertThat(sent).isLessThanOrEqualTo(10 + 2 * 200);
        }
    }

    /** Thousands of blocks of a few bytes: no record is cut below half a segment, 48 bytes for each of them. */
    @Test
    void shouldBoundTheRecordsThatBlocksCanCutOut() {
        for (final int length : new int[]{3, 731}) {
            try (Flow flow = Flow.open(Flow.settings().initialWindow(100).rack(false),
                    QueuePort.segmenting(1_500, 40 + 40 * Wire.MSS))) {
                flow.send(100);
                final long before = flow.stack.engine().slabInUse();
                for (int i = 0; i < 4_000; i++) {
                    final int at = 1 + i * 733 % (98 * flow.mss);
                    flow.ackBytes(0, at, at + length);
                }
                assertThat(flow.stack.engine().slabInUse() - before).as("200 records").isLessThanOrEqualTo(16_384);
            }
        }
    }

    /** Impossible blocks cost a comparison each and change nothing. */
    @Test
    void shouldIgnoreImpossibleBlocksByTheThousand() {
        try (Flow flow = Flow.open()) {
            flow.send(10).sent();
            for (int i = 0; i < 2_000; i++) {
                flow.ackBytes(0, 5_000 + i, 4_000, 20_000 + i, 40_000, -3_000 - i, 10);
            }
            assertThat(flow.counter(Counter.TCP_SACK_IGNORED)).isEqualTo(6_000);
            assertThat(flow.info().sackedBytes()).isZero();
            assertThat(flow.sent()).isEmpty();
        }
    }

    /** Without SACK each duplicate stands for a segment that arrived: one leaves for it, and no second recovery begins. */
    @Test
    void shouldSendNoMoreThanOneSegmentForADuplicate() {
        try (Flow flow = Flow.open(Flow.settings().sack(false))) {
            flow.send(500).sent();
            flow.passRoundTrip();
            for (int i = 0; i < 300; i++) {
                flow.ack(0);
                assertThat(flow.sent()).hasSizeLessThanOrEqualTo(1);
            }
            assertThat(flow.counter(Counter.TCP_FAST_RECOVERIES)).isEqualTo(1);
            assertThat(flow.info().slowStartThreshold()).isEqualTo(5 * flow.mss);
        }
    }

    /** D-SACKs by the thousand undo no more than there was, and make RACK wait a round trip at the most. */
    @Test
    void shouldGainNothingFromInventedDuplicates() {
        try (Flow flow = Flow.open()) {
            flow.send(400).sent();
            flow.passRoundTrip().ack(1);
            final int window = flow.info().congestionWindow();
            for (int i = 0; i < 2_000; i++) {
                flow.ack(1, 0, 1);
            }
            assertThat(flow.info().congestionWindow()).isEqualTo(window);
            assertThat(flow.info().slowStartThreshold()).isGreaterThan(window);
            flow.ack(1, 2, 3);
            flow.pass(2 * Flow.RTT_MS);
            assertThat(flow.counter(Counter.TCP_FAST_RECOVERIES)).as("still found").isEqualTo(1);
        }
    }

    /** Every second byte: 63 ranges are kept, 64 KiB at the most; the others are dropped and counted. */
    @Test
    void shouldKeepABoundedNumberOfOneByteRanges() {
        try (Wire wire = Wire.open(Wire.settings().receiveBuffer(65_535).build(), Packet::withSackPermitted)) {
            for (int i = 1; i <= 5_000; i++) {
                wire.dataAt(2 * i, 1);
            }
            assertThat(wire.stack.counter(Counter.TCP_OUT_OF_ORDER)).isEqualTo(5_000);
            assertThat(wire.stack.counter(Counter.TCP_OUT_OF_ORDER_DROPPED))
                    .isEqualTo(5_000 - TcpSettings.DEFAULT.outOfOrderRanges());
            assertThat(wire.stack.engine().slabInUse()).isLessThanOrEqualTo(65_536 + 4_096);
            assertThat(wire.stack.allSent()).allMatch(packet -> packet.sack().size() <= 8);
        }
    }

    /** An MSS of one byte is taken for 48: a segment carries more text than header, and records are bounded. */
    @Test
    void shouldBoundWhatATinyMssCosts() {
        try (StackDriver stack = new StackDriver()) {
            final TcpSettings settings = Wire.settings().initialWindow(40_000).sendBuffer(1 << 20).build();
            final StackDriver.Listener listener = stack.listen(80, 16, settings);
            final Peer peer = new Peer(stack, 40_000, 80, 5_000).window(65_535);
            peer.open(1, 7);
            final long handle = listener.accept(stack, new Peer.Events());
            stack.send(handle, new byte[1 << 20]);
            final List<Packet> sent = stack.allSent();
            assertThat(sent.getFirst().length()).isEqualTo(48);
            assertThat(sent.size()).as("more than there can be records").isGreaterThan(20_000);
            assertThat(stack.engine().slabInUse()).as("send ring and records of 48 bytes, in powers of two")
                    .isLessThanOrEqualTo((1 << 20) + (1 << 20) + 1_024);
        }
    }

    /** Timestamps and three SACK blocks leave 8 of 48 bytes: text goes on, and no segment is longer than the MSS. */
    @Test
    void shouldSendTextBesideAllOptionsWithATinyMss() {
        final TcpSettings settings = Wire.settings().build();
        try (StackDriver stack = new StackDriver()) {
            final StackDriver.Listener listener = stack.listen(80, 16, settings);
            final Peer peer = new Peer(stack, 40_000, 80, 5_000).window(65_535);
            peer.with(packet -> packet.has("S")
                    ? packet.withSackPermitted().withTimestamps(7, 0)
                    : packet.withTimestamps(7, 0));
            peer.open(1, 7);
            final long handle = listener.accept(stack, new Peer.Events());
            for (int i = 1; i <= 4; i++) {
                peer.sendAt("A", 5_001 + 20 * i, peer.ack(), new byte[10]);
            }
            assertThat(stack.allSent()).extracting(packet -> packet.sack().size()).containsExactly(2, 4, 6, 6);
            stack.send(handle, new byte[300]);
            final List<Packet> sent = stack.allSent();
            assertThat(sent).isNotEmpty().allSatisfy(packet -> assertThat(packet.toBytes().length
                    - Family.current().headerLength() - 20)
                    .as("options and text").isLessThanOrEqualTo(48));
            assertThat(sent.stream().mapToInt(Packet::length).sum()).isEqualTo(300);
        }
    }

    /** A window taken back: what is out of it is not sent again by the windowful, only the head, by the timer. */
    @Test
    void shouldTryOneSegmentATimeoutWhereTheWindowIsTakenBack() {
        try (Flow flow = Flow.open()) {
            flow.send(10).sent();
            flow.peer.window(0);
            for (int i = 0; i < 100; i++) {
                flow.ack(0);
            }
            flow.pass(60_000);
            final List<Integer> again = flow.sent();
            assertThat(again).hasSizeBetween(5, 10);
            assertThat(again.subList(1, again.size())).as("behind the probe").containsOnly(0);
        }
    }

    /** A window that stays closed costs a segment of one byte for each interval, which doubles up to two minutes. */
    @Test
    void shouldProbeAClosedWindowEverMoreSeldom() {
        try (Flow flow = Flow.open()) {
            flow.peer.window(0);
            flow.ack(0).send(10);
            for (int second = 0; second < 3_600; second++) {
                flow.pass(1_000).ack(0);
            }
            assertThat(flow.stack.allSent()).hasSizeLessThanOrEqualTo(10 + 3_600 / 120)
                    .allMatch(packet -> packet.length() == 1);
        }
    }

    /** Nobody waits for what an orphan could not send: eight tries. */
    @Test
    void shouldGiveUpAnOrphanThoughThePeerAnswers() {
        try (Flow flow = Flow.open()) {
            flow.peer.window(0);
            flow.ack(0).send(10);
            flow.tcp.close(flow.handle);
            flow.stack.run();
            for (int second = 0; second < 600; second++) {
                flow.pass(1_000).ack(0);
            }
            assertThat(flow.stack.engine().connections()).isZero();
            assertThat(flow.stack.engine().slabInUse()).isZero();
        }
    }

    /** Text that was delivered, or is held, is not changed by a copy that says otherwise. */
    @Test
    void shouldKeepTheBytesThatCameFirst() {
        try (Wire wire = Wire.open(Wire.settings().build(), Packet::withSackPermitted)) {
            wire.dataAt(0, 100);
            wire.dataAt(200, 100);
            for (int i = 0; i < 100; i++) {
                wire.peer.sendAt("A", wire.first() + i, wire.peer.ack(), Wire.bytes(9_999, 100 - i));
                wire.peer.sendAt("A", wire.first() + 200, wire.peer.ack(), Wire.bytes(9_999, 100 - i));
            }
            wire.dataAt(100, 100);
            assertThat(wire.receive()).isEqualTo(Wire.bytes(0, 300));
        }
    }

    /** ECE on each acknowledgement for ever: one reduction a round trip, and two segments are left. */
    @Test
    void shouldKeepTwoSegmentsWhereCongestionIsEchoedForEver() {
        try (Flow flow = Flow.open(Flow.settings().ecn(TcpSettings.Ecn.ON))) {
            flow.send(300).stack.allSent();
            flow.echoCongestion(true);
            for (int acked = 1; acked <= 100; acked++) {
                flow.pass(10).ack(acked);
            }
            assertThat(flow.info().congestionWindow()).isGreaterThanOrEqualTo(2 * flow.mss);
            assertThat(flow.counter(Counter.TCP_ECN_REDUCTIONS)).isLessThanOrEqualTo(50);
        }
    }

    /** Timestamps from the future or the past measure nothing absurd. */
    @Test
    void shouldNotBelieveAnEchoOfTheFuture() {
        try (Flow flow = Flow.open(Flow.settings().timestamps(true).tailLossProbe(false))) {
            flow.send(10);
            final Packet first = flow.stack.sent();
            flow.untilSent();
            final long rto = flow.info().rtoNs();
            flow.echo(first.withTimestamps(first.extras().tsVal() + 1_000_000, 0)).ack(1);
            assertThat(flow.info().rtoNs()).isEqualTo(rto);
        }
    }

    /** What lies beyond a window that was taken back is not sent again, lost or not; only the head is. */
    @Test
    void shouldNotSendAgainBeyondAWindowTakenBack() {
        try (Flow flow = Flow.open(Flow.settings().initialWindow(20))) {
            flow.send(20).sent();
            flow.peer.window(3 * flow.mss >> 7);
            flow.passRoundTrip().ack(0, 1, 2, 8, 16).ack(0, 1, 2, 8, 16);
            assertThat(flow.info().lostBytes()).isPositive();
            assertThat(flow.sentBytes()).noneMatch(sent -> Integer.parseInt(sent.split("\\+")[0]) >= 3 * flow.mss);
        }
    }
}
