package io.millrace.nativeports.afpacket;

import io.millrace.fastpath.port.FramePool;
import io.millrace.fastpath.wire.VlanTag;
import io.millrace.nativeports.linux.PacketDescriptor;
import io.millrace.nativeports.linux.SocketDescriptor;
import java.io.IOException;
import org.agrona.CloseHelper;
import org.jspecify.annotations.Nullable;

/**
 * A packet socket beside another port: has the interface let in frames for the stack's address and for groups, and sees
 * those of them that go on to the kernel.
 * <p>
 * Set up and closed by the control plane, used by the engine's thread.
 */
public final class Listener implements AutoCloseable {
    private static final int SLOT = 2_048;
    private static final int SOCKET_BUFFER = 1 << 20;

    private final RingSocket socket;
    private final @Nullable SlotRing ring;
    private final @Nullable ReceiveRing incoming;

    private Listener(final RingSocket socket, final @Nullable SlotRing ring, final @Nullable ReceiveRing incoming) {
        this.socket = socket;
        this.ring = ring;
        this.incoming = incoming;
    }

    /**
     * Opens it in the network namespace of this thread.
     *
     * @param device         for messages.
     * @param interfaceIndex of the interface.
     * @param address        the stack's, in the low 48 bits.
     * @param ofInterface    true where the interface has the same.
     * @param slots          how many small frames may wait; 0: none is seen.
     * @param maxFrameLength bytes that a frame has room for from {@code ETHERNET_OFFSET} on, but for one.
     */
    public static Listener open(final String device, final int interfaceIndex, final long address,
            final boolean ofInterface, final int slots, final int maxFrameLength) throws IOException {
        final RingSocket socket = new RingSocket(device);
        SlotRing ring = null;
        boolean done = false;
        try {
            if (slots > 0) {
                ring = listen(socket, device, interfaceIndex, address, slots);
            }
            socket.join(interfaceIndex, PacketDescriptor.MEMBERSHIP_ALL_MULTICAST, 0);
            if (!ofInterface) {
                socket.join(interfaceIndex, PacketDescriptor.MEMBERSHIP_UNICAST, address);
            }
            done = true;
            return new Listener(socket, ring,
                    ring == null ? null : new ReceiveRing(socket, ring, maxFrameLength - VlanTag.LENGTH));
        } finally {
            if (!done) {
                CloseHelper.closeAll(ring, socket);
            }
        }
    }

    private static SlotRing listen(final RingSocket socket, final String device, final int interfaceIndex,
            final long address, final int slots) throws IOException {
        socket.set(PacketDescriptor.VERSION, PacketDescriptor.TPACKET_V2);
        socket.set(PacketDescriptor.VNET_HDR, 1);
        socket.set(PacketDescriptor.IGNORE_OUTGOING, 1);
        // what is larger than a slot waits whole in the socket's buffer
        socket.set(PacketDescriptor.COPY_THRESH, 1);
        socket.buffer(SocketDescriptor.SO_RCVBUFFORCE, SocketDescriptor.SO_RCVBUF, SOCKET_BUFFER);
        final SlotRing ring = new SlotRing(socket, device, PacketDescriptor.RX_RING, SLOT, slots);
        boolean done = false;
        try (AddressFilter filter = new AddressFilter(address, false)) {
            socket.attach(filter);
            socket.bind(interfaceIndex, PacketDescriptor.ETH_P_ALL);
            done = true;
            return ring;
        } finally {
            if (!done) {
                ring.close();
            }
        }
    }

    /** True where something waits. */
    public boolean isReady() {
        return incoming != null && incoming.isReady();
    }

    /**
     * Copies what waits into frames, as far as there are any: what {@code PacketPort.receive} does.
     *
     * @param pool of the frames.
     */
    public int receive(final FramePool pool, final long[] frames, final int offset, final int limit,
            final long nowNs) {
        return incoming == null ? 0 : incoming.receive(pool, frames, offset, limit, nowNs);
    }

    /** Of the socket, which is readable while {@link #isReady} is true. */
    public int descriptor() {
        return socket.descriptor();
    }

    /** Frames that were truncated or contradicted themselves. */
    public long dropped() {
        return incoming == null ? 0 : incoming.dropped();
    }

    /** Frames that found no room since this was asked last. */
    public long drops() {
        return incoming == null ? 0 : socket.drops();
    }

    /** What has happened to the interface since this was asked last: a positive error number, 0: nothing. */
    public int error() {
        return socket.error();
    }

    @Override
    public void close() {
        CloseHelper.closeAll(ring, socket);
    }
}
