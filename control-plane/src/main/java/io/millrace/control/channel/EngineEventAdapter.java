package io.millrace.control.channel;

import io.millrace.fastpath.control.EngineEvents;
import io.millrace.fastpath.memory.Memory;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/** The agent's end of the event ring: each message becomes a call. Thread: the agent's. */
public final class EngineEventAdapter {
    private final OneToOneRingBuffer ring;
    private final MessageHandler onMessage = this::onMessage;
    private final EngineEvents handler;
    /** Addresses of the ring's counters. */
    private final long tail;
    private final long head;

    EngineEventAdapter(final OneToOneRingBuffer ring, final EngineEvents handler) {
        this.ring = ring;
        this.handler = handler;
        final long trailer = ring.buffer().addressOffset() + ring.capacity();
        tail = trailer + RingBufferDescriptor.TAIL_POSITION_OFFSET;
        head = trailer + RingBufferDescriptor.HEAD_POSITION_OFFSET;
    }

    /**
     * Hands on the events that are there, in order.
     *
     * @param limit how many at the most.
     * @return how many. An exception of the handler passes through; the message that caused it is consumed.
     */
    public int drain(final int limit) {
        final int read = ring.read(onMessage, limit);
        // A read ends at the end of the buffer; what follows stands at its start.
        return read < limit ? read + ring.read(onMessage, limit - read) : read;
    }

    /** True where events wait. Asked in each turn of an engine: one look at each end of the ring. */
    public boolean hasEvents() {
        return Memory.getLongAcquire(tail) != Memory.getLongAcquire(head);
    }

    private void onMessage(final int type, final MutableDirectBuffer buffer, final int index, final int length) {
        switch (type) {
            case EngineEventLayout.ARP -> handler.onArp(buffer.getInt(index + EngineEventLayout.ARP_LINK),
                    buffer.getInt(index + EngineEventLayout.ARP_OPERATION),
                    buffer.getLong(index + EngineEventLayout.ARP_SENDER_MAC),
                    buffer.getInt(index + EngineEventLayout.ARP_SENDER_IP),
                    buffer.getInt(index + EngineEventLayout.ARP_TARGET_IP));
            case EngineEventLayout.NEIGHBOUR_WANTED ->
                handler.onNeighbourWanted(buffer.getInt(index + EngineEventLayout.NEIGHBOUR_LINK),
                        buffer.getLong(index + EngineEventLayout.NEIGHBOUR_HI),
                        buffer.getLong(index + EngineEventLayout.NEIGHBOUR_LO));
            case EngineEventLayout.NEIGHBOUR_CONFIRMED ->
                handler.onNeighbourConfirmed(buffer.getInt(index + EngineEventLayout.NEIGHBOUR_LINK),
                        buffer.getLong(index + EngineEventLayout.NEIGHBOUR_HI),
                        buffer.getLong(index + EngineEventLayout.NEIGHBOUR_LO));
            case EngineEventLayout.IGMP -> handler.onIgmp(buffer.getInt(index + EngineEventLayout.V4_LINK),
                    buffer.getInt(index + EngineEventLayout.V4_SOURCE),
                    buffer.getInt(index + EngineEventLayout.V4_DESTINATION),
                    buffer.addressOffset() + index + EngineEventLayout.IGMP_MESSAGE,
                    length - EngineEventLayout.IGMP_MESSAGE);
            case EngineEventLayout.ICMPV6 -> onIcmpv6(buffer, index, length);
            case EngineEventLayout.DHCP -> handler.onDhcp(buffer.getInt(index + EngineEventLayout.V4_LINK),
                    buffer.getInt(index + EngineEventLayout.V4_SOURCE),
                    buffer.getInt(index + EngineEventLayout.V4_DESTINATION),
                    buffer.getLong(index + EngineEventLayout.DHCP_LINK_SOURCE),
                    buffer.addressOffset() + index + EngineEventLayout.DHCP_MESSAGE,
                    length - EngineEventLayout.DHCP_MESSAGE);
            default -> throw new IllegalStateException("event type " + type);
        }
    }

    private void onIcmpv6(final MutableDirectBuffer buffer, final int index, final int length) {
        handler.onIcmpv6(buffer.getInt(index + EngineEventLayout.ICMPV6_LINK),
                buffer.getLong(index + EngineEventLayout.ICMPV6_SOURCE_HI),
                buffer.getLong(index + EngineEventLayout.ICMPV6_SOURCE_LO),
                buffer.getLong(index + EngineEventLayout.ICMPV6_DESTINATION_HI),
                buffer.getLong(index + EngineEventLayout.ICMPV6_DESTINATION_LO),
                buffer.getInt(index + EngineEventLayout.ICMPV6_HOP_LIMIT),
                buffer.getLong(index + EngineEventLayout.ICMPV6_LINK_SOURCE),
                buffer.addressOffset() + index + EngineEventLayout.ICMPV6_MESSAGE,
                length - EngineEventLayout.ICMPV6_MESSAGE);
    }
}
