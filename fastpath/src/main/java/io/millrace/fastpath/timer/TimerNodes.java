package io.millrace.fastpath.timer;

/**
 * Where timers lie: some, a power of two, in each record of a table of records, side by side. Timer {@code n} is the
 * {@code n % perRecord}th of record {@code n / perRecord}.
 * <p>
 * A timer whose {@link #NODE_LENGTH} bytes are zero is not armed. A record may be cleared or given to another only when
 * none of its timers is armed or parked.
 */
public final class TimerNodes {
    /** Bytes a timer: { long deadline, int next, int previous, long filed }. */
    public static final int NODE_LENGTH = 24;

    private final long base;
    private final long strideBytes;
    private final int shift;

    /**
     * @param base        address of record 0.
     * @param strideBytes bytes from one record to the next, a multiple of 8.
     * @param firstOffset bytes from the beginning of a record to its first timer, a multiple of 8.
     * @param shift       log2 of the number of timers in a record, 0 to 8.
     * @throws IllegalArgumentException where a number is out of its range or the timers do not fit in a record.
     */
    public TimerNodes(final long base, final long strideBytes, final int firstOffset, final int shift) {
        if (shift < 0 || shift > 8) {
            throw new IllegalArgumentException("2^" + shift + " timers a record, must be 2^0 to 2^8");
        }
        if (strideBytes % 8 != 0 || firstOffset % 8 != 0 || firstOffset < 0
                || firstOffset + ((long) NODE_LENGTH << shift) > strideBytes) {
            throw new IllegalArgumentException((1 << shift) + " timers at offset " + firstOffset
                    + " of records of " + strideBytes + " bytes");
        }
        this.base = base + firstOffset;
        this.strideBytes = strideBytes;
        this.shift = shift;
    }

    /** The number of a record's timer: {@code which} is 0 to the number of timers in a record - 1. */
    public int node(final int record, final int which) {
        return record << shift | which;
    }

    /** The record that a timer lies in. */
    public int record(final int node) {
        return node >>> shift;
    }

    /** Which of its record's timers a timer is. */
    public int which(final int node) {
        return node & (1 << shift) - 1;
    }

    /** Address of a timer; not checked. */
    public long address(final int node) {
        return base + (node >>> shift) * strideBytes + which(node) * (long) NODE_LENGTH;
    }
}
