package io.millrace.fastpath.tcp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.tcp.congestion.CongestionControl;
import io.millrace.fastpath.tcp.congestion.CongestionControls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** RFC 6582 on a TCB alone: numbers that a script of segments does not reach. */
class NewRenoRecoveryTest {
    private static final int MSS = 1_000;

    private final MemoryRegion region = MemoryRegion.allocate("test tcb", Tcb.LENGTH);
    private final Tcb tcb = new Tcb().wrap(0, region.address());
    private final CongestionControl congestion = CongestionControls.at(0);
    private final NewRenoRecovery recovery = new NewRenoRecovery();
    private int retransmitted;

    @BeforeEach
    void establish() {
        tcb.sndMss(MSS);
        tcb.iss(77);
        outstanding(78, 10 * MSS);
        congestion.onEstablished(tcb, 10 * MSS, 0);
        recovery.onEstablished(tcb);
    }

    @AfterEach
    void close() {
        region.close();
    }

    private void outstanding(final int una, final int flight) {
        tcb.sndUna(una);
        tcb.sndNxt(una + flight);
        tcb.sndMax(una + flight);
        tcb.sndEnd(una + flight);
    }

    private void duplicates(final int count) {
        for (int i = 0; i < count; i++) {
            recovery.onDuplicateAck(tcb, congestion, ignored -> retransmitted++, 0);
        }
    }

    private boolean ack(final int bytes) {
        tcb.sndUna(tcb.sndUna() + bytes);
        return recovery.onNewAck(tcb, bytes, congestion, ignored -> retransmitted++, 0);
    }

    @Test
    void shouldFindTheLossOfTheVeryFirstSegment() {
        duplicates(3);
        assertThat(retransmitted).isEqualTo(1);
        assertThat(tcb.has(Tcb.RECOVERY)).isTrue();
        assertThat(tcb.ssthresh()).isEqualTo(5 * MSS);
        assertThat(tcb.cwnd()).isEqualTo(8 * MSS);
    }

    @Test
    void shouldFindALossAfterGigabytesWithoutOne() {
        for (int i = 0; i < 3_000; i++) {
            ack(1 << 20);
            outstanding(tcb.sndUna(), 10 * MSS);
        }
        duplicates(3);
        assertThat(retransmitted).isEqualTo(1);
    }

    @Test
    void shouldRetransmitOnceForManyDuplicates() {
        duplicates(9);
        assertThat(retransmitted).isEqualTo(1);
        assertThat(tcb.cwnd()).isEqualTo((5 + 9) * MSS);
    }

    @Test
    void shouldNotOverflowHoweverManyDuplicatesArrive() {
        duplicates(3_000_000);
        assertThat(tcb.cwnd()).isPositive();
    }

    @Test
    void shouldDeflateByWhatAPartialAcknowledgementCovers() {
        duplicates(9);
        assertThat(ack(4 * MSS)).as("the first restarts the timer").isTrue();
        assertThat(tcb.cwnd()).isEqualTo((14 - 4 + 1) * MSS);
        assertThat(retransmitted).isEqualTo(2);
        assertThat(ack(MSS / 2)).as("only the first").isFalse();
        assertThat(tcb.cwnd()).isEqualTo(11 * MSS - MSS / 2);
        assertThat(retransmitted).isEqualTo(3);
    }

    @Test
    void shouldLeaveRecoveryWithTheFullAcknowledgement() {
        duplicates(9);
        assertThat(ack(10 * MSS)).isTrue();
        assertThat(tcb.has(Tcb.RECOVERY)).isFalse();
        assertThat(tcb.cwnd()).as("nothing in flight: two segments").isEqualTo(2 * MSS);
    }

    @Test
    void shouldNotEnterRecoveryForDuplicatesOfWhatTheTimerRepeats() {
        tcb.retransmits(1);
        recovery.onTimeout(tcb, congestion, 0);
        ack(3 * MSS);
        duplicates(5);
        assertThat(retransmitted).isZero();
        ack(7 * MSS + 1);
        outstanding(tcb.sndUna(), 5 * MSS);
        duplicates(3);
        assertThat(retransmitted).isEqualTo(1);
    }

    @Test
    void shouldHoldTheThresholdWhereTheTimerExpiresAgain() {
        tcb.retransmits(1);
        recovery.onTimeout(tcb, congestion, 0);
        assertThat(tcb.ssthresh()).isEqualTo(5 * MSS);
        tcb.retransmits(2);
        recovery.onTimeout(tcb, congestion, 0);
        assertThat(tcb.ssthresh()).isEqualTo(5 * MSS);
        assertThat(tcb.cwnd()).isEqualTo(MSS);
    }
}
