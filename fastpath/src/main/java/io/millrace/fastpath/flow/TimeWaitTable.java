package io.millrace.fastpath.flow;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.RecordTable;

/**
 * Connections in TIME_WAIT as records of {@value #LENGTH} bytes in the order of their ends, which is a list because
 * every record waits 2 MSL from its start or restart. The key lies where a {@link Tcb} has it.
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
    private static final int END_NS = 48;
    private static final int PREVIOUS = 56;
    private static final int NEXT = 60;

    /** Resolution of the wait that a restart uses: 8.4 ms, so 16 bits reach 9 minutes. */
    private static final int WAIT_SHIFT = 23;

    private final RecordTable records;
    private int first = -1;
    private int last = -1;

    public TimeWaitTable(final int capacity) {
        records = new RecordTable("TIME_WAIT records", capacity, LENGTH);
    }

    /** How many connections wait. */
    public int size() {
        return records.inUse();
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
        Memory.putShort(record + WAIT, (int) Math.min((waitNs + (1L << WAIT_SHIFT) - 1) >>> WAIT_SHIFT, 0xFFFF));
        link(index, nowNs + waitNs);
        return index;
    }

    /** Starts the wait anew. */
    public void restart(final int index, final long nowNs) {
        unlink(index);
        link(index, nowNs + ((long) Memory.getUnsignedShort(records.address(index) + WAIT) << WAIT_SHIFT));
    }

    /** Ends a wait. */
    public void remove(final int index) {
        unlink(index);
        records.free(index);
    }

    /** The record whose wait ends first; -1 where there is none. */
    public int oldest() {
        return first;
    }

    /** When the wait of a record ends. */
    public long endNs(final int index) {
        return Memory.getLong(records.address(index) + END_NS);
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

    /** Behind the last record that ends no later: at the end, unless connections differ in their MSL. */
    private void link(final int index, final long endNs) {
        int before = last;
        while (before >= 0 && endNs(before) - endNs > 0) {
            before = Memory.getInt(records.address(before) + PREVIOUS);
        }
        final int after = before < 0 ? first : Memory.getInt(records.address(before) + NEXT);
        final long record = records.address(index);
        Memory.putLong(record + END_NS, endNs);
        Memory.putInt(record + PREVIOUS, before);
        Memory.putInt(record + NEXT, after);
        pointFrom(before, index);
        pointBackFrom(after, index);
    }

    private void unlink(final int index) {
        final long record = records.address(index);
        final int before = Memory.getInt(record + PREVIOUS);
        final int after = Memory.getInt(record + NEXT);
        pointFrom(before, after);
        pointBackFrom(after, before);
    }

    private void pointFrom(final int index, final int next) {
        if (index < 0) {
            first = next;
        } else {
            Memory.putInt(records.address(index) + NEXT, next);
        }
    }

    private void pointBackFrom(final int index, final int previous) {
        if (index < 0) {
            last = previous;
        } else {
            Memory.putInt(records.address(index) + PREVIOUS, previous);
        }
    }
}
