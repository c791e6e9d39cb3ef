package io.millrace.fastpath.udp;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams, and errors about datagrams, that reached another engine than the one whose endpoint they are for: a port
 * spreads packets over its queues by rules of its own. Bounded; what finds it full is dropped, and counted by who
 * brought it.
 * <p>
 * Thread: other engines' offer, this engine's drains; closing waits for who is offering.
 */
final class Inbox implements AutoCloseable {
    /** What this engine does with what others bring; the endpoint may be closed by now. */
    interface Handler {
        void onForwarded(int endpoint, long fromHi, long fromLo, int fromPort, long payload, int length);

        void onForwardedError(int endpoint, long toHi, long toLo, int toPort, DatagramError error, int mtu);
    }

    private static final int CAPACITY = 1 << 20;
    private static final int MESSAGES_A_TURN = 256;

    private static final int DATAGRAM = 1;
    private static final int ERROR = 2;

    private static final int REMOTE_HI = 0;
    private static final int REMOTE_LO = 8;
    private static final int ENDPOINT = 16;
    private static final int REMOTE_PORT = 20;
    private static final int CONTENT = 24;

    private static final DatagramError[] ERRORS = DatagramError.values();

    private final MemoryRegion region;
    private final ManyToOneRingBuffer ring;
    private final MessageHandler adapter;
    private volatile @Nullable Runnable wakeup;
    /** True while something may wait: one look in a turn that finds nothing. */
    private volatile boolean anyOffered;

    Inbox(final Handler handler) {
        region = MemoryRegion.allocate("datagrams between engines", CAPACITY + RingBufferDescriptor.TRAILER_LENGTH);
        ring = new ManyToOneRingBuffer(
                new UnsafeBuffer(region.address(), CAPACITY + RingBufferDescriptor.TRAILER_LENGTH));
        adapter = (type, buffer, index, length) -> dispatch(handler, type, buffer, index, length);
    }

    /** Called after each offer, to wake an idling loop; null: nobody is called. */
    void onQueued(final @Nullable Runnable newWakeup) {
        wakeup = newWakeup;
    }

    /** False where there is no room. */
    synchronized boolean offer(final int endpoint, final long fromHi, final long fromLo, final int fromPort,
            final long payload, final int length) {
        final int index = claim(DATAGRAM, length, endpoint, fromHi, fromLo, fromPort);
        if (index < 0) {
            return false;
        }
        Memory.copy(payload, ring.buffer().addressOffset() + index + CONTENT, length);
        commit(index);
        return true;
    }

    /** False where there is no room. @param mtu with {@link DatagramError#TOO_LONG}: what the path takes. */
    synchronized boolean offerError(final int endpoint, final long toHi, final long toLo, final int toPort,
            final DatagramError error, final int mtu) {
        final int index = claim(ERROR, 2 * Integer.BYTES, endpoint, toHi, toLo, toPort);
        if (index < 0) {
            return false;
        }
        ring.buffer().putInt(index + CONTENT, error.ordinal());
        ring.buffer().putInt(index + CONTENT + Integer.BYTES, mtu);
        commit(index);
        return true;
    }

    /** Hands what waits to this engine; returns how much. */
    int drain() {
        return anyOffered ? read() : 0;
    }

    private int read() {
        anyOffered = false;
        int read = MESSAGES_A_TURN;
        try {
            final int first = ring.read(adapter, MESSAGES_A_TURN);
            // a read ends at the end of the buffer, maybe on padding alone; what follows stands at its start
            read = first < MESSAGES_A_TURN ? first + ring.read(adapter, MESSAGES_A_TURN - first) : first;
        } finally {
            if (read == MESSAGES_A_TURN) {
                // there may be more, also behind a message that threw
                anyOffered = true;
            }
        }
        return read;
    }

    /** True where something waits. */
    boolean isWaiting() {
        return anyOffered;
    }

    @Override
    public synchronized void close() {
        region.close();
    }

    private int claim(final int type, final int contentLength, final int endpoint, final long hi, final long lo,
            final int port) {
        final int index = region.address() == 0 ? -1 : ring.tryClaim(type, CONTENT + contentLength);
        if (index >= 0) {
            final MutableDirectBuffer buffer = ring.buffer();
            buffer.putLong(index + REMOTE_HI, hi);
            buffer.putLong(index + REMOTE_LO, lo);
            buffer.putInt(index + ENDPOINT, endpoint);
            buffer.putInt(index + REMOTE_PORT, port);
        }
        return index;
    }

    private void commit(final int index) {
        ring.commit(index);
        anyOffered = true;
        final Runnable hook = wakeup;
        if (hook != null) {
            hook.run();
        }
    }

    private static void dispatch(final Handler handler, final int type, final MutableDirectBuffer buffer,
            final int index, final int length) {
        final int endpoint = buffer.getInt(index + ENDPOINT);
        final long hi = buffer.getLong(index + REMOTE_HI);
        final long lo = buffer.getLong(index + REMOTE_LO);
        final int port = buffer.getInt(index + REMOTE_PORT);
        if (type == DATAGRAM) {
            handler.onForwarded(endpoint, hi, lo, port, buffer.addressOffset() + index + CONTENT, length - CONTENT);
        } else {
            handler.onForwardedError(endpoint, hi, lo, port, ERRORS[buffer.getInt(index + CONTENT)],
                    buffer.getInt(index + CONTENT + Integer.BYTES));
        }
    }
}
