package io.millrace.fastpath.tcp.congestion;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.MemoryRegion;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every congestion control must keep to; a subclass names the one under test. */
abstract class CongestionControlContract {
    static final int MSS = 1_000;
    static final int INITIAL = 10 * MSS;
    private static final int MAX_WINDOW = 1 << 30;
    private static final long RTT_NS = 10_000_000;

    private final MemoryRegion region = MemoryRegion.allocate("test tcbs", 2 * Tcb.LENGTH);
    final Tcb tcb = fresh(0);
    long nowNs = 1_000_000_000;

    abstract CongestionControl control();

    @AfterEach
    void close() {
        region.close();
    }

    private Tcb fresh(final int index) {
        final Tcb fresh = new Tcb().wrap(index, region.address() + (long) index * Tcb.LENGTH);
        fresh.sndMss(MSS);
        fresh.iss(-20_000);
        fresh.sndUna(-19_999);
        fresh.sndNxt(-19_999);
        fresh.sndMax(-19_999);
        fresh.recover(-20_001);
        fresh.srttNs(RTT_NS);
        return fresh;
    }

    final void establish() {
        control().onEstablished(tcb, INITIAL, nowNs);
    }

    /** One round trip: the window is sent, and acknowledged two segments at a time. */
    final void roundTrip() {
        final int window = tcb.cwnd();
        for (int acked = 0; acked < window; acked += 2 * MSS) {
            ack(tcb, Math.min(2 * MSS, window - acked));
        }
        nowNs += RTT_NS;
    }

    final void ack(final Tcb of, final int bytes) {
        of.sndUna(of.sndUna() + bytes);
        of.sndNxt(of.sndUna());
        of.sndMax(of.sndUna());
        control().onAck(of, bytes, nowNs);
        of.recover(of.sndUna() - 2);
    }

    @Test
    void shouldBeFoundByItsName() {
        final int number = CongestionControls.number(control().name());
        assertThat(CongestionControls.at(number).name()).isEqualTo(control().name());
        assertThat(CongestionControls.names()).contains(control().name());
    }

    @Test
    void shouldBeginWithTheInitialWindow() {
        establish();
        assertThat(tcb.cwnd()).isEqualTo(INITIAL);
        assertThat(tcb.ssthresh()).isGreaterThan(INITIAL);
    }

    @Test
    void shouldAboutDoubleInARoundTripOfSlowStart() {
        establish();
        roundTrip();
        assertThat(tcb.cwnd()).isBetween(INITIAL * 3 / 2, INITIAL * 2);
    }

    @Test
    void shouldReduceOnLossButNotBelowTwoSegments() {
        establish();
        roundTrip();
        control().onLoss(tcb, 20 * MSS, nowNs);
        assertThat(tcb.ssthresh()).isBetween(10 * MSS, 20 * MSS - 1);
        assertThat(tcb.cwnd()).isEqualTo(tcb.ssthresh());
        control().onLoss(tcb, MSS, nowNs);
        assertThat(tcb.ssthresh()).isEqualTo(2 * MSS);
    }

    @Test
    void shouldCollapseToOneSegmentOnATimeout() {
        establish();
        control().onTimeout(tcb, 10 * MSS, nowNs);
        assertThat(tcb.cwnd()).isEqualTo(MSS);
        assertThat(tcb.ssthresh()).isBetween(5 * MSS, 9 * MSS);
        control().onTimeout(tcb, 1, nowNs);
        assertThat(tcb.ssthresh()).isEqualTo(2 * MSS);
    }

    @Test
    void shouldNotBurstAfterRecovery() {
        establish();
        control().onLoss(tcb, 20 * MSS, nowNs);
        tcb.cwnd(40 * MSS);
        control().onRecovered(tcb, 3 * MSS, nowNs);
        assertThat(tcb.cwnd()).isBetween(MSS, tcb.ssthresh());
        assertThat(tcb.cwnd() - 3 * MSS).as("sent at once").isLessThanOrEqualTo(4 * MSS);
    }

    @Test
    void shouldGrowSlowlyBeyondTheThreshold() {
        establish();
        control().onLoss(tcb, 20 * MSS, nowNs);
        control().onRecovered(tcb, 20 * MSS, nowNs);
        final int before = tcb.cwnd();
        for (int i = 0; i < 4; i++) {
            roundTrip();
        }
        assertThat(tcb.cwnd()).isGreaterThan(before).isLessThan(before * 2);
    }

    @Test
    void shouldFallBackToTheInitialWindowAfterSilence() {
        establish();
        roundTrip();
        control().onIdle(tcb, INITIAL, nowNs + 1_000_000_000L);
        assertThat(tcb.cwnd()).isEqualTo(INITIAL);
        control().onTimeout(tcb, 10 * MSS, nowNs);
        control().onIdle(tcb, INITIAL, nowNs + 2_000_000_000L);
        assertThat(tcb.cwnd()).as("never more than before").isEqualTo(MSS);
    }

    @Test
    void shouldKeepItsStateInTheTcb() {
        final Tcb other = fresh(1);
        establish();
        control().onEstablished(other, INITIAL, nowNs);
        for (int i = 0; i < 20; i++) {
            ack(tcb, 2 * MSS);
            ack(other, 2 * MSS);
            if (i == 10) {
                control().onLoss(tcb, 20 * MSS, nowNs);
                control().onLoss(other, 20 * MSS, nowNs);
            }
        }
        assertThat(other.cwnd()).isEqualTo(tcb.cwnd());
        assertThat(other.ssthresh()).isEqualTo(tcb.ssthresh());
    }

    @Test
    void shouldStayWithinBoundsWhateverHappens() {
        for (int seed = 0; seed < 50; seed++) {
            final Random random = new Random(seed);
            establish();
            for (int i = 0; i < 2_000; i++) {
                any(random);
                nowNs += random.nextInt(50_000_000);
                assertThat(tcb.cwnd()).as("seed %d, step %d", seed, i).isBetween(MSS, MAX_WINDOW);
                assertThat(tcb.ssthresh()).as("seed %d, step %d", seed, i).isBetween(2 * MSS, MAX_WINDOW);
            }
        }
    }

    private void any(final Random random) {
        final int flight = 1 + random.nextInt(tcb.cwnd());
        switch (random.nextInt(12)) {
            case 0 -> control().onLoss(tcb, flight, nowNs);
            case 1 -> control().onTimeout(tcb, flight, nowNs);
            case 2 -> control().onRecovered(tcb, random.nextInt(tcb.cwnd() + 1), nowNs);
            case 3 -> control().onIdle(tcb, INITIAL, nowNs);
            default -> ack(tcb, 1 + random.nextInt(1 << random.nextInt(1, 28)));
        }
    }

    @Test
    void shouldNeverGrowBeyondTheLargestWindow() {
        establish();
        for (int i = 0; i < 200_000; i++) {
            ack(tcb, 1 << 24);
        }
        assertThat(tcb.cwnd()).isBetween(MSS, MAX_WINDOW);
    }
}
