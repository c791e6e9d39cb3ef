package io.millrace.fastpath.counters;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopTimesTest {
    private final MemoryRegion region = MemoryRegion.allocate("test", LoopTimes.BUCKETS * Long.BYTES);
    private final LoopTimes times = new LoopTimes(region.address());

    @AfterEach
    void close() {
        region.close();
    }

    private long bucket(final int index) {
        return Memory.getLong(region.address() + (long) index * Long.BYTES);
    }

    @Test
    void shouldCountTimesBetweenTurnsByPowersOfTwo() {
        times.onTurn(-5);
        assertThat(times.longestNs()).isZero();
        times.onTurn(-5);
        times.onTurn(-4);
        times.onTurn(1_020);
        times.onTurn(2_043);
        times.onTurn(Long.MAX_VALUE / 2);

        assertThat(bucket(0)).as("0 and 1 ns").isEqualTo(2);
        assertThat(bucket(10)).as("1,024 ns").isEqualTo(1);
        assertThat(bucket(9)).as("1,023 ns").isEqualTo(1);
        assertThat(bucket(61)).isEqualTo(1);
        assertThat(times.longestNs()).isEqualTo(Long.MAX_VALUE / 2 - 2_043);
    }

    @Test
    void shouldNotCountWhileNobodyDrives() {
        times.onTurn(0);
        times.pause();
        times.onTurn(1_000_000_000);
        assertThat(times.longestNs()).isZero();
        times.onTurn(1_000_000_002);
        assertThat(times.longestNs()).isEqualTo(2);
        assertThat(bucket(1)).isEqualTo(1);
    }

    /** A handler that blocks is most often one that a sleep was ended for. */
    @Test
    void shouldCountFromTheEndOfASleep() {
        times.onTurn(0);
        times.onSlept(1_000_000_000);
        times.onTurn(1_000_002_000);
        assertThat(times.longestNs()).isEqualTo(2_000);
        assertThat(bucket(10)).isEqualTo(1);
    }
}
