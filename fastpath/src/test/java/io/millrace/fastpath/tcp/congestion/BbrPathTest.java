package io.millrace.fastpath.tcp.congestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** BBR's state machine on a path: draft-ietf-ccwg-bbr-06. */
class BbrPathTest {
    private static final long RATE = 12_500_000;
    private static final long RTT_NS = 40_000_000;
    private static final int BDP = 500_000;
    private static final double ROUND = 0.04;

    private static BottleneckModel path(final int buffer) {
        return new BottleneckModel("bbr", RATE, RTT_NS, buffer);
    }

    private static long bbr(final BottleneckModel model) {
        return model.sender().tcb().ccAddress();
    }

    private static int state(final BottleneckModel model) {
        return BbrCycle.state(bbr(model));
    }

    /** The states that are met in so many seconds, each as often as it is entered. */
    private static List<Integer> states(final BottleneckModel model, final double seconds) {
        final List<Integer> states = new ArrayList<>();
        for (double passed = 0; passed < seconds; passed += ROUND / 8) {
            model.run(ROUND / 8);
            if (states.isEmpty() || states.getLast() != state(model)) {
                states.add(state(model));
            }
        }
        return states;
    }

    private static void runUntil(final BottleneckModel model, final int state) {
        for (int i = 0; i < 10_000 && state(model) != state; i++) {
            model.run(ROUND / 8);
        }
        assertThat(state(model)).isEqualTo(state);
    }

    @Test
    void shouldGoFromStartupByDrainToProbing() {
        try (BottleneckModel model = path(4 * BDP)) {
            assertThat(states(model, 0.8)).startsWith(BbrCycle.STARTUP, BbrCycle.DRAIN)
                    .contains(BbrCycle.CRUISE);
            assertThat(model.drops()).isZero();
        }
    }

    @Test
    void shouldCycleThroughTheStatesOfProbing() {
        try (BottleneckModel model = path(4 * BDP)) {
            runUntil(model, BbrCycle.CRUISE);
            final List<Integer> states = states(model, 4);
            assertThat(states).startsWith(BbrCycle.CRUISE, BbrCycle.REFILL, BbrCycle.UP, BbrCycle.DOWN,
                    BbrCycle.CRUISE);
        }
    }

    @ParameterizedTest
    @CsvSource({"125000, 20000000", "1250000, 100000000", "12500000, 1000000", "125000000, 20000000"})
    void shouldFindRateAndRoundTrip(final long rate, final long rttNs) {
        final int bdp = (int) (rate * (rttNs / 1e9));
        final int buffer = Math.max(2 * bdp, 40 * ModelSender.MSS);
        try (BottleneckModel model = new BottleneckModel("bbr", rate, rttNs, buffer)) {
            model.run(3);
            assertThat((double) BbrPath.maxBw(bbr(model))).isCloseTo(rate, within(0.03 * rate));
            // the last byte of a segment leaves later than the first
            final double serviceNs = ModelSender.MSS * 1e9 / rate;
            assertThat((double) BbrPath.minRttNs(bbr(model))).isBetween((double) rttNs, rttNs + 1.5 * serviceNs);
            assertThat(model.run(5)).isGreaterThan(0.9);
        }
    }

    @Test
    void shouldKeepTheQueueShort() {
        try (BottleneckModel model = path(10 * BDP)) {
            model.run(5);
            model.run(20);
            assertThat(model.meanQueuedBytes(20)).isLessThan(BDP / 4.0);
            assertThat(model.maxQueuedBytes()).as("twice the product is in flight at most, and a probe's quarter")
                    .isLessThan(2 * BDP);
            assertThat(model.drops()).isZero();
        }
    }

    @Test
    void shouldProbeTheRoundTripEveryFiveToTenSeconds() {
        try (BottleneckModel model = path(2 * BDP)) {
            model.run(2);
            runUntil(model, BbrCycle.PROBE_RTT);
            final long first = model.nowNs();
            runUntil(model, BbrCycle.CRUISE);
            assertThat(model.nowNs() - first).as("200 ms and a round trip").isBetween(200_000_000L, 400_000_000L);
            runUntil(model, BbrCycle.PROBE_RTT);
            assertThat(model.nowNs() - first).isBetween(5_000_000_000L, 10_000_000_000L);
        }
    }

    @Test
    void shouldHoldHalfTheProductWhileItProbesTheRoundTrip() {
        try (BottleneckModel model = path(2 * BDP)) {
            model.run(2);
            runUntil(model, BbrCycle.PROBE_RTT);
            model.run(2 * ROUND);
            assertThat(state(model)).isEqualTo(BbrCycle.PROBE_RTT);
            assertThat(model.sender().tcb().cwnd()).isBetween(BDP * 2 / 5, BDP * 3 / 5);
            final long maxBw = BbrPath.maxBw(bbr(model));
            model.run(1);
            assertThat(BbrPath.maxBw(bbr(model))).as("half the rate is not believed").isEqualTo(maxBw);
        }
    }

    @Test
    void shouldNoticeALongerPathInTenToFifteenSeconds() {
        try (BottleneckModel model = path(4 * BDP)) {
            model.run(3);
            model.roundTrip(2 * RTT_NS);
            model.run(16);
            assertThat((double) BbrPath.minRttNs(bbr(model))).isBetween(2.0 * RTT_NS, 2.2 * RTT_NS);
            assertThat(model.run(5)).isGreaterThan(0.9);
        }
    }

    @Test
    void shouldNoticeAShorterPathAtOnce() {
        try (BottleneckModel model = path(4 * BDP)) {
            model.run(3);
            model.roundTrip(RTT_NS / 4);
            model.run(1);
            assertThat((double) BbrPath.minRttNs(bbr(model))).isLessThan(RTT_NS / 2.0);
        }
    }

    @Test
    void shouldFindTwiceTheBandwidthWithTheNextProbes() {
        try (BottleneckModel model = path(4 * BDP)) {
            model.run(5);
            model.rate(2 * RATE);
            model.run(5);
            assertThat((double) BbrPath.maxBw(bbr(model))).isCloseTo(2.0 * RATE, within(0.1 * RATE));
        }
    }

    @Test
    void shouldFindHalfTheBandwidthWithinTwoCycles() {
        try (BottleneckModel model = path(4 * BDP)) {
            model.run(5);
            model.rate(RATE / 2);
            model.run(10);
            assertThat((double) BbrPath.maxBw(bbr(model))).isCloseTo(RATE / 2.0, within(0.05 * RATE));
            model.run(10);
            assertThat(model.meanQueuedBytes(10)).isLessThan(BDP / 2.0);
        }
    }

    @Test
    void shouldNotLowerTheRateWhereTheApplicationIsTheLimit() {
        try (BottleneckModel model = path(4 * BDP)) {
            model.run(5);
            final long maxBw = BbrPath.maxBw(bbr(model));
            model.sender().write(RATE / 10.0);
            model.run(20);
            assertThat(BbrPath.maxBw(bbr(model))).isBetween(maxBw * 98 / 100, maxBw * 102 / 100);
            model.sender().write(Double.POSITIVE_INFINITY);
            model.run(0.2);
            assertThat(model.run(1)).as("at once").isGreaterThan(0.8);
        }
    }

    @Test
    void shouldRaiseTheRateWhereTheApplicationShowsMore() {
        try (BottleneckModel model = path(4 * BDP)) {
            model.sender().write(RATE / 2.0);
            model.run(5);
            assertThat((double) BbrPath.maxBw(bbr(model))).isBetween(0.45 * RATE, 1.05 * RATE);
            assertThat(state(model)).as("was never at the limit").isEqualTo(BbrCycle.STARTUP);
            model.sender().write(Double.POSITIVE_INFINITY);
            model.run(2);
            assertThat((double) BbrPath.maxBw(bbr(model))).isCloseTo(RATE, within(0.03 * RATE));
        }
    }

    @Test
    void shouldBearOneLossInAHundred() {
        try (BottleneckModel model = path(BDP)) {
            model.loss(0.01);
            model.run(5);
            assertThat(model.run(60)).isGreaterThan(0.7);
        }
    }

    @Test
    void shouldUseTenTimesWhatCubicUsesAtTwoLossesInAHundred() {
        try (BottleneckModel model = path(BDP);
                BottleneckModel other = new BottleneckModel("cubic", RATE, RTT_NS, BDP)) {
            model.loss(0.02);
            other.loss(0.02);
            assertThat(model.run(60)).isGreaterThan(10 * other.run(60));
        }
    }

    @Test
    void shouldLeaveStartupWhereLossesAreHigh() {
        try (BottleneckModel model = path(BDP / 10)) {
            model.run(1.5);
            assertThat(BbrPath.inflightLong(bbr(model))).as("a bound is set").isNotEqualTo(BbrPath.NO_BOUND);
            assertThat(BbrCycle.has(bbr(model), BbrCycle.FULL_BW_REACHED)).isTrue();
            final long before = model.drops();
            model.run(10);
            assertThat(model.drops() - before).as("a percent of 86,000").isLessThan(860);
        }
    }

    @Test
    void shouldLeaveRoomInAShallowBuffer() {
        try (BottleneckModel model = path(BDP / 2)) {
            model.run(30);
            final int bound = BbrPath.inflightLong(bbr(model));
            runUntil(model, BbrCycle.CRUISE);
            model.run(ROUND);
            assertThat(model.sender().tcb().cwnd()).isLessThanOrEqualTo((int) (bound * 0.86));
        }
    }

    @Test
    void shouldRepeatItself() {
        final long[] delivered = new long[2];
        for (int i = 0; i < 2; i++) {
            try (BottleneckModel model = path(BDP)) {
                model.loss(0.01);
                model.run(10);
                delivered[i] = model.sender().delivered();
            }
        }
        assertThat(delivered[0]).isEqualTo(delivered[1]);
    }
}
