package io.millrace.fastpath.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlabTest {
    private static final int MIB = 1 << 20;

    @Test
    void shouldRoundSizesUpToPowersOfTwo() {
        try (Slab slab = new Slab("test", MIB, 1024)) {
            assertThat(slab.blockSize(1)).isEqualTo(1024);
            assertThat(slab.blockSize(1024)).isEqualTo(1024);
            assertThat(slab.blockSize(1025)).isEqualTo(2048);
            assertThat(slab.blockSize(MIB)).isEqualTo(MIB);
            assertThat(slab.blockSize(Slab.MAX_BLOCK_LENGTH)).isEqualTo(1 << 30);
        }
    }

    @Test
    void shouldHandOutEveryByteAndThenZero() {
        try (Slab slab = new Slab("test", MIB, 1024)) {
            final List<Long> blocks = new ArrayList<>();
            for (int i = 0; i < 1024; i++) {
                blocks.add(slab.allocate(1000));
            }
            assertThat(blocks).doesNotContain(0L).doesNotHaveDuplicates();
            assertThat(slab.allocate(1)).isZero();
            assertThat(slab.inUseBytes()).isEqualTo(slab.capacityBytes()).isEqualTo(MIB);
            blocks.forEach(block -> slab.free(block, 1000));
            assertThat(slab.inUseBytes()).isZero();
            assertThat(slab.peakBytes()).isEqualTo(MIB);
        }
    }

    @Test
    void shouldMergeWhatWasFreedIntoTheWholeAgain() {
        try (Slab slab = new Slab("test", MIB, 1024)) {
            final long small = slab.allocate(1);
            assertThat(slab.allocate(MIB)).isZero();
            final long half = slab.allocate(MIB / 2);
            assertThat(half).isNotZero();
            slab.free(small, 1);
            slab.free(half, MIB / 2);
            final long whole = slab.allocate(MIB);
            assertThat(whole).isNotZero();
            Memory.putByte(whole, 1);
            Memory.putByte(whole + MIB - 1, 1);
        }
    }

    @Test
    void shouldMergeSmallBlocksSetAsideWhereNothingElseIsFree() {
        try (Slab slab = new Slab("test", MIB, 1024)) {
            final List<Long> blocks = new ArrayList<>();
            for (int i = 0; i < MIB / 4096; i++) {
                blocks.add(slab.allocate(4096));
            }
            blocks.forEach(block -> slab.free(block, 4096));

            final long half = slab.allocate(MIB / 2);
            assertThat(half).isNotZero();
            assertThat(slab.allocate(MIB / 2)).isNotZero().isNotEqualTo(half);
            assertThat(slab.allocate(1)).isZero();
        }
    }

    @Test
    void shouldAnswerZeroForMoreThanItHas() {
        try (Slab slab = new Slab("test", MIB, 64)) {
            assertThat(slab.allocate(MIB + 1)).isZero();
            assertThat(slab.allocate(Integer.MAX_VALUE)).isZero();
            assertThat(slab.inUseBytes()).isZero();
        }
    }

    @Test
    void shouldServeBlocksOfOneGibibyteFromALargerSlab() {
        try (Slab slab = new Slab("test", 4L << 30, 4096)) {
            final long first = slab.allocate(1 << 30);
            final long small = slab.allocate(4096);
            final long second = slab.allocate(1 << 30);
            final long third = slab.allocate(1 << 30);
            assertThat(List.of(first, small, second, third)).doesNotContain(0L).doesNotHaveDuplicates();
            assertThat(slab.allocate(1 << 30)).isZero();
            slab.free(small, 4096);
            assertThat(slab.allocate(1 << 30)).isNotZero();
        }
    }

    @Test
    void shouldUseAgainWhatWasFreedLast() {
        try (Slab slab = new Slab("test", MIB, 1024)) {
            slab.allocate(4096);
            final long block = slab.allocate(4096);
            slab.allocate(4096);
            slab.free(block, 4096);
            assertThat(slab.allocate(4000)).isEqualTo(block);
        }
    }

    @Test
    void shouldKeepOneBlockAtHandForItsLength() {
        try (Slab slab = new Slab("test", MIB, 1024)) {
            final long block = slab.allocate(4096);
            final long other = slab.allocate(4096);
            slab.keep(block, 4096);
            slab.keep(other, 4096);
            assertThat(slab.inUseBytes()).isZero();
            assertThat(slab.takeKept(8192)).isZero();
            assertThat(slab.takeKept(4096)).isEqualTo(block);
            assertThat(slab.inUseBytes()).isEqualTo(4096);
            assertThat(slab.takeKept(4096)).isZero();
            assertThat(slab.allocate(4096)).isEqualTo(other);
            assertThat(slab.peakBytes()).isEqualTo(8192);
            slab.keep(block, 4096);
            slab.allocate(4096);
            assertThat(slab.takeKept(4096)).isEqualTo(block);
            assertThat(slab.peakBytes()).isEqualTo(12_288);
        }
    }

    @Test
    void shouldMergeTheBlockAtHandWhereNothingElseIsFree() {
        try (Slab slab = new Slab("test", MIB, 1024)) {
            final long block = slab.allocate(4096);
            slab.keep(block, 4096);
            assertThat(slab.allocate(MIB)).isNotZero();
            assertThat(slab.takeKept(4096)).isZero();
            assertThat(slab.inUseBytes()).isEqualTo(MIB);
        }
    }

    @Test
    void shouldRefuseToFreeTheBlockAtHand() {
        try (Slab slab = new Slab("test", MIB, 1024)) {
            final long block = slab.allocate(4096);
            slab.keep(block, 4096);
            assertThatThrownBy(() -> slab.free(block, 4096)).isInstanceOf(IllegalStateException.class);
            assertThat(slab.inUseBytes()).isZero();
            assertThat(slab.takeKept(4096)).isEqualTo(block);
            slab.free(block, 4096);
            assertThat(slab.inUseBytes()).isZero();
        }
    }

    @Test
    void shouldRefuseToFreeWhatIsNotInUse() {
        try (Slab slab = new Slab("test", MIB, 1024)) {
            final long block = slab.allocate(4096);
            final long other = slab.allocate(4096);
            assertThatThrownBy(() -> slab.free(block, 8192)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> slab.free(block + 1024, 1024)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> slab.free(block + 1, 4096)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> slab.free(0, 4096)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> slab.free(block + MIB, 4096)).isInstanceOf(IllegalStateException.class);
            slab.free(block, 4096);
            assertThatThrownBy(() -> slab.free(block, 4096)).isInstanceOf(IllegalStateException.class);
            assertThat(slab.inUseBytes()).isEqualTo(4096);
            slab.free(other, 4096);
            assertThatThrownBy(() -> slab.free(other, 4096)).isInstanceOf(IllegalStateException.class);
            assertThat(slab.allocate(MIB)).isNotZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"0,1024", "524288,1024", "1048577,1024", "1048576,0", "1048576,32", "1048576,1000",
            "1048576,2097152", "-1,1024"})
    void shouldRefuseSizesOutOfRange(final long bytes, final int minBlock) {
        assertThatThrownBy(() -> new Slab("test", bytes, minBlock)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldGiveAllMemoryBackOnClose() {
        final long before = MemoryRegion.bytesInUse();
        final Slab slab = new Slab("test", MIB, 1024);
        assertThat(MemoryRegion.bytesInUse() - before).isEqualTo(Slab.requiredBytes(MIB, 1024) + 4095 & -4096L);
        assertThat(slab.toString()).contains("test", "0 of 1048576 in use");
        slab.close();
        slab.close();
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(before);
    }

    @Property(tries = 200)
    void shouldNeverHandOutOverlappingBlocksAndMergeAllInTheEnd(@ForAll final long seed,
            @ForAll @IntRange(min = 6, max = 20) final int minBlockShift) {
        final Random random = new Random(seed);
        final TreeMap<Long, Integer> model = new TreeMap<>();
        try (Slab slab = new Slab("test", MIB, 1 << minBlockShift)) {
            long inUse = 0;
            for (int step = 0; step < 1000; step++) {
                if (random.nextInt(5) < 3) {
                    final int size = 1 + random.nextInt(1 << random.nextInt(18));
                    final long kept = random.nextBoolean() ? slab.takeKept(slab.blockSize(size)) : 0;
                    final long block = kept == 0 ? slab.allocate(size) : kept;
                    if (block != 0) {
                        assertFree(model, slab, block, size);
                        model.put(block, size);
                        inUse += slab.blockSize(size);
                    }
                } else if (!model.isEmpty()) {
                    final long block = anyKey(model, random);
                    final int size = model.remove(block);
                    if (random.nextBoolean()) {
                        slab.free(block, size);
                    } else {
                        slab.keep(block, slab.blockSize(size));
                    }
                    inUse -= slab.blockSize(size);
                }
                assertThat(slab.inUseBytes()).isEqualTo(inUse);
            }
            model.forEach(slab::free);
            assertThat(slab.allocate(MIB)).isNotZero();
        }
    }

    private static void assertFree(final TreeMap<Long, Integer> model, final Slab slab, final long block,
            final int size) {
        final var before = model.lowerEntry(block + slab.blockSize(size));
        assertThat(before == null || before.getKey() + slab.blockSize(before.getValue()) <= block).isTrue();
    }

    private static long anyKey(final TreeMap<Long, Integer> model, final Random random) {
        final long first = model.firstKey();
        return model.floorKey(first + random.nextLong(model.lastKey() - first + 1));
    }
}
