package io.millrace.nativeports.afxdp;

import io.millrace.fastpath.memory.Memory;
import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.HostSocket;
import io.millrace.nativeports.linux.LinuxCalls;
import io.millrace.nativeports.linux.SocketDescriptor;
import io.millrace.nativeports.linux.XdpDescriptor;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/**
 * A socket that shares memory and rings with the kernel, in the network namespace of the thread that opens it. Set up by
 * the control plane, then used by the engine's thread.
 */
final class XdpSocket implements AutoCloseable {
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED_POPULATE = 0x8001;
    private static final int BUSY_POLL_FRAMES = 64;
    private static final int BUSY_ATTEMPTS = 200;
    private static final long BUSY_WAIT_NS = 5_000_000;

    private final String device;
    private final HostSocket socket;
    private final LinuxCalls calls;
    private final int fd;

    /** @param device for messages. */
    XdpSocket(final String device) throws IOException {
        this.device = device;
        socket = new HostSocket(device, XdpDescriptor.AF_XDP, SocketDescriptor.SOCK_RAW, AfXdpFailure::onSocket);
        calls = socket.calls();
        fd = socket.descriptor();
    }

    int descriptor() {
        return fd;
    }

    /**
     * Shares memory with the kernel.
     *
     * @param metadata true: what is sent may have metadata in front.
     * @return false where the kernel knows nothing of metadata.
     */
    boolean register(final Umem umem, final boolean metadata) throws IOException {
        final long at = socket.scratch();
        Memory.zero(at, XdpDescriptor.UMEM_LENGTH);
        Memory.putLong(at + XdpDescriptor.UMEM_ADDRESS_OFFSET, umem.address());
        Memory.putLong(at + XdpDescriptor.UMEM_BYTES_OFFSET, umem.bytes());
        Memory.putInt(at + XdpDescriptor.UMEM_CHUNK_SIZE_OFFSET, umem.chunkSize());
        Memory.putInt(at + XdpDescriptor.UMEM_HEADROOM_OFFSET, Umem.HEADROOM);
        if (metadata) {
            Memory.putInt(at + XdpDescriptor.UMEM_FLAGS_OFFSET, XdpDescriptor.UMEM_TX_METADATA_LEN);
            Memory.putInt(at + XdpDescriptor.UMEM_TX_METADATA_LENGTH_OFFSET, XdpDescriptor.METADATA_LENGTH);
        }
        final int result = socket.set(XdpDescriptor.SOL_XDP, XdpDescriptor.UMEM_REG, at, XdpDescriptor.UMEM_LENGTH);
        if (metadata && result == -Errno.EINVAL) {
            return false;
        }
        if (result < 0) {
            throw new IOException(AfXdpFailure.onUmem(device, -result, umem.bytes()));
        }
        return true;
    }

    /** Makes a ring of so many entries, a power of two, that we put something into. */
    OutgoingRing outgoing(final int option, final int offsets, final long place, final int length,
            final int entryLength) throws IOException {
        final long mapping = map(option, offsets, place, length, entryLength);
        return new OutgoingRing(mapping, mappedBytes(offsets, length, entryLength), socket.scratch() + offsets,
                length, entryLength);
    }

    /** The same, that the kernel puts something into. */
    IncomingRing incoming(final int option, final int offsets, final long place, final int length,
            final int entryLength) throws IOException {
        final long mapping = map(option, offsets, place, length, entryLength);
        return new IncomingRing(mapping, mappedBytes(offsets, length, entryLength), socket.scratch() + offsets,
                length, entryLength);
    }

    /** Leaves the offsets of all rings in the scratch memory. */
    private long map(final int option, final int offsets, final long place, final int length, final int entryLength)
            throws IOException {
        socket.check(socket.set(XdpDescriptor.SOL_XDP, option, length), "make a ring of");
        socket.check(option(XdpDescriptor.MMAP_OFFSETS, XdpDescriptor.MMAP_OFFSETS_LENGTH), "lay out the rings of");
        final long mapping = calls.map(fd, mappedBytes(offsets, length, entryLength), PROT_READ_WRITE,
                MAP_SHARED_POPULATE, place);
        socket.check((int) Math.min(mapping, 0), "map a ring of");
        return mapping;
    }

    private long mappedBytes(final int offsets, final int length, final int entryLength) {
        return Memory.getLong(socket.scratch() + offsets + XdpDescriptor.DESCRIPTORS_OFFSET)
                + (long) length * entryLength;
    }

    /** Lets one system call send so many descriptors; older kernels know only of 32. */
    void budget(final int descriptors) {
        socket.set(XdpDescriptor.SOL_XDP, XdpDescriptor.MAX_TX_SKB_BUDGET, descriptors);
    }

    /** Has the driver's polling done by our calls rather than by interrupts, for so many microseconds. */
    void busyPoll(final int microseconds) throws IOException {
        socket.check(socket.set(SocketDescriptor.SOL_SOCKET, SocketDescriptor.SO_PREFER_BUSY_POLL, 1),
                "prefer busy polling of");
        socket.check(socket.set(SocketDescriptor.SOL_SOCKET, SocketDescriptor.SO_BUSY_POLL, microseconds),
                "poll busily");
        socket.check(socket.set(SocketDescriptor.SOL_SOCKET, SocketDescriptor.SO_BUSY_POLL_BUDGET, BUSY_POLL_FRAMES),
                "poll busily");
    }

    /**
     * Takes a queue of an interface. One that was given back a moment ago the kernel still has work with: it is waited for.
     *
     * @return 0; or why it cannot be bound, a negated error number.
     */
    int bind(final int interfaceIndex, final int queue, final int flags) {
        int result = tryBind(interfaceIndex, queue, flags);
        for (int attempt = 0; result == -Errno.EBUSY && attempt < BUSY_ATTEMPTS; attempt++) {
            LockSupport.parkNanos(BUSY_WAIT_NS);
            result = tryBind(interfaceIndex, queue, flags);
        }
        return result;
    }

    private int tryBind(final int interfaceIndex, final int queue, final int flags) {
        final long at = socket.scratch();
        Memory.zero(at, XdpDescriptor.ADDRESS_LENGTH);
        Memory.putShort(at, XdpDescriptor.AF_XDP);
        Memory.putShort(at + XdpDescriptor.ADDRESS_FLAGS_OFFSET, flags);
        Memory.putInt(at + XdpDescriptor.ADDRESS_INDEX_OFFSET, interfaceIndex);
        Memory.putInt(at + XdpDescriptor.ADDRESS_QUEUE_OFFSET, queue);
        return socket.bind(XdpDescriptor.ADDRESS_LENGTH);
    }

    /** True where the driver itself uses the memory. */
    boolean isZeroCopy() throws IOException {
        socket.check(option(XdpDescriptor.OPTIONS, XdpDescriptor.OPTIONS_LENGTH), "read the options of");
        return (Memory.getInt(socket.scratch()) & XdpDescriptor.OPTIONS_ZEROCOPY) != 0;
    }

    /** Has the kernel send what is in the ring; 0, or a negated error number. */
    int send() {
        return (int) calls.send(fd, 0, 0, SocketDescriptor.MSG_DONTWAIT);
    }

    /** Has the kernel look for what arrives. */
    void poll() {
        calls.receive(fd, 0, 0, SocketDescriptor.MSG_DONTWAIT);
    }

    /** Frames that this socket has lost so far; 0 where the kernel does not say. */
    long drops() {
        if (option(XdpDescriptor.STATISTICS, XdpDescriptor.STATISTICS_LENGTH) < 0) {
            return 0;
        }
        final long at = socket.scratch();
        return Memory.getLong(at + XdpDescriptor.RX_DROPPED_OFFSET)
                + Memory.getLong(at + XdpDescriptor.RX_RING_FULL_OFFSET)
                + Memory.getLong(at + XdpDescriptor.RX_INVALID_OFFSET)
                + Memory.getLong(at + XdpDescriptor.TX_INVALID_OFFSET);
    }

    /** What has happened to the socket since this was asked last: a positive error number, 0: nothing. */
    int error() {
        return socket.error();
    }

    @Override
    public void close() {
        socket.close();
    }

    /** Reads an option of AF_XDP into the scratch memory. */
    private int option(final int option, final int length) {
        return socket.read(XdpDescriptor.SOL_XDP, option, length);
    }
}
