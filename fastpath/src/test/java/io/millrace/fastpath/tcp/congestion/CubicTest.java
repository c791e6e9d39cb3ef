package io.millrace.fastpath.tcp.congestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.fastpath.flow.Tcb;
import org.junit.jupiter.api.Test;

/** CUBIC against the formulas of RFC 9438, in segments and seconds. */
class CubicTest extends CongestionControlContract {
    private static final double C = 0.4;
    private static final double BETA = 0.7;

    @Override
    CongestionControl control() {
        return CongestionControls.at(CongestionControls.number("cubic"));
    }

    /** A window of so many segments meets congestion, and recovers from it. */
    private void congested(final int segments) {
        flow.establish();
        tcb.cwnd(segments * MSS);
        flow.send(segments * MSS);
        flow.recover(segments * MSS);
    }

    /** So many seconds of congestion avoidance, a window of acknowledgements each round trip of so long. */
    private void avoid(final double seconds, final long rttNs) {
        tcb.srttNs(rttNs);
        final long endNs = flow.nowNs + (long) (seconds * 1e9);
        while (flow.nowNs < endNs) {
            final int window = tcb.cwnd();
            for (int acked = 0; acked < window; acked += MSS) {
                flow.nowNs += rttNs * MSS / window;
                flow.full(MSS, rttNs);
                flow.acknowledge();
            }
        }
    }

    private double cwnd() {
        return (double) tcb.cwnd() / MSS;
    }

    private static double k(final double wMax, final double epoch) {
        return Math.cbrt((wMax - epoch) / C);
    }

    private static double w(final double t, final double wMax, final double epoch) {
        return C * Math.pow(t - k(wMax, epoch), 3) + wMax;
    }

    @Test
    void shouldMultiplyBySevenTenthsOnLoss() {
        congested(1_000);
        assertThat(tcb.ssthresh()).isEqualTo(700 * MSS);
    }

    @Test
    void shouldFollowTheCubicFunction() {
        final double rtt = 0.1;
        congested(1_000);
        assertThat(k(1_000, 700)).isCloseTo(9.086, within(0.001));
        double elapsed = 0;
        for (final double t : new double[]{1, 3, 6, 9, 12, 15}) {
            avoid(t - elapsed, (long) (rtt * 1e9));
            elapsed = t;
            // the window that is aimed at is reached a round trip later, by steps of a part of what is missing
            assertThat(cwnd()).as("t = %.0f", t).isBetween(w(t - rtt, 1_000, 700) - 1, w(t + rtt, 1_000, 700) + 1);
        }
        assertThat(cwnd()).as("convex").isGreaterThan(1_060);
    }

    @Test
    void shouldBeFlatWhereTheWindowWas() {
        congested(1_000);
        avoid(k(1_000, 700) - 0.5, 50_000_000);
        final double before = cwnd();
        avoid(1, 50_000_000);
        assertThat(before).isCloseTo(1_000, within(1.0));
        assertThat(cwnd() - before).isLessThan(1);
    }

    @Test
    void shouldBeAsRenoWhereThePathIsShort() {
        congested(40);
        final long rttNs = 10_000_000;
        avoid(1, rttNs);
        // a hundred round trips: alpha segments each, as Linux also beyond the window that was
        final double alpha = 3 * (1 - BETA) / (1 + BETA);
        final double reno = 28 + 100 * alpha;
        assertThat(w(1, 40, 28)).as("the cubic function").isLessThan(37);
        assertThat(cwnd()).isCloseTo(reno, within(0.06 * reno));
    }

    @Test
    void shouldGiveWayFasterWhereTheWindowShrinks() {
        congested(1_000);
        avoid(1, 100_000_000);
        final double second = cwnd();
        assertThat(second).isLessThan(1_000);
        flow.recover(tcb.cwnd());
        final double epoch = cwnd();
        // RFC 9438 §4.7: the plateau is at (1 + beta) / 2 of the window
        final double wMax = second * (1 + BETA) / 2;
        avoid(k(wMax, epoch), 50_000_000);
        assertThat(cwnd()).isCloseTo(wMax, within(2.0));
    }

    @Test
    void shouldNotGrowByMoreThanHalfInARoundTrip() {
        congested(1_000);
        avoid(0.2, 100_000_000);
        final int before = tcb.cwnd();
        // nothing for a minute, but the window is said to be full
        flow.nowNs += 60_000_000_000L;
        for (int acked = 0; acked < before; acked += MSS) {
            flow.ack(MSS);
        }
        assertThat(tcb.cwnd()).isLessThan(2 * before);
    }

    @Test
    void shouldLeaveOutTimeInWhichTheWindowIsNotFull() {
        congested(1_000);
        avoid(3, 100_000_000);
        final int before = tcb.cwnd();
        for (int i = 0; i < 100; i++) {
            flow.nowNs += 100_000_000;
            flow.full(MSS, 100_000_000).windowLimited = false;
            flow.acknowledge();
        }
        assertThat(tcb.cwnd()).isEqualTo(before);
        avoid(2, 100_000_000);
        assertThat(cwnd()).isBetween(w(4.7, 1_000, 700), w(5.3, 1_000, 700));
    }

    @Test
    void shouldStartAtThePlateauAfterATimeout() {
        flow.establish();
        tcb.cwnd(100 * MSS);
        flow.send(100 * MSS);
        control().onTimeout(tcb, 100 * MSS, flow.nowNs);
        assertThat(tcb.ssthresh()).isEqualTo(70 * MSS);
        tcb.sndUna(tcb.sndMax());
        for (int i = 0; i < 7; i++) {
            flow.roundTrip();
        }
        final double start = cwnd();
        assertThat(start).isBetween(70.0, 71.0);
        // K = 0 and W_max is where congestion avoidance began, not 100
        assertThat(w(2, 100, 70)).isGreaterThan(95);
        avoid(2, 200_000_000);
        assertThat(cwnd()).isBetween(start + C * 2 * 2 * 2, start + 8);
        avoid(2, 200_000_000);
        assertThat(cwnd()).isCloseTo(start + C * 4 * 4 * 4, within(7.0));
    }

    @Test
    void shouldTakeUpTheCurveAgainAfterASpuriousLoss() {
        congested(1_000);
        avoid(5, 100_000_000);
        recoverAndUndo();
        avoid(2, 100_000_000);
        assertThat(cwnd()).isBetween(w(6.8, 1_000, 700), w(7.2, 1_000, 700));
        avoid(8, 100_000_000);
        assertThat(cwnd()).isBetween(w(14.8, 1_000, 700), w(15.2, 1_000, 700));
    }

    @Test
    void shouldTakeUpTheCurveAboveThePlateauAfterASpuriousLoss() {
        congested(1_000);
        avoid(15, 100_000_000);
        recoverAndUndo();
        avoid(2, 100_000_000);
        assertThat(cwnd()).isBetween(w(16.8, 1_000, 700), w(17.2, 1_000, 700));
    }

    @Test
    void shouldBackOffAsMuchWhereCongestionIsEchoed() {
        flow.establish();
        control().onCongestionEchoed(tcb, 10 * MSS, flow.nowNs);
        assertThat(tcb.ssthresh()).isEqualTo(7 * MSS);
    }

    @Test
    void shouldCountAPartOfASegmentNotAsNothing() {
        congested(1_000);
        final Tcb part = tcb;
        final int before = part.cwnd();
        // a million bytes one by one: the growth of each is less than a byte
        for (int i = 0; i < 700_000; i++) {
            flow.nowNs += 143;
            flow.full(1, 100_000_000);
            flow.acknowledge();
        }
        assertThat(part.cwnd() - before).isGreaterThan(5 * MSS);
    }
}
