package io.millrace.fastpath.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.millrace.fastpath.memory.MemoryRegion;
import org.junit.jupiter.api.Test;

class FramePoolTest {
    @Test
    void shouldLendTheFrameThatWasReleasedLast() {
        try (FramePool pool = new FramePool("test frames", 4, 2_048)) {
            final long first = pool.acquire();
            final long second = pool.acquire();
            assertThat(pool.available()).isEqualTo(2);
            pool.release(first);
            pool.release(second);
            assertThat(pool.acquire()).isEqualTo(second);
            assertThat(pool.acquire()).isEqualTo(first);
        }
    }

    @Test
    void shouldSpreadFramesOverCacheSets() {
        try (FramePool pool = new FramePool("test frames", 2, 2_048)) {
            final long stride = Math.abs(pool.acquire() - pool.acquire());
            assertThat(stride / 64 % 2).isEqualTo(1);
            assertThat(stride).isEqualTo(pool.frameCapacity()).isGreaterThanOrEqualTo(2_048);
        }
    }

    @Test
    void shouldMarkFramesWithTheirPool() {
        try (FramePool one = new FramePool("one", 1, 256); FramePool two = new FramePool("two", 1, 256)) {
            assertThat(one.id()).isNotEqualTo(two.id());
            assertThat(Frame.poolId(one.acquire())).isEqualTo(one.id());
            assertThat(Frame.poolId(two.acquire())).isEqualTo(two.id());
        }
    }

    @Test
    void shouldCatchADoubleRelease() {
        try (FramePool pool = new FramePool("test frames", 2, 256)) {
            final long frame = pool.acquire();
            pool.release(frame);
            assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> pool.release(frame));
        }
    }

    @Test
    void shouldCatchAFrameOfAnotherPool() {
        try (FramePool one = new FramePool("one", 1, 256); FramePool two = new FramePool("two", 1, 256)) {
            final long frame = one.acquire();
            two.acquire();
            assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> two.release(frame));
        }
    }

    @Test
    void shouldGiveItsMemoryBackOnce() {
        final long before = MemoryRegion.bytesInUse();
        final FramePool pool = new FramePool("test frames", 100, 2_048);
        assertThat(MemoryRegion.bytesInUse()).isGreaterThan(before);
        pool.close();
        pool.close();
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(before);
        assertThat(pool.acquire()).isZero();
    }

    @Test
    void shouldRefuseFramesWithoutRoomForAHeader() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> new FramePool("test frames", 1, Frame.IP_OFFSET));
    }
}
