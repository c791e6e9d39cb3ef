package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.testing.OverBothFamilies;
import org.junit.jupiter.api.Test;

/** What lies in the send ring, at numbers that no short test reaches. */
@OverBothFamilies
class SendQueueTest {
    private static final int ISS = 77;

    private static int length(final TcpState state, final int una, final int end) {
        try (MemoryRegion region = MemoryRegion.allocate("test tcb", Tcb.LENGTH)) {
            final Tcb tcb = new Tcb().wrap(0, region.address());
            tcb.state(state.ordinal());
            tcb.iss(ISS);
            tcb.sndUna(una);
            tcb.sndEnd(end);
            return SendQueue.length(tcb);
        }
    }

    @Test
    void shouldNotCountTheSyn() {
        assertThat(length(TcpState.SYN_SENT, ISS, ISS + 11)).isEqualTo(10);
        assertThat(length(TcpState.SYN_RECEIVED, ISS, ISS + 11)).isEqualTo(10);
    }

    @Test
    void shouldCountTheByteThatHasTheNumberOfTheSynAfterFourGigabytes() {
        assertThat(length(TcpState.ESTABLISHED, ISS, ISS + 10)).isEqualTo(10);
    }

    @Test
    void shouldNotCountAnAcknowledgedFin() {
        assertThat(length(TcpState.FIN_WAIT_2, ISS + 11, ISS + 10)).isZero();
    }
}
