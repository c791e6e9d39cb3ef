package io.millrace.fastpath.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OutOfOrderRangesTest {
    private static final int FIRST_SLOTS = 122;

    private Slab slab;
    private long block;

    @BeforeEach
    void open() {
        slab = new Slab("test", 1 << 20, 1_024);
        block = slab.allocate(OutOfOrderRanges.FIRST_LENGTH);
        for (int i = 0; i < OutOfOrderRanges.FIRST_LENGTH; i += 8) {
            Memory.putLong(block + i, -1);
        }
        OutOfOrderRanges.init(block, OutOfOrderRanges.FIRST_LENGTH);
    }

    @AfterEach
    void close() {
        slab.close();
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
        assertThat(OutOfOrderRanges.find(block, -5)).isEqualTo(1);
        assertThat(OutOfOrderRanges.find(block, 20)).isEqualTo(2);
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
    void shouldKnowWhetherARangeTakesAPlaceOfItsOwn() {
        add(100, 200);
        add(300, 400);
        assertThat(OutOfOrderRanges.isApart(block, 98, 99)).isTrue();
        assertThat(OutOfOrderRanges.isApart(block, 201, 299)).isTrue();
        assertThat(OutOfOrderRanges.isApart(block, 401, 402)).isTrue();
        assertThat(OutOfOrderRanges.isApart(block, 99, 100)).as("touches").isFalse();
        assertThat(OutOfOrderRanges.isApart(block, 200, 201)).as("touches").isFalse();
        assertThat(OutOfOrderRanges.isApart(block, 299, 300)).as("touches").isFalse();
        assertThat(OutOfOrderRanges.isApart(block, 400, 401)).as("touches").isFalse();
        assertThat(OutOfOrderRanges.isApart(block, 150, 160)).isFalse();
        assertThat(OutOfOrderRanges.isApart(block, 0, 500)).isFalse();
    }

    /** Blocks lie side by side in an empty slab: what is behind this one is the next. */
    @Test
    void shouldStayWithinItsBlock() {
        final long next = slab.allocate(OutOfOrderRanges.FIRST_LENGTH);
        assertThat(next).isEqualTo(block + OutOfOrderRanges.FIRST_LENGTH);
        Memory.putLong(next, 0x1234);
        for (int i = FIRST_SLOTS; i > 0; i--) {
            assertThat(OutOfOrderRanges.isFull(block)).isFalse();
            add(i * 10, i * 10 + 5);
        }
        assertThat(OutOfOrderRanges.isFull(block)).isTrue();
        assertThat(OutOfOrderRanges.length(block)).isEqualTo(OutOfOrderRanges.FIRST_LENGTH);
        assertThat(Memory.getLong(next)).isEqualTo(0x1234);
        add(15, 20);
        assertThat(OutOfOrderRanges.isFull(block)).isFalse();
    }

    @Test
    void shouldUseThePlacesInFrontAgain() {
        for (int i = 0; i < FIRST_SLOTS; i++) {
            add(i * 10, i * 10 + 5);
        }
        for (int i = 0; i < 1_000; i++) {
            assertThat(OutOfOrderRanges.advance(block, i * 10)).isEqualTo(i * 10 + 5);
            assertThat(OutOfOrderRanges.isFull(block)).isFalse();
            add((FIRST_SLOTS + i) * 10, (FIRST_SLOTS + i) * 10 + 5);
            assertThat(OutOfOrderRanges.left(block, 0)).isEqualTo((i + 1) * 10);
        }
        assertThat(OutOfOrderRanges.length(block)).isEqualTo(OutOfOrderRanges.FIRST_LENGTH);
    }

    @Test
    void shouldGrowByDoublingAndGiveTheSmallerBlockBack() {
        int length = OutOfOrderRanges.FIRST_LENGTH;
        for (int i = 0; i < 16_000; i++) {
            if (OutOfOrderRanges.isFull(block)) {
                length *= 2;
            }
            grownAdd(i * 10, i * 10 + 5);
            assertThat(OutOfOrderRanges.length(block)).isEqualTo(length);
            assertThat(slab.inUseBytes()).isEqualTo(length);
        }
        assertThat(length).as("8 bytes a range").isEqualTo(128 << 10);
        assertThat(OutOfOrderRanges.left(block, 9_999)).isEqualTo(99_990);
        assertThat(recent().subList(0, 8)).as("remembered in the larger block too")
                .containsExactly(159_990, 159_980, 159_970, 159_960, 159_950, 159_940, 159_930, 159_920);
    }

    @Test
    void shouldLeaveEverythingWhereTheSlabIsFull() {
        for (int i = 0; i < FIRST_SLOTS; i++) {
            add(i * 10, i * 10 + 5);
        }
        final List<String> before = ranges();
        while (slab.allocate(2_048) != 0) {
            assertThat(slab.inUseBytes()).isLessThanOrEqualTo(slab.capacityBytes());
        }
        assertThat(OutOfOrderRanges.grow(slab, block)).isZero();
        assertThat(ranges()).isEqualTo(before);
        add(5, 7);
        assertThat(ranges()).hasSize(FIRST_SLOTS).startsWith("0-7");
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
    void shouldNameTheHighestOfTheOthersWhereTooFewAreRemembered() {
        for (int i = 0; i < 20; i++) {
            add(i * 10, i * 10 + 5);
        }
        for (int i = 9; i > 2; i--) {
            add(i * 10, i * 10 + 5);
        }
        assertThat(recent()).startsWith(30, 40, 50, 60, 70, 80, 90, 190, 180, 170, 160).hasSize(20)
                .doesNotHaveDuplicates();
        OutOfOrderRanges.advance(block, 70);
        assertThat(recent()).startsWith(80, 90, 190, 180, 170).hasSize(12).doesNotHaveDuplicates();
        add(85, 90);
        assertThat(recent()).startsWith(80, 190, 180, 170).hasSize(11).doesNotHaveDuplicates();
    }

    @Property(tries = 300)
    void shouldAgreeWithASetOfBytes(@ForAll final int origin, @ForAll final long seed,
            @ForAll @IntRange(min = 1, max = 12) final int spread) {
        try (OutOfOrderModel model = new OutOfOrderModel(origin, new Random(seed))) {
            for (int step = 0; step < 300; step++) {
                model.add(1_000 << spread >> 4, 7);
                if (model.random(10) == 0) {
                    model.advance(200);
                }
                model.check();
            }
        }
    }

    /** By the thousand, at random places, then the gaps filled from the front and anywhere. */
    @Property(tries = 10)
    void shouldAgreeWithASetOfBytesByTheThousand(@ForAll final int origin, @ForAll final long seed) {
        try (OutOfOrderModel model = new OutOfOrderModel(origin, new Random(seed))) {
            int most = 0;
            for (int step = 0; step < 12_000; step++) {
                model.add(60_000, 3);
                if (step % 500 == 0) {
                    model.advance(100);
                    model.check();
                }
                most = Math.max(most, model.count());
            }
            assertThat(most).isGreaterThan(4_000);
            for (int step = 0; step < 1_000; step++) {
                model.add(60_000, 9);
                model.advance(20);
                if (step % 50 == 0) {
                    model.check();
                }
            }
            while (model.count() > 0) {
                model.advance(200);
            }
            model.check();
        }
    }

    private void add(final int left, final int right) {
        OutOfOrderRanges.add(block, left, right);
    }

    private void grownAdd(final int left, final int right) {
        if (OutOfOrderRanges.isFull(block) && OutOfOrderRanges.isApart(block, left, right)) {
            block = OutOfOrderRanges.grow(slab, block);
        }
        add(left, right);
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
}
