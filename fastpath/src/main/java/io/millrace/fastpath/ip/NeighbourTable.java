package io.millrace.fastpath.ip;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.PacketPort;

/**
 * Link-layer addresses of next hops, as the control plane told this engine, and the frames that wait for one. The
 * states of a neighbour and the asking live in the control plane; here is only what output needs.
 * <p>
 * Bounded: an entry without waiting frames makes room for a new one; where every entry holds frames the new frame is
 * dropped and counted. So many neighbours that do not answer cannot hold every frame of the port, which needs some to
 * hear those that do: all of a link together hold at most {@value #FULL_QUEUES} full queues. Thread: the engine's.
 */
public final class NeighbourTable {
    /** What {@link #find} answers where the table is full. */
    public static final int FULL = -1;

    private static final int FULL_QUEUES = 4;

    private static final int GENERATION_MASK = 0x3FFF_FFFF;
    private static final long LONG_AGO_NS = Long.MIN_VALUE / 4;

    private final PacketPort port;
    private final EngineCounters counters;
    private final int capacity;
    private final AddressSlots slots;
    private final boolean[] resolved;
    private final int[] generation;
    private final int[] queued;
    private final long[] mac;
    private final long[] confirmedNs;
    private final long[] head;
    private final long[] tail;
    /** Frames that wait, by link. */
    private final int[] waiting;
    private int queueLimit;
    private int clockHand;
    /** Added to every entry's generation. */
    private int epoch;

    public NeighbourTable(final PacketPort port, final EngineCounters counters, final int capacity,
            final int queueLimit, final long seed) {
        this.port = port;
        this.counters = counters;
        this.queueLimit = queueLimit;
        this.capacity = capacity;
        this.slots = new AddressSlots(capacity, seed);
        this.resolved = new boolean[capacity];
        this.generation = new int[capacity];
        this.queued = new int[capacity];
        this.mac = new long[capacity];
        this.confirmedNs = new long[capacity];
        this.head = new long[capacity];
        this.tail = new long[capacity];
        this.waiting = new int[port.links()];
    }

    /** Frames that may wait for one neighbour from now on; those that wait stay. */
    public void queueLimit(final int frames) {
        queueLimit = frames;
    }

    /** The entry for an address on a link, made if missing; {@link #FULL} where there is no room. */
    public int find(final int link, final long addressHi, final long addressLo) {
        final int found = lookup(link, addressHi, addressLo);
        if (found >= 0) {
            return found;
        }
        if (slots.isFull() && !evict()) {
            return FULL;
        }
        final int entry = slots.add(link, addressHi, addressLo);
        resolved[entry] = false;
        confirmedNs[entry] = LONG_AGO_NS;
        return entry;
    }

    /** The entry for an address on a link, or -1. */
    public int lookup(final int link, final long addressHi, final long addressLo) {
        return slots.find(link, addressHi, addressLo);
    }

    /**
     * Changes whenever the entry is given to another address or loses its MAC, and when routes change: tells that a
     * remembered entry is stale. 30 bits.
     */
    public int generation(final int entry) {
        return generation[entry] + epoch & GENERATION_MASK;
    }

    /** Every remembered entry is stale: the way may lead elsewhere. */
    void onRoutesChanged() {
        epoch++;
    }

    public boolean isResolved(final int entry) {
        return resolved[entry];
    }

    /** 48 bits; meaningful while {@link #isResolved}. */
    public long mac(final int entry) {
        return mac[entry];
    }

    public int link(final int entry) {
        return slots.link(entry);
    }

    public long addressHi(final int entry) {
        return slots.hi(entry);
    }

    public long addressLo(final int entry) {
        return slots.lo(entry);
    }

    /** Notes that the neighbour is reachable; true where that was not noted for an interval. */
    boolean confirm(final int entry, final long nowNs, final long intervalNs) {
        final boolean due = nowNs - confirmedNs[entry] >= intervalNs;
        if (due) {
            confirmedNs[entry] = nowNs;
        }
        return due;
    }

    /** Sets the MAC and returns the first of the frames that waited (linked by {@link Frame#next}), or 0. */
    public long resolved(final int entry, final long newMac) {
        mac[entry] = newMac;
        resolved[entry] = true;
        return takeQueue(entry);
    }

    /** Forgets the MAC; remembered entries become stale. Returns the first of the frames that waited, or 0. */
    public long forget(final int entry) {
        resolved[entry] = false;
        makeStale(entry);
        return takeQueue(entry);
    }

    /** Forgets the MAC of an address, if known; frames that wait go on waiting. */
    public void invalidate(final int link, final long addressHi, final long addressLo) {
        final int entry = lookup(link, addressHi, addressLo);
        if (entry >= 0) {
            resolved[entry] = false;
            makeStale(entry);
        }
    }

    /**
     * Takes a frame until the neighbour is resolved. Where too many wait, the neighbour's oldest is dropped and counted;
     * where none of them is this neighbour's, the new one.
     */
    public void enqueue(final int entry, final long frame) {
        final int link = slots.link(entry);
        final boolean full = waiting[link] >= FULL_QUEUES * queueLimit;
        if (full && queued[entry] == 0) {
            drop(frame);
            return;
        }
        if (full || queued[entry] >= queueLimit) {
            final long oldest = head[entry];
            head[entry] = Frame.next(oldest);
            queued[entry]--;
            waiting[link]--;
            drop(oldest);
        }
        waiting[link]++;
        Frame.next(frame, 0);
        if (queued[entry]++ == 0) {
            head[entry] = frame;
        } else {
            Frame.next(tail[entry], frame);
        }
        tail[entry] = frame;
    }

    /** True where so many frames may wait for the neighbour, for which older ones of the same may go. */
    boolean mayHold(final int entry, final int frames) {
        return frames <= queueLimit
                && waiting[slots.link(entry)] - queued[entry] + frames <= FULL_QUEUES * queueLimit;
    }

    /** Takes frames that it {@linkplain #mayHold may hold}, linked by {@link Frame#next}, until it is resolved. */
    void enqueueAll(final int entry, final long first) {
        for (long frame = first; frame != 0;) {
            final long next = Frame.next(frame);
            enqueue(entry, frame);
            frame = next;
        }
    }

    /** Gives every waiting frame back. */
    public void clear() {
        for (int entry = 0; entry < capacity; entry++) {
            for (long frame = takeQueue(entry); frame != 0;) {
                final long next = Frame.next(frame);
                port.release(frame);
                frame = next;
            }
        }
    }

    private void drop(final long frame) {
        port.release(frame);
        counters.increment(Counter.NEIGHBOUR_QUEUE_FULL);
    }

    private void makeStale(final int entry) {
        generation[entry]++;
    }

    private long takeQueue(final int entry) {
        if (queued[entry] == 0) {
            return 0;
        }
        waiting[slots.link(entry)] -= queued[entry];
        queued[entry] = 0;
        return head[entry];
    }

    /** Makes room for a new entry; false where every one holds frames. */
    private boolean evict() {
        for (int i = 0; i < capacity; i++) {
            final int entry = clockHand;
            clockHand = clockHand + 1 == capacity ? 0 : clockHand + 1;
            if (queued[entry] == 0) {
                slots.remove(entry);
                makeStale(entry);
                counters.increment(Counter.NEIGHBOUR_EVICTED);
                return true;
            }
        }
        return false;
    }
}
