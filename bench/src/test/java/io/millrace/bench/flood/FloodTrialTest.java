package io.millrace.bench.flood;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.flood.FloodTrial.Listener;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** That legitimate clients get anything at all under a flood, at either listener, and that nothing is left behind. */
@RequiresNetworkNamespaces
@Timeout(60)
class FloodTrialTest {
    private static final FloodSettings SETTINGS = new FloodSettings(4, 8, 5_000, 100_000_000, 1_000_000_000, 1);

    @ParameterizedTest
    @EnumSource
    void shouldServeUnderTheFloodAndLeaveNothingBehind(final Listener listener) throws Exception {
        final long bytes = MemoryRegion.bytesInUse();
        final FloodSample sample = new FloodTrial(SETTINGS).run(listener, true, 0);
        assertThat(sample.echoes()).isPositive();
        assertThat(sample.connections()).isPositive();
        assertThat(sample.syns()).isPositive();
        assertThat(sample.cookiesSent()).isPositive();
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytes);
    }
}
