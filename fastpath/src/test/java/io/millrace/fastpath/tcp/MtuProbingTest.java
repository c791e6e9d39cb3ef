package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.tcp.TcpSettings.MtuProbing;
import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.QueuePort;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths that swallow long packets and ICMP: packetisation layer path MTU discovery (RFC 4821, RFC 8899 §5). */
@OverBothFamilies
class MtuProbingTest {
    private static final int MUCH = 2_000_000;
    private static final int HEADERS = 40;
    /** Over IPv6 what every link takes; segments are as long as over IPv4 in packets of 20 bytes less. */
    private static final int BASE_V6 = 1_220;

    private static int base() {
        return Family.current() == Family.V4 ? 1_024 : BASE_V6;
    }

    private static TcpSettings.Builder settings(final MtuProbing probing) {
        return Flow.settings().mtuProbing(probing);
    }

    private static int pathMtu(final Flow flow) {
        return flow.tcp.sendMss(flow.handle) + HEADERS;
    }

    @ParameterizedTest
    @CsvSource({"newreno, 1400, false", "newreno, 1499, true", "cubic, 1400, true", "cubic, 1280, false",
            "bbr, 1490, true",
            "newreno, 1070, true", "newreno, 800, true", "cubic, 600, false", "newreno, 120, true"})
    void shouldFindItsWayThroughABlackHole(final String congestion, final int mtu, final boolean rack) {
        assumeTrue(mtu >= base() + HEADERS || Family.current() == Family.V4, "no link of IPv6 takes less");
        try (Flow flow = Flow.open(settings(MtuProbing.ON_BLACK_HOLE).congestionControl(congestion).rack(rack))) {
            assertThat(new NarrowPath(flow, mtu).carry(MUCH)).isTrue();
            assertThat(pathMtu(flow)).isLessThanOrEqualTo(mtu).isGreaterThan(mtu - 8);
            assertThat(flow.counter(Counter.TCP_MTU_BLACK_HOLES)).isPositive();
            assertThat(flow.counter(Counter.TCP_MTU_PROBES_ARRIVED)).isPositive();
            assertThat(flow.counter(Counter.TCP_MTU_PROBES_LOST)).isPositive();
            assertThat(flow.counter(Counter.TCP_FAST_RECOVERIES)).as("a lost probe is no congestion").isZero();
        }
    }

    @Test
    void shouldGiveUpInABlackHoleWhereToldNotToProbe() {
        try (Flow flow = Flow.open(settings(MtuProbing.OFF))) {
            final NarrowPath path = new NarrowPath(flow, 1_400);
            assertThat(path.carry(MUCH)).isFalse();
            assertThat(path.vanished()).isGreaterThan(15);
        }
    }

    @Test
    void shouldTryTheBaseAtTheThirdTimeout() {
        try (Flow flow = Flow.open(settings(MtuProbing.ON_BLACK_HOLE))) {
            flow.send(10).sent();
            flow.untilRetransmits(3);
            flow.stack.allSent();
            assertThat(pathMtu(flow)).isEqualTo(1_500);
            flow.untilRetransmits(4);
            assertThat(flow.stack.allSent()).extracting(Packet::length).containsExactly(base());
        }
    }

    /** What is as short as that anyway is not lost for its length. */
    @Test
    void shouldLeaveShortSegmentsAsTheyAre() {
        try (Flow flow = Flow.open(settings(MtuProbing.ON_BLACK_HOLE))) {
            flow.sendBytes(100);
            flow.untilRetransmits(8);
            assertThat(flow.counter(Counter.TCP_MTU_BLACK_HOLES)).isZero();
            assertThat(pathMtu(flow)).isEqualTo(1_500);
        }
    }

    /** An outage: longer segments did arrive before, and do again. */
    @Test
    void shouldComeBackToFullSegmentsAfterAnOutage() {
        try (Flow flow = Flow.open(settings(MtuProbing.ON_BLACK_HOLE))) {
            flow.send(10).sent();
            flow.untilRetransmits(4);
            flow.stack.allSent();
            assertThat(pathMtu(flow)).isLessThan(1_500);
            assertThat(new NarrowPath(flow, 1_500).carry(MUCH)).isTrue();
            assertThat(pathMtu(flow)).isEqualTo(1_500);
        }
    }

    @Test
    void shouldBeginShortAndGrowWhereToldToProbeAlways() {
        try (Flow flow = Flow.open(settings(MtuProbing.ALWAYS))) {
            assertThat(pathMtu(flow)).isEqualTo(base() + HEADERS);
            final NarrowPath path = new NarrowPath(flow, 1_500);
            assertThat(path.carry(MUCH)).isTrue();
            assertThat(pathMtu(flow)).isEqualTo(1_500);
            assertThat(path.vanished()).isZero();
            assertThat(flow.counter(Counter.TCP_RETRANSMITS)).isZero();
        }
    }

    @Test
    void shouldBeginTheNextConnectionWithWhatWasFound() {
        try (Flow flow = Flow.open(settings(MtuProbing.ON_BLACK_HOLE))) {
            new NarrowPath(flow, 1_400).carry(MUCH);
            assertThat(second(flow, 99, MtuProbing.OFF)).isEqualTo(pathMtu(flow));
        }
    }

    /** As soon as one short segment has come through a black hole, before the search is over. */
    @Test
    void shouldBeginTheNextConnectionShortOnceAShortSegmentArrives() {
        try (Flow flow = Flow.open(settings(MtuProbing.ON_BLACK_HOLE))) {
            flow.send(10).sent();
            flow.untilRetransmits(4);
            flow.stack.allSent();
            assertThat(second(flow, 98, MtuProbing.OFF)).isEqualTo(1_500);
            flow.peer.ack(flow.peer.ack() + base());
            flow.stack.allSent();
            assertThat(second(flow, 99, MtuProbing.OFF)).isEqualTo(base() + HEADERS);
        }
    }

    /** A connection that searches goes by what arrived, any other by what the path is known not to take: by nothing. */
    @Test
    void shouldNotHoldOtherConnectionsToASearchThatGoesOn() {
        try (Flow flow = Flow.open(settings(MtuProbing.ALWAYS))) {
            final NarrowPath path = new NarrowPath(flow, 1_500);
            assertThat(path.carry(8_000)).isTrue();
            final int arrived = pathMtu(flow);
            assertThat(arrived).isBetween(base() + HEADERS + 1, 1_499);
            assertThat(second(flow, 98, MtuProbing.OFF)).isEqualTo(1_500);
            assertThat(second(flow, 99, MtuProbing.ALWAYS)).isEqualTo(arrived);
        }
    }

    /** Path MTU with which another connection to the same host begins. */
    private static int second(final Flow flow, final int port, final MtuProbing probing) {
        final long connection = flow.stack.connect(Peer.ADDRESS, port, settings(probing).build(), new Peer.Events());
        final Packet syn = flow.stack.sent();
        new Peer(flow.stack, port, syn.sourcePort(), 9_000).expect(syn.seq() + 1).send("SA", new byte[0], 1_460, -1);
        flow.stack.allSent();
        return flow.stack.tcp().sendMss(connection) + HEADERS;
    }

    /** RFC 8899 §5.1.1: PMTU_RAISE_TIMER. */
    @ParameterizedTest
    @ValueSource(ints = {1_450, 1_500})
    void shouldSearchAgainTenMinutesLater(final int later) {
        try (Flow flow = Flow.open(settings(MtuProbing.ON_BLACK_HOLE))) {
            final NarrowPath path = new NarrowPath(flow, 1_300);
            path.carry(MUCH);
            flow.pass(300_000);
            path.mtu(later).carry(MUCH / 2);
            assertThat(pathMtu(flow)).as("not yet").isLessThanOrEqualTo(1_300);
            flow.pass(600_000);
            path.carry(MUCH);
            assertThat(pathMtu(flow)).isLessThanOrEqualTo(later).isGreaterThan(later - 8);
        }
    }

    /** The port cuts virtual segments, of which a probe must be none. */
    @Test
    void shouldProbeByWholeSegmentsWhereThePortSegments() {
        try (Flow flow = Flow.open(settings(MtuProbing.ALWAYS), QueuePort.segmenting(1_500, 65_535))) {
            assertThat(new NarrowPath(flow, 65_535).carry(MUCH)).isTrue();
            assertThat(pathMtu(flow)).isEqualTo(1_500);
            assertThat(flow.counter(Counter.TCP_MTU_PROBES_LOST)).isZero();
        }
    }

    /** Nobody could tell that a probe is lost before the timer does. */
    @Test
    void shouldNotProbeWithoutSelectiveAcknowledgements() {
        try (Flow flow = Flow.open(settings(MtuProbing.ALWAYS).sack(false))) {
            assertThat(new NarrowPath(flow, 1_500).carry(MUCH)).isTrue();
            assertThat(flow.counter(Counter.TCP_MTU_PROBES_SENT)).isZero();
        }
    }
}
