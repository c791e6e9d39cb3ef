package io.millrace.nativeports.afpacket;

import io.millrace.fastpath.memory.Memory;
import io.millrace.nativeports.linux.BpfProgram;
import io.millrace.nativeports.linux.HostSocket;
import io.millrace.nativeports.linux.LinuxCalls;
import io.millrace.nativeports.linux.PacketDescriptor;
import io.millrace.nativeports.linux.SocketDescriptor;
import io.millrace.nativeports.linux.TunDescriptor;
import java.io.IOException;

/**
 * A raw packet socket, in the namespace of the thread that opens it. It receives nothing until it is bound. Set up by the
 * control plane, then used by the engine's thread.
 */
final class RingSocket implements AutoCloseable {
    private static final int FANOUT_TYPE_SHIFT = 16;
    private static final int ETHERNET_ADDRESS = 6;

    private final HostSocket socket;
    private final LinuxCalls calls;
    private final int fd;

    /** @param device for messages. */
    RingSocket(final String device) throws IOException {
        socket = new HostSocket(device, PacketDescriptor.AF_PACKET,
                SocketDescriptor.SOCK_RAW | TunDescriptor.O_NONBLOCK, AfPacketFailure::onSocket);
        calls = socket.calls();
        fd = socket.descriptor();
    }

    int descriptor() {
        return fd;
    }

    /** Sets an option of packet sockets. */
    void set(final int option, final int value) throws IOException {
        check(socket.set(PacketDescriptor.SOL_PACKET, option, value), "set option " + option + " of");
    }

    /** Asks for so much room; as much as the system gives to this user is enough. */
    void buffer(final int forced, final int plain, final int bytes) {
        if (socket.set(SocketDescriptor.SOL_SOCKET, forced, bytes) < 0) {
            socket.set(SocketDescriptor.SOL_SOCKET, plain, bytes);
        }
    }

    /** Bytes of what may wait outside of the ring. */
    int receiveBuffer() {
        return option(SocketDescriptor.SOL_SOCKET, SocketDescriptor.SO_RCVBUF);
    }

    /** Lets in only what the filter does. */
    void attach(final AddressFilter filter) throws IOException {
        check(socket.set(SocketDescriptor.SOL_SOCKET, SocketDescriptor.SO_ATTACH_FILTER, filter.address(),
                SocketDescriptor.PROGRAM_LENGTH), "attach a filter to");
    }

    /** Lets in only what the program does. */
    void attach(final BpfProgram program) throws IOException {
        check(socket.set(SocketDescriptor.SOL_SOCKET, SocketDescriptor.SO_ATTACH_BPF, program.descriptor()),
                "attach a program to");
    }

    /** Has the interface let in frames for another address (promiscuous where it cannot); undone by {@link #close}. */
    void join(final int interfaceIndex, final int type, final long address) throws IOException {
        final long at = socket.scratch();
        Memory.zero(at, PacketDescriptor.MEMBERSHIP_LENGTH);
        Memory.putInt(at, interfaceIndex);
        Memory.putShort(at + PacketDescriptor.MEMBERSHIP_TYPE_OFFSET, type);
        Memory.putShort(at + PacketDescriptor.MEMBERSHIP_ADDRESS_LENGTH_OFFSET, ETHERNET_ADDRESS);
        Memory.putLongBE(at + PacketDescriptor.MEMBERSHIP_ADDRESS_OFFSET, address << Short.SIZE);
        check(socket.set(PacketDescriptor.SOL_PACKET, PacketDescriptor.ADD_MEMBERSHIP, at,
                PacketDescriptor.MEMBERSHIP_LENGTH), "let in an address on");
    }

    /** @param protocol of what is received, e.g. {@link PacketDescriptor#ETH_P_ALL}; 0: nothing. */
    void bind(final int interfaceIndex, final int protocol) throws IOException {
        final long at = socket.scratch();
        Memory.zero(at, PacketDescriptor.ADDRESS_LENGTH);
        Memory.putShort(at, PacketDescriptor.AF_PACKET);
        Memory.putShortBE(at + PacketDescriptor.ADDRESS_PROTOCOL_OFFSET, protocol);
        Memory.putInt(at + PacketDescriptor.ADDRESS_INDEX_OFFSET, interfaceIndex);
        check(socket.bind(PacketDescriptor.ADDRESS_LENGTH), "bind to");
    }

    /**
     * Shares what arrives with others; the first of them, which is bound. Returns the group.
     *
     * @param kind who decides: {@link PacketDescriptor#FANOUT_HASH} or {@link PacketDescriptor#FANOUT_EBPF}, of all alike.
     */
    int startFanout(final int kind) throws IOException {
        joinFanout(0, kind | PacketDescriptor.FANOUT_FLAG_UNIQUEID);
        return option(PacketDescriptor.SOL_PACKET, PacketDescriptor.FANOUT) & 0xFFFF;
    }

    /** Becomes the next of a group. */
    void joinFanout(final int group, final int kind) throws IOException {
        final int type = PacketDescriptor.FANOUT_FLAG_IGNORE_OUTGOING | kind;
        set(PacketDescriptor.FANOUT, group | type << FANOUT_TYPE_SHIFT);
    }

    /** What has happened to the socket since this was asked last: a positive error number, 0: nothing. */
    int error() {
        return socket.error();
    }

    /** Frames that found no room since this was asked last. */
    long drops() {
        return option(PacketDescriptor.SOL_PACKET, PacketDescriptor.STATISTICS) < 0
                ? 0
                : Memory.getInt(socket.scratch() + PacketDescriptor.STATISTICS_DROPS_OFFSET) & 0xFFFF_FFFFL;
    }

    long read(final long address, final int length) {
        return calls.read(fd, address, length);
    }

    long write(final long address, final int length) {
        return calls.write(fd, address, length);
    }

    @Override
    public void close() {
        socket.close();
    }

    void check(final int result, final String what) throws IOException {
        socket.check(result, what);
    }

    /** The option's first four bytes, or a negated error number. */
    private int option(final int level, final int option) {
        final int result = socket.read(level, option, PacketDescriptor.STATISTICS_LENGTH);
        return result < 0 ? result : Memory.getInt(socket.scratch());
    }
}
