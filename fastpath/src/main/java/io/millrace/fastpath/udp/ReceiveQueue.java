package io.millrace.fastpath.udp;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.Slab;

/**
 * Datagrams that wait for the application, each in a block of the engine's slab, linked in the order of arrival. An
 * empty queue holds nothing. Bounded by bytes, those of the header below included; one datagram always fits.
 *
 * <pre>
 *   0        8           16          24            28       32
 *   +--------+-----------+-----------+-------------+--------+---------- - - -
 *   | next   | sender hi | sender lo | sender port | length | payload
 *   +--------+-----------+-----------+-------------+--------+---------- - - -
 * </pre>
 *
 * Thread: the engine's.
 */
final class ReceiveQueue {
    /** What {@link #offer} answers. */
    enum Offer {
        TAKEN,
        BUFFER_FULL,
        SLAB_FULL
    }

    private static final int SENDER_HI = 8;
    private static final int SENDER_LO = 16;
    private static final int SENDER_PORT = 24;
    private static final int LENGTH = 28;
    private static final int HEADER = 32;

    private final Slab slab;
    private int limit;
    private int bytes;
    private int size;
    private long head;
    private long tail;

    ReceiveQueue(final Slab slab, final int limit) {
        this.slab = slab;
        this.limit = limit;
    }

    /** Bytes at the most; what waits already stays. */
    void limit(final int newLimit) {
        limit = newLimit;
    }

    int limit() {
        return limit;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** How many datagrams wait. */
    int size() {
        return size;
    }

    /** Bytes of the data that waits. */
    int payloadBytes() {
        return bytes - size * HEADER;
    }

    /** Copies a datagram's payload to the end of the queue. */
    Offer offer(final long fromHi, final long fromLo, final int fromPort, final long payload, final int length) {
        final int needed = HEADER + length;
        if (size != 0 && needed > limit - bytes) {
            return Offer.BUFFER_FULL;
        }
        final long entry = slab.allocate(needed);
        if (entry == 0) {
            return Offer.SLAB_FULL;
        }
        Memory.putLong(entry, 0);
        Memory.putLong(entry + SENDER_HI, fromHi);
        Memory.putLong(entry + SENDER_LO, fromLo);
        Memory.putInt(entry + SENDER_PORT, fromPort);
        Memory.putInt(entry + LENGTH, length);
        Memory.copy(payload, entry + HEADER, length);
        append(entry);
        bytes += needed;
        return Offer.TAKEN;
    }

    private void append(final long entry) {
        if (size++ == 0) {
            head = entry;
        } else {
            Memory.putLong(tail, entry);
        }
        tail = entry;
    }

    /** Of the first datagram; meaningful unless {@link #isEmpty}, as all that follows. */
    long senderHi() {
        return Memory.getLong(head + SENDER_HI);
    }

    long senderLo() {
        return Memory.getLong(head + SENDER_LO);
    }

    int senderPort() {
        return Memory.getInt(head + SENDER_PORT);
    }

    int length() {
        return Memory.getInt(head + LENGTH);
    }

    long payload() {
        return head + HEADER;
    }

    /** Drops the first datagram. */
    void remove() {
        final long entry = head;
        final int taken = HEADER + length();
        head = Memory.getLong(entry);
        size--;
        bytes -= taken;
        slab.free(entry, taken);
    }

    void clear() {
        while (size != 0) {
            remove();
        }
    }
}
