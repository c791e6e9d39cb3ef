package io.millrace.fastpath.tcp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.tcp.congestion.AckSample;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The rate that a connection remembers: draft-ietf-ccwg-bbr §4.1, with a comparison that leaves most divisions out. */
class DeliveryRateTest {
    private final MemoryRegion region = MemoryRegion.allocate("test tcb", Tcb.LENGTH);
    private final Tcb tcb = new Tcb().wrap(0, region.address());
    private final AckSample sample = new AckSample();

    @AfterEach
    void close() {
        region.close();
    }

    private void measure(final boolean limited, final long bytes, final long intervalNs) {
        sample.reset(0);
        sample.applicationLimited = limited;
        sample.rateBytes = bytes;
        Deliveries.measureRate(tcb, sample, intervalNs);
    }

    @Test
    void shouldKeepTheBestRateOfAnApplicationThatSendsLittle() {
        measure(true, 64, 1_000);
        assertThat(tcb.deliveryRateKiB()).isEqualTo(62_500);
        measure(true, 64, 1_100);
        assertThat(tcb.deliveryRateKiB()).isEqualTo(62_500);
        assertThat(sample.intervalNs).as("congestion control may ask for this rate all the same").isEqualTo(1_100);
        measure(true, 64, 900);
        assertThat(tcb.deliveryRateKiB()).isEqualTo(69_444);
    }

    @Test
    void shouldTakeEveryRateThatThePathLimits() {
        measure(false, 64, 1_000);
        measure(false, 64, 2_000);
        assertThat(tcb.deliveryRateKiB()).isEqualTo(31_250);
    }

    @Test
    void shouldRememberTheSameAsByDividingEachTime() {
        final Random random = new Random(59);
        for (int i = 0; i < 200_000; i++) {
            final int before = random.nextInt() >>> 1 + random.nextInt(31);
            final long bytes = near(random, before, random.nextInt() >>> 1 + random.nextInt(31));
            final long intervalNs = 1 + (random.nextLong() >>> 1 + random.nextInt(63));
            final boolean limited = random.nextInt(4) > 0;
            tcb.deliveryRateKiB(before);
            // half of the rates lie beside the one of before, where rounding decides
            final long close = before == 0 ? intervalNs : Math.round(bytes * 1e9 / ((double) before * 1_024));
            measure(limited, bytes, random.nextBoolean() ? intervalNs : close);
            assertThat(tcb.deliveryRateKiB()).as("%d bytes in %d ns, %d KiB/s before", bytes, sample.intervalNs, before)
                    .isEqualTo(divided(limited, before));
        }
    }

    /** A number of bytes, some of which make a rate of whole KiB in a second. */
    private static long near(final Random random, final int kib, final int any) {
        return random.nextInt(4) > 0 ? any : Math.max(0, ((long) kib << 10) + random.nextInt(-2, 3));
    }

    private int divided(final boolean limited, final int before) {
        final long kib = Math.min(sample.bytesPerSecond() >>> 10, Integer.MAX_VALUE);
        return sample.intervalNs > 0 && (!limited || kib >= before) ? (int) kib : before;
    }
}
