package io.millrace.fastpath.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/** Out-of-order ranges next to a set of bytes and a list of what changed, and what each step must have changed. */
final class OutOfOrderModel implements AutoCloseable {
    private final Slab slab = new Slab("model", 1 << 20, 1_024);
    private final BitSet bytes = new BitSet();
    /** A byte of each range that was changed, the most recent first; at most as many as are remembered. */
    private final List<Integer> changed = new ArrayList<>();
    private final int origin;
    private final Random random;
    private long block = slab.allocate(OutOfOrderRanges.FIRST_LENGTH);
    private int rcvNxt;

    /** @param origin sequence number of byte 0. */
    OutOfOrderModel(final int origin, final Random random) {
        this.origin = origin;
        this.random = random;
        OutOfOrderRanges.init(block, OutOfOrderRanges.FIRST_LENGTH);
    }

    int random(final int bound) {
        return random.nextInt(bound);
    }

    int count() {
        return OutOfOrderRanges.count(block);
    }

    /** Adds a range that begins within {@code reach} of RCV.NXT, of up to {@code 2^exponent} bytes. */
    void add(final int reach, final int exponent) {
        final int left = rcvNxt + 1 + random.nextInt(reach);
        final int right = left + 1 + random.nextInt(1 << random.nextInt(exponent));
        final int next = bytes.nextSetBit(left - 1);
        final boolean apart = next < 0 || next > right;
        assertThat(OutOfOrderRanges.isApart(block, origin + left, origin + right)).isEqualTo(apart);
        if (apart && OutOfOrderRanges.isFull(block)) {
            block = OutOfOrderRanges.grow(slab, block);
        }
        OutOfOrderRanges.add(block, origin + left, origin + right);
        bytes.set(left, right);
        changed(left);
        assertNames(0, left);
    }

    private void changed(final int left) {
        final int end = bytes.nextClearBit(left);
        final int start = bytes.previousClearBit(left) + 1;
        changed.removeIf(other -> other >= start && other < end);
        changed.add(0, left);
        if (changed.size() > OutOfOrderRanges.REMEMBERED) {
            changed.remove(OutOfOrderRanges.REMEMBERED);
        }
    }

    /** RCV.NXT advances by up to {@code most} bytes, and over what is there. */
    void advance(final int most) {
        rcvNxt += random.nextInt(most);
        final int next = bytes.nextClearBit(rcvNxt);
        assertThat(OutOfOrderRanges.advance(block, origin + rcvNxt)).isEqualTo(origin + next);
        bytes.clear(0, next);
        changed.removeIf(other -> other < next);
        rcvNxt = next;
    }

    /** Everything: the ranges, where each is found, the order of change, the length of the block. */
    void check() {
        int index = 0;
        for (int left = bytes.nextSetBit(0); left >= 0; index++) {
            final int right = bytes.nextClearBit(left);
            assertThat(OutOfOrderRanges.left(block, index)).isEqualTo(origin + left);
            assertThat(OutOfOrderRanges.right(block, index)).isEqualTo(origin + right);
            assertThat(OutOfOrderRanges.find(block, origin + left - 1)).as("before").isEqualTo(index);
            assertThat(OutOfOrderRanges.find(block, origin + left)).as("its first").isEqualTo(index);
            assertThat(OutOfOrderRanges.find(block, origin + right - 1)).as("its last").isEqualTo(index);
            assertThat(OutOfOrderRanges.find(block, origin + right)).as("behind").isEqualTo(index + 1);
            left = bytes.nextSetBit(right);
        }
        assertThat(count()).isEqualTo(index);
        for (int k = 0; k < changed.size(); k++) {
            assertNames(k, changed.get(k));
        }
        checkTheOthers();
        assertThat(slab.inUseBytes()).isEqualTo(OutOfOrderRanges.length(block));
    }

    private void assertNames(final int k, final int inside) {
        final int range = OutOfOrderRanges.recentFirst(block, k);
        assertThat(inside - (OutOfOrderRanges.left(block, range) - origin)).isNotNegative();
        assertThat(OutOfOrderRanges.right(block, range) - origin - inside).isPositive();
    }

    /** Of those that are not remembered the highest come first, each once. */
    private void checkTheOthers() {
        int last = count();
        for (int k = changed.size(); k < Math.min(count(), changed.size() + 20); k++) {
            final int index = OutOfOrderRanges.recentFirst(block, k);
            assertThat(index).isLessThan(last);
            last = index;
            final int left = OutOfOrderRanges.left(block, index) - origin;
            final int right = OutOfOrderRanges.right(block, index) - origin;
            assertThat(changed).noneMatch(other -> other >= left && other < right);
        }
    }

    @Override
    public void close() {
        slab.close();
    }
}
