package io.millrace.fastpath.tcp.congestion;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** HyStart++ in the slow start of CUBIC: RFC 9406 §4.2, in windows of 16 acknowledgements. */
class HyStartTest {
    private static final int MSS = 1_000;
    private static final int ACKS = 16;
    private static final long MS = 1_000_000;
    private static final int MAX_WINDOW = 1 << 30;

    private final Connection flow = new Connection(CongestionControls.at(CongestionControls.number("cubic")), MSS,
            -30_000, 0);

    HyStartTest() {
        flow.establish();
        flow.send(ACKS * MSS);
    }

    @AfterEach
    void close() {
        flow.close();
    }

    /** A round with round trips of so many milliseconds; so many bytes the window grew by. */
    private int round(final double rttMs) {
        return round(rttMs, ACKS);
    }

    /** A round of which so many acknowledgements measured. */
    private int round(final double rttMs, final int samples) {
        final int before = flow.tcb.cwnd();
        flow.nowNs += (long) (rttMs * MS);
        for (int i = 0; i < ACKS; i++) {
            flow.send(MSS);
            flow.full(MSS, i < samples ? (long) (rttMs * MS) : -1);
            flow.acknowledge();
        }
        return flow.tcb.cwnd() - before;
    }

    private boolean isSlowStart() {
        return flow.tcb.ssthresh() == MAX_WINDOW;
    }

    @Test
    void shouldDoubleWhileRoundTripsStayTheSame() {
        for (int i = 0; i < 10; i++) {
            assertThat(round(40 + i % 2)).isEqualTo(ACKS * MSS);
        }
        assertThat(isSlowStart()).isTrue();
    }

    @Test
    void shouldGrowByAQuarterOnceRoundTripsAreLonger() {
        round(40);
        round(40);
        assertThat(round(46)).as("the eighth sample tells").isBetween(ACKS * MSS / 2, ACKS * MSS * 3 / 4);
        assertThat(round(46)).isEqualTo(ACKS * MSS / 4);
        assertThat(isSlowStart()).isTrue();
    }

    @Test
    void shouldAvoidCongestionAfterFiveRoundsOfThat() {
        round(40);
        round(40);
        for (int i = 0; i < 5; i++) {
            assertThat(isSlowStart()).as("round %d", i).isTrue();
            round(46);
        }
        final int cwnd = flow.tcb.cwnd();
        assertThat(round(46)).as("congestion avoidance").isLessThan(2 * MSS);
        assertThat(flow.tcb.ssthresh()).isBetween(cwnd, cwnd + 2 * MSS);
    }

    @Test
    void shouldGoBackToSlowStartAfterAFalseAlarm() {
        round(40);
        round(40);
        round(46);
        assertThat(round(46)).isEqualTo(ACKS * MSS / 4);
        round(41);
        assertThat(round(41)).isEqualTo(ACKS * MSS);
        for (int i = 0; i < 8; i++) {
            assertThat(round(41)).isEqualTo(ACKS * MSS);
        }
    }

    @Test
    void shouldNoticeAgainAfterAFalseAlarm() {
        round(40);
        round(40);
        round(46);
        round(41);
        round(41);
        round(48);
        assertThat(round(48)).isEqualTo(ACKS * MSS / 4);
    }

    @Test
    void shouldAskForFourMillisecondsMoreAtLeast() {
        round(1);
        round(1);
        round(4.9);
        assertThat(round(4.9)).isEqualTo(ACKS * MSS);
        round(9);
        assertThat(round(9)).isEqualTo(ACKS * MSS / 4);
    }

    @Test
    void shouldAskForSixteenMillisecondsMoreAtMost() {
        round(400);
        round(400);
        round(415);
        assertThat(round(415)).isEqualTo(ACKS * MSS);
        round(432);
        assertThat(round(432)).isEqualTo(ACKS * MSS / 4);
    }

    @Test
    void shouldNotBelieveFewerThanEightSamples() {
        round(40);
        round(40);
        for (int i = 0; i < 5; i++) {
            // a round of 17 acknowledgements has seven of them at most
            assertThat(round(80, 6)).isEqualTo(ACKS * MSS);
        }
    }

    @Test
    void shouldNotUseItOnceAThresholdIsKnown() {
        flow.control.onTimeout(flow.tcb, 200 * MSS, flow.nowNs);
        round(40);
        round(40);
        round(80);
        final int before = flow.tcb.cwnd();
        assertThat(flow.tcb.ssthresh()).isEqualTo(140 * MSS);
        assertThat(before).isLessThan(140 * MSS);
        assertThat(round(80)).isEqualTo(ACKS * MSS);
    }

    @Test
    void shouldLeaveAWindowWithoutLossAsThePlateau() {
        round(40);
        round(40);
        for (int i = 0; i < 6; i++) {
            round(46);
        }
        final int start = flow.tcb.cwnd();
        flow.tcb.srttNs(46 * MS);
        // K is 0: W_cubic(1 s) is 0.4 segments above, and the Reno-friendly window grows by 0.53 segments a round trip
        for (int acked = 0; acked < 5 * start; acked += MSS) {
            flow.ack(MSS);
        }
        assertThat(flow.tcb.cwnd() - start).isBetween(2 * MSS, 3 * MSS);
    }
}
