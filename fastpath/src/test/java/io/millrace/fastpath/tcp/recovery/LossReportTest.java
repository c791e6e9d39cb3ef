package io.millrace.fastpath.tcp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.Slab;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.tcp.congestion.AckSample;
import io.millrace.fastpath.tcp.congestion.CongestionControl;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What congestion control is told of losses, in which order (draft-ietf-ccwg-bbr §5.5.10.2). */
class LossReportTest {
    private static final int MSS = Bench.MSS;
    private static final long MS = 1_000_000;

    private final Bench bench = new Bench(1);
    private final Tcb tcb = bench.tcb;
    private final LossRecovery recovery = new LossRecovery(bench.slab, new EngineCounters());
    private final Recorder control = new Recorder();
    private final AckEvent event = new AckEvent();

    /** Writes down what it is told; the window is its own. */
    private static final class Recorder implements CongestionControl {
        final List<String> told = new ArrayList<>();
        int ackedBytes;

        @Override
        public String name() {
            return "recorder";
        }

        @Override
        public boolean onEstablished(final Tcb tcb, final int initialWindow, final Slab slab, final long nowNs) {
            return true;
        }

        @Override
        public void onAck(final Tcb tcb, final AckSample sample) {
            ackedBytes += sample.ackedBytes;
            told.add("ack " + sample.deliveredBytes + " lost " + sample.lostBytes);
        }

        @Override
        public void onSegmentLost(final Tcb tcb, final int bytes, final int inFlightWhenSent,
                final int lostSinceSent, final boolean applicationLimited, final long nowNs) {
            told.add("segment " + bytes + " of " + inFlightWhenSent + " lost since " + lostSinceSent);
        }

        @Override
        public void onLoss(final Tcb tcb, final int inFlight, final long nowNs) {
            told.add("loss");
        }

        @Override
        public void onTimeout(final Tcb tcb, final int inFlight, final long nowNs) {
            told.add("timeout");
        }

        @Override
        public void onIdle(final Tcb tcb, final int initialWindow, final long idleNs, final long nowNs) {
            told.add("idle");
        }

        @Override
        public boolean ownsWindow() {
            return true;
        }
    }

    @BeforeEach
    void sendTen() {
        tcb.set(Tcb.SACK);
        tcb.cwnd(10 * MSS);
        tcb.maxSndWnd(1 << 20);
        tcb.srttNs(40 * MS);
        tcb.rtoNs(240 * MS);
        send(10, MS);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void send(final int segments, final long nowNs) {
        for (int i = 0; i < segments; i++) {
            assertThat(recovery.onSend(tcb, tcb.sndNxt() + MSS, control, nowNs)).isTrue();
            tcb.sndNxt(tcb.sndNxt() + MSS);
        }
    }

    private void ack(final int to, final long nowNs) {
        event.ack = 1 + to * MSS;
        event.duplicate = false;
        event.sackBlocks = 0;
        event.arrivedNs = nowNs;
        recovery.onAck(tcb, event, control, TcpSettings.DEFAULT, false);
    }

    private void sack(final int from, final int to, final TcpSettings settings) {
        sack(from, to, settings, 41 * MS);
    }

    private void sack(final int from, final int to, final TcpSettings settings, final long nowNs) {
        event.ack = tcb.sndUna();
        event.duplicate = true;
        event.sackBlocks = 1;
        event.sackEdges[0] = 1 + from * MSS;
        event.sackEdges[1] = 1 + to * MSS;
        event.arrivedNs = nowNs;
        recovery.onAck(tcb, event, control, settings, false);
    }

    @Test
    void shouldTellOfEachSegmentBeforeTheAcknowledgement() {
        sack(2, 5, TcpSettings.DEFAULT);
        assertThat(control.told).containsExactly("segment 100 of 100 lost since 100",
                "segment 100 of 200 lost since 200", "loss", "ack 300 lost 200");
    }

    @Test
    void shouldTellOfEachSegmentWhereLossIsCounted() {
        sack(2, 5, TcpSettings.DEFAULT.toBuilder().rack(false).build());
        assertThat(control.told).containsExactly("segment 100 of 100 lost since 100",
                "segment 100 of 200 lost since 200", "loss", "ack 300 lost 200");
    }

    @Test
    void shouldTellOfEachSegmentBeforeTheTimeout() {
        recovery.onTimeout(tcb, control, TcpSettings.DEFAULT, true, 300 * MS);
        assertThat(control.told).hasSize(11).endsWith("timeout");
        assertThat(control.told.subList(0, 10)).allMatch(line -> line.startsWith("segment 100 of"));
    }

    @Test
    void shouldTellOfATimeoutInRecoveryWhereTheWindowIsCongestionControls() {
        sack(2, 5, TcpSettings.DEFAULT);
        recovery.onTimeout(tcb, control, TcpSettings.DEFAULT, true, 300 * MS);
        assertThat(control.told).endsWith("timeout");
        assertThat(tcb.cwnd()).as("all is lost, one segment may leave").isEqualTo(MSS);
    }

    @Test
    void shouldCountOnceWhatIsSackedBeyondTheRecoveryPoint() {
        recovery.onTimeout(tcb, control, TcpSettings.DEFAULT, false, 300 * MS);
        for (int i = 0; i < 10; i++) {
            bench.board.wrap(tcb).markRetransmitted(tcb, bench.board.at(i), 300 * MS);
        }
        send(3, 301 * MS);
        sack(11, 13, TcpSettings.DEFAULT, 341 * MS);
        assertThat(control.ackedBytes).isEqualTo(2 * MSS);
        ack(10, 342 * MS);
        assertThat(control.ackedBytes).as("the episode is over").isEqualTo(12 * MSS);
        ack(13, 343 * MS);
        assertThat(control.ackedBytes).isEqualTo(13 * MSS);
    }

    @Test
    void shouldCountOnceWhatWasSackedBeforeThePathReordered() {
        sack(2, 3, TcpSettings.DEFAULT);
        sack(4, 5, TcpSettings.DEFAULT);
        assertThat(control.ackedBytes).isZero();
        ack(3, 42 * MS);
        assertThat(tcb.has(Tcb.REORDERING_SEEN)).isTrue();
        ack(10, 43 * MS);
        assertThat(control.ackedBytes).isEqualTo(10 * MSS);
    }

    @Test
    void shouldCountOnceWhatIsSackedInRecoveryBeyondItsPoint() {
        sack(1, 5, TcpSettings.DEFAULT);
        assertThat(tcb.has(Tcb.RECOVERY)).isTrue();
        bench.board.wrap(tcb).markRetransmitted(tcb, bench.board.at(0), 41 * MS);
        send(3, 41 * MS);
        sack(11, 13, TcpSettings.DEFAULT, 81 * MS);
        ack(10, 82 * MS);
        assertThat(tcb.has(Tcb.RECOVERY)).isFalse();
        final int before = control.ackedBytes;
        ack(13, 83 * MS);
        assertThat(control.ackedBytes - before).as("in recovery the window does not grow").isEqualTo(3 * MSS);
    }
}
