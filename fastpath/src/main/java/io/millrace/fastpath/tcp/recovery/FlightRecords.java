package io.millrace.fastpath.tcp.recovery;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.Slab;

/**
 * The records of a flight block, which lie behind its head, and the memory they take: a block that doubles as they grow in
 * number. What they mean is {@link Scoreboard}'s. Thread: the engine's.
 */
abstract class FlightRecords extends FlightState {
    /** Records of a connection at the most. */
    static final int MAX_RECORDS = 16_384;

    /** Flag: selectively acknowledged. */
    static final int SACKED = 1;
    /** Flag: marked lost, not sent again since. */
    static final int LOST = 1 << 1;
    /** Flag: sent more than once. */
    static final int RETRANSMITTED = 1 << 2;
    /** Flag: sent again and neither acknowledged nor lost again. */
    static final int OUT_AGAIN = 1 << 3;
    /** Flag: sent while the application limited the rate. */
    static final int APPLICATION_LIMITED = 1 << 4;
    /** Flag: had its turn to grow the window when it was selectively acknowledged. */
    static final int COUNTED = 1 << 5;

    static final int RECORD_LENGTH = 48;
    static final int SMALLEST_BLOCK = 1_024;

    static final int SEQ = 0;
    static final int END = 4;
    static final int SENT_NS = 8;
    private static final int FIRST_SENT_NS = 16;
    private static final int DELIVERED_NS = 24;
    private static final int DELIVERED = 32;
    static final int FLAGS = 36;
    /** In flight when sent; of a selectively acknowledged record: how many such records begin here. */
    static final int IN_FLIGHT_OR_RUN = 40;
    private static final int LOST_WHEN_SENT = 44;

    private final Slab slab;

    FlightRecords(final Slab slab) {
        this.slab = slab;
    }

    /** Takes the block, not written yet, where there is none; false where the slab is full. */
    final boolean reserve(final Tcb tcb) {
        if (tcb.flight() == 0) {
            final long fresh = slab.allocate(SMALLEST_BLOCK);
            if (fresh == 0) {
                return false;
            }
            tcb.flight(fresh | LoneSegment.UNWRITTEN);
        }
        return true;
    }

    /** Makes a block that {@link #reserve} took what it is while nothing is in flight. */
    final void clearReserved(final Tcb tcb) {
        block = tcb.flight() & ~(long) LoneSegment.BITS;
        tcb.flight(block);
        clear(SMALLEST_BLOCK);
    }

    final void clear(final int length) {
        for (int i = 0; i < HEAD_LENGTH; i += Long.BYTES) {
            Memory.putLong(block + i, 0);
        }
        blockLength(length);
        rackSentNs(NEVER);
        nextSendNs(NEVER);
        reorderingAtNs(FOREVER);
    }

    final boolean hasRoom() {
        return count() < MAX_RECORDS && first() + count() < capacity();
    }

    private int capacity() {
        return (blockLength() - HEAD_LENGTH) / RECORD_LENGTH;
    }

    /** Room for one more record behind the last; false where there is none. */
    final boolean makeRoom(final Tcb tcb) {
        if (count() >= MAX_RECORDS) {
            return false;
        }
        if (first() > capacity() >>> 2) {
            Memory.copy(at(0), block + HEAD_LENGTH, (long) count() * RECORD_LENGTH);
            first(0);
            return true;
        }
        return grow(tcb);
    }

    private boolean grow(final Tcb tcb) {
        final int length = blockLength();
        final long larger = slab.allocate(2 * length);
        if (larger == 0) {
            return false;
        }
        Memory.copy(block, larger, HEAD_LENGTH);
        Memory.copy(at(0), larger + HEAD_LENGTH, (long) count() * RECORD_LENGTH);
        slab.free(block, length);
        block = larger;
        tcb.flight(larger);
        blockLength(2 * length);
        first(0);
        return true;
    }

    /** Nothing is in flight: keeps the head only, in the smallest block; all of it is given back where none is left. */
    final void shrink(final Tcb tcb) {
        final int length = blockLength();
        if (length == SMALLEST_BLOCK) {
            return;
        }
        final long smallest = slab.allocate(SMALLEST_BLOCK);
        if (smallest == 0) {
            release(tcb);
            return;
        }
        Memory.copy(block, smallest, HEAD_LENGTH);
        slab.free(block, length);
        block = smallest;
        tcb.flight(smallest);
        blockLength(SMALLEST_BLOCK);
        first(0);
    }

    /** Everything is acknowledged, or the connection is over: gives the block back. */
    final void release(final Tcb tcb) {
        final long flight = tcb.flight();
        if (flight != 0) {
            block = flight & ~(long) LoneSegment.BITS;
            slab.free(block, block == flight ? blockLength() : SMALLEST_BLOCK);
            tcb.flight(0);
            block = 0;
        }
    }

    final void stampSent(final Tcb tcb, final long record, final long nowNs) {
        Memory.putLong(record + SENT_NS, nowNs);
        Memory.putLong(record + FIRST_SENT_NS, firstSentNs());
        Memory.putLong(record + DELIVERED_NS, deliveredNs());
        Memory.putInt(record + DELIVERED, (int) tcb.delivered());
        Memory.putInt(record + IN_FLIGHT_OR_RUN, Math.max(0, inFlight(tcb)) + length(record));
        Memory.putInt(record + LOST_WHEN_SENT, lostTotal());
        final int limited = applicationLimited() != 0 ? APPLICATION_LIMITED : 0;
        Memory.putInt(record + FLAGS, flags(record) & ~APPLICATION_LIMITED | limited);
    }

    /** Bytes in the network as far as we know (RFC 6675 pipe); SYN and FIN count one. */
    final int inFlight(final Tcb tcb) {
        return tcb.sndNxt() - tcb.sndUna() - sackedBytes() - lostBytes();
    }

    /** Address of the record at an index, 0 to {@link #count}. */
    final long at(final int index) {
        return block + HEAD_LENGTH + (long) (first() + index) * RECORD_LENGTH;
    }

    final int seq(final long record) {
        return Memory.getInt(record + SEQ);
    }

    final int end(final long record) {
        return Memory.getInt(record + END);
    }

    final int length(final long record) {
        return end(record) - seq(record);
    }

    final int flags(final long record) {
        return Memory.getInt(record + FLAGS);
    }

    final boolean has(final long record, final int flag) {
        return (flags(record) & flag) != 0;
    }

    final void flags(final long record, final int value) {
        Memory.putInt(record + FLAGS, value);
    }

    /** When the record was last sent. */
    final long sentNs(final long record) {
        return Memory.getLong(record + SENT_NS);
    }

    /** P.first_sent_time. */
    final long recordFirstSentNs(final long record) {
        return Memory.getLong(record + FIRST_SENT_NS);
    }

    /** P.delivered_time. */
    final long recordDeliveredNs(final long record) {
        return Memory.getLong(record + DELIVERED_NS);
    }

    /** P.delivered, from its low 32 bits. */
    final long recordDelivered(final Tcb tcb, final long record) {
        final long now = tcb.delivered();
        return now - ((int) now - Memory.getInt(record + DELIVERED));
    }

    /** P.tx_in_flight, before the record was selectively acknowledged. */
    final int inFlightWhenSent(final long record) {
        return Memory.getInt(record + IN_FLIGHT_OR_RUN);
    }

    /** Bytes lost since the record was last sent. */
    final int lostSince(final long record) {
        return lostTotal() - Memory.getInt(record + LOST_WHEN_SENT);
    }

    /** Index of the first record that ends behind {@code sequence}; {@link #count} where none does. */
    final int find(final int sequence) {
        int low = 0;
        int high = count();
        while (low < high) {
            final int middle = low + high >>> 1;
            if (end(at(middle)) - sequence > 0) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
