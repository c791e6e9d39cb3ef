package io.millrace.nativeports.afxdp;

import io.millrace.fastpath.memory.Memory;
import io.millrace.nativeports.linux.LinuxCalls;
import io.millrace.nativeports.linux.XdpDescriptor;

/**
 * A ring of entries in memory that is mapped of a socket, with a count of those put into it and one of those taken out,
 * each of which one side alone writes. The counts run on beyond the ring's length, and wrap.
 * <p>
 * Thread: one.
 */
abstract class SharedRing implements AutoCloseable {
    /** A count that this side has, and the other side's as it was last looked at. */
    protected int own;
    protected int others;
    protected final int length;

    private final LinuxCalls calls = new LinuxCalls();
    private final long bytes;
    private final int entryLength;
    private final long entries;
    private final long producer;
    private final long consumer;
    private final long flags;
    private long mapping;

    /**
     * @param mapping     address of what is mapped, unmapped by {@link #close}.
     * @param bytes       of it.
     * @param offsets     address of the {@code struct xdp_ring_offset}.
     * @param length      entries, a power of two.
     * @param entryLength bytes of each.
     */
    protected SharedRing(final long mapping, final long bytes, final long offsets, final int length,
            final int entryLength) {
        this.mapping = mapping;
        this.bytes = bytes;
        this.length = length;
        this.entryLength = entryLength;
        entries = mapping + Memory.getLong(offsets + XdpDescriptor.DESCRIPTORS_OFFSET);
        producer = mapping + Memory.getLong(offsets + XdpDescriptor.PRODUCER_OFFSET);
        consumer = mapping + Memory.getLong(offsets + XdpDescriptor.CONSUMER_OFFSET);
        flags = mapping + Memory.getLong(offsets + XdpDescriptor.FLAGS_OFFSET);
    }

    /** Address of the entry with that count. */
    protected final long entry(final int count) {
        return entries + (long) (count & length - 1) * entryLength;
    }

    /** How many have been put: what was put before is seen after this. */
    protected final int produced() {
        return Memory.getIntAcquire(producer);
    }

    protected final void produced(final int count) {
        Memory.putIntRelease(producer, count);
    }

    /** How many have been taken. */
    protected final int consumed() {
        return Memory.getIntAcquire(consumer);
    }

    protected final void consumed(final int count) {
        Memory.putIntRelease(consumer, count);
    }

    /** True where the kernel waits to be called. */
    final boolean needsWakeup() {
        return (Memory.getIntAcquire(flags) & XdpDescriptor.RING_NEED_WAKEUP) != 0;
    }

    @Override
    public final void close() {
        if (mapping != 0) {
            calls.unmap(mapping, bytes);
            mapping = 0;
        }
    }
}
