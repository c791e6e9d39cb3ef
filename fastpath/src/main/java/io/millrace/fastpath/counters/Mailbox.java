package io.millrace.fastpath.counters;

import io.millrace.fastpath.memory.Memory;

/**
 * A place in memory where other threads and processes ask for records and an agent answers, a slice at a time: one
 * question after the other, and the answer to one holds as many records as there is room for, and says where to go on.
 * <p>
 * Who asks takes the lock, writes kind and cursor, then a number that was not used before into {@link #REQUEST}. The
 * agent fills records, then count and next cursor, then writes the number into {@link #RESPONSE}. Whoever finds, after
 * having copied the records, that {@link #REQUEST} is still his number has a consistent copy: the agent overwrites an
 * answer only for a newer question. The agent never waits, allocates nothing, and trusts nothing that it reads here.
 * <p>
 * Thread: the agent's.
 */
public final class Mailbox {
    /** Offset: who asks now, 0 nobody; changed by compare-and-set. */
    public static final int LOCK = 0;
    /** Offset: number of the question, written last. */
    public static final int REQUEST = 64;
    /** Offset: what is asked for; its meaning is the agent's. */
    public static final int KIND = 72;
    /** Offset: where to begin: 0, or {@link #NEXT} of the answer before. */
    public static final int CURSOR = 80;
    /** Offset: number of the question that is answered, written last. */
    public static final int RESPONSE = 128;
    /** Offset: records of the answer. */
    public static final int COUNT = 136;
    /** Offset: where to go on; {@link #END}: that was all. */
    public static final int NEXT = 144;
    /** Offset: the clock of the agent when it had answered, in nanoseconds. */
    public static final int TIME = 152;
    /** Offset of the first record. */
    public static final int RECORDS = 192;
    /** Of {@link #NEXT}: nothing is left. */
    public static final long END = -1;

    private final long address;
    private final int recordLength;
    private final int capacity;
    private long answered;
    private long current;
    private long cursor;
    private int count;

    /**
     * @param address      of {@link #lengthFor} bytes, zero.
     * @param recordLength bytes, a multiple of 8.
     * @param capacity     records of an answer at the most.
     */
    public Mailbox(final long address, final int recordLength, final int capacity) {
        this.address = address;
        this.recordLength = recordLength;
        this.capacity = capacity;
    }

    /** Bytes that a mailbox takes, a multiple of 64. */
    public static int lengthFor(final int capacity, final int recordLength) {
        return RECORDS + capacity * recordLength + 63 & -64;
    }

    /** True where a question waits, or is half answered. */
    public boolean isAsked() {
        return Memory.getLongAcquire(address + REQUEST) != answered;
    }

    /** Turns to the question that waits; goes on with the one that is half answered. Returns its kind. */
    public long begin() {
        final long request = Memory.getLongAcquire(address + REQUEST);
        if (request != current) {
            current = request;
            cursor = Memory.getLong(address + CURSOR);
            count = 0;
        }
        return Memory.getLong(address + KIND);
    }

    /** Where to go on with the question. Untrusted: any number. */
    public long cursor() {
        return cursor;
    }

    /** True where the answer has no room for another record. */
    public boolean isFull() {
        return count == capacity;
    }

    /** Address of another, zeroed record of the answer, which is not {@linkplain #isFull full}. */
    public long add() {
        final long record = address + RECORDS + (long) count++ * recordLength;
        Memory.zero(record, recordLength);
        return record;
    }

    /** A slice is done: the answer goes out where it is full or there is nothing left, and waits for the next slice else. */
    public void endSlice(final long next, final long nowNs) {
        cursor = next;
        if (next == END || isFull()) {
            Memory.putLong(address + COUNT, count);
            Memory.putLong(address + NEXT, next);
            Memory.putLong(address + TIME, nowNs);
            answered = current;
            Memory.putLongRelease(address + RESPONSE, current);
        }
    }
}
