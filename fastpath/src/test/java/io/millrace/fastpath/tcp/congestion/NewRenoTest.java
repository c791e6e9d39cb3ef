package io.millrace.fastpath.tcp.congestion;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** RFC 5681 and RFC 3465, to the byte. */
class NewRenoTest extends CongestionControlContract {
    private final NewReno control = new NewReno();

    @Override
    CongestionControl control() {
        return control;
    }

    @Test
    void shouldGrowByTheBytesAcknowledgedInSlowStart() {
        establish();
        ack(tcb, 1);
        assertThat(tcb.cwnd()).isEqualTo(INITIAL + 1);
        ack(tcb, 2 * MSS);
        assertThat(tcb.cwnd()).isEqualTo(INITIAL + 1 + 2 * MSS);
    }

    @Test
    void shouldGrowByEightSegmentsAtTheMostForOneAcknowledgement() {
        establish();
        ack(tcb, 10 * MSS);
        assertThat(tcb.cwnd()).isEqualTo(INITIAL + 8 * MSS);
    }

    @Test
    void shouldGrowByOneSegmentForWhatWasOutstandingAtTheTimeout() {
        establish();
        tcb.recover(tcb.sndUna() + 10 * MSS - 1);
        control.onTimeout(tcb, 10 * MSS, nowNs);
        ack(tcb, 10 * MSS);
        assertThat(tcb.cwnd()).isEqualTo(2 * MSS);
        ack(tcb, 2 * MSS);
        assertThat(tcb.cwnd()).as("all of that is acknowledged").isEqualTo(4 * MSS);
    }

    @Test
    void shouldHalveTheFlightOnLoss() {
        establish();
        control.onLoss(tcb, 17 * MSS, nowNs);
        assertThat(tcb.ssthresh()).isEqualTo(17 * MSS / 2);
    }

    @Test
    void shouldGrowByOneSegmentForEachWindowAcknowledged() {
        establish();
        control.onLoss(tcb, 20 * MSS, nowNs);
        for (int i = 0; i < 9; i++) {
            ack(tcb, MSS);
        }
        assertThat(tcb.cwnd()).isEqualTo(10 * MSS);
        ack(tcb, MSS);
        assertThat(tcb.cwnd()).isEqualTo(11 * MSS);
        ack(tcb, 10 * MSS);
        assertThat(tcb.cwnd()).isEqualTo(11 * MSS);
        ack(tcb, MSS);
        assertThat(tcb.cwnd()).isEqualTo(12 * MSS);
    }
}
