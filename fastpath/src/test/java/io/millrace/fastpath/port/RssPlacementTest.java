package io.millrace.fastpath.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.testing.StandInDevice;
import io.millrace.fastpath.wire.IpAddress;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RssPlacementTest {
    private static final long US = IpAddress.v4(0x0a000002);
    private static final int FLOWS = 100_000;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 8, 16, 48, 64, 256})
    void shouldGiveEachQueueItsShareOfTheTable(final int queues) {
        final RssPlacement placement = RssPlacement.spread(RssKey.EXAMPLE, queues);
        final int[] flows = new int[queues];
        final Random random = new Random(1);
        for (int i = 0; i < FLOWS; i++) {
            flows[placement.queue(0, US, 443, 0, IpAddress.v4(random.nextInt()), random.nextInt(65_536))]++;
        }
        final int[] entries = new int[queues];
        for (final int queue : placement.table()) {
            entries[queue]++;
        }
        for (int queue = 0; queue < queues; queue++) {
            final double expected = (double) FLOWS * entries[queue] / placement.table().length;
            assertThat((double) flows[queue]).isBetween(expected - 6 * Math.sqrt(expected),
                    expected + 6 * Math.sqrt(expected));
        }
    }

    @Test
    void shouldBeEqualWhereKeyAndTableAre() {
        assertThat(RssPlacement.spread(RssKey.EXAMPLE, 4)).isEqualTo(RssPlacement.spread(RssKey.EXAMPLE, 4))
                .hasSameHashCodeAs(RssPlacement.spread(RssKey.EXAMPLE, 4))
                .isNotEqualTo(RssPlacement.spread(RssKey.EXAMPLE, 2))
                .isNotEqualTo(RssPlacement.spread(RssKey.of(new byte[]{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
                        15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37,
                        38, 39, 40}), 4));
    }

    @Test
    void shouldRefuseATableThatIsNoPowerOfTwo() {
        assertThatThrownBy(() -> new RssPlacement(RssKey.EXAMPLE, 0, 1, 2))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldBeThatOfEachDeviceWhereAGroupAgrees() {
        try (MemoryLink one = MemoryLink.builder().queues(2).framesPerSide(2).build();
                MemoryLink two = MemoryLink.builder().queues(2).framesPerSide(2).build()) {
            assertThat(new PortGroup(List.of(one.side(0), two.side(0))).placement())
                    .isSameAs(FlowPlacement.AS_SENT);
            assertThat(new PortGroup(List.of(one.side(0), new Placed(two.side(0)))).placement())
                    .isSameAs(FlowPlacement.UNKNOWN);
            assertThat(new PortGroup(List.of(new Placed(one.side(0)), new Placed(two.side(0)))).placement())
                    .isEqualTo(RssPlacement.spread(RssKey.EXAMPLE, 2));
        }
    }

    private static final class Placed extends StandInDevice {
        Placed(final PacketDevice device) {
            super(device);
        }

        @Override
        public FlowPlacement placement() {
            return RssPlacement.spread(RssKey.EXAMPLE, device.queues());
        }
    }
}
