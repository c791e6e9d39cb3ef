package io.millrace.fastpath.simulation;

import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.tcp.congestion.CongestionControls;
import java.util.List;
import java.util.Random;

/** The settings of one end of a connection, at random. A new setting is drawn here and nowhere else. */
final class SettingsDraw {
    private static final int[] SEGMENT_SIZES = {88, 536, 1_000, 1_400};
    private static final long MILLISECOND_NS = 1_000_000;
    private static final long SECOND_NS = 1_000_000_000;

    private SettingsDraw() {}

    /** @param leastBuffer added to each buffer: with enough of it the slab is too small for all connections. */
    static TcpSettings draw(final Random random, final int leastBuffer) {
        final List<String> controls = CongestionControls.names();
        return TcpSettings.DEFAULT.toBuilder()
                .receiveBuffer(leastBuffer + 2_304 + random.nextInt(1 << random.nextInt(8, 18)))
                .sendBuffer(leastBuffer + 4_096 + random.nextInt(1 << random.nextInt(8, 18)))
                .mss(random.nextInt(3) == 0 ? SEGMENT_SIZES[random.nextInt(SEGMENT_SIZES.length)] : 0)
                .windowScaling(random.nextInt(4) != 0).noDelay(random.nextBoolean())
                .delayedAckNs(random.nextInt(3) == 0 ? random.nextInt(3) * 100 * MILLISECOND_NS : 40 * MILLISECOND_NS)
                .initialWindow(random.nextInt(3) == 0 ? 1 + random.nextInt(20) : 10)
                .congestionControl(controls.get(random.nextInt(controls.size())))
                .outOfOrderRanges(1 + random.nextInt(63))
                .rtoMinNs((random.nextInt(4) == 0 ? 1 + random.nextInt(1_000) : 200) * MILLISECOND_NS)
                .retries(random.nextInt(4) == 0 ? 3 + random.nextInt(12) : 15).mslNs(SECOND_NS)
                .keepAlive(random.nextInt(5) != 0).keepAliveIdleNs((1 + random.nextInt(30)) * SECOND_NS)
                .keepAliveIntervalNs(5 * SECOND_NS).keepAliveProbes(5).build();
    }
}
