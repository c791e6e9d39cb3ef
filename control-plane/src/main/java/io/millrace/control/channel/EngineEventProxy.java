package io.millrace.control.channel;

import io.millrace.fastpath.control.EngineEvents;
import io.millrace.fastpath.memory.Memory;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The engine's end of the event ring: each call becomes a message. Never blocks; where the ring is full the event is
 * counted and lost, for the protocol behind it repeats it. Thread: the engine's, but {@link #lost()} and
 * {@link #onEvent}: any.
 */
public final class EngineEventProxy implements EngineEvents {
    private final OneToOneRingBuffer ring;
    private final AtomicBuffer buffer;
    private volatile @Nullable Runnable wakeup;
    private volatile long lost;

    EngineEventProxy(final OneToOneRingBuffer ring) {
        this.ring = ring;
        buffer = ring.buffer();
    }

    /** Who is called after each event: the agent may sleep. */
    public void onEvent(final @Nullable Runnable hook) {
        wakeup = hook;
    }

    /** Events lost because the ring was full. */
    public long lost() {
        return lost;
    }

    @Override
    public void onArp(final int link, final int operation, final long senderMac, final int senderIp,
            final int targetIp) {
        final int at = claim(EngineEventLayout.ARP, EngineEventLayout.ARP_LENGTH);
        if (at > 0) {
            buffer.putLong(at + EngineEventLayout.ARP_SENDER_MAC, senderMac);
            buffer.putInt(at + EngineEventLayout.ARP_OPERATION, operation);
            buffer.putInt(at + EngineEventLayout.ARP_SENDER_IP, senderIp);
            buffer.putInt(at + EngineEventLayout.ARP_TARGET_IP, targetIp);
            buffer.putInt(at + EngineEventLayout.ARP_LINK, link);
            commit(at);
        }
    }

    @Override
    public void onIgmp(final int link, final int source, final int destination, final long address, final int length) {
        final int at = claim(EngineEventLayout.IGMP, EngineEventLayout.IGMP_MESSAGE + length);
        if (at > 0) {
            buffer.putInt(at + EngineEventLayout.V4_SOURCE, source);
            buffer.putInt(at + EngineEventLayout.V4_DESTINATION, destination);
            buffer.putInt(at + EngineEventLayout.V4_LINK, link);
            Memory.copy(address, buffer.addressOffset() + at + EngineEventLayout.IGMP_MESSAGE, length);
            commit(at);
        }
    }

    @Override
    public void onDhcp(final int link, final int source, final int destination, final long linkSource,
            final long address,
            final int length) {
        final int at = claim(EngineEventLayout.DHCP, EngineEventLayout.DHCP_MESSAGE + length);
        if (at > 0) {
            buffer.putInt(at + EngineEventLayout.V4_SOURCE, source);
            buffer.putInt(at + EngineEventLayout.V4_DESTINATION, destination);
            buffer.putInt(at + EngineEventLayout.V4_LINK, link);
            buffer.putLong(at + EngineEventLayout.DHCP_LINK_SOURCE, linkSource);
            Memory.copy(address, buffer.addressOffset() + at + EngineEventLayout.DHCP_MESSAGE, length);
            commit(at);
        }
    }

    @Override
    public void onIcmpv6(final int link, final long sourceHi, final long sourceLo, final long destinationHi,
            final long destinationLo, final int hopLimit, final long linkSource, final long address,
            final int length) {
        final int at = claim(EngineEventLayout.ICMPV6, EngineEventLayout.ICMPV6_MESSAGE + length);
        if (at > 0) {
            buffer.putLong(at + EngineEventLayout.ICMPV6_SOURCE_HI, sourceHi);
            buffer.putLong(at + EngineEventLayout.ICMPV6_SOURCE_LO, sourceLo);
            buffer.putLong(at + EngineEventLayout.ICMPV6_DESTINATION_HI, destinationHi);
            buffer.putLong(at + EngineEventLayout.ICMPV6_DESTINATION_LO, destinationLo);
            buffer.putLong(at + EngineEventLayout.ICMPV6_LINK_SOURCE, linkSource);
            buffer.putInt(at + EngineEventLayout.ICMPV6_HOP_LIMIT, hopLimit);
            buffer.putInt(at + EngineEventLayout.ICMPV6_LINK, link);
            Memory.copy(address, buffer.addressOffset() + at + EngineEventLayout.ICMPV6_MESSAGE, length);
            commit(at);
        }
    }

    @Override
    public void onNeighbourWanted(final int link, final long hi, final long lo) {
        neighbour(EngineEventLayout.NEIGHBOUR_WANTED, link, hi, lo);
    }

    @Override
    public void onNeighbourConfirmed(final int link, final long hi, final long lo) {
        neighbour(EngineEventLayout.NEIGHBOUR_CONFIRMED, link, hi, lo);
    }

    private void neighbour(final int type, final int link, final long hi, final long lo) {
        final int at = claim(type, EngineEventLayout.NEIGHBOUR_LENGTH);
        if (at > 0) {
            buffer.putLong(at + EngineEventLayout.NEIGHBOUR_HI, hi);
            buffer.putLong(at + EngineEventLayout.NEIGHBOUR_LO, lo);
            buffer.putInt(at + EngineEventLayout.NEIGHBOUR_LINK, link);
            commit(at);
        }
    }

    private int claim(final int type, final int length) {
        final int at = length > ring.maxMsgLength() ? RingBuffer.INSUFFICIENT_CAPACITY : ring.tryClaim(type, length);
        if (at <= 0) {
            lost = lost + 1; // one writer
        }
        return at;
    }

    private void commit(final int at) {
        ring.commit(at);
        final Runnable hook = wakeup;
        if (hook != null) {
            hook.run();
        }
    }
}
