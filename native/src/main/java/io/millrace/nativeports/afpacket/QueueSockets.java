package io.millrace.nativeports.afpacket;

import io.millrace.nativeports.bypass.BypassRing;
import io.millrace.nativeports.linux.PacketDescriptor;
import io.millrace.nativeports.linux.SocketDescriptor;
import java.io.IOException;
import org.agrona.CloseHelper;
import org.jspecify.annotations.Nullable;

/**
 * The two sockets of a queue with a ring each: a socket with a ring for transmission sends by nothing else, and the other
 * one sends what is too large for its slots. What arrives over a veth and is small comes beside them ({@link AddressRing}), where
 * the kernel takes a program for that, and the interface's addresses are not shared with the kernel.
 * <p>
 * Where the system gives the socket a large buffer (to root), slots for what arrives are small too, and a frame of up to
 * 64 KiB waits in that buffer: it is copied once, into a frame that is still in the cache, and the ring takes a ninth of the
 * memory. Else the slots are so large that each holds any frame.
 * <p>
 * Set up and closed by the control plane, used by the engine's thread.
 */
final class QueueSockets implements AutoCloseable {
    /** Bytes of a buffer that holds enough large frames: the windows of several fast connections. */
    static final int ENOUGH_BUFFER = 8 << 20;

    static final int SOCKET_BUFFER = 16 << 20;
    static final int SMALL_SLOT = 2_048;
    /** Small slots for each frame of the port: a TAP's queue is as long. */
    static final int SMALL_SLOTS_PER_FRAME = 4;
    /** Holds a frame of 64 KiB with its headers. */
    static final int LARGE_SLOT = 69_632;
    private static final int TRANSMIT_SLOTS = 256;

    private final RingSocket receiveSocket;
    private final RingSocket transmitSocket;
    private final SlotRing receiveRing;
    private final SlotRing transmitRing;
    private final @Nullable BypassRing bypass;
    private @Nullable String bypassCause;

    /**
     * Opens both on an interface, in the namespace of this thread.
     *
     * @param frames       for which the ring has room.
     * @param enoughBuffer bytes of a buffer that makes small slots do.
     */
    QueueSockets(final AfPacketInterface on, final int frames, final int enoughBuffer) throws IOException {
        RingSocket receive = null;
        RingSocket transmit = null;
        SlotRing in = null;
        SlotRing out = null;
        BypassRing ring = null;
        boolean done = false;
        try {
            receive = new RingSocket(on.device());
            prepare(receive);
            receive.set(PacketDescriptor.IGNORE_OUTGOING, 1);
            receive.set(PacketDescriptor.COPY_THRESH, 1);
            receive.buffer(SocketDescriptor.SO_RCVBUFFORCE, SocketDescriptor.SO_RCVBUF, SOCKET_BUFFER);
            final boolean small = receive.receiveBuffer() >= enoughBuffer;
            in = new SlotRing(receive, on.device(), PacketDescriptor.RX_RING, small ? SMALL_SLOT : LARGE_SLOT,
                    small ? frames * SMALL_SLOTS_PER_FRAME : frames);
            transmit = new RingSocket(on.device());
            prepare(transmit);
            out = new SlotRing(transmit, on.device(), PacketDescriptor.TX_RING, SMALL_SLOT, TRANSMIT_SLOTS);
            transmit.bind(on.index(), 0);
            ring = filter(receive, on);
            listen(receive, on);
            done = true;
        } finally {
            if (!done) {
                CloseHelper.closeAll(in, out, receive, transmit, ring);
            }
        }
        receiveSocket = receive;
        transmitSocket = transmit;
        receiveRing = in;
        transmitRing = out;
        bypass = ring;
    }

    private static void prepare(final RingSocket socket) throws IOException {
        socket.set(PacketDescriptor.VERSION, PacketDescriptor.TPACKET_V2);
        socket.set(PacketDescriptor.VNET_HDR, 1);
        socket.buffer(SocketDescriptor.SO_SNDBUFFORCE, SocketDescriptor.SO_SNDBUF, SOCKET_BUFFER);
    }

    /** @return where small frames arrive from now on; null: nowhere but in the socket. */
    private @Nullable BypassRing filter(final RingSocket socket, final AfPacketInterface on)
            throws IOException {
        if (on.guard() != null) {
            socket.attach(on.guard().filter());
            return null;
        }
        if (on.veth() && !on.everything()) {
            try {
                return AddressRing.attachedTo(socket, on.address());
            } catch (final IOException e) {
                bypassCause = e.getMessage();
            }
        }
        try (AddressFilter filter = new AddressFilter(on.address(), on.everything())) {
            socket.attach(filter);
        }
        return null;
    }

    /** From here on frames arrive: what the filter lets in, no other. */
    private static void listen(final RingSocket socket, final AfPacketInterface on) throws IOException {
        socket.bind(on.index(), PacketDescriptor.ETH_P_ALL);
        if (on.guard() != null) {
            // what the kernel's own addresses and groups need, the interface lets in already
            return;
        }
        socket.join(on.index(), PacketDescriptor.MEMBERSHIP_ALL_MULTICAST, 0);
        if (on.everything()) {
            socket.join(on.index(), PacketDescriptor.MEMBERSHIP_PROMISCUOUS, 0);
        } else if (!on.sharesAddress()) {
            socket.join(on.index(), PacketDescriptor.MEMBERSHIP_UNICAST, on.address());
        }
    }

    RingSocket receiveSocket() {
        return receiveSocket;
    }

    RingSocket transmitSocket() {
        return transmitSocket;
    }

    SlotRing receiveRing() {
        return receiveRing;
    }

    SlotRing transmitRing() {
        return transmitRing;
    }

    /** Where small frames arrive beside the socket; null: nowhere. */
    @Nullable
    BypassRing bypass() {
        return bypass;
    }

    /** Why they do not though they might: one clause; null where they do, or might not. */
    @Nullable
    String bypassCause() {
        return bypassCause;
    }

    @Override
    public void close() {
        CloseHelper.closeAll(receiveRing, transmitRing, receiveSocket, transmitSocket, bypass);
    }
}
