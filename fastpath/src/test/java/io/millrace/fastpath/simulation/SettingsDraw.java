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
        final TcpSettings.Builder builder = TcpSettings.DEFAULT.toBuilder();
        buffers(builder, random, leastBuffer);
        options(builder, random);
        recovery(builder, random);
        return builder.mss(random.nextInt(3) == 0 ? SEGMENT_SIZES[random.nextInt(SEGMENT_SIZES.length)] : 0)
                .noDelay(random.nextBoolean())
                .delayedAckNs(random.nextInt(3) == 0 ? random.nextInt(3) * 100 * MILLISECOND_NS : 40 * MILLISECOND_NS)
                .mslNs(SECOND_NS).timeWaitReuse(random.nextBoolean()).fastOpen(random.nextInt(3) == 0)
                .keepAlive(random.nextInt(5) != 0)
                .keepAliveIdleNs((1 + random.nextInt(30)) * SECOND_NS).keepAliveIntervalNs(5 * SECOND_NS)
                .keepAliveProbes(5).pushPolicy(one(TcpSettings.PushPolicy.values(), random))
                .finInClosing(one(TcpSettings.FinInClosing.values(), random)).build();
    }

    private static <T> T one(final T[] values, final Random random) {
        return values[random.nextInt(values.length)];
    }

    private static void buffers(final TcpSettings.Builder builder, final Random random, final int leastBuffer) {
        builder.receiveBuffer(leastBuffer + 2_304 + random.nextInt(1 << random.nextInt(8, 18)))
                .sendBuffer(leastBuffer + 4_096 + random.nextInt(1 << random.nextInt(8, 18)))
                .outOfOrderRanges(1 + random.nextInt(1 << random.nextInt(2, 12))).windowScaling(random.nextInt(4) != 0)
                .windowScale(random.nextInt(4) == 0 ? random.nextInt(15) : -1).autotune(random.nextBoolean())
                .initialReceiveBuffer(4_096 + random.nextInt(1 << 16))
                .initialSendBuffer(4_096 + random.nextInt(1 << 16));
    }

    private static void options(final TcpSettings.Builder builder, final Random random) {
        builder.sack(random.nextInt(4) != 0).timestamps(random.nextInt(4) != 0)
                .ecn(one(TcpSettings.Ecn.values(), random)).ackPolicy(one(TcpSettings.AckPolicy.values(), random))
                .optionOrder(one(TcpSettings.OptionOrder.values(), random));
    }

    private static void recovery(final TcpSettings.Builder builder, final Random random) {
        final List<String> controls = CongestionControls.names();
        builder.congestionControl(controls.get(random.nextInt(controls.size())))
                .initialWindow(random.nextInt(3) == 0 ? 1 + random.nextInt(20) : 10).rack(random.nextInt(4) != 0)
                .tailLossProbe(random.nextInt(4) != 0).forwardRtoRecovery(random.nextInt(4) != 0)
                .zeroCopyReceive(random.nextBoolean() ? 1 + random.nextInt(1_000) : 0)
                .slowStartAfterIdle(random.nextBoolean()).pacing(random.nextInt(4) == 0)
                .maxPacingRate(random.nextInt(10) == 0 ? 10_000L << random.nextInt(15) : 0)
                .rtoMinNs((random.nextInt(4) == 0 ? 1 + random.nextInt(1_000) : 200) * MILLISECOND_NS)
                .retries(random.nextInt(4) == 0 ? 3 + random.nextInt(12) : 15)
                .mtuProbing(one(TcpSettings.MtuProbing.values(), random))
                .userTimeoutNs(random.nextInt(10) == 0 ? (1 + random.nextInt(60)) * SECOND_NS : 0);
    }
}
