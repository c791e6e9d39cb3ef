package io.millrace.fastpath.tcp.congestion;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** RFC 5681, RFC 3465 and RFC 8511, to the byte. */
class NewRenoTest extends CongestionControlContract {
    @Override
    CongestionControl control() {
        return CongestionControls.at(CongestionControls.number("newreno"));
    }

    @Test
    void shouldGrowByTheBytesAcknowledgedInSlowStart() {
        flow.establish();
        flow.ack(1);
        assertThat(tcb.cwnd()).isEqualTo(INITIAL + 1);
        flow.ack(2 * MSS);
        assertThat(tcb.cwnd()).isEqualTo(INITIAL + 1 + 2 * MSS);
    }

    @Test
    void shouldGrowByEightSegmentsAtTheMostForOneAcknowledgement() {
        flow.establish();
        flow.ack(10 * MSS);
        assertThat(tcb.cwnd()).isEqualTo(INITIAL + 8 * MSS);
    }

    @Test
    void shouldGrowByOneSegmentForWhatWasOutstandingAtTheTimeout() {
        flow.establish();
        flow.send(20 * MSS);
        control().onTimeout(tcb, 20 * MSS, flow.nowNs);
        flow.ack(19 * MSS);
        assertThat(tcb.cwnd()).isEqualTo(2 * MSS);
        flow.ack(MSS);
        assertThat(tcb.cwnd()).isEqualTo(3 * MSS);
        flow.send(6 * MSS);
        flow.ack(2 * MSS);
        assertThat(tcb.cwnd()).as("all of that is acknowledged").isEqualTo(5 * MSS);
    }

    @Test
    void shouldEndSlowStartAtTheThreshold() {
        flow.establish();
        control().onTimeout(tcb, 9 * MSS, flow.nowNs);
        flow.send(20 * MSS);
        for (int i = 0; i < 4; i++) {
            flow.ack(2 * MSS);
        }
        assertThat(tcb.cwnd()).isEqualTo(9 * MSS / 2);
    }

    @Test
    void shouldHalveTheFlightOnLoss() {
        flow.establish();
        control().onLoss(tcb, 17 * MSS, flow.nowNs);
        assertThat(tcb.ssthresh()).isEqualTo(17 * MSS / 2);
    }

    @Test
    void shouldBackOffLessWhereCongestionIsEchoed() {
        flow.establish();
        control().onCongestionEchoed(tcb, 10 * MSS, flow.nowNs);
        assertThat(tcb.ssthresh()).isEqualTo(8 * MSS);
        control().onCongestionEchoed(tcb, MSS, flow.nowNs);
        assertThat(tcb.ssthresh()).isEqualTo(2 * MSS);
    }

    @Test
    void shouldGrowByOneSegmentForEachWindowAcknowledged() {
        flow.establish();
        flow.roundTrip();
        flow.recover(20 * MSS);
        assertThat(tcb.cwnd()).isEqualTo(10 * MSS);
        for (int i = 0; i < 9; i++) {
            flow.ack(MSS);
        }
        assertThat(tcb.cwnd()).isEqualTo(10 * MSS);
        flow.ack(MSS);
        assertThat(tcb.cwnd()).isEqualTo(11 * MSS);
        flow.ack(10 * MSS);
        assertThat(tcb.cwnd()).isEqualTo(11 * MSS);
        flow.ack(MSS);
        assertThat(tcb.cwnd()).isEqualTo(12 * MSS);
    }
}
