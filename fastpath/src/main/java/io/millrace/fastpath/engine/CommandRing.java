package io.millrace.fastpath.engine;

import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.agrona.BitUtil;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.jspecify.annotations.Nullable;

/**
 * Commands to an engine: any thread writes them, the engine reads them once a turn, in order. A full ring refuses, and
 * the writer tries again. Every message is four longs, but where bytes are to be sent: two addresses, then
 * the bytes.
 */
final class CommandRing implements EngineCommands, AutoCloseable {
    private static final int CAPACITY = 64 * 1024;
    private static final int LENGTH = 4 * BitUtil.SIZE_OF_LONG;
    private static final int COMMANDS_A_TURN = 16;
    private static final int MESSAGE_LINK_DESTINATION = 2 * BitUtil.SIZE_OF_INT;
    private static final int MESSAGE_LINK = MESSAGE_LINK_DESTINATION + BitUtil.SIZE_OF_LONG;
    private static final int BYTES_OFFSET = MESSAGE_LINK + BitUtil.SIZE_OF_LONG;

    private static final int NEIGHBOUR_RESOLVED = 1;
    private static final int NEIGHBOUR_FAILED = 2;
    private static final int NEIGHBOUR_FORGOTTEN = 3;
    private static final int TRANSMIT_ARP = 4;
    private static final int LISTENER_CLOSED = 5;
    private static final int ABORT = 6;
    private static final int TRANSMIT_IGMP = 7;
    private static final int CLOSE_ENDPOINT = 8;
    private static final int TRANSMIT_DATAGRAM = 9;
    private static final int ADDRESSES_REMOVED = 10;
    private static final int TRANSMIT_ICMPV6 = 11;
    private static final int LINK_MTU_V6 = 12;
    private static final int ICMP_ERROR = 13;
    private static final int LINK_MTU_V4 = 14;
    private static final int LINK_HOP_LIMIT_V6 = 15;

    private static final int ICMP_ERROR_KIND = 4 * BitUtil.SIZE_OF_LONG;
    private static final int ICMP_ERROR_PORTS = ICMP_ERROR_KIND + BitUtil.SIZE_OF_INT;
    private static final int ICMP_ERROR_SEQUENCE = ICMP_ERROR_PORTS + BitUtil.SIZE_OF_INT;
    private static final int ICMP_ERROR_MTU = ICMP_ERROR_SEQUENCE + BitUtil.SIZE_OF_INT;
    private static final int ICMP_ERROR_LENGTH = ICMP_ERROR_MTU + BitUtil.SIZE_OF_INT;

    private static final int LINK_DESTINATION = 4 * BitUtil.SIZE_OF_LONG;
    private static final int HOP_LIMIT = 5 * BitUtil.SIZE_OF_LONG;
    private static final int ROUTER_ALERT = HOP_LIMIT + BitUtil.SIZE_OF_INT;
    private static final int ICMPV6_LINK = 6 * BitUtil.SIZE_OF_LONG;
    private static final int ICMPV6_OFFSET = 7 * BitUtil.SIZE_OF_LONG;

    private final MemoryRegion region;
    private final ManyToOneRingBuffer ring;
    private final MessageHandler adapter;
    /** What found the ring full and must not get lost. */
    private final Queue<Runnable> postponed = new ConcurrentLinkedQueue<>();
    /** True while that may hold something: one look in a turn that finds nothing, where the queue takes three. */
    private volatile boolean anyPostponed;
    /** True while the ring may hold something. */
    private volatile boolean anyWritten;
    private volatile @Nullable Runnable wakeup;
    private volatile boolean closed;

    /** What the engine does with a command; each is named after the verb of {@link EngineCommands}. */
    interface Handler {
        void onNeighbourResolved(int link, long hi, long lo, long mac);

        void onNeighbourFailed(int link, long hi, long lo);

        void onNeighbourForgotten(int link, long hi, long lo);

        void onTransmitArp(int link, int operation, long senderMac, int senderIp, long targetMac, int targetIp);

        void onTransmitIgmp(int link, int source, int destination, long address, int length);

        void onTransmitIcmpv6(int link, long sourceHi, long sourceLo, long destinationHi, long destinationLo,
                long linkDestination, int hopLimit, boolean routerAlert, long address, int length);

        void onTransmitDatagram(int link, int source, int destination, long linkDestination, long address, int length);

        void onLinkMtuV6(int link, int mtu);

        void onLinkMtuV4(int link, int mtu);

        void onLinkHopLimitV6(int link, int hopLimit);

        void onAddressesRemoved();

        void onIcmpError(int error, long localHi, long localLo, long remoteHi, long remoteLo, int ports, int sequence,
                int mtu);

        void onListenerClosed(int listenerId);

        void onAbort(long connection);

        void onCloseEndpoint(int endpoint);
    }

    CommandRing(final Handler handler) {
        region = MemoryRegion.allocate("command ring", CAPACITY + RingBufferDescriptor.TRAILER_LENGTH);
        ring = new ManyToOneRingBuffer(
                new UnsafeBuffer(region.address(), CAPACITY + RingBufferDescriptor.TRAILER_LENGTH));
        adapter = (type, buffer, index, length) -> {
            switch (type) {
                case TRANSMIT_IGMP ->
                    handler.onTransmitIgmp(buffer.getInt(index + MESSAGE_LINK), buffer.getInt(index),
                            buffer.getInt(index + BitUtil.SIZE_OF_INT),
                            buffer.addressOffset() + index + BYTES_OFFSET, length - BYTES_OFFSET);
                case TRANSMIT_DATAGRAM ->
                    handler.onTransmitDatagram(buffer.getInt(index + MESSAGE_LINK), buffer.getInt(index),
                            buffer.getInt(index + BitUtil.SIZE_OF_INT),
                            buffer.getLong(index + MESSAGE_LINK_DESTINATION),
                            buffer.addressOffset() + index + BYTES_OFFSET,
                            length - BYTES_OFFSET);
                case TRANSMIT_ICMPV6 -> dispatchIcmpv6(handler, buffer, index, length);
                case ICMP_ERROR -> dispatchIcmpError(handler, buffer, index);
                default -> dispatch(handler, type, buffer, index);
            }
        };
    }

    /** Hands waiting commands to the engine; returns how many. Thread: the engine's. */
    int drain() {
        final int read = anyWritten ? readRing() : 0;
        return anyPostponed ? read + runPostponed() : read;
    }

    private int readRing() {
        anyWritten = false;
        int read = COMMANDS_A_TURN;
        try {
            final int first = ring.read(adapter, COMMANDS_A_TURN);
            // A read ends at the end of the buffer, maybe on padding alone; what follows stands at its start.
            read = first < COMMANDS_A_TURN ? first + ring.read(adapter, COMMANDS_A_TURN - first) : first;
        } finally {
            if (read == COMMANDS_A_TURN) {
                // there may be more, also behind a command that threw
                anyWritten = true;
            }
        }
        return read;
    }

    private int runPostponed() {
        int done = 0;
        for (Runnable next = postponed.poll(); next != null; next = postponed.poll()) {
            next.run();
            done++;
        }
        anyPostponed = false;
        if (!postponed.isEmpty()) {
            // came between the last look and that
            anyPostponed = true;
        }
        return done;
    }

    /** Done in the next turn, whoever drives the engine; forgotten where it is closed. Thread: any. */
    void postpone(final Runnable command) {
        postponed.add(command);
        anyPostponed = true;
        if (closed) {
            postponed.clear();
        } else {
            wake();
        }
    }

    /** True where commands wait. Thread: the engine's. */
    boolean isWaiting() {
        return anyWritten || anyPostponed;
    }

    /** Called after each command; null: nobody is called. */
    void onQueued(final @Nullable Runnable newWakeup) {
        wakeup = newWakeup;
    }

    @Override
    public boolean neighbourResolved(final int link, final long hi, final long lo, final long mac) {
        return write(NEIGHBOUR_RESOLVED, hi, lo, mac, link);
    }

    @Override
    public boolean neighbourFailed(final int link, final long hi, final long lo) {
        return write(NEIGHBOUR_FAILED, hi, lo, 0, link);
    }

    @Override
    public boolean neighbourForgotten(final int link, final long hi, final long lo) {
        return write(NEIGHBOUR_FORGOTTEN, hi, lo, 0, link);
    }

    @Override
    public boolean transmitArp(final int link, final int operation, final long senderMac, final int senderIp,
            final long targetMac, final int targetIp) {
        return write(TRANSMIT_ARP, senderMac, targetMac, (long) senderIp << 32 | targetIp & 0xFFFF_FFFFL,
                (long) operation << 32 | link);
    }

    @Override
    public boolean transmitIgmp(final int link, final int source, final int destination, final long address,
            final int length) {
        return writeMessage(TRANSMIT_IGMP, link, source, destination, 0, address, length);
    }

    @Override
    public boolean transmitDatagram(final int link, final int source, final int destination, final long linkDestination,
            final long address, final int length) {
        return writeMessage(TRANSMIT_DATAGRAM, link, source, destination, linkDestination, address, length);
    }

    @Override
    public boolean linkMtuV6(final int link, final int mtu) {
        return write(LINK_MTU_V6, mtu, 0, 0, link);
    }

    @Override
    public boolean linkMtuV4(final int link, final int mtu) {
        return write(LINK_MTU_V4, mtu, 0, 0, link);
    }

    @Override
    public boolean linkHopLimitV6(final int link, final int hopLimit) {
        return write(LINK_HOP_LIMIT_V6, hopLimit, 0, 0, link);
    }

    @Override
    public boolean addressesRemoved() {
        return write(ADDRESSES_REMOVED, 0, 0, 0, 0);
    }

    private synchronized boolean writeMessage(final int type, final int link, final int source,
            final int destination, final long linkDestination, final long address, final int length) {
        if (region.address() == 0) {
            return true;
        }
        final int index = ring.tryClaim(type, BYTES_OFFSET + length);
        if (index < 0) {
            return false;
        }
        final MutableDirectBuffer buffer = ring.buffer();
        buffer.putInt(index, source);
        buffer.putInt(index + BitUtil.SIZE_OF_INT, destination);
        buffer.putLong(index + MESSAGE_LINK_DESTINATION, linkDestination);
        buffer.putInt(index + MESSAGE_LINK, link);
        Memory.copy(address, buffer.addressOffset() + index + BYTES_OFFSET, length);
        commit(index);
        return true;
    }

    @Override
    public synchronized boolean transmitIcmpv6(final int link, final long sourceHi, final long sourceLo,
            final long destinationHi,
            final long destinationLo, final long linkDestination, final int hopLimit, final boolean routerAlert,
            final long address, final int length) {
        if (region.address() == 0) {
            return true;
        }
        final int index = ring.tryClaim(TRANSMIT_ICMPV6, ICMPV6_OFFSET + length);
        if (index < 0) {
            return false;
        }
        final MutableDirectBuffer buffer = ring.buffer();
        buffer.putLong(index, sourceHi);
        buffer.putLong(index + 8, sourceLo);
        buffer.putLong(index + 16, destinationHi);
        buffer.putLong(index + 24, destinationLo);
        buffer.putLong(index + LINK_DESTINATION, linkDestination);
        buffer.putInt(index + HOP_LIMIT, hopLimit);
        buffer.putInt(index + ROUTER_ALERT, routerAlert ? 1 : 0);
        buffer.putInt(index + ICMPV6_LINK, link);
        Memory.copy(address, buffer.addressOffset() + index + ICMPV6_OFFSET, length);
        commit(index);
        return true;
    }

    @Override
    public synchronized boolean icmpError(final int error, final long localHi, final long localLo,
            final long remoteHi, final long remoteLo, final int ports, final int sequence, final int mtu) {
        if (region.address() == 0) {
            return true;
        }
        final int index = ring.tryClaim(ICMP_ERROR, ICMP_ERROR_LENGTH);
        if (index < 0) {
            return false;
        }
        final MutableDirectBuffer buffer = ring.buffer();
        buffer.putLong(index, localHi);
        buffer.putLong(index + 8, localLo);
        buffer.putLong(index + 16, remoteHi);
        buffer.putLong(index + 24, remoteLo);
        buffer.putInt(index + ICMP_ERROR_KIND, error);
        buffer.putInt(index + ICMP_ERROR_PORTS, ports);
        buffer.putInt(index + ICMP_ERROR_SEQUENCE, sequence);
        buffer.putInt(index + ICMP_ERROR_MTU, mtu);
        commit(index);
        return true;
    }

    private static void dispatchIcmpError(final Handler handler, final MutableDirectBuffer buffer, final int index) {
        handler.onIcmpError(buffer.getInt(index + ICMP_ERROR_KIND), buffer.getLong(index), buffer.getLong(index + 8),
                buffer.getLong(index + 16), buffer.getLong(index + 24), buffer.getInt(index + ICMP_ERROR_PORTS),
                buffer.getInt(index + ICMP_ERROR_SEQUENCE), buffer.getInt(index + ICMP_ERROR_MTU));
    }

    @Override
    public boolean listenerClosed(final int listenerId) {
        return write(LISTENER_CLOSED, listenerId, 0, 0, 0);
    }

    @Override
    public boolean abort(final long connection) {
        return write(ABORT, connection, 0, 0, 0);
    }

    @Override
    public boolean closeEndpoint(final int endpoint) {
        return write(CLOSE_ENDPOINT, endpoint, 0L, 0L, 0L);
    }

    @Override
    public synchronized void close() {
        closed = true;
        postponed.clear();
        region.close();
    }

    private synchronized boolean write(final int type, final long a, final long b, final long c, final long d) {
        if (region.address() == 0) {
            return true;
        }
        final int index = ring.tryClaim(type, LENGTH);
        if (index < 0) {
            return false;
        }
        final MutableDirectBuffer buffer = ring.buffer();
        buffer.putLong(index, a);
        buffer.putLong(index + 8, b);
        buffer.putLong(index + 16, c);
        buffer.putLong(index + 24, d);
        commit(index);
        return true;
    }

    private void commit(final int index) {
        ring.commit(index);
        anyWritten = true;
        wake();
    }

    /** Tells who drives the engine that there is something. Thread: any. */
    void wake() {
        final Runnable hook = wakeup;
        if (hook != null) {
            hook.run();
        }
    }

    private static void dispatchIcmpv6(final Handler handler, final MutableDirectBuffer buffer, final int index,
            final int length) {
        handler.onTransmitIcmpv6(buffer.getInt(index + ICMPV6_LINK), buffer.getLong(index), buffer.getLong(index + 8),
                buffer.getLong(index + 16),
                buffer.getLong(index + 24), buffer.getLong(index + LINK_DESTINATION),
                buffer.getInt(index + HOP_LIMIT), buffer.getInt(index + ROUTER_ALERT) != 0,
                buffer.addressOffset() + index + ICMPV6_OFFSET, length - ICMPV6_OFFSET);
    }

    private static void dispatch(final Handler handler, final int type, final MutableDirectBuffer buffer,
            final int index) {
        final long a = buffer.getLong(index);
        final long b = buffer.getLong(index + 8);
        final long c = buffer.getLong(index + 16);
        final long d = buffer.getLong(index + 24);
        final int link = (int) d;
        switch (type) {
            case NEIGHBOUR_RESOLVED -> handler.onNeighbourResolved(link, a, b, c);
            case NEIGHBOUR_FAILED -> handler.onNeighbourFailed(link, a, b);
            case NEIGHBOUR_FORGOTTEN -> handler.onNeighbourForgotten(link, a, b);
            case TRANSMIT_ARP -> handler.onTransmitArp(link, (int) (d >>> 32), a, (int) (c >>> 32), b, (int) c);
            case LISTENER_CLOSED -> handler.onListenerClosed((int) a);
            case ABORT -> handler.onAbort(a);
            case LINK_MTU_V6 -> handler.onLinkMtuV6(link, (int) a);
            case LINK_MTU_V4 -> handler.onLinkMtuV4(link, (int) a);
            case LINK_HOP_LIMIT_V6 -> handler.onLinkHopLimitV6(link, (int) a);
            case ADDRESSES_REMOVED -> handler.onAddressesRemoved();
            case CLOSE_ENDPOINT -> handler.onCloseEndpoint((int) a);
            default -> throw new IllegalStateException("command " + type);
        }
    }
}
