package io.millrace.fastpath.memory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Memory of the system, and what it is told about its use. */
class MemoryRegionTest {
    private static final int LARGE = 16 << 20;
    private static final int NO_SUCH_ADVICE = 12_345;

    @Test
    void shouldGiveATableThatIsZero() {
        try (MemoryRegion table = MemoryRegion.allocateTable("test table", LARGE)) {
            for (int at = 0; at < LARGE; at += 4_096) {
                assertThat(Memory.getLong(table.address() + at)).isZero();
            }
            Memory.putLong(table.address() + LARGE - Long.BYTES, 7);
            assertThat(Memory.getLong(table.address() + LARGE - Long.BYTES)).isEqualTo(7);
        }
    }

    @Test
    void shouldGoOnWhereAdviceIsNotTaken() {
        final long before = MemoryRegion.bytesInUse();
        try (MemoryRegion region = MemoryRegion.allocate("test region", LARGE)) {
            Memory.putLong(region.address(), 7);
            assertThat(region.advise(NO_SUCH_ADVICE)).isFalse();
            assertThat(Memory.getLong(region.address())).isEqualTo(7);
            assertThat(MemoryRegion.bytesInUse()).isGreaterThan(before);
        }
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(before);
    }
}
