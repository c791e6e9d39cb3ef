package io.millrace.fastpath.memory;

/**
 * A bounded table of records of one length: connections, TIME_WAIT records, neighbours. A record is known by its index,
 * which is stable while it is in use.
 * <p>
 * Records given back are used again first, the last one first, since it is the likeliest to be in the cache; a record
 * that was never used is not resident. Where the table is full, {@link #allocate} answers -1 and nothing changes.
 * <p>
 * A free record's first 8 bytes hold its free list; the rest stays as it was until it is allocated again.
 * <p>
 * Thread: one, the engine's; no allocation on the heap after construction.
 */
public final class RecordTable implements AutoCloseable {
    private static final int NIL = -1;

    private final MemoryRegion region;
    private final long base;
    private final long usedBits;
    private final int recordLength;
    private final int capacity;
    private int freeHead = NIL;
    private int neverUsed;
    private int inUse;

    /**
     * @param purpose      what the records are, for messages, e.g. {@code "connections"}.
     * @param maxRecords   capacity in records, at least 1.
     * @param recordLength bytes a record, a multiple of 8, at least 8; a multiple of 64 keeps records on cache lines
     *                     of their own.
     * @throws IllegalArgumentException where a number is out of its range.
     * @throws OutOfMemoryError         where the system refuses the memory.
     */
    public RecordTable(final String purpose, final int maxRecords, final int recordLength) {
        this.region = MemoryRegion.allocateTable(purpose, requiredBytes(maxRecords, recordLength));
        this.base = region.address();
        this.usedBits = base + (long) maxRecords * recordLength;
        this.recordLength = recordLength;
        this.capacity = maxRecords;
    }

    /**
     * Off-heap bytes that a table reserves: the records and a bit for each.
     *
     * @param maxRecords   as for the constructor.
     * @param recordLength as for the constructor.
     * @return bytes of address space; resident is only what is used, of a large table by 2 MiB where the system
     *         has such pages.
     */
    public static long requiredBytes(final int maxRecords, final int recordLength) {
        if (maxRecords < 1) {
            throw new IllegalArgumentException(maxRecords + " records, must be at least 1");
        }
        if (recordLength < 8 || recordLength % 8 != 0) {
            throw new IllegalArgumentException(
                    "records of " + recordLength + " bytes, must be a multiple of 8, at least 8");
        }
        return (long) maxRecords * recordLength + (maxRecords + 63L) / 64 * 8;
    }

    /**
     * Takes a record, all zero.
     *
     * @return its index, 0 to capacity - 1; -1 where all are in use.
     */
    public int allocate() {
        final int index;
        if (freeHead != NIL) {
            index = freeHead;
            final long address = address(index);
            freeHead = (int) Memory.getLong(address);
            Memory.zero(address, recordLength);
        } else if (neverUsed < capacity) {
            index = neverUsed++;
        } else {
            return -1;
        }
        flipUsed(index);
        inUse++;
        return index;
    }

    /**
     * Gives a record back.
     *
     * @param index what {@link #allocate} answered.
     * @throws IllegalStateException where it is not in use; nothing has changed.
     */
    public void free(final int index) {
        if (!isInUse(index)) {
            throw new IllegalStateException("record " + index + " is not in use: " + region);
        }
        flipUsed(index);
        Memory.putLong(address(index), freeHead);
        freeHead = index;
        inUse--;
    }

    /**
     * Whether a record is in use.
     *
     * @param index any number.
     * @return false for numbers outside the table.
     */
    public boolean isInUse(final int index) {
        return index >= 0 && index < neverUsed && (Memory.getLong(usedWord(index)) & 1L << index) != 0;
    }

    /**
     * The first record in use from an index on, to visit all of them.
     *
     * @param from 0 or more.
     * @return its index, or -1 where there is none.
     */
    public int nextInUse(final int from) {
        return nextInUse(from, neverUsed);
    }

    /**
     * The first record in use from an index on, among so many.
     *
     * @param from 0 or more.
     * @param end  the first index that is not looked at.
     * @return its index, or -1 where there is none before {@code end}.
     */
    public int nextInUse(final int from, final int end) {
        final int limit = Math.min(end, neverUsed);
        int index = from;
        while (index < limit) {
            final long bits = Memory.getLong(usedWord(index)) >>> index;
            if (bits != 0) {
                final int found = index + Long.numberOfTrailingZeros(bits);
                return found < limit ? found : -1;
            }
            index = (index | 63) + 1;
        }
        return -1;
    }

    /** Address of a record; not checked. */
    public long address(final int index) {
        return base + (long) index * recordLength;
    }

    /** Address of record 0. */
    public long base() {
        return base;
    }

    /** Bytes a record. */
    public int recordLength() {
        return recordLength;
    }

    /** Every record in use has an index below this. */
    public int highest() {
        return neverUsed;
    }

    /** Records in use. */
    public int inUse() {
        return inUse;
    }

    /** Records in all. */
    public int capacity() {
        return capacity;
    }

    /** Gives all memory back; closing twice does nothing. No record may be used afterwards. */
    @Override
    public void close() {
        region.close();
    }

    @Override
    public String toString() {
        return region + ", " + inUse + " of " + capacity + " records in use";
    }

    private long usedWord(final int index) {
        return usedBits + (index >>> 6) * 8L;
    }

    private void flipUsed(final int index) {
        final long word = usedWord(index);
        Memory.putLong(word, Memory.getLong(word) ^ 1L << index);
    }
}
