package io.millrace.nativeports.linux;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import java.io.IOException;

/**
 * A network interface of the host, set up by ioctls in the namespace of the thread that opens this object. Setting
 * anything needs CAP_NET_ADMIN. Thread: one.
 */
public final class HostInterface implements AutoCloseable {
    static final int ETHTOOL_GLINK = 0xa;

    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = TunDescriptor.O_CLOEXEC;

    private final LinuxCalls calls = new LinuxCalls();
    private final String name;
    private final InterfaceRequest request;
    private final int socket;

    /** @throws IOException where the system has no socket to give. */
    public HostInterface(final String name) throws IOException {
        this.name = name;
        socket = calls.socket(InterfaceRequest.AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (socket < 0) {
            throw new IOException("cannot open a socket to set up " + name + ": " + Errno.describe(-socket));
        }
        request = new InterfaceRequest(name);
    }

    /** The interface's index. */
    public int index() throws IOException {
        run(InterfaceRequest.SIOCGIFINDEX, "find");
        return request.intValue();
    }

    /** Largest IP packet, in bytes. */
    public int mtu() throws IOException {
        run(InterfaceRequest.SIOCGIFMTU, "read the MTU of");
        return request.intValue();
    }

    public void mtu(final int bytes) throws IOException {
        request.intValue(bytes);
        run(InterfaceRequest.SIOCSIFMTU, "set the MTU " + bytes + " of");
    }

    /** The kernel's Ethernet address, in the low 48 bits; 0 where the interface is of another kind than Ethernet. */
    public long ethernetAddress() throws IOException {
        run(InterfaceRequest.SIOCGIFHWADDR, "read the address of");
        return request.hardwareType() == SocketDescriptor.ARPHRD_ETHER ? request.ethernetAddress() : 0;
    }

    /** Frames that the kernel keeps for us while we don't read; it drops silently what comes beyond. */
    public int transmitQueueLength() throws IOException {
        run(InterfaceRequest.SIOCGIFTXQLEN, "read the transmit queue length of");
        return request.intValue();
    }

    public void transmitQueueLength(final int frames) throws IOException {
        request.intValue(frames);
        run(InterfaceRequest.SIOCSIFTXQLEN, "set the transmit queue length " + frames + " of");
    }

    /** Replaces the interface's IPv4 address. */
    public void address(final Ipv4Prefix prefix) throws IOException {
        request.ipv4(prefix.address());
        run(InterfaceRequest.SIOCSIFADDR, "give the address " + prefix + " to");
        request.ipv4(prefix.mask());
        run(InterfaceRequest.SIOCSIFNETMASK, "set the netmask /" + prefix.length() + " of");
    }

    /** Adds an IPv6 address; done too where the interface has it already. */
    public void address(final Ipv6Prefix prefix) throws IOException {
        final String what = "give the address " + prefix + " to";
        final int v6 = calls.socket(Ipv6Request.AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (v6 < 0) {
            throw failure(what, v6);
        }
        try (Ipv6Request address = new Ipv6Request(prefix, index())) {
            final int result = calls.ioctl(v6, InterfaceRequest.SIOCSIFADDR, address.address());
            if (result < 0 && result != -Errno.EEXIST) {
                throw failure(what, result);
            }
        } finally {
            calls.close(v6);
        }
    }

    /** Those of its queues that receive. */
    public ReceiveQueues receiveQueues() {
        try (MemoryRegion answer = MemoryRegion.allocate("channels", EthtoolDescriptor.CHANNELS_LENGTH)) {
            Memory.putInt(answer.address(), EthtoolDescriptor.GCHANNELS);
            request.pointer(answer.address());
            if (calls.ioctl(socket, InterfaceRequest.SIOCETHTOOL, request.address()) < 0) {
                return new ReceiveQueues(0, true);
            }
            final int combined = Memory.getInt(answer.address() + EthtoolDescriptor.COMBINED_COUNT_OFFSET);
            final int separate = Memory.getInt(answer.address() + EthtoolDescriptor.RX_COUNT_OFFSET);
            return new ReceiveQueues(combined + separate, combined > 0);
        }
    }

    /** True where there is such an interface. */
    public boolean exists() throws IOException {
        final int result = calls.ioctl(socket, InterfaceRequest.SIOCGIFINDEX, request.address());
        if (result < 0 && result != -Errno.ENODEV) {
            throw failure("find", result);
        }
        return result >= 0;
    }

    /** The name of the driver and that of its bus, with a blank between, e.g. {@code tun tap}; empty where it has none. */
    public String driver() throws IOException {
        try (DriverInfo info = new DriverInfo()) {
            request.pointer(info.address());
            final int result = calls.ioctl(socket, InterfaceRequest.SIOCETHTOOL, request.address());
            if (result < 0 && result != -Errno.EOPNOTSUPP) {
                throw failure("read the driver of", result);
            }
            return result < 0 ? "" : info.driver() + ' ' + info.bus();
        }
    }

    /** True where the link is administratively up. */
    public boolean isUp() throws IOException {
        return hasFlag(InterfaceRequest.IFF_UP);
    }

    /** True where it is up and has a carrier, of a TAP: where a program has it open. The flags say so a second later. */
    public boolean isRunning() throws IOException {
        try (MemoryRegion value = MemoryRegion.allocate("link state", 2 * Integer.BYTES)) {
            Memory.putInt(value.address(), ETHTOOL_GLINK);
            request.pointer(value.address());
            final int result = calls.ioctl(socket, InterfaceRequest.SIOCETHTOOL, request.address());
            return result < 0
                    ? hasFlag(InterfaceRequest.IFF_RUNNING)
                    : Memory.getInt(value.address() + Integer.BYTES) != 0;
        }
    }

    private boolean hasFlag(final int flag) throws IOException {
        run(InterfaceRequest.SIOCGIFFLAGS, "read the state of");
        return (request.flags() & flag) != 0;
    }

    /** Takes the link up or down. */
    public void up(final boolean up) throws IOException {
        run(InterfaceRequest.SIOCGIFFLAGS, "read the state of");
        final int flags = request.flags() & ~InterfaceRequest.IFF_UP;
        request.flags(up ? flags | InterfaceRequest.IFF_UP | InterfaceRequest.IFF_RUNNING : flags);
        run(InterfaceRequest.SIOCSIFFLAGS, up ? "bring up" : "take down");
    }

    @Override
    public void close() {
        calls.close(socket);
        request.close();
    }

    private void run(final long number, final String what) throws IOException {
        final int result = calls.ioctl(socket, number, request.address());
        if (result < 0) {
            throw failure(what, result);
        }
    }

    private IOException failure(final String what, final int result) {
        final String remedy = result == -Errno.EPERM
                ? "; run as root or inside `unshare -Urn`, or set it up beforehand with `ip`"
                : "";
        return new IOException("cannot " + what + " " + name + ": " + Errno.describe(-result) + remedy);
    }
}
