package io.millrace.nativeports.afpacket;

import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.FlowPlacement;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.FramePool;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortCapabilities;
import io.millrace.fastpath.port.PortFinding;
import io.millrace.fastpath.port.RssPlacement;
import io.millrace.fastpath.port.SharedPorts;
import io.millrace.fastpath.wire.EthernetHeader;
import io.millrace.fastpath.wire.VlanTag;
import io.millrace.nativeports.linux.HostNamespace;
import io.millrace.nativeports.linux.JoinedInterface;
import io.millrace.nativeports.linux.PacketDescriptor;
import io.millrace.nativeports.shared.KernelGuard;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;
import org.jspecify.annotations.Nullable;

/**
 * An interface of the kernel, opened by packet sockets. The interface stays as it is, and the kernel goes on using it.
 * <p>
 * Thread: opened and closed by the control plane; each queue belongs to one engine.
 */
final class AfPacketDevice implements PacketDevice {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(AfPacketDevice.class);
    private static final int MAX_PACKET = 65_535;
    /** So that a frame that is too long shows. */
    private static final int SPARE = 1;

    private final AfPacketInterface on;
    private final int enoughBuffer;
    private final PortCapabilities capabilities;
    private final List<AfPacketPort> ports = new ArrayList<>();
    private final List<PortFinding> findings = new ArrayList<>();
    private @Nullable FlowPlacement placement;

    private AfPacketDevice(final AfPacketInterface on, final DeviceRequest request, final int enoughBuffer) {
        this.on = on;
        this.enoughBuffer = enoughBuffer;
        // What arrives is as its sender made it, whatever was asked for: a checksum to be completed, up to 64 KiB.
        capabilities = new PortCapabilities(true, request.mtu(), on.address(), request.offloads(), true,
                request.offloads() ? MAX_PACKET : 0, EthernetHeader.LENGTH + VlanTag.LENGTH + MAX_PACKET);
    }

    /** @throws IOException one sentence: what was tried, what the system said, what to do. */
    static AfPacketDevice open(final DeviceRequest request) throws IOException {
        return open(request, QueueSockets.ENOUGH_BUFFER);
    }

    /** @param enoughBuffer bytes of a socket's buffer that makes small slots do. */
    static AfPacketDevice open(final DeviceRequest request, final int enoughBuffer) throws IOException {
        final AfPacketSpec spec = spec(request);
        return HostNamespace.call(spec.namespace(), () -> openHere(spec, request, enoughBuffer, null));
    }

    /**
     * Opens the ports that are the stack's of an interface whose addresses it shares with the kernel.
     *
     * @throws IOException one sentence: what was tried, what the system said, what to do.
     */
    static AfPacketDevice openShared(final DeviceRequest request, final SharedPorts ports) throws IOException {
        final AfPacketSpec spec = spec(request).atAddressOfInterface();
        return HostNamespace.call(spec.namespace(), () -> openHere(spec, request, QueueSockets.ENOUGH_BUFFER, ports));
    }

    private static AfPacketSpec spec(final DeviceRequest request) throws IOException {
        JoinedInterface.refuseHostAddress(AfPacketDeviceProvider.SCHEME, request);
        return AfPacketSpec.parse(request.argument());
    }

    /** @param shared null: the stack has addresses of its own. */
    private static AfPacketDevice openHere(final AfPacketSpec spec, final DeviceRequest request, final int enoughBuffer,
            final @Nullable SharedPorts shared) throws IOException {
        final KernelGuard guard = shared == null ? null : new KernelGuard(shared);
        AfPacketDevice device = null;
        boolean done = false;
        try {
            device = new AfPacketDevice(AfPacketInterface.find(spec, request, guard), request, enoughBuffer);
            device.openQueues(request);
            if (guard != null && shared.guarded()) {
                guard.attach(device.on.index(), spec.interfaceName());
            }
            done = true;
            return device;
        } finally {
            if (!done) {
                CloseHelper.closeAll(device, device == null ? guard : null);
            }
        }
    }

    private void openQueues(final DeviceRequest request) throws IOException {
        if (request.queues() == 1) {
            addPort(new QueueSockets(on, request.frames(), enoughBuffer), request);
            return;
        }
        final RssPlacement flows = RssPlacement.spread(request.rssKey(), request.queues());
        try (FlowFanout fanout = fanout(flows, request.queues())) {
            final int kind = fanout == null ? PacketDescriptor.FANOUT_HASH : PacketDescriptor.FANOUT_EBPF;
            int group = 0;
            for (int i = 0; i < request.queues(); i++) {
                final RingSocket socket = addPort(new QueueSockets(on, request.frames(), enoughBuffer), request);
                if (i == 0) {
                    group = socket.startFanout(kind);
                } else {
                    socket.joinFanout(group, kind);
                }
                if (i == 0 && fanout != null) {
                    socket.set(PacketDescriptor.FANOUT_DATA, fanout.descriptor());
                    placement = flows;
                }
            }
        }
    }

    /** Null where the kernel does not take it: then its own hash decides. */
    private @Nullable FlowFanout fanout(final RssPlacement flows, final int sockets) {
        try {
            return new FlowFanout(flows, sockets);
        } catch (final IOException e) {
            advise("the kernel does not place flows on its queues as the stack would have it, so software does"
                    + " for every frame", e.getMessage());
            return null;
        }
    }

    /** Once for all queues. */
    private void advise(final String what, final @Nullable String cause) {
        final String said = name() + ": " + what + ": " + cause;
        LOGGER.info("{}", said);
        findings.add(new PortFinding(PortFinding.Weight.ADVICE, said, "Let the process load BPF programs"));
    }

    @Override
    public List<PortFinding> findings() {
        return List.copyOf(findings);
    }

    /** @param sockets closed where this fails. */
    private RingSocket addPort(final QueueSockets sockets, final DeviceRequest request) {
        boolean done = false;
        try {
            final FramePool pool = new FramePool(name() + ", queue " + ports.size(), request.frames(),
                    Frame.ETHERNET_OFFSET + capabilities.maxFrameLength() + SPARE);
            ports.add(new AfPacketPort(sockets, capabilities, pool, name()));
            done = true;
            if (sockets.bypassCause() != null && ports.size() == 1) {
                advise("small frames come by the socket, too", sockets.bypassCause());
            }
            return sockets.receiveSocket();
        } finally {
            if (!done) {
                CloseHelper.close(sockets);
            }
        }
    }

    @Override
    public FlowPlacement placement() {
        return placement != null ? placement : PacketDevice.super.placement();
    }

    @Override
    public String name() {
        return on.device();
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
        ports.forEach(AfPacketPort::close);
        CloseHelper.close(on.guard());
    }
}
