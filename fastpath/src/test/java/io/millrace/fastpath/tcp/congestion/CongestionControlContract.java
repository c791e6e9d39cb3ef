package io.millrace.fastpath.tcp.congestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.millrace.fastpath.flow.Tcb;
import java.util.Random;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every congestion control must keep to; a subclass names the one under test. */
abstract class CongestionControlContract {
    static final int MSS = 1_000;
    static final int INITIAL = 10 * MSS;
    private static final int MAX_WINDOW = 1 << 30;

    Connection flow = new Connection(control(), MSS, -20_000, 1_000_000_000);
    Tcb tcb = flow.tcb;

    abstract CongestionControl control();

    @AfterEach
    void close() {
        flow.close();
    }

    /** The window is the control's own in recovery, and not led by ssthresh. */
    final void assumeLedByThreshold() {
        assumeFalse(control().ownsWindow(), "has no threshold");
    }

    /** A recovery that was in vain, and what the transport then gives back. */
    final void recoverAndUndo() {
        final int cwnd = tcb.cwnd();
        final int ssthresh = tcb.ssthresh();
        flow.recover(cwnd);
        tcb.cwnd(cwnd);
        tcb.ssthresh(ssthresh);
        control().onUndo(tcb, flow.nowNs);
    }

    @Test
    void shouldBeFoundByItsName() {
        final int number = CongestionControls.number(control().name());
        assertThat(CongestionControls.at(number).name()).isEqualTo(control().name());
        assertThat(CongestionControls.names()).contains(control().name());
    }

    @Test
    void shouldBeginWithTheInitialWindow() {
        assertThat(flow.establish()).isTrue();
        assertThat(tcb.cwnd()).isEqualTo(INITIAL);
        assertThat(tcb.ssthresh()).isEqualTo(MAX_WINDOW);
    }

    @Test
    void shouldGiveBackWhatItTook() {
        flow.establish();
        flow.roundTrip();
        control().onClosed(tcb, flow.slab);
        assertThat(flow.slab.inUseBytes()).isZero();
        flow.establish();
    }

    @Test
    void shouldAboutDoubleInARoundTripOfSlowStart() {
        flow.establish();
        flow.roundTrip();
        assertThat(tcb.cwnd()).isBetween(INITIAL * 3 / 2, INITIAL * 2);
    }

    @Test
    void shouldGrowOnlyWhereTheWindowIsTheLimit() {
        assumeLedByThreshold();
        flow.establish();
        for (int i = 0; i < 20; i++) {
            flow.send(2 * MSS);
            flow.full(2 * MSS, Connection.RTT_NS).windowLimited = false;
            flow.acknowledge();
        }
        assertThat(tcb.cwnd()).isEqualTo(INITIAL);
    }

    @Test
    void shouldHalveAWindowThatWasNotUsedForFiveMinutes() {
        assumeLedByThreshold();
        flow.establish();
        for (int i = 0; i < 3; i++) {
            flow.roundTrip();
        }
        final int before = tcb.cwnd();
        for (int second = 0; second <= 310; second++) {
            flow.send(MSS);
            flow.full(MSS, Connection.RTT_NS).windowLimited = false;
            flow.acknowledge();
            if (second < 299 || second > 301) {
                assertThat(tcb.cwnd()).as("second %d", second).isEqualTo(second < 300 ? before : before / 2);
            }
            flow.nowNs += 1_000_000_000L;
        }
    }

    @Test
    void shouldReduceOnLossButNotBelowTwoSegments() {
        assumeLedByThreshold();
        flow.establish();
        flow.roundTrip();
        control().onLoss(tcb, 20 * MSS, flow.nowNs);
        assertThat(tcb.ssthresh()).isBetween(10 * MSS, 20 * MSS - 1);
        control().onLoss(tcb, MSS, flow.nowNs);
        assertThat(tcb.ssthresh()).isEqualTo(2 * MSS);
        control().onCongestionEchoed(tcb, 20 * MSS, flow.nowNs);
        assertThat(tcb.ssthresh()).isBetween(10 * MSS, 20 * MSS - 1);
    }

    @Test
    void shouldLeaveTheWindowToRecovery() {
        assumeLedByThreshold();
        flow.establish();
        flow.roundTrip();
        control().onLoss(tcb, 20 * MSS, flow.nowNs);
        tcb.set(Tcb.RECOVERY);
        tcb.cwnd(3 * MSS);
        flow.ack(2 * MSS);
        assertThat(tcb.cwnd()).isEqualTo(3 * MSS);
    }

    @Test
    void shouldCollapseToOneSegmentOnATimeout() {
        flow.establish();
        control().onTimeout(tcb, 10 * MSS, flow.nowNs);
        assertThat(tcb.cwnd()).isEqualTo(MSS);
        if (!control().ownsWindow()) {
            assertThat(tcb.ssthresh()).isBetween(5 * MSS, 9 * MSS);
        }
        control().onTimeout(tcb, 1, flow.nowNs);
        assertThat(tcb.cwnd()).isEqualTo(MSS);
    }

    @Test
    void shouldGrowSlowlyBeyondTheThreshold() {
        assumeLedByThreshold();
        flow.establish();
        flow.roundTrip();
        flow.recover(20 * MSS);
        final int before = tcb.cwnd();
        for (int i = 0; i < 5; i++) {
            flow.roundTrip();
        }
        assertThat(tcb.cwnd()).isGreaterThan(before).isLessThan(before * 2);
    }

    @Test
    void shouldGoOnWhereItWasAfterASpuriousLoss() {
        flow.establish();
        flow.roundTrip();
        final int cwnd = tcb.cwnd();
        final int ssthresh = tcb.ssthresh();
        recoverAndUndo();
        assertThat(tcb.cwnd()).isEqualTo(cwnd);
        assertThat(tcb.ssthresh()).isEqualTo(ssthresh);
        flow.roundTrip();
        assertThat(tcb.cwnd()).isGreaterThanOrEqualTo(cwnd * 3 / 2);
    }

    @Test
    void shouldForgetAWindowThatWasIdle() {
        assumeLedByThreshold();
        flow.establish();
        flow.roundTrip();
        flow.roundTrip();
        final int before = tcb.cwnd();
        control().onIdle(tcb, INITIAL, tcb.rtoNs() * 3 / 2, flow.nowNs);
        assertThat(tcb.cwnd()).isEqualTo(before / 2);
        assertThat(tcb.ssthresh()).isGreaterThanOrEqualTo(before * 3 / 4);
        control().onIdle(tcb, INITIAL, tcb.rtoNs() * 100, flow.nowNs);
        assertThat(tcb.cwnd()).isEqualTo(INITIAL);
        control().onTimeout(tcb, 10 * MSS, flow.nowNs);
        control().onIdle(tcb, INITIAL, tcb.rtoNs() * 100, flow.nowNs);
        assertThat(tcb.cwnd()).as("never more than before").isEqualTo(MSS);
    }

    @Test
    void shouldNotCareWhereSequenceNumbersBegin() {
        try (Connection low = new Connection(control(), MSS, 1, 1_000_000_000)) {
            flow.establish();
            low.establish();
            for (int i = 0; i < 12; i++) {
                step(flow, i);
                step(low, i);
                assertThat(tcb.cwnd()).as("step %d", i).isEqualTo(low.tcb.cwnd());
                assertThat(tcb.ssthresh()).as("step %d", i).isEqualTo(low.tcb.ssthresh());
            }
        }
    }

    private static void step(final Connection of, final int number) {
        if (number == 4) {
            of.recover(of.tcb.cwnd());
        }
        if (number == 8) {
            of.control.onTimeout(of.tcb, of.tcb.cwnd(), of.nowNs);
        }
        of.roundTrip();
    }

    @Test
    void shouldNeverGrowBeyondTheLargestWindow() {
        flow.establish();
        for (int i = 0; i < 20_000; i++) {
            flow.send(tcb.cwnd());
            flow.ack(tcb.cwnd());
            flow.nowNs += 1_000_000;
            assertThat(tcb.cwnd()).isBetween(MSS, MAX_WINDOW);
        }
    }

    @Property(tries = 100, edgeCases = EdgeCasesMode.NONE)
    void shouldStayWithinBoundsWhateverHappens(@ForAll @IntRange(min = 48, max = 65_495) final int mss,
            @ForAll final int iss, @ForAll final long seed) {
        flow.close();
        final Random random = new Random(seed);
        try (Connection any = new Connection(control(), mss, iss, random.nextLong())) {
            any.establish();
            for (int i = 0; i < 2_000; i++) {
                anything(any, random);
                assertThat(any.tcb.cwnd()).as("step %d", i).isBetween(mss, MAX_WINDOW);
                assertThat(any.tcb.ssthresh()).as("step %d", i).isBetween(2 * mss, MAX_WINDOW);
                assertThat(control().pacingRate(any.tcb)).as("step %d", i).isNotNegative();
            }
        }
    }

    private void anything(final Connection any, final Random random) {
        final int flight = 1 + random.nextInt(any.tcb.cwnd());
        switch (random.nextInt(14)) {
            case 0 -> control().onLoss(any.tcb, flight, any.nowNs);
            case 1 -> control().onTimeout(any.tcb, flight, any.nowNs);
            case 2 -> control().onRecovered(any.tcb, any.nowNs);
            case 3 -> control().onIdle(any.tcb, any.initialWindow, random.nextLong() >>> random.nextInt(1, 64),
                    any.nowNs);
            case 4 -> control().onCongestionEchoed(any.tcb, flight, any.nowNs);
            case 5 -> undo(any, random);
            case 6 -> any.tcb.srttNs(random.nextLong() >>> random.nextInt(20, 64));
            default -> {
                any.send(random.nextInt(any.tcb.cwnd()) + 1);
                arbitrary(any, random);
                any.acknowledge();
            }
        }
        any.nowNs += random.nextLong() >>> random.nextInt(20, 64);
    }

    private void undo(final Connection any, final Random random) {
        any.tcb.cwnd(random.nextInt(any.tcb.cwnd(), MAX_WINDOW + 1));
        any.tcb.ssthresh(MAX_WINDOW);
        control().onUndo(any.tcb, any.nowNs);
    }

    private static void arbitrary(final Connection any, final Random random) {
        any.full(size(random), random.nextLong() >>> random.nextInt(1, 64));
        final AckSample sample = any.sample;
        sample.windowLimited = random.nextInt(4) != 0;
        sample.applicationLimited = random.nextInt(4) == 0;
        sample.rateBytes = random.nextLong() >>> random.nextInt(16, 64);
        sample.intervalNs = random.nextLong() >>> random.nextInt(1, 64);
        sample.lostBytes = random.nextInt(3) == 0 ? size(random) : 0;
        sample.lostSinceSent = size(random);
        sample.inFlight = size(random);
        sample.inFlightWhenSent = size(random);
        sample.rttNs = random.nextInt(4) == 0 ? -1 : sample.rttNs;
    }

    private static int size(final Random random) {
        return random.nextInt(1 << random.nextInt(1, 31));
    }
}
