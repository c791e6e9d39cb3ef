package io.millrace.fastpath.flow;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.RecordTable;
import java.util.Arrays;

/**
 * Connections in TIME_WAIT as records of {@value #LENGTH} bytes in the order of their ends: two lists for each length of
 * the wait, as a byte tells it, because whoever waits as long as others do goes behind them: one for those that wait for
 * the first time, and one for those that were restarted, whose wait is longer by what rounding adds. The key lies where a
 * {@link Tcb} has it. Ends are kept in microseconds, and the wait of a restart in a byte; both are rounded up.
 * <p>
 * Thread: the engine's.
 */
public final class TimeWaitTable implements AutoCloseable {
    /** Bytes of a record. */
    public static final int LENGTH = 64;

    private static final int LOCAL_HI = 0;
    private static final int LOCAL_LO = 8;
    private static final int REMOTE_HI = 16;
    private static final int REMOTE_LO = 24;
    private static final int PORTS = 32;
    private static final int SND_NXT = 36;
    private static final int RCV_NXT = 40;
    private static final int WINDOW = 44;
    private static final int WAIT = 46;
    private static final int END_HIGH = 47;
    private static final int END_LOW = 48;
    private static final int TS_RECENT = 52;
    private static final int PREVIOUS = 56;
    static final int NEXT = 60;

    /** Resolution of the end: 1.02 µs, so that 33 bits reach 73 minutes each way. */
    private static final int END_SHIFT = 10;
    private static final int END_BITS = 33;
    /** In {@link #END_HIGH}: the last bit of the end. */
    private static final int END_HIGH_MASK = 1;
    /** In {@link #END_HIGH}, shifted by one: the DS field without ECN's two bits. */
    private static final int TRAFFIC_CLASS_MASK = 0xFC;
    /** In {@link #END_HIGH}, above those: the connection had timestamps. */
    private static final int TIMESTAMPS = 1 << 7;
    /** In {@link #PREVIOUS}, above the index and one: the wait began anew. */
    private static final int RESTARTED = 1 << 31;
    /** Smallest wait that a restart uses: 33.6 ms; from there a byte reaches 36 minutes in steps of a 16th or less. */
    private static final int WAIT_SHIFT = 21;
    private static final int MANTISSA = 16;
    private static final int LISTS = 512;

    private final RecordTable records;
    /** By {@link #list}; -1 where the list is empty. */
    private final int[] first = filled();
    private final int[] last = filled();
    /** The lists that have ever been used, the first so many. */
    private final int[] waits = new int[LISTS];
    private int usedWaits;
    private long recentNs;
    private long noEndBeforeNs = Long.MAX_VALUE;

    public TimeWaitTable(final int capacity) {
        records = new RecordTable("TIME_WAIT records", capacity, LENGTH);
    }

    private static int[] filled() {
        final int[] none = new int[LISTS];
        Arrays.fill(none, -1);
        return none;
    }

    /** How many connections wait. */
    public int size() {
        return records.inUse();
    }

    /** At the most so many connections wait. */
    public int capacity() {
        return records.capacity();
    }

    /** Every record has an index below this. */
    public int highest() {
        return records.highest();
    }

    /** The first record from an index on, but before another; -1 where there is none. */
    public int next(final int from, final int end) {
        return records.nextInUse(from, end);
    }

    /** Address of a record, whose key lies where a {@link Tcb} has it. */
    public long address(final int index) {
        return records.address(index);
    }

    /**
     * Makes a record for a connection.
     *
     * @param window the window field of the last segment, as sent.
     * @param waitNs 2 MSL.
     * @return its index; -1 where the table is full.
     */
    public int add(final Tcb tcb, final int window, final long nowNs, final long waitNs) {
        final int index = records.allocate();
        if (index < 0) {
            return -1;
        }
        final long record = records.address(index);
        Memory.putLong(record + LOCAL_HI, tcb.localHi());
        Memory.putLong(record + LOCAL_LO, tcb.localLo());
        Memory.putLong(record + REMOTE_HI, tcb.remoteHi());
        Memory.putLong(record + REMOTE_LO, tcb.remoteLo());
        Memory.putInt(record + PORTS, tcb.ports());
        Memory.putInt(record + SND_NXT, tcb.sndMax());
        Memory.putInt(record + RCV_NXT, tcb.rcvNxt());
        Memory.putShort(record + WINDOW, window);
        Memory.putByte(record + WAIT, pack(waitNs));
        Memory.putByte(record + END_HIGH,
                (tcb.trafficClass() & TRAFFIC_CLASS_MASK) >>> 1 | (tcb.has(Tcb.TIMESTAMPS) ? TIMESTAMPS : 0));
        Memory.putInt(record + TS_RECENT, tcb.tsRecent());
        recentNs = nowNs;
        link(index, nowNs + waitNs);
        return index;
    }

    /** Starts the wait anew. */
    public void restart(final int index, final long nowNs) {
        unlink(index);
        recentNs = nowNs;
        final long record = records.address(index);
        Memory.putInt(record + PREVIOUS, RESTARTED);
        link(index, nowNs + unpack(Memory.getUnsignedByte(record + WAIT)));
    }

    /** A floating point number of four bits each, rounded up. */
    private static int pack(final long waitNs) {
        long mantissa = waitNs + (1L << WAIT_SHIFT) - 1 >>> WAIT_SHIFT;
        int exponent = 0;
        while (mantissa >= 2 * MANTISSA) {
            mantissa = mantissa + 1 >>> 1;
            exponent++;
        }
        return exponent >= MANTISSA ? 0xFF : exponent << 4 | (int) Math.max(0, mantissa - MANTISSA);
    }

    private static long unpack(final int wait) {
        return MANTISSA + (wait & 0xFL) << WAIT_SHIFT + (wait >>> 4);
    }

    /** Ends a wait. */
    public void remove(final int index) {
        unlink(index);
        records.free(index);
    }

    /** The record whose wait ends first; -1 where there is none. */
    public int oldest() {
        int oldest = -1;
        for (int i = 0; i < usedWaits; i++) {
            final int head = first[waits[i]];
            if (head >= 0 && (oldest < 0 || endNs(head) - endNs(oldest) < 0)) {
                oldest = head;
            }
        }
        return oldest;
    }

    /** No wait ends before, though the first may end later; {@link Long#MAX_VALUE} where there is none. */
    public long noEndBeforeNs() {
        return noEndBeforeNs;
    }

    /** Finds out anew when the first wait ends: since it was found, waits may have been ended or begun anew. */
    public void renewNoEndBefore() {
        final int oldest = oldest();
        noEndBeforeNs = oldest < 0 ? Long.MAX_VALUE : endNs(oldest);
    }

    /** When the wait of a record ends. */
    public long endNs(final int index) {
        final long record = records.address(index);
        final long end = (long) (Memory.getByte(record + END_HIGH) & END_HIGH_MASK) << Integer.SIZE
                | Memory.getInt(record + END_LOW) & 0xFFFF_FFFFL;
        // the full number lies within 73 minutes of the last time a record was made or restarted
        final long base = recentNs >> END_SHIFT;
        return base + (end - base << Long.SIZE - END_BITS >> Long.SIZE - END_BITS) << END_SHIFT;
    }

    /** True where the connection had timestamps. */
    public boolean hasTimestamps(final int index) {
        return (Memory.getByte(records.address(index) + END_HIGH) & TIMESTAMPS) != 0;
    }

    /** The DS field of the connection, ECN's bits 0 (RFC 2474 §3). */
    public int trafficClass(final int index) {
        return Memory.getByte(records.address(index) + END_HIGH) << 1 & TRAFFIC_CLASS_MASK;
    }

    /** TS.Recent of RFC 7323; with {@link #hasTimestamps}. */
    public int tsRecent(final int index) {
        return Memory.getInt(records.address(index) + TS_RECENT);
    }

    public void tsRecent(final int index, final int value) {
        Memory.putInt(records.address(index) + TS_RECENT, value);
    }

    public long localHi(final int index) {
        return Memory.getLong(records.address(index) + LOCAL_HI);
    }

    public long localLo(final int index) {
        return Memory.getLong(records.address(index) + LOCAL_LO);
    }

    public long remoteHi(final int index) {
        return Memory.getLong(records.address(index) + REMOTE_HI);
    }

    public long remoteLo(final int index) {
        return Memory.getLong(records.address(index) + REMOTE_LO);
    }

    /** Local port in the upper 16 bits, remote port in the lower. */
    public int ports(final int index) {
        return Memory.getInt(records.address(index) + PORTS);
    }

    public int sndNxt(final int index) {
        return Memory.getInt(records.address(index) + SND_NXT);
    }

    public int rcvNxt(final int index) {
        return Memory.getInt(records.address(index) + RCV_NXT);
    }

    /** The window field of the last segment, as sent. */
    public int window(final int index) {
        return Memory.getUnsignedShort(records.address(index) + WINDOW);
    }

    @Override
    public void close() {
        records.close();
    }

    /** Behind the last record of its list that ends no later: at the end, unless settings differ by less than a 16th. */
    private void link(final int index, final long endNs) {
        final int list = list(index);
        use(list);
        final long end = endNs + (1L << END_SHIFT) - 1 >> END_SHIFT;
        noEndBeforeNs = Math.min(noEndBeforeNs, end << END_SHIFT);
        int before = last[list];
        while (before >= 0 && endNs(before) - (end << END_SHIFT) > 0) {
            before = previous(records.address(before));
        }
        final int after = before < 0 ? first[list] : Memory.getInt(records.address(before) + NEXT);
        final long record = records.address(index);
        Memory.putByte(record + END_HIGH, Memory.getByte(record + END_HIGH) & ~END_HIGH_MASK
                | (int) (end >>> Integer.SIZE) & END_HIGH_MASK);
        Memory.putInt(record + END_LOW, (int) end);
        previous(record, before);
        Memory.putInt(record + NEXT, after);
        pointFrom(list, before, index);
        pointBackFrom(list, after, index);
    }

    private static int previous(final long record) {
        return (Memory.getInt(record + PREVIOUS) & ~RESTARTED) - 1;
    }

    private static void previous(final long record, final int index) {
        Memory.putInt(record + PREVIOUS, Memory.getInt(record + PREVIOUS) & RESTARTED | index + 1);
    }

    private int list(final int index) {
        final long record = records.address(index);
        final int restarted = (Memory.getInt(record + PREVIOUS) & RESTARTED) == 0 ? 0 : LISTS / 2;
        return Memory.getUnsignedByte(record + WAIT) + restarted;
    }

    private void use(final int list) {
        if (first[list] >= 0) {
            return;
        }
        for (int i = 0; i < usedWaits; i++) {
            if (waits[i] == list) {
                return;
            }
        }
        waits[usedWaits++] = list;
    }

    private void unlink(final int index) {
        final long record = records.address(index);
        final int list = list(index);
        final int before = previous(record);
        final int after = Memory.getInt(record + NEXT);
        pointFrom(list, before, after);
        pointBackFrom(list, after, before);
    }

    private void pointFrom(final int list, final int index, final int next) {
        if (index < 0) {
            first[list] = next;
        } else {
            Memory.putInt(records.address(index) + NEXT, next);
        }
    }

    private void pointBackFrom(final int list, final int index, final int previous) {
        if (index < 0) {
            last[list] = previous;
        } else {
            previous(records.address(index), previous);
        }
    }
}
