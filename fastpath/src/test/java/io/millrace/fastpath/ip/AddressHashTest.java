package io.millrace.fastpath.ip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class AddressHashTest {
    private static final long NETWORK = 0x2001_0DB8_0000_0000L;
    private static final int MASK = 1_023;

    private static int slot(final long lo, final long seed) {
        return AddressHash.of(NETWORK, lo, seed) & MASK;
    }

    @Test
    void shouldNotCollideUnderOneKeyWhatWasChosenToCollideUnderAnother() {
        final long[] chosen = LongStream.range(0, 1L << 20).filter(lo -> slot(lo, 1) == 7).limit(200).toArray();
        assertThat(chosen).hasSize(200);
        assertThat(Arrays.stream(chosen).mapToInt(lo -> slot(lo, 2)).distinct().count()).isGreaterThan(150);
    }

    @Test
    void shouldSpreadTheAddressesOfANetwork() {
        assertThat(LongStream.range(0, 1_024).mapToInt(lo -> slot(lo, 42)).distinct().count()).isBetween(600L, 700L);
        assertThat(LongStream.range(0, 1_024).mapToInt(hi -> AddressHash.of(hi << 32, 1, 42) & MASK).distinct().count())
                .isBetween(600L, 700L);
    }
}
