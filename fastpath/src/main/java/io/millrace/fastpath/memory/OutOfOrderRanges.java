package io.millrace.fastpath.memory;

/**
 * The ranges of sequence numbers that a connection has received beyond a gap, in one block of 1,024 bytes that it holds
 * only while there are any. The bytes themselves lie in their places in the receive ring (RFC 9293 §3.10.7.4: segments
 * beyond RCV.NXT are kept, not dropped).
 * <p>
 * Ranges are {@code [left, right)}, sorted by sequence number, at least one missing byte apart. All of them lie within
 * 2^31 of each other, which a receive window guarantees. Each carries the time of its last change in calls, so that
 * SACK blocks can name the most recent first (RFC 2018 §4).
 * <p>
 * Every call costs at most some multiple of {@link #MAX_RANGES} steps, whatever the peer sends. Arguments are asserted,
 * not checked: {@code block} is {@link #BLOCK_LENGTH} bytes after {@link #init}; indices are 0 to {@code count - 1}.
 * <p>
 * Thread: the owner's.
 */
public final class OutOfOrderRanges {
    /** Bytes a block. */
    public static final int BLOCK_LENGTH = 1024;

    /** How many ranges a block holds at most. */
    public static final int MAX_RANGES = 63;

    // The block: { int count, int stamp of the last change, 8 unused }, then ranges.
    private static final int COUNT_OFFSET = 0;
    private static final int STAMP_OFFSET = 4;
    private static final int RANGES_OFFSET = 16;

    // A range: { int left, int right, int stamp, 4 unused }.
    private static final int RIGHT_OFFSET = 4;
    private static final int RANGE_STAMP_OFFSET = 8;
    private static final int RANGE_LENGTH = 16;

    private OutOfOrderRanges() {}

    /** Makes a block hold no range. */
    public static void init(final long block) {
        Memory.putLong(block, 0);
    }

    /** How many ranges there are, 0 to {@link #MAX_RANGES}. */
    public static int count(final long block) {
        return Memory.getInt(block + COUNT_OFFSET);
    }

    /** First sequence number of a range; range 0 is the nearest to RCV.NXT. */
    public static int left(final long block, final int index) {
        return Memory.getInt(range(block, index));
    }

    /** Sequence number after the last one of a range. */
    public static int right(final long block, final int index) {
        return Memory.getInt(range(block, index) + RIGHT_OFFSET);
    }

    /** Sequence number after the last one of all ranges; there must be one. */
    public static int highest(final long block) {
        return right(block, count(block) - 1);
    }

    /**
     * Adds a range, merged with every one that it overlaps or touches. The result counts as the most recently changed,
     * also where nothing was new: the first SACK block names the segment that caused it (RFC 2018 §4).
     *
     * @param left      first sequence number.
     * @param right     sequence number after the last one; beyond {@code left}.
     * @param maxRanges how many ranges there may be afterwards, 1 to {@link #MAX_RANGES}.
     * @return false where there would be more; then nothing has changed and the bytes must not be kept.
     */
    public static boolean add(final long block, final int left, final int right, final int maxRanges) {
        assert right - left > 0 && maxRanges > 0 && maxRanges <= MAX_RANGES;
        final int count = count(block);
        // [first, end) are the ranges to merge with. From the far end: segments mostly arrive behind the last one.
        int end = count;
        while (end > 0 && left(block, end - 1) - right > 0) {
            end--;
        }
        int first = end;
        while (first > 0 && right(block, first - 1) - left >= 0) {
            first--;
        }
        if (first == end) {
            if (count >= maxRanges) {
                return false;
            }
            move(block, first, first + 1);
            put(block, first, left, right);
        } else {
            final int mergedLeft = earlier(left, left(block, first));
            final int mergedRight = later(right, right(block, end - 1));
            move(block, end, first + 1);
            put(block, first, mergedLeft, mergedRight);
        }
        return true;
    }

    /** True where {@link #add} of the same would succeed. */
    public static boolean hasRoom(final long block, final int left, final int right, final int maxRanges) {
        final int count = count(block);
        if (count < maxRanges) {
            return true;
        }
        for (int i = count - 1; i >= 0 && right(block, i) - left >= 0; i--) {
            if (left(block, i) - right <= 0) {
                return true;
            }
        }
        return false;
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
            move(block, reached, 0);
        }
        return next;
    }

    /**
     * Whether everything in {@code [left, right)} is already there.
     *
     * @param left  first sequence number.
     * @param right sequence number after the last one; beyond {@code left}.
     */
    public static boolean contains(final long block, final int left, final int right) {
        for (int i = count(block) - 1; i >= 0; i--) {
            if (left(block, i) - left <= 0) {
                return right(block, i) - right >= 0;
            }
        }
        return false;
    }

    /**
     * Index of the range that was changed most recently but {@code k}. Costs {@code k + 1} passes; SACK asks for 0 to 3.
     *
     * @param k 0 to {@code count - 1}; 0 is the most recent.
     */
    public static int recentFirst(final long block, final int k) {
        assert k >= 0 && k < count(block) : k;
        final int count = count(block);
        final int now = Memory.getInt(block + STAMP_OFFSET);
        int age = -1;
        int index = 0;
        for (int pass = 0; pass <= k; pass++) {
            int youngest = Integer.MAX_VALUE;
            for (int i = 0; i < count; i++) {
                final int itsAge = now - Memory.getInt(range(block, i) + RANGE_STAMP_OFFSET) & Integer.MAX_VALUE;
                if (itsAge > age && itsAge < youngest) {
                    youngest = itsAge;
                    index = i;
                }
            }
            age = youngest;
        }
        return index;
    }

    private static long range(final long block, final int index) {
        return block + RANGES_OFFSET + index * RANGE_LENGTH;
    }

    private static void put(final long block, final int index, final int left, final int right) {
        final int stamp = Memory.getInt(block + STAMP_OFFSET) + 1;
        final long range = range(block, index);
        Memory.putInt(range, left);
        Memory.putInt(range + RIGHT_OFFSET, right);
        Memory.putInt(range + RANGE_STAMP_OFFSET, stamp);
        Memory.putInt(block + STAMP_OFFSET, stamp);
    }

    /** Moves the ranges from an index on to another index, and sets the count accordingly. */
    private static void move(final long block, final int from, final int to) {
        final int count = count(block);
        if (from != to) {
            Memory.copy(range(block, from), range(block, to), (long) (count - from) * RANGE_LENGTH);
            Memory.putInt(block + COUNT_OFFSET, count + to - from);
        }
    }

    private static int earlier(final int a, final int b) {
        return a - b < 0 ? a : b;
    }

    private static int later(final int a, final int b) {
        return a - b > 0 ? a : b;
    }
}
