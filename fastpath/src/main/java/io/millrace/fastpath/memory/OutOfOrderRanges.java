package io.millrace.fastpath.memory;

/**
 * The ranges of sequence numbers that a connection has received beyond a gap, in a block of a {@link Slab} that it holds
 * only while there are any. The bytes themselves lie in their places in the receive ring (RFC 9293 §3.10.7.4: segments
 * beyond RCV.NXT are kept, not dropped).
 * <p>
 * Ranges are {@code [left, right)}, sorted by sequence number, at least one missing byte apart. All of them lie within
 * 2^31 of each other, which a receive window guarantees. The {@value #REMEMBERED} that changed last are remembered in
 * order, so that SACK blocks can name the most recent first (RFC 2018 §4).
 * <p>
 * Memory: 8 bytes a range and 48 for all, rounded up to a power of two: 122 ranges in the first block of 1 KiB, 4,090 in
 * 32 KiB. A block that is full is replaced by one of twice the length ({@link #grow}); how many ranges there may be is
 * the owner's to say.
 * <p>
 * Cost, of n ranges, whatever the peer sends: O(log n) to find a place, O(1) where that is at the end. To make or close
 * a place ranges are moved, as a rule on the shorter side only, at most all of them once: 8 n bytes. And one step for
 * each range that is merged or removed, so one in all for each that was added.
 * <p>
 * Arguments are asserted, not checked: {@code block} is one that {@link #init} or {@link #grow} answered; indices are 0
 * to {@code count - 1}; {@code right} lies beyond {@code left}. Thread: the owner's.
 */
public final class OutOfOrderRanges {
    /** Bytes of the first block of a connection. */
    public static final int FIRST_LENGTH = 1024;

    /** Of how many ranges the order of change is known. */
    public static final int REMEMBERED = 8;

    // The block: { int count, int slot of range 0, int slots, int remembered, int left[REMEMBERED] }, then the slots. The
    // front moves on when gaps are filled in order, so that nothing else has to. What is remembered of a range is its
    // left edge: that stays until the range changes, and is remembered anew, or is removed, and is forgotten.
    private static final int COUNT = 0;
    private static final int FRONT = 4;
    private static final int SLOTS = 8;
    private static final int REMEMBERED_COUNT = 12;
    private static final int REMEMBERED_LEFT = 16;
    private static final int HEAD_LENGTH = REMEMBERED_LEFT + REMEMBERED * Integer.BYTES;

    // A slot: { int left, int right }.
    private static final int RIGHT = 4;
    private static final int RANGE_LENGTH = 8;

    private OutOfOrderRanges() {}

    /**
     * Makes a block without ranges.
     *
     * @param block  address of {@code length} bytes.
     * @param length {@link #FIRST_LENGTH} or a power of two beyond.
     */
    public static void init(final long block, final int length) {
        Memory.putInt(block + COUNT, 0);
        Memory.putInt(block + FRONT, 0);
        Memory.putInt(block + SLOTS, (length - HEAD_LENGTH) / RANGE_LENGTH);
        Memory.putInt(block + REMEMBERED_COUNT, 0);
    }

    /**
     * Moves the ranges into a block of twice the length. Costs a copy of all.
     *
     * @param slab that the block is from.
     * @return address of the new block, the old one having been freed; 0 where the slab is full and nothing has changed.
     */
    public static long grow(final Slab slab, final long block) {
        final int length = length(block);
        final long larger = slab.allocate(2 * length);
        if (larger != 0) {
            init(larger, 2 * length);
            Memory.copy(block + REMEMBERED_COUNT, larger + REMEMBERED_COUNT, HEAD_LENGTH - REMEMBERED_COUNT);
            Memory.copy(range(block, 0), range(larger, 0), (long) count(block) * RANGE_LENGTH);
            Memory.putInt(larger + COUNT, count(block));
            slab.free(block, length);
        }
        return larger;
    }

    /** Bytes of the block. */
    public static int length(final long block) {
        return HEAD_LENGTH + Memory.getInt(block + SLOTS) * RANGE_LENGTH;
    }

    /** True where one range more needs a larger block. */
    public static boolean isFull(final long block) {
        return count(block) == Memory.getInt(block + SLOTS);
    }

    /** How many ranges there are. */
    public static int count(final long block) {
        return Memory.getInt(block + COUNT);
    }

    /** First sequence number of a range; range 0 is the nearest to RCV.NXT. */
    public static int left(final long block, final int index) {
        return Memory.getInt(range(block, index));
    }

    /** Sequence number after the last one of a range. */
    public static int right(final long block, final int index) {
        return Memory.getInt(range(block, index) + RIGHT);
    }

    /** Sequence number after the last one of all ranges; there must be one. */
    public static int highest(final long block) {
        return right(block, count(block) - 1);
    }

    /**
     * The range that holds a sequence number, or else the first one beyond it.
     *
     * @return its index; the count where there is none.
     */
    public static int find(final long block, final int sequence) {
        final int count = count(block);
        // most segments arrive behind the last range, or make it longer
        if (count == 0 || right(block, count - 1) - sequence <= 0) {
            return count;
        }
        if (count == 1 || right(block, count - 2) - sequence <= 0) {
            return count - 1;
        }
        int low = 0;
        int high = count - 2;
        while (low < high) {
            final int middle = low + high >>> 1;
            if (right(block, middle) - sequence <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** True where {@link #add} of the same would make one range more; false where it would merge it with others. */
    public static boolean isApart(final long block, final int left, final int right) {
        final int index = find(block, left - 1);
        return index == count(block) || left(block, index) - right > 0;
    }

    /**
     * Adds a range, merged with every one that it overlaps or touches. The result counts as the most recently changed,
     * also where nothing was new: the first SACK block names the segment that caused it (RFC 2018 §4). The block must
     * not be full where the range {@link #isApart}.
     */
    public static void add(final long block, final int left, final int right) {
        assert right - left > 0 : right - left;
        final int count = count(block);
        // [first, end) are the ranges to merge with
        final int first = find(block, left - 1);
        int end = first;
        while (end < count && left(block, end) - right <= 0) {
            end++;
        }
        int mergedLeft = left;
        int mergedRight = right;
        if (first == end) {
            insert(block, first);
        } else {
            mergedLeft = earlier(left, left(block, first));
            mergedRight = later(right, right(block, end - 1));
            remove(block, first + 1, end);
        }
        Memory.putInt(range(block, first), mergedLeft);
        Memory.putInt(range(block, first) + RIGHT, mergedRight);
        remember(block, mergedLeft, mergedRight);
    }

    /**
     * Removes the ranges that RCV.NXT has reached: the gap before them is filled.
     *
     * @param rcvNxt the next sequence number expected, without the ranges.
     * @return the next sequence number expected, with the bytes of the ranges that were removed.
     */
    public static int advance(final long block, final int rcvNxt) {
        final int count = count(block);
        int next = rcvNxt;
        int reached = 0;
        while (reached < count && left(block, reached) - next <= 0) {
            next = later(next, right(block, reached));
            reached++;
        }
        if (reached > 0) {
            remove(block, 0, reached);
            forget(block, next);
        }
        return next;
    }

    /**
     * Index of the range that was changed most recently but {@code k}. That is exact as far as it is remembered: for
     * {@link #REMEMBERED} ranges, less one for each that was merged or removed and not yet replaced by another change.
     * All others follow, the highest first. Costs O(log n + k).
     *
     * @param k 0 to {@code count - 1}; 0 is the most recent. SACK asks for 0 to 3.
     */
    public static int recentFirst(final long block, final int k) {
        assert k >= 0 && k < count(block) : k;
        final int remembered = Memory.getInt(block + REMEMBERED_COUNT);
        if (k < remembered) {
            return find(block, remembered(block, k));
        }
        int index = count(block);
        for (int others = k - remembered; others >= 0; others--) {
            do {
                index--;
            } while (isRemembered(block, left(block, index)));
        }
        return index;
    }

    private static boolean isRemembered(final long block, final int left) {
        for (int i = Memory.getInt(block + REMEMBERED_COUNT) - 1; i >= 0; i--) {
            if (remembered(block, i) == left) {
                return true;
            }
        }
        return false;
    }

    /** Puts a range before all that are remembered, in place of those that were merged into it. */
    private static void remember(final long block, final int left, final int right) {
        final int remembered = Memory.getInt(block + REMEMBERED_COUNT);
        int moved = left;
        int to = 0;
        for (int i = 0; i < remembered; i++) {
            final int other = remembered(block, i);
            if (other - left < 0 || other - right >= 0) {
                remembered(block, to++, moved);
                moved = other;
            }
        }
        if (to < REMEMBERED) {
            remembered(block, to++, moved);
        }
        Memory.putInt(block + REMEMBERED_COUNT, to);
    }

    /** Forgets the ranges that begin before a sequence number. */
    private static void forget(final long block, final int next) {
        final int remembered = Memory.getInt(block + REMEMBERED_COUNT);
        int to = 0;
        for (int i = 0; i < remembered; i++) {
            final int left = remembered(block, i);
            if (left - next >= 0) {
                remembered(block, to++, left);
            }
        }
        Memory.putInt(block + REMEMBERED_COUNT, to);
    }

    private static int remembered(final long block, final int place) {
        return Memory.getInt(block + REMEMBERED_LEFT + place * Integer.BYTES);
    }

    private static void remembered(final long block, final int place, final int left) {
        Memory.putInt(block + REMEMBERED_LEFT + place * Integer.BYTES, left);
    }

    /** Opens a place for one range before an index. */
    private static void insert(final long block, final int index) {
        assert !isFull(block);
        final int front = Memory.getInt(block + FRONT);
        final int count = count(block);
        final int behind = count - index;
        if (front > 0 && index < behind) {
            move(block, front, front - 1, index);
            Memory.putInt(block + FRONT, front - 1);
        } else if (front + count < Memory.getInt(block + SLOTS)) {
            move(block, front + index, front + index + 1, behind);
        } else {
            move(block, front, 0, index);
            move(block, front + index, index + 1, behind);
            Memory.putInt(block + FRONT, 0);
        }
        Memory.putInt(block + COUNT, count + 1);
    }

    /** Removes the ranges from {@code first} to before {@code end}. */
    private static void remove(final long block, final int first, final int end) {
        final int front = Memory.getInt(block + FRONT);
        final int behind = count(block) - end;
        if (first < behind) {
            move(block, front, front + end - first, first);
            Memory.putInt(block + FRONT, front + end - first);
        } else {
            move(block, front + end, front + first, behind);
        }
        Memory.putInt(block + COUNT, first + behind);
    }

    /** Moves what lies in slots. */
    private static void move(final long block, final int from, final int to, final int slots) {
        if (from != to && slots > 0) {
            Memory.copy(slot(block, from), slot(block, to), (long) slots * RANGE_LENGTH);
        }
    }

    private static long range(final long block, final int index) {
        return slot(block, Memory.getInt(block + FRONT) + index);
    }

    private static long slot(final long block, final int slot) {
        return block + HEAD_LENGTH + (long) slot * RANGE_LENGTH;
    }

    private static int earlier(final int a, final int b) {
        return a - b < 0 ? a : b;
    }

    private static int later(final int a, final int b) {
        return a - b > 0 ? a : b;
    }
}
