package io.millrace.fastpath.tcp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.tcp.TcpSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The arithmetic of RFC 6298. */
class RoundTripTimeTest {
    private static final long MS = 1_000_000;

    private final MemoryRegion region = MemoryRegion.allocate("test tcb", Tcb.LENGTH);
    private final Tcb tcb = new Tcb().wrap(0, region.address());

    @AfterEach
    void close() {
        region.close();
    }

    private void sample(final long ms) {
        RoundTripTime.measured(tcb, ms * MS, TcpSettings.DEFAULT);
    }

    @Test
    void shouldStartWithTheFirstSample() {
        sample(400);
        assertThat(tcb.srttNs()).isEqualTo(400 * MS);
        assertThat(tcb.rttvarNs()).isEqualTo(200 * MS);
        assertThat(tcb.rtoNs()).isEqualTo(1_200 * MS);
    }

    @Test
    void shouldSmoothTheSamplesThatFollow() {
        sample(400);
        sample(800);
        // RTTVAR = 3/4 * 200 + 1/4 * |400 - 800|, with the old SRTT; SRTT = 7/8 * 400 + 1/8 * 800
        assertThat(tcb.rttvarNs()).isEqualTo(250 * MS);
        assertThat(tcb.srttNs()).isEqualTo(450 * MS);
        assertThat(tcb.rtoNs()).isEqualTo(1_450 * MS);
        sample(450);
        assertThat(tcb.rttvarNs()).isEqualTo(187_500_000);
        assertThat(tcb.srttNs()).isEqualTo(450 * MS);
        assertThat(tcb.rtoNs()).isEqualTo(1_200 * MS);
    }

    @Test
    void shouldKeepToTheSmallestRto() {
        sample(1);
        assertThat(tcb.rtoNs()).as("as Linux: SRTT and at least so much").isEqualTo(201 * MS);
    }

    @Test
    void shouldKeepToTheLargestRto() {
        sample(100_000);
        assertThat(tcb.rtoNs()).isEqualTo(120_000 * MS);
    }

    @Test
    void shouldDoubleUpToTheLargestRto() {
        tcb.rtoNs(50_000 * MS);
        RoundTripTime.backOff(tcb, TcpSettings.DEFAULT);
        assertThat(tcb.rtoNs()).isEqualTo(100_000 * MS);
        RoundTripTime.backOff(tcb, TcpSettings.DEFAULT);
        assertThat(tcb.rtoNs()).isEqualTo(120_000 * MS);
    }

    @Test
    void shouldReplaceABackedOffRtoByTheNextSample() {
        sample(400);
        RoundTripTime.backOff(tcb, TcpSettings.DEFAULT);
        RoundTripTime.backOff(tcb, TcpSettings.DEFAULT);
        assertThat(tcb.rtoNs()).isEqualTo(4_800 * MS);
        sample(400);
        assertThat(tcb.rtoNs()).isEqualTo(400 * MS + 4 * 150 * MS);
    }
}
