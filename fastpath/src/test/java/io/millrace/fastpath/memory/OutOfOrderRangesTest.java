package io.millrace.fastpath.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OutOfOrderRangesTest {
    private MemoryRegion region;
    private long block;

    @BeforeEach
    void open() {
        region = MemoryRegion.allocate("test", OutOfOrderRanges.BLOCK_LENGTH);
        block = region.address();
        Memory.putLong(block, -1);
        OutOfOrderRanges.init(block);
    }

    @AfterEach
    void close() {
        region.close();
    }

    @Test
    void shouldKeepRangesSorted() {
        add(300, 400);
        add(100, 200);
        add(500, 600);
        assertThat(ranges()).containsExactly("100-200", "300-400", "500-600");
        assertThat(OutOfOrderRanges.highest(block)).isEqualTo(600);
    }

    @Test
    void shouldMergeWhatTouchesOnEitherSide() {
        add(100, 200);
        add(300, 400);
        add(200, 250);
        assertThat(ranges()).containsExactly("100-250", "300-400");
        add(290, 300);
        assertThat(ranges()).containsExactly("100-250", "290-400");
        add(250, 290);
        assertThat(ranges()).containsExactly("100-400");
    }

    @Test
    void shouldMergeEverythingThatARangeCovers() {
        for (int i = 0; i < 10; i++) {
            add(i * 100, i * 100 + 50);
        }
        add(120, 880);
        assertThat(ranges()).containsExactly("0-50", "100-880", "900-950");
    }

    @Test
    void shouldNotMergeWhatLiesOneByteApart() {
        add(100, 200);
        add(201, 300);
        add(98, 99);
        assertThat(ranges()).containsExactly("98-99", "100-200", "201-300");
    }

    @Test
    void shouldSortAcrossTheWrap() {
        add(50, 60);
        add(-100, -50);
        add(-10, 10);
        assertThat(ranges()).containsExactly("-100--50", "-10-10", "50-60");
        assertThat(OutOfOrderRanges.contains(block, -5, 5)).isTrue();
        assertThat(OutOfOrderRanges.advance(block, -100)).isEqualTo(-50);
        assertThat(OutOfOrderRanges.advance(block, -10)).isEqualTo(10);
        assertThat(ranges()).containsExactly("50-60");
    }

    @Test
    void shouldSortAcrossTheSignBoundary() {
        add(Integer.MIN_VALUE + 10, Integer.MIN_VALUE + 20);
        add(Integer.MAX_VALUE - 20, Integer.MAX_VALUE - 10);
        assertThat(OutOfOrderRanges.left(block, 0)).isEqualTo(Integer.MAX_VALUE - 20);
        add(Integer.MAX_VALUE - 10, Integer.MIN_VALUE + 10);
        assertThat(OutOfOrderRanges.count(block)).isEqualTo(1);
        assertThat(OutOfOrderRanges.highest(block)).isEqualTo(Integer.MIN_VALUE + 20);
    }

    @Test
    void shouldAdvanceOverRangesThatAreReached() {
        add(100, 200);
        add(300, 400);
        add(500, 600);
        assertThat(OutOfOrderRanges.advance(block, 99)).isEqualTo(99);
        assertThat(OutOfOrderRanges.count(block)).isEqualTo(3);
        assertThat(OutOfOrderRanges.advance(block, 350)).isEqualTo(400);
        assertThat(ranges()).containsExactly("500-600");
        assertThat(OutOfOrderRanges.advance(block, 700)).isEqualTo(700);
        assertThat(OutOfOrderRanges.count(block)).isZero();
        assertThat(OutOfOrderRanges.advance(block, 700)).isEqualTo(700);
    }

    @Test
    void shouldRefuseOneRangeTooManyButStillMerge() {
        for (int i = 0; i < OutOfOrderRanges.MAX_RANGES; i++) {
            assertThat(OutOfOrderRanges.add(block, i * 10, i * 10 + 5, OutOfOrderRanges.MAX_RANGES)).isTrue();
        }
        final List<String> before = ranges();
        assertThat(OutOfOrderRanges.add(block, 6, 9, OutOfOrderRanges.MAX_RANGES)).isFalse();
        assertThat(OutOfOrderRanges.add(block, 1000, 1001, OutOfOrderRanges.MAX_RANGES)).isFalse();
        assertThat(ranges()).isEqualTo(before);
        assertThat(OutOfOrderRanges.add(block, 5, 10, OutOfOrderRanges.MAX_RANGES)).isTrue();
        assertThat(OutOfOrderRanges.count(block)).isEqualTo(OutOfOrderRanges.MAX_RANGES - 1);
        assertThat(OutOfOrderRanges.add(block, 1000, 1001, 62)).isFalse();
        assertThat(OutOfOrderRanges.add(block, 1000, 1001, 63)).isTrue();
    }

    @Test
    void shouldStayWithinItsBlock() {
        Memory.putLong(block + OutOfOrderRanges.BLOCK_LENGTH, 0x1234);
        for (int i = OutOfOrderRanges.MAX_RANGES; i > 0; i--) {
            add(i * 10, i * 10 + 5);
        }
        assertThat(Memory.getLong(block + OutOfOrderRanges.BLOCK_LENGTH)).isEqualTo(0x1234);
    }

    @Test
    void shouldListTheMostRecentlyChangedFirst() {
        add(100, 200);
        add(500, 600);
        add(300, 400);
        assertThat(recent()).containsExactly(300, 500, 100);
        add(150, 160);
        assertThat(recent()).as("a duplicate counts, RFC 2018 section 4").containsExactly(100, 300, 500);
        add(450, 500);
        assertThat(recent()).containsExactly(450, 100, 300);
        OutOfOrderRanges.advance(block, 100);
        assertThat(recent()).containsExactly(450, 300);
    }

    @Test
    void shouldKnowWhatItContains() {
        add(100, 200);
        add(300, 400);
        assertThat(OutOfOrderRanges.contains(block, 100, 200)).isTrue();
        assertThat(OutOfOrderRanges.contains(block, 350, 351)).isTrue();
        assertThat(OutOfOrderRanges.contains(block, 99, 101)).isFalse();
        assertThat(OutOfOrderRanges.contains(block, 199, 201)).isFalse();
        assertThat(OutOfOrderRanges.contains(block, 150, 350)).isFalse();
        assertThat(OutOfOrderRanges.contains(block, 200, 201)).isFalse();
        assertThat(OutOfOrderRanges.contains(block, 400, 401)).isFalse();
    }

    @Property(tries = 500)
    void shouldAgreeWithASetOfBytes(@ForAll final int origin, @ForAll final long seed,
            @ForAll @IntRange(min = 1, max = OutOfOrderRanges.MAX_RANGES) final int maxRanges) {
        open();
        final Random random = new Random(seed);
        final BitSet model = new BitSet();
        int rcvNxt = 0;
        for (int step = 0; step < 300; step++) {
            final int left = rcvNxt + 1 + random.nextInt(1000);
            final int right = left + 1 + random.nextInt(1 << random.nextInt(7));
            final BitSet with = (BitSet) model.clone();
            with.set(left, right);
            final boolean fits = rangesOf(with, 0).size() <= Math.max(maxRanges, rangesOf(model, 0).size());
            assertThat(OutOfOrderRanges.contains(block, origin + left, origin + right))
                    .isEqualTo(model.nextClearBit(left) >= right);
            assertThat(OutOfOrderRanges.add(block, origin + left, origin + right, maxRanges)).isEqualTo(fits);
            if (fits) {
                model.set(left, right);
                final int recent = OutOfOrderRanges.recentFirst(block, 0);
                assertThat(left - (OutOfOrderRanges.left(block, recent) - origin)).isNotNegative();
                assertThat(OutOfOrderRanges.right(block, recent) - origin - right).isNotNegative();
            }
            if (random.nextInt(10) == 0) {
                rcvNxt += random.nextInt(200);
                model.clear(0, rcvNxt);
                final int next = model.nextClearBit(rcvNxt);
                model.clear(rcvNxt, next);
                assertThat(OutOfOrderRanges.advance(block, origin + rcvNxt)).isEqualTo(origin + next);
                rcvNxt = next;
            }
            assertThat(ranges()).isEqualTo(rangesOf(model, origin));
        }
        close();
    }

    private void add(final int left, final int right) {
        assertThat(OutOfOrderRanges.add(block, left, right, OutOfOrderRanges.MAX_RANGES)).isTrue();
    }

    private List<String> ranges() {
        final List<String> ranges = new ArrayList<>();
        for (int i = 0; i < OutOfOrderRanges.count(block); i++) {
            ranges.add(OutOfOrderRanges.left(block, i) + "-" + OutOfOrderRanges.right(block, i));
        }
        return ranges;
    }

    private List<Integer> recent() {
        final List<Integer> recent = new ArrayList<>();
        for (int k = 0; k < OutOfOrderRanges.count(block); k++) {
            recent.add(OutOfOrderRanges.left(block, OutOfOrderRanges.recentFirst(block, k)));
        }
        return recent;
    }

    private static List<String> rangesOf(final BitSet model, final int origin) {
        final List<String> ranges = new ArrayList<>();
        for (int left = model.nextSetBit(0); left >= 0;) {
            final int right = model.nextClearBit(left);
            ranges.add(origin + left + "-" + (origin + right));
            left = model.nextSetBit(right);
        }
        return ranges;
    }
}
