package io.millrace.nativeports.tap;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.FramePool;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortCapabilities;
import io.millrace.nativeports.linux.Errno;
import io.millrace.nativeports.linux.HostInterface;
import io.millrace.nativeports.linux.HostNamespace;
import io.millrace.nativeports.linux.InterfaceRequest;
import io.millrace.nativeports.linux.Ipv4Prefix;
import io.millrace.nativeports.linux.Ipv6Prefix;
import io.millrace.nativeports.linux.LinkAddress;
import io.millrace.nativeports.linux.LinuxCalls;
import io.millrace.nativeports.linux.TunDescriptor;
import io.millrace.nativeports.linux.VirtioNetHeader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An opened TAP device. It lives in the network namespace of the thread that opens it, or in the one that is named, and
 * the kernel removes it with the last descriptor unless it is persistent.
 * <p>
 * Thread: opened and closed by the control plane; each queue belongs to one engine.
 */
final class TapDevice implements PacketDevice {
    /** Frames that the kernel shall keep for us: its default of 1,000 is less than a window of 4 MiB. */
    private static final int TRANSMIT_QUEUE_LENGTH = 4_096;

    /** Stands between the interface's name and the network namespace that it shall live in. */
    private static final char NAMESPACE = '@';
    private static final int ETHERNET_AND_VLAN = 14 + 4;
    private static final int MAX_VIRTUAL_SEGMENT = 65_535;
    private static final int SMALL_FRAME = 2_048;
    private static final int OFFLOADS = TunDescriptor.TUN_F_CSUM | TunDescriptor.TUN_F_TSO4 | TunDescriptor.TUN_F_TSO6;

    private final LinuxCalls calls = new LinuxCalls();
    private final DeviceRequest request;
    private final String interfaceName;
    private final PortCapabilities capabilities;
    private final List<TapPort> ports = new ArrayList<>();

    private TapDevice(final DeviceRequest request, final String interfaceName) {
        this.request = request;
        this.interfaceName = interfaceName;
        final int segment = request.offloads() ? MAX_VIRTUAL_SEGMENT : 0;
        capabilities = new PortCapabilities(true, request.mtu(), LinkAddress.of(request.argument()), request.offloads(),
                request.offloads(), segment, Math.max(segment, request.mtu()) + ETHERNET_AND_VLAN);
    }

    /** @throws IOException one sentence: what was tried, what the system said, what to do. */
    static TapDevice open(final DeviceRequest request) throws IOException {
        final int at = request.argument().indexOf(NAMESPACE);
        final String name = at < 0 ? request.argument() : request.argument().substring(0, at);
        checkName(name);
        final @Nullable HostAddress address = hostAddress(request);
        return at < 0
                ? openHere(request, name, address)
                : HostNamespace.call(request.argument().substring(at + 1), () -> openHere(request, name, address));
    }

    /** Gives the host's side of the link its address. */
    @FunctionalInterface
    private interface HostAddress {
        void giveTo(HostInterface host) throws IOException;
    }

    private static TapDevice openHere(final DeviceRequest request, final String name,
            final @Nullable HostAddress address) throws IOException {
        final TapDevice device = new TapDevice(request, name);
        try {
            for (int i = 0; i < request.queues(); i++) {
                device.openQueue(i);
            }
            device.setUpHost(address);
            return device;
        } catch (final IOException | RuntimeException | Error e) {
            device.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return TapDeviceProvider.SCHEME + ":" + request.argument();
    }

    @Override
    public int queues() {
        return ports.size();
    }

    @Override
    public PacketPort queue(final int index) {
        return ports.get(index);
    }

    @Override
    public void close() {
        ports.forEach(TapPort::close);
    }

    private void openQueue(final int index) throws IOException {
        final int fd = calls.open(TunDescriptor.PATH,
                TunDescriptor.O_RDWR | TunDescriptor.O_NONBLOCK | TunDescriptor.O_CLOEXEC);
        if (fd < 0) {
            throw new IOException(TapFailure.onOpen(-fd));
        }
        boolean done = false;
        try {
            attach(fd);
            final FramePool pool = new FramePool(name() + ", queue " + index, request.frames(), frameCapacity());
            ports.add(new TapPort(fd, capabilities, pool));
            done = true;
        } finally {
            if (!done) {
                calls.close(fd);
            }
        }
    }

    private void attach(final int fd) throws IOException {
        final int flags = TunDescriptor.IFF_TAP | TunDescriptor.IFF_NO_PI | TunDescriptor.IFF_VNET_HDR
                | (request.queues() > 1 ? TunDescriptor.IFF_MULTI_QUEUE : 0);
        try (InterfaceRequest attachment = new InterfaceRequest(interfaceName).flags(flags)) {
            final int result = calls.ioctl(fd, TunDescriptor.TUNSETIFF, attachment.address());
            if (result < 0) {
                throw new IOException(TapFailure.onAttach(interfaceName, -result));
            }
        }
        // A persistent device keeps what an earlier user has set.
        check(calls.ioctl(fd, TunDescriptor.TUNSETOFFLOAD, request.offloads() ? OFFLOADS : 0), "set the offloads of");
        try (MemoryRegion length = MemoryRegion.allocate("header length", Integer.BYTES)) {
            Memory.putInt(length.address(), VirtioNetHeader.LENGTH);
            check(calls.ioctl(fd, TunDescriptor.TUNSETVNETHDRSZ, length.address()), "set the header length of");
        }
    }

    private int frameCapacity() {
        final int needed = Frame.ETHERNET_OFFSET + capabilities.maxFrameLength() + TapPort.SPARE;
        return Math.max(SMALL_FRAME, needed);
    }

    private void setUpHost(final @Nullable HostAddress address) throws IOException {
        try (HostInterface host = new HostInterface(interfaceName)) {
            if (host.mtu() != request.mtu()) {
                host.mtu(request.mtu());
            }
            if (host.transmitQueueLength() < TRANSMIT_QUEUE_LENGTH) {
                lengthenQueue(host);
            }
            if (address != null) {
                address.giveTo(host);
                host.up(true);
            }
        }
    }

    /**
     * Linux lets only the machine's root do this, not the root of a user namespace. Without it the queue that there is
     * must do, which costs speed where windows are larger than the queue, not correctness.
     */
    private static void lengthenQueue(final HostInterface host) {
        try {
            host.transmitQueueLength(TRANSMIT_QUEUE_LENGTH);
        } catch (final IOException e) {
            return;
        }
    }

    private void check(final int result, final String what) throws IOException {
        if (result < 0) {
            throw new IOException("cannot " + what + " " + name() + ": " + Errno.describe(-result));
        }
    }

    private static @Nullable HostAddress hostAddress(final DeviceRequest request) throws IOException {
        final String text = request.hostAddress();
        try {
            if (text == null) {
                return null;
            }
            if (Ipv6Prefix.isMeant(text)) {
                final Ipv6Prefix prefix = Ipv6Prefix.parse(text);
                return host -> host.address(prefix);
            }
            final Ipv4Prefix prefix = Ipv4Prefix.parse(text);
            return host -> host.address(prefix);
        } catch (final IllegalArgumentException e) {
            throw new IOException("host address of tap:" + request.argument() + ": " + e.getMessage(), e);
        }
    }

    private static void checkName(final String name) throws IOException {
        final int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length == 0 || length > InterfaceRequest.MAX_NAME_LENGTH) {
            throw new IOException("interface name \"" + name + "\" has " + length + " bytes; give it 1 to "
                    + InterfaceRequest.MAX_NAME_LENGTH);
        }
        if (!name.matches("[^\\s/:%]+") || name.equals(".") || name.equals("..")) {
            throw new IOException("interface name \"" + name + "\" has a character that Linux forbids; use letters,"
                    + " digits, - and _");
        }
    }
}
