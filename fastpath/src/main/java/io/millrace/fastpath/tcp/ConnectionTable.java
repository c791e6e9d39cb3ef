package io.millrace.fastpath.tcp;

import io.millrace.fastpath.flow.FlowTable;
import io.millrace.fastpath.flow.Slots;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.flow.TimeWaitTable;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.memory.RecordTable;
import io.millrace.fastpath.wire.AddressTest;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one engine: records, the flow table that finds them by 4-tuple, TIME_WAIT records, and the heap
 * objects that belong to a connection. Bounded; a full table refuses and the caller counts.
 * <p>
 * A value of the flow table is the index of a connection, or {@code -2 - index} of a TIME_WAIT record; -1 is none.
 * Thread: the engine's, but for {@link #isPortInUse} and {@link #isAddressInUse}.
 */
final class ConnectionTable implements FlowTable.KeySource, AutoCloseable {
    /** No connection and no TIME_WAIT record. */
    static final int NONE = -1;

    private static final int PORTS = 1 << 16;
    private static final int CACHE_LINE = 64;
    /** A handle has a generation, from 1, above the index. */
    private static final long MAX_INDEX = 0xFFFF_FFFFL;
    private static final int KEY_LOCAL_HI = 0;
    private static final int KEY_LOCAL_LO = 8;
    private static final int KEY_REMOTE_HI = 16;
    private static final int KEY_REMOTE_LO = 24;
    private static final int KEY_PORTS = 32;

    private final RecordTable records;
    /** Of the records: each look at a connection begins with it. */
    private final long base;
    private final TimeWaitTable timeWait;
    private final FlowTable flows;
    private final MemoryRegion portUse;
    private final Slots<Object> attachments;
    private final Slots<TcpSettings> settings;
    private final Tcb tcb = new Tcb();
    /** Whose settings were asked for last, and what they are: a segment asks for them many times. */
    private int settingsOf = NONE;
    private TcpSettings lastSettings = TcpSettings.DEFAULT;
    /** The same of what is attached. */
    private int attachmentOf = NONE;
    private @Nullable Object lastAttachment;
    private int lastGeneration;
    /** Whose segment came last, or is said to come next: asked first, as it is mostly right. */
    private int expected = NONE;
    /** How often a connection has left the flow table. */
    private int departures;
    private int highest;
    private boolean closed;

    ConnectionTable(final int maxConnections, final int maxTimeWait, final long seed) {
        records = new RecordTable("connections", maxConnections, Tcb.LENGTH);
        base = records.base();
        timeWait = new TimeWaitTable(maxTimeWait);
        flows = new FlowTable("flow table", maxConnections + maxTimeWait, seed, this);
        portUse = MemoryRegion.allocate("local port use", PORTS * (long) Integer.BYTES);
        attachments = new Slots<>(maxConnections);
        settings = new Slots<>(maxConnections);
        tcb.wrap(0, base);
    }

    /** Address of the first connection record: the timer nodes lie in the records. */
    long base() {
        return base;
    }

    TimeWaitTable timeWait() {
        return timeWait;
    }

    /** Connections in use, shells included. */
    int inUse() {
        return records.inUse();
    }

    /** The first connection in use from an index on, but before another; -1 where there is none. */
    int nextInUse(final int from, final int end) {
        return records.nextInUse(from, end);
    }

    /** Connections at the most. */
    int capacity() {
        return records.capacity();
    }

    /** True where there is no room for another connection. */
    boolean isFull() {
        return records.inUse() == records.capacity();
    }

    /** One past the highest index ever used. */
    int highest() {
        return highest;
    }

    /** True once the memory is given back: then every handle is stale. */
    boolean isClosed() {
        return closed;
    }

    /** A zeroed connection with a new generation; null where the table is full. */
    @Nullable
    Tcb allocate(final TcpSettings connectionSettings) {
        final int index = records.allocate();
        if (index < 0) {
            return null;
        }
        highest = Math.max(highest, index + 1);
        putSettings(index, connectionSettings);
        final Tcb fresh = wrap(index);
        renew(fresh);
        return fresh;
    }

    /** A new generation: handles of the earlier one are stale. */
    void renew(final Tcb of) {
        lastGeneration = lastGeneration == Integer.MAX_VALUE ? 1 : lastGeneration + 1;
        of.generation(lastGeneration);
    }

    /** Gives the record back; the handle is stale from now on. */
    void free(final Tcb dead) {
        final int index = dead.index();
        dead.generation(0);
        putAttachment(index, null);
        putSettings(index, null);
        records.free(index);
    }

    private long address(final int index) {
        return base + (long) index * Tcb.LENGTH;
    }

    /** Points the flyweight at a connection that is known to be alive. */
    Tcb wrap(final int index) {
        // mostly the one at hand: then what is read through it next does not wait for its address
        return tcb.index() == index ? tcb : tcb.wrap(index, address(index));
    }

    /** Points the flyweight at the connection of a handle; null where the handle is stale. */
    @Nullable
    Tcb find(final long handle) {
        final int index = (int) handle;
        if (handle <= MAX_INDEX || index < 0 || index >= highest) {
            return null;
        }
        final Tcb found = wrap(index);
        return found.generation() == (int) (handle >>> 32) ? found : null;
    }

    /** True while the record is in use. */
    boolean isLive(final int index) {
        return wrap(index).generation() != 0;
    }

    /** Connection index, {@code -2 - index} of a TIME_WAIT record, or {@link #NONE}. */
    int find(final long localHi, final long localLo, final long remoteHi, final long remoteLo, final int ports) {
        final int likely = expected;
        if (likely >= 0 && matches(likely, localHi, localLo, remoteHi, remoteLo, ports)) {
            return likely;
        }
        final int found = flows.find(localHi, localLo, remoteHi, remoteLo, ports);
        expected = found;
        return found;
    }

    /**
     * What {@link #find} tries first: a number that {@link #foresee} has answered.
     *
     * @param then {@link #departures} at that moment: a record that has been freed keeps its key.
     */
    void expect(final int foreseen, final int then) {
        if (then == departures) {
            expected = foreseen;
        }
    }

    /** How often a connection has left the flow table. */
    int departures() {
        return departures;
    }

    private void onDeparture() {
        departures++;
        expected = NONE;
    }

    /** {@link #find} by the hash alone: what comes out may be another's. */
    int foresee(final long localHi, final long localLo, final long remoteHi, final long remoteLo, final int ports) {
        return flows.foresee(localHi, localLo, remoteHi, remoteLo, ports);
    }

    /** Reads the cache lines that a connection receives with, or of a TIME_WAIT record; what comes out means nothing. */
    long touch(final int value) {
        if (value < NONE) {
            return Memory.getLong(timeWait.address(timeWaitRecord(value)));
        }
        if (value == NONE) {
            return 0;
        }
        long sum = attachments.get(value) == null ? 0 : 1;
        sum += settings.get(value) == null ? 0 : 1;
        return sum + touch(value, 0, Tcb.RECEIVING);
    }

    /** The same with the lines that a connection sends with, where something is in flight. Moves the flyweight. */
    long touchSending(final int value) {
        return value < 0 || wrap(value).inFlight() == 0 ? 0 : touch(value, Tcb.RECEIVING, Tcb.LENGTH);
    }

    private long touch(final int index, final int from, final int to) {
        final long record = address(index);
        long sum = 0;
        for (int line = from; line < to; line += CACHE_LINE) {
            sum += Memory.getLong(record + line);
        }
        return sum;
    }

    /** Enters a connection into the flow table: it has sent a SYN, or will, and the answer comes soon. */
    boolean insert(final Tcb fresh) {
        final boolean done = flows.put(fresh.localHi(), fresh.localLo(), fresh.remoteHi(), fresh.remoteLo(),
                fresh.ports(), fresh.index());
        if (done) {
            expected = fresh.index();
            usePort(fresh.localPort(), 1);
        }
        return done;
    }

    /** Takes a connection out of the flow table. */
    void remove(final Tcb dead) {
        onDeparture();
        flows.remove(dead.localHi(), dead.localLo(), dead.remoteHi(), dead.remoteLo(), dead.ports(), dead.index());
        usePort(dead.localPort(), -1);
    }

    /** Puts a TIME_WAIT record into the place of the connection; false where there is no room for one. */
    boolean replaceByTimeWait(final Tcb done, final int window, final long nowNs, final long waitNs) {
        onDeparture();
        final int record = timeWait.add(done, window, nowNs, waitNs);
        return record >= 0 && flows.replace(done.localHi(), done.localLo(), done.remoteHi(), done.remoteLo(),
                done.ports(), done.index(), timeWaitValue(record));
    }

    /** Ends a TIME_WAIT. */
    void removeTimeWait(final int record) {
        flows.remove(timeWait.localHi(record), timeWait.localLo(record), timeWait.remoteHi(record),
                timeWait.remoteLo(record), timeWait.ports(record), timeWaitValue(record));
        usePort(timeWait.ports(record) >>> 16, -1);
        timeWait.remove(record);
    }

    /** The TIME_WAIT record that a value of the flow table names. */
    static int timeWaitRecord(final int value) {
        return -2 - value;
    }

    private static int timeWaitValue(final int record) {
        return -2 - record;
    }

    /** True while a connection or a TIME_WAIT record of this engine uses the local port. Thread: any. */
    boolean isPortInUse(final int localPort) {
        return Memory.getInt(portUse.address() + (long) localPort * Integer.BYTES) != 0;
    }

    /** True while a connection has such a local address; may be a moment late. Thread: any, until closed. */
    boolean isAddressInUse(final AddressTest meant) {
        final Tcb any = new Tcb();
        for (int index = 0; index < highest; index++) {
            any.wrap(index, address(index));
            if (any.generation() != 0 && meant.test(any.localHi(), any.localLo())) {
                return true;
            }
        }
        return false;
    }

    /** What is attached: the application's handler, or the listener before the handshake is over. */
    @Nullable
    Object attachment(final Tcb of) {
        final int index = of.index();
        if (index != attachmentOf) {
            lastAttachment = attachments.get(index);
            attachmentOf = index;
        }
        return lastAttachment;
    }

    void attachment(final Tcb of, final @Nullable Object attachment) {
        putAttachment(of.index(), attachment);
    }

    private void putAttachment(final int index, final @Nullable Object attachment) {
        attachments.set(index, attachment);
        lastAttachment = attachment;
        attachmentOf = index;
    }

    TcpSettings settings(final Tcb of) {
        final int index = of.index();
        if (index != settingsOf) {
            remember(index, settings.get(index));
        }
        return lastSettings;
    }

    void settings(final Tcb of, final TcpSettings connectionSettings) {
        putSettings(of.index(), connectionSettings);
    }

    private void putSettings(final int index, final @Nullable TcpSettings connectionSettings) {
        settings.set(index, connectionSettings);
        remember(index, connectionSettings);
    }

    private void remember(final int index, final @Nullable TcpSettings connectionSettings) {
        lastSettings = connectionSettings == null ? TcpSettings.DEFAULT : connectionSettings;
        settingsOf = index;
    }

    @Override
    public boolean matches(final int value, final long localHi, final long localLo, final long remoteHi,
            final long remoteLo, final int ports) {
        final long record = value >= 0 ? address(value) : timeWait.address(timeWaitRecord(value));
        return Memory.getInt(record + KEY_PORTS) == ports && Memory.getLong(record + KEY_REMOTE_LO) == remoteLo
                && Memory.getLong(record + KEY_LOCAL_LO) == localLo
                && Memory.getLong(record + KEY_REMOTE_HI) == remoteHi
                && Memory.getLong(record + KEY_LOCAL_HI) == localHi;
    }

    @Override
    public void close() {
        closed = true;
        highest = 0;
        records.close();
        timeWait.close();
        flows.close();
        portUse.close();
    }

    private void usePort(final int port, final int delta) {
        final long cell = portUse.address() + (long) port * Integer.BYTES;
        Memory.putInt(cell, Memory.getInt(cell) + delta);
    }
}
