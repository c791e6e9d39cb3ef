package io.millrace.fastpath.tcp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.tcp.congestion.AckSample;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The arithmetic of Proportional Rate Reduction: RFC 9937 §6 and the traces of its §7. */
class ProportionalRateTest {
    private static final int MSS = Bench.MSS;

    private final Bench bench = new Bench(1);
    private final Tcb tcb = bench.tcb;
    private final AckSample sample = new AckSample();
    private final ProportionalRate prr = new ProportionalRate(bench.board);

    @BeforeEach
    void sendTwenty() {
        for (int i = 0; i < 20; i++) {
            bench.append(MSS, 1);
        }
        tcb.cwnd(20 * MSS);
        tcb.ssthresh(10 * MSS);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void sack(final int from, final int to) {
        for (int i = from; i < to; i++) {
            bench.board.markSacked(bench.board.at(i), MSS);
        }
    }

    private void lose(final int from, final int to) {
        for (int i = from; i < to; i++) {
            bench.board.markLost(bench.board.at(i));
            sample.lostBytes += MSS;
        }
    }

    private void begin(final int delivered) {
        sample.deliveredBytes = delivered * MSS;
        prr.begin(tcb, sample);
    }

    /** Segments that may leave after this acknowledgement; they leave: lost ones first, then new ones. */
    private int onAck(final int delivered, final boolean advanced) {
        sample.deliveredBytes = delivered * MSS;
        prr.onAck(tcb, sample, advanced);
        sample.lostBytes = 0;
        int sent = 0;
        while (tcb.cwnd() - bench.board.inFlight(tcb) >= MSS) {
            final int lost = bench.board.firstLost();
            if (lost >= 0) {
                bench.board.markRetransmitted(tcb, bench.board.at(lost), 2);
            } else {
                bench.append(MSS, 2);
            }
            prr.onSent(MSS);
            sent++;
        }
        return sent;
    }

    @Test
    void shouldSendOneForTwoWhereOneSegmentIsLost() {
        // §7: the first of twenty is lost; limited transmit has sent two more
        bench.append(MSS, 1);
        bench.append(MSS, 1);
        sack(1, 4);
        lose(0, 1);
        begin(1);
        assertThat(bench.board.recoverFlight()).isEqualTo(20 * MSS);
        final List<Integer> sent = new ArrayList<>();
        sent.add(onAck(1, false));
        for (int i = 4; i < 22; i++) {
            sack(i, i + 1);
            sent.add(onAck(1, false));
        }
        assertThat(sent).containsExactly(1, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 1, 1, 1);
        assertThat(bench.board.inFlight(tcb)).as("no burst is left for the end").isEqualTo(10 * MSS);
    }

    @Test
    void shouldSendOneForEachDeliveredWhereTheLossesWereMany() {
        // §7: 0 to 13 are lost: what is in flight falls below ssthresh at once
        sack(14, 17);
        lose(0, 14);
        begin(1);
        assertThat(bench.board.inFlight(tcb)).isEqualTo(3 * MSS);
        assertThat(onAck(1, false)).isEqualTo(1);
        sack(17, 18);
        assertThat(onAck(1, false)).as("conservation: one for one").isEqualTo(1);
        sack(18, 20);
        assertThat(onAck(2, false)).isEqualTo(2);
        assertThat(bench.board.inFlight(tcb)).isEqualTo(4 * MSS);
    }

    @Test
    void shouldSendOneMoreWhereTheAcknowledgementIsSafe() {
        sack(14, 20);
        lose(0, 14);
        begin(6);
        assertThat(onAck(6, false)).isEqualTo(6);
        bench.board.removeFirst(MSS);
        tcb.sndUna(tcb.sndUna() + MSS);
        assertThat(onAck(1, true)).as("slow start: SafeACK").isEqualTo(2);
    }

    @Test
    void shouldNotCallAnAcknowledgementSafeThatTellsOfALoss() {
        sack(14, 20);
        lose(0, 10);
        begin(6);
        onAck(6, false);
        bench.board.removeFirst(MSS);
        tcb.sndUna(tcb.sndUna() + MSS);
        // ten are in flight: four were not lost before
        lose(9, 13);
        assertThat(onAck(1, true)).isEqualTo(1);
    }

    @Test
    void shouldNotExceedTheThreshold() {
        sack(4, 20);
        lose(0, 3);
        begin(16);
        assertThat(bench.board.inFlight(tcb)).isEqualTo(MSS);
        assertThat(onAck(16, false)).as("up to ssthresh, however much was delivered").isEqualTo(9);
        assertThat(bench.board.inFlight(tcb)).isEqualTo(10 * MSS);
    }

    @Test
    void shouldSendTheFirstRetransmissionWhateverTheWindow() {
        tcb.ssthresh(2 * MSS);
        sack(1, 2);
        lose(0, 1);
        begin(1);
        assertThat(onAck(1, false)).isEqualTo(1);
        sack(2, 3);
        assertThat(onAck(1, false)).as("only the first").isZero();
    }

    @Test
    void shouldNotCountWhatWasDeliveredBeforeRecovery() {
        sack(1, 11);
        lose(0, 1);
        begin(1);
        // RecoverFS = 20 - 10 + 1
        assertThat(bench.board.recoverFlight()).isEqualTo(11 * MSS);
    }

    @Test
    void shouldDoNothingForAnAcknowledgementThatDeliversNothing() {
        sack(1, 4);
        lose(0, 1);
        begin(1);
        onAck(1, false);
        final int before = tcb.cwnd();
        for (int i = 0; i < 100; i++) {
            assertThat(onAck(0, false)).isZero();
        }
        assertThat(tcb.cwnd()).isEqualTo(before);
    }
}
