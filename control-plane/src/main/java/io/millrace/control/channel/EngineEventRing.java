package io.millrace.control.channel;

import io.millrace.fastpath.control.EngineEvents;
import io.millrace.fastpath.memory.MemoryRegion;
import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * One engine's events on their way to the agent: owns the memory, gives out the two ends. Closed after both ends have
 * stopped.
 */
public final class EngineEventRing implements AutoCloseable {
    private final MemoryRegion region;
    private final EngineEventProxy proxy;
    private final OneToOneRingBuffer ring;

    /** @param capacity bytes for messages, a power of two, at least 1,024; a message takes 32, one of IGMP or ICMPv6 more. */
    public EngineEventRing(final int capacity) {
        if (!BitUtil.isPowerOfTwo(capacity) || capacity < 1_024) {
            throw new IllegalArgumentException("event ring of " + capacity + " bytes, must be a power of two >= 1024");
        }
        final int length = capacity + RingBufferDescriptor.TRAILER_LENGTH;
        region = MemoryRegion.allocate("event ring", length);
        ring = new OneToOneRingBuffer(new UnsafeBuffer(region.address(), length));
        proxy = new EngineEventProxy(ring);
    }

    /** The engine's end. */
    public EngineEventProxy proxy() {
        return proxy;
    }

    /** The agent's end; made once. */
    public EngineEventAdapter adapter(final EngineEvents handler) {
        return new EngineEventAdapter(ring, handler);
    }

    @Override
    public void close() {
        region.close();
    }
}
