package io.millrace.fastpath.tcp.congestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.fastpath.flow.Tcb;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** BBR event by event; what it does on a path is in BbrPathTest. */
class BbrTest extends CongestionControlContract {
    @Override
    CongestionControl control() {
        return CongestionControls.at(CongestionControls.number("bbr"));
    }

    private long bbr() {
        return tcb.ccAddress();
    }

    /** Round trips until what is in flight is no longer limited by Startup. */
    private void leaveStartup() {
        flow.establish();
        flow.roundTrip();
        tcb.set(Tcb.SACK);
        for (int i = 0; i < 20 && !BbrCycle.isProbeBw(bbr()); i++) {
            steadyRound();
        }
        assertThat(BbrCycle.isProbeBw(bbr())).isTrue();
    }

    /** A round trip of a path that delivers 20 segments in 50 ms, with little in flight. */
    private void steadyRound() {
        for (int i = 0; i < 10; i++) {
            flow.nowNs += Connection.RTT_NS / 10;
            flow.send(2 * MSS);
            steady();
            flow.acknowledge();
        }
    }

    private AckSample steady() {
        final AckSample sample = flow.full(2 * MSS, Connection.RTT_NS);
        sample.priorDelivered = Math.max(0, tcb.delivered() - 18 * MSS);
        sample.rateBytes = 20 * MSS;
        sample.intervalNs = Connection.RTT_NS;
        sample.inFlight = 5 * MSS;
        sample.inFlightWhenSent = 20 * MSS;
        sample.windowLimited = false;
        return sample;
    }

    private void enter(final int state) {
        for (int i = 0; i < 200 && BbrCycle.state(bbr()) != state; i++) {
            steadyRound();
        }
        assertThat(BbrCycle.state(bbr())).isEqualTo(state);
    }

    @Test
    void shouldRefuseWhereTheSlabIsFull() {
        while (flow.slab.allocate(64) != 0) {
            // until nothing is left
        }
        assertThat(flow.establish()).isFalse();
    }

    @Test
    void shouldBeginAtThePaceOfTheInitialWindow() {
        flow.establish();
        final double perSecond = INITIAL / (Connection.RTT_NS / 1e9);
        assertThat((double) control().pacingRate(tcb)).isCloseTo(2.77 * perSecond, within(perSecond / 100));
    }

    @Test
    void shouldBeginAtThePaceOfAMillisecondWhereNothingWasMeasured() {
        tcb.srttNs(0);
        flow.establish();
        assertThat((double) control().pacingRate(tcb)).isCloseTo(2.77 * INITIAL * 1_000, within(1_000.0));
        flow.ack(MSS);
        assertThat((double) control().pacingRate(tcb)).isLessThan(2.77 * INITIAL * 1_000 / 10);
    }

    @Test
    void shouldPaceByTheStateAndOnePercentBelow() {
        leaveStartup();
        enter(BbrCycle.CRUISE);
        steadyRound();
        assertThat(BbrPath.bw(bbr())).isEqualTo(20 * MSS * 20L);
        assertThat(control().pacingRate(tcb)).isEqualTo((long) (20 * MSS * 20L * 0.99));
    }

    @Test
    void shouldBoundTheRateByWhatWasDeliveredWhereALossIsFoundWhileCruising() {
        leaveStartup();
        enter(BbrCycle.CRUISE);
        final long before = BbrPath.bw(bbr());
        for (int i = 0; i < 40; i++) {
            flow.nowNs += Connection.RTT_NS / 10;
            flow.send(2 * MSS);
            final AckSample sample = steady();
            sample.rateBytes = 16 * MSS;
            sample.lostBytes = i % 5 == 0 ? MSS : 0;
            flow.acknowledge();
        }
        assertThat(BbrPath.bw(bbr())).isBetween(before * 70 / 100, before * 80 / 100);
        assertThat(BbrPath.inflightShort(bbr())).isLessThan(BbrPath.NO_BOUND);
        enter(BbrCycle.REFILL);
        assertThat(BbrPath.bw(bbr())).as("a probe forgets it").isEqualTo(before);
        assertThat(BbrPath.inflightShort(bbr())).isEqualTo(BbrPath.NO_BOUND);
    }

    @Test
    void shouldEndAProbeThatLosesMoreThanTwoPercent() {
        leaveStartup();
        enter(BbrCycle.UP);
        control().onSegmentLost(tcb, MSS, 100 * MSS, 2 * MSS, false, flow.nowNs);
        assertThat(BbrCycle.state(bbr())).as("two of a hundred").isEqualTo(BbrCycle.UP);
        control().onSegmentLost(tcb, MSS, 100 * MSS, 3 * MSS, false, flow.nowNs);
        assertThat(BbrCycle.state(bbr())).isEqualTo(BbrCycle.DOWN);
        // lost were two before: the threshold is crossed before this packet
        assertThat(BbrPath.inflightLong(bbr())).isBetween(98 * MSS, 100 * MSS);
        control().onSegmentLost(tcb, MSS, 10 * MSS, 9 * MSS, false, flow.nowNs);
        assertThat(BbrPath.inflightLong(bbr())).as("once for each probe").isGreaterThanOrEqualTo(98 * MSS);
    }

    /** A probe found that 100 segments are too many, and the next one begins. */
    private int enterProbeBelowABound() {
        leaveStartup();
        enter(BbrCycle.UP);
        control().onSegmentLost(tcb, MSS, 100 * MSS, 3 * MSS, false, flow.nowNs);
        assertThat(BbrCycle.state(bbr())).isEqualTo(BbrCycle.DOWN);
        enter(BbrCycle.UP);
        return BbrPath.inflightLong(bbr());
    }

    @Test
    void shouldStopTheNextProbeAtTheBoundAndProbeAgainAtOnceIfThatWentWell() {
        final int bound = enterProbeBelowABound();
        flow.send(2 * MSS);
        steady().inFlight = bound - 1;
        flow.acknowledge();
        assertThat(BbrCycle.state(bbr())).isEqualTo(BbrCycle.UP);
        flow.send(2 * MSS);
        steady().inFlight = bound;
        flow.acknowledge();
        assertThat(BbrCycle.state(bbr())).isEqualTo(BbrCycle.DOWN);
        for (int i = 0; i < 3 && BbrCycle.state(bbr()) != BbrCycle.REFILL; i++) {
            steadyRound();
        }
        assertThat(BbrCycle.state(bbr())).as("without the wait of twenty round trips").isEqualTo(BbrCycle.REFILL);
    }

    @Test
    void shouldRaiseTheBoundWhileAProbeFillsIt() {
        final int bound = enterProbeBelowABound();
        for (int i = 0; i < 100; i++) {
            tcb.cwnd(BbrPath.inflightLong(bbr()));
            flow.nowNs += Connection.RTT_NS / 50;
            flow.send(2 * MSS);
            steady().windowLimited = true;
            flow.acknowledge();
        }
        assertThat(BbrPath.inflightLong(bbr())).isGreaterThan(bound);
    }

    @Test
    void shouldGoOnWithTheProbeThatASpuriousLossEnded() {
        leaveStartup();
        enter(BbrCycle.UP);
        control().onSegmentLost(tcb, MSS, 100 * MSS, 3 * MSS, false, flow.nowNs);
        control().onUndo(tcb, flow.nowNs);
        assertThat(BbrCycle.state(bbr())).isEqualTo(BbrCycle.REFILL);
        assertThat(BbrPath.inflightLong(bbr())).isEqualTo(BbrPath.NO_BOUND);
    }

    @Test
    void shouldNotLearnABoundFromAnApplicationThatIsTheLimit() {
        leaveStartup();
        enter(BbrCycle.UP);
        control().onSegmentLost(tcb, MSS, 100 * MSS, 3 * MSS, true, flow.nowNs);
        assertThat(BbrPath.inflightLong(bbr())).isEqualTo(BbrPath.NO_BOUND);
    }

    @Test
    void shouldEndStartupWhereCongestionIsEchoed() {
        flow.establish();
        flow.roundTrip();
        control().onCongestionEchoed(tcb, 20 * MSS, flow.nowNs);
        flow.ack(MSS);
        assertThat(BbrCycle.state(bbr())).isNotEqualTo(BbrCycle.STARTUP);
        assertThat(BbrPath.inflightLong(bbr())).isNotEqualTo(BbrPath.NO_BOUND);
    }

    @Test
    void shouldTakeUpTheWindowAfterATimeoutIsRepaired() {
        leaveStartup();
        enter(BbrCycle.CRUISE);
        steadyRound();
        final int before = tcb.cwnd();
        flow.send(4 * MSS);
        control().onTimeout(tcb, 20 * MSS, flow.nowNs);
        assertThat(tcb.cwnd()).isEqualTo(MSS);
        flow.nowNs += Connection.RTT_NS;
        steady();
        flow.acknowledge();
        assertThat(tcb.cwnd()).as("two of four are there").isLessThan(before);
        steady();
        flow.acknowledge();
        assertThat(tcb.cwnd()).isGreaterThanOrEqualTo(before * 7 / 10);
    }

    @Test
    void shouldPaceAtTheRateItselfAfterSilence() {
        leaveStartup();
        enter(BbrCycle.UP);
        steadyRound();
        control().onTransmitStart(tcb, flow.nowNs);
        assertThat(control().pacingRate(tcb)).isEqualTo((long) (BbrPath.bw(bbr()) * 0.99));
    }

    @Test
    void shouldNotProbeTheRoundTripAfterSilence() {
        leaveStartup();
        enter(BbrCycle.CRUISE);
        flow.nowNs += 20_000_000_000L;
        tcb.sndUna(tcb.sndMax());
        flow.send(2 * MSS);
        steady();
        flow.acknowledge();
        assertThat(BbrCycle.state(bbr())).isNotEqualTo(BbrCycle.PROBE_RTT);
    }

    @Test
    void shouldWaitDifferentlyOnDifferentConnectionsAndTheSameOnTheSame() {
        final Set<Long> waits = new HashSet<>();
        for (int iss = 0; iss < 20; iss++) {
            final long wait = waitOf(iss);
            assertThat(wait).isBetween(2_000_000_000L, 3_000_000_000L).isEqualTo(waitOf(iss));
            waits.add(wait);
        }
        assertThat(waits).hasSize(20);
    }

    private static long waitOf(final int iss) {
        try (Connection one = new Connection(CongestionControls.at(CongestionControls.number("bbr")), MSS, iss, 0)) {
            one.establish();
            BbrProbeBw.startDown(one.tcb, one.tcb.ccAddress(), 0);
            return BbrCycle.probeWaitNs(one.tcb.ccAddress());
        }
    }
}
