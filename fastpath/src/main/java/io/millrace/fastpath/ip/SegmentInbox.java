package io.millrace.fastpath.ip;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Segments that reached another engine than the one on which their flow is placed: put together from fragments, which have
 * no ports but in the first, or from a queue that the device should not have used. Bounded; what finds it full is dropped,
 * and counted by who brought it. Its memory, of which a message takes an eighth at the most, is taken with the first.
 * <p>
 * Thread: other engines' offer, this engine's drains; closing waits for who is offering.
 */
public final class SegmentInbox implements AutoCloseable {
    /** Bytes of memory. */
    public static final int BYTES = (1 << 20) + RingBufferDescriptor.TRAILER_LENGTH;

    private static final int MESSAGES_A_TURN = 64;
    private static final int SEGMENT = 1;

    private static final int LOCAL_HI = 0;
    private static final int LOCAL_LO = 8;
    private static final int REMOTE_HI = 16;
    private static final int REMOTE_LO = 24;
    private static final int ECN = 32;
    private static final int TRUSTED = 36;
    private static final int TEXT = 40;

    private final MessageHandler adapter;
    private @Nullable MemoryRegion region;
    private volatile @Nullable ManyToOneRingBuffer ring;
    private volatile @Nullable Runnable wakeup;
    private boolean closed;

    /** @param input of this engine; it is told that they arrived at time 0: with this turn. */
    public SegmentInbox(final TransportInput input) {
        adapter = (type, buffer, index, length) -> dispatch(input, buffer, index, length);
    }

    /** Called after each offer, to wake an idling loop; null: nobody is called. */
    public void onQueued(final @Nullable Runnable newWakeup) {
        wakeup = newWakeup;
    }

    /** A segment, as {@link TransportInput#onSegment} has it; copied. False where there is no room. Thread: any. */
    public synchronized boolean offer(final long localHi, final long localLo, final long remoteHi,
            final long remoteLo, final long address, final int length, final boolean trusted, final int ecn) {
        final ManyToOneRingBuffer to = closed ? null : open();
        final int index = to == null ? -1 : to.tryClaim(SEGMENT, TEXT + length);
        if (to == null || index < 0) {
            return false;
        }
        final MutableDirectBuffer buffer = to.buffer();
        buffer.putLong(index + LOCAL_HI, localHi);
        buffer.putLong(index + LOCAL_LO, localLo);
        buffer.putLong(index + REMOTE_HI, remoteHi);
        buffer.putLong(index + REMOTE_LO, remoteLo);
        buffer.putInt(index + ECN, ecn);
        buffer.putInt(index + TRUSTED, trusted ? 1 : 0);
        Memory.copy(address, buffer.addressOffset() + index + TEXT, length);
        to.commit(index);
        final Runnable hook = wakeup;
        if (hook != null) {
            hook.run();
        }
        return true;
    }

    private ManyToOneRingBuffer open() {
        ManyToOneRingBuffer there = ring;
        if (there == null) {
            final MemoryRegion memory = MemoryRegion.allocate("segments between engines", BYTES);
            region = memory;
            there = new ManyToOneRingBuffer(new UnsafeBuffer(memory.address(), BYTES));
            ring = there;
        }
        return there;
    }

    /** Hands what waits to this engine; returns how much. */
    public int drain() {
        final ManyToOneRingBuffer from = ring;
        if (from == null || from.producerPosition() == from.consumerPosition()) {
            return 0;
        }
        final int read = from.read(adapter, MESSAGES_A_TURN);
        // a read ends at the end of the buffer, maybe on padding alone; what follows stands at its start
        return read < MESSAGES_A_TURN ? read + from.read(adapter, MESSAGES_A_TURN - read) : read;
    }

    /** True where something waits. Thread: this engine's. */
    public boolean isWaiting() {
        final ManyToOneRingBuffer from = ring;
        return from != null && from.size() > 0;
    }

    @Override
    public synchronized void close() {
        closed = true;
        ring = null;
        if (region != null) {
            region.close();
        }
    }

    private static void dispatch(final TransportInput input, final MutableDirectBuffer buffer, final int index,
            final int length) {
        input.onForwardedSegment(buffer.getLong(index + LOCAL_HI), buffer.getLong(index + LOCAL_LO),
                buffer.getLong(index + REMOTE_HI), buffer.getLong(index + REMOTE_LO),
                buffer.addressOffset() + index + TEXT, length - TEXT, buffer.getInt(index + TRUSTED) != 0,
                buffer.getInt(index + ECN));
    }
}
