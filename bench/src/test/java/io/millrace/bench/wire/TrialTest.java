package io.millrace.bench.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.IdleMode;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.tcp.congestion.CongestionControls;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That transfers take place at all, between everybody, and leave nothing behind. */
@RequiresNetworkNamespaces
@Timeout(60)
class TrialTest {
    private static final WireSettings SETTINGS = new WireSettings(50_000_000, 131_072, 1_000_000, 1 << 22, 500_000_000,
            1,
            3_000_000_000L, 1_500, 1, "reno", CongestionControls.names().getFirst(), IdleMode.BACKOFF);

    @ParameterizedTest
    @EnumSource
    void shouldTransferAndLeaveNothingBehind(final Contender contender) throws Exception {
        final long bytes = MemoryRegion.bytesInUse();
        final Sample sample = new Trial(SETTINGS).run(contender, new Cell(0, 0, 0), 0);
        assertThat(sample.bitsPerSecond()).isPositive();
        assertThat(sample.dataFrames()).isPositive();
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytes);
    }

    @Test
    void shouldLetTwoFlowsOfTheKernelShareALink() throws Exception {
        final long bytes = MemoryRegion.bytesInUse();
        final Fairness.Shares shares = new Fairness(SETTINGS).runControl(new Cell(0, 0, 0), 1);
        assertThat(shares.kernelBits()).isPositive();
        assertThat(shares.millraceBits()).isPositive();
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytes);
    }

    @Test
    void shouldLetAFlowOfEachShareALink() throws Exception {
        final long bytes = MemoryRegion.bytesInUse();
        final Fairness.Shares shares = new Fairness(SETTINGS).run(new Cell(0, 0, 0), 1);
        assertThat(shares.kernelBits()).isPositive();
        assertThat(shares.millraceBits()).isPositive();
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytes);
    }
}
