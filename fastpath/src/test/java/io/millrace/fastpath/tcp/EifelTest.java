package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** RFC 3522 §3.2: the Eifel detection is not begun anew within an episode of recovery. */
@OverBothFamilies
class EifelTest {
    private static final int MSS = 1_448;
    private static final int SEGMENTS = 10;
    /** In the middle of congestion avoidance at the most: the loss is not taken back. */
    private static final int REDUCED = 6 * MSS;

    private static final long DAY_NS = TimeUnit.DAYS.toNanos(1);

    private int echo;

    private static TcpInfo info(final Wire wire) {
        final TcpInfo info = new TcpInfo();
        wire.tcp.info(wire.handle, info);
        return info;
    }

    private static Packet firstOf(final Wire wire) {
        return wire.stack.allSent().getFirst();
    }

    @Test
    void shouldNotTakeALossBackBecauseTheTimeoutInItsRecoveryWasNeedless() {
        try (Wire wire = Wire.open(
                Wire.settings().congestionControl("newreno").forwardRtoRecovery(false).build(),
                packet -> packet.withSackPermitted().withTimestamps(1, echo))) {
            wire.send(SEGMENTS * MSS);
            echo = firstOf(wire).extras().tsVal();
            wire.stack.advanceMs(100);
            wire.stack.allSent();
            final int first = Wire.ISS + 1;
            wire.peer.with(packet -> packet.withTimestamps(1, echo).withSack(first + MSS, first + SEGMENTS * MSS));
            wire.ackBytes(0);
            final Packet fastRetransmission = firstOf(wire);
            assertThat(fastRetransmission.seq()).isEqualTo(first);

            while (wire.stack.counter(Counter.TCP_TIMEOUTS) == 0) {
                wire.stack.toNextTimer();
            }
            // the fast retransmission arrived, before the timer repeated it
            echo = fastRetransmission.extras().tsVal();
            wire.peer.with(packet -> packet.withTimestamps(1, echo));
            wire.ackBytes(SEGMENTS * MSS);

            assertThat(info(wire).slowStartThreshold()).isLessThan(REDUCED);
            assertThat(info(wire).congestionWindow()).isLessThan(REDUCED);
        }
    }

    /** 2^31 ms after its stamp an acknowledgement would seem to be one of before. */
    @Test
    void shouldNotTakeALossBackAMonthAfterItsRecovery() {
        try (Wire wire = Wire.open(
                Wire.settings().congestionControl("newreno").tailLossProbe(false).rtoMinNs(DAY_NS)
                        .rtoMaxNs(4 * DAY_NS).build(),
                packet -> packet.withSackPermitted().withTimestamps(1, echo))) {
            wire.send(SEGMENTS * MSS);
            echo = firstOf(wire).extras().tsVal();
            wire.stack.advanceMs(100);
            wire.stack.allSent();
            final int first = Wire.ISS + 1;
            wire.peer.with(packet -> packet.withTimestamps(1, echo).withSack(first + MSS, first + SEGMENTS * MSS));
            wire.ackBytes(0);
            echo = firstOf(wire).extras().tsVal();
            wire.peer.with(packet -> packet.withTimestamps(1, echo));
            wire.send(MSS);
            wire.ackBytes(SEGMENTS * MSS);
            assertThat(info(wire).inRecovery()).isFalse();

            // something is always in flight
            for (int segments = SEGMENTS + 1; segments < SEGMENTS + 60; segments++) {
                wire.stack.allSent();
                wire.send(MSS);
                echo = firstOf(wire).extras().tsVal();
                wire.stack.advance(DAY_NS / 2);
                wire.ackBytes(segments * MSS);
            }
            assertThat(wire.stack.counter(Counter.TCP_TIMEOUTS)).isZero();
            assertThat(wire.stack.counter(Counter.TCP_SPURIOUS_RECOVERIES)).isZero();
            assertThat(info(wire).slowStartThreshold()).isLessThan(REDUCED);
        }
    }
}
