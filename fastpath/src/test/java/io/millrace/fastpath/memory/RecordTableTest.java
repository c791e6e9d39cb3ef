package io.millrace.fastpath.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RecordTableTest {
    @Test
    void shouldHandOutEveryRecordAndThenNone() {
        try (RecordTable table = new RecordTable("test", 3, 64)) {
            assertThat(table.allocate()).isEqualTo(0);
            assertThat(table.allocate()).isEqualTo(1);
            assertThat(table.allocate()).isEqualTo(2);
            assertThat(table.allocate()).isEqualTo(-1);
            assertThat(table.inUse()).isEqualTo(table.capacity()).isEqualTo(3);
        }
    }

    @Test
    void shouldPlaceRecordsSideBySide() {
        try (RecordTable table = new RecordTable("test", 100, 192)) {
            assertThat(table.recordLength()).isEqualTo(192);
            assertThat(table.address(0)).isEqualTo(table.base());
            assertThat(table.address(99)).isEqualTo(table.base() + 99 * 192);
        }
    }

    @Test
    void shouldUseAgainWhatWasFreedLastAndZeroIt() {
        try (RecordTable table = new RecordTable("test", 8, 64)) {
            table.allocate();
            final int second = table.allocate();
            final int third = table.allocate();
            for (int offset = 0; offset < 64; offset += 8) {
                Memory.putLong(table.address(third) + offset, -1);
            }
            table.free(second);
            table.free(third);
            assertThat(table.allocate()).isEqualTo(third);
            for (int offset = 0; offset < 64; offset += 8) {
                assertThat(Memory.getLong(table.address(third) + offset)).isZero();
            }
            assertThat(table.allocate()).isEqualTo(second);
            assertThat(table.allocate()).isEqualTo(3);
        }
    }

    @Test
    void shouldKeepAllButEightBytesOfAFreeRecord() {
        try (RecordTable table = new RecordTable("test", 8, 32)) {
            final int index = table.allocate();
            Memory.putLong(table.address(index) + 8, 1);
            Memory.putLong(table.address(index) + 16, 2);
            Memory.putLong(table.address(index) + 24, 3);
            table.free(index);
            assertThat(Memory.getLong(table.address(index) + 8)).isEqualTo(1);
            assertThat(Memory.getLong(table.address(index) + 16)).isEqualTo(2);
            assertThat(Memory.getLong(table.address(index) + 24)).isEqualTo(3);
        }
    }

    @Test
    void shouldRefuseToFreeWhatIsNotInUse() {
        try (RecordTable table = new RecordTable("test", 8, 8)) {
            assertThatThrownBy(() -> table.free(0)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> table.free(-1)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> table.free(8)).isInstanceOf(IllegalStateException.class);
            final int index = table.allocate();
            table.free(index);
            assertThatThrownBy(() -> table.free(index)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("test");
            assertThat(table.inUse()).isZero();
        }
    }

    @Test
    void shouldRefuseSizesOutOfRange() {
        assertThatThrownBy(() -> new RecordTable("t", 0, 64)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RecordTable("t", 1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RecordTable("t", 1, 12)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldGiveAllMemoryBackOnClose() {
        final long before = MemoryRegion.bytesInUse();
        final RecordTable table = new RecordTable("test", 1_000_000, 512);
        assertThat(MemoryRegion.bytesInUse() - before)
                .isEqualTo(RecordTable.requiredBytes(1_000_000, 512) + 4095 & -4096L);
        table.close();
        table.close();
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(before);
    }

    @Property(tries = 200)
    void shouldAgreeWithASetOfIndices(@ForAll final long seed, @ForAll @IntRange(min = 1, max = 300) final int max) {
        final Random random = new Random(seed);
        final TreeSet<Integer> model = new TreeSet<>();
        try (RecordTable table = new RecordTable("test", max, 16)) {
            for (int step = 0; step < 1000; step++) {
                if (random.nextBoolean()) {
                    final int index = table.allocate();
                    assertThat(index >= 0).isEqualTo(model.size() < max);
                    assertThat(index < 0 || model.add(index)).isTrue();
                } else if (!model.isEmpty()) {
                    final int index = new ArrayList<>(model).get(random.nextInt(model.size()));
                    model.remove(index);
                    table.free(index);
                }
                assertThat(table.inUse()).isEqualTo(model.size());
            }
            final TreeSet<Integer> visited = new TreeSet<>();
            for (int i = table.nextInUse(0); i >= 0; i = table.nextInUse(i + 1)) {
                visited.add(i);
            }
            assertThat(visited).isEqualTo(model);
            assertThat(visited).allMatch(table::isInUse);
        }
    }
}
