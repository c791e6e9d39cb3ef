package io.millrace.nativeports.afxdp;

import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.FramePool;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortCapabilities;
import io.millrace.fastpath.port.PortFinding;
import io.millrace.fastpath.wire.EthernetHeader;
import io.millrace.fastpath.wire.VlanTag;
import io.millrace.nativeports.afpacket.Listener;
import io.millrace.nativeports.linux.HostNamespace;
import io.millrace.nativeports.linux.JoinedInterface;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;

/**
 * Queues of an interface of the kernel, opened by AF_XDP sockets, and the program that hands them what is the stack's. The
 * kernel goes on using the interface.
 * <p>
 * Thread: opened and closed by the control plane; each queue belongs to one engine.
 */
final class AfXdpDevice implements PacketDevice {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(AfXdpDevice.class);
    private static final int MAX_FRAME = EthernetHeader.LENGTH + VlanTag.LENGTH + 65_535;
    /** So that a frame that is too long shows. */
    private static final int SPARE = 1;
    /** Small frames that may wait in the packet socket. */
    private static final int SLOTS = 512;
    /** One frame for what is no chunk, for so many others. */
    private static final int LARGE_PART = 2;

    private final AfXdpInterface on;
    private final Redirection redirection;
    private final List<XdpQueue> queues = new ArrayList<>();
    private final List<AfXdpPort> ports = new ArrayList<>();
    private String how = "";

    private AfXdpDevice(final AfXdpInterface on, final Redirection redirection) {
        this.on = on;
        this.redirection = redirection;
    }

    /** @throws IOException one sentence: what was tried, what the system said, what to do. */
    static AfXdpDevice open(final DeviceRequest request) throws IOException {
        final AfXdpSpec spec = AfXdpSpec.parse(request.argument());
        JoinedInterface.refuseHostAddress(AfXdpDeviceProvider.SCHEME, request);
        return HostNamespace.call(spec.namespace(), () -> openHere(spec, request));
    }

    private static AfXdpDevice openHere(final AfXdpSpec spec, final DeviceRequest request) throws IOException {
        final AfXdpInterface on = AfXdpInterface.find(spec, request);
        final int wanted = on.queues().from(spec.queue(), request.queues());
        final AfXdpDevice device = new AfXdpDevice(on,
                Redirection.attach(on.device(), on.index(), spec, on.address(), spec.queue() + wanted));
        boolean done = false;
        try {
            device.openQueues(spec, request, wanted);
            device.openPorts(spec, request);
            done = true;
            return device;
        } finally {
            if (!done) {
                device.close();
            }
        }
    }

    private void openQueues(final AfXdpSpec spec, final DeviceRequest request, final int wanted)
            throws IOException {
        for (int i = 0; i < wanted; i++) {
            queues.add(XdpQueue.open(on, spec, spec.queue() + i, request.frames(), request.mtu(), request.offloads()));
        }
    }

    private void openPorts(final AfXdpSpec spec, final DeviceRequest request) throws IOException {
        final boolean checksums = queues.stream().allMatch(XdpQueue::completesChecksums);
        final PortCapabilities capabilities = new PortCapabilities(true, request.mtu(), on.address(), checksums, true,
                0,
                MAX_FRAME);
        for (final XdpQueue queue : queues) {
            ports.add(openPort(queue, capabilities, spec, request.frames()));
        }
        // from here on frames arrive
        for (int i = 0; i < queues.size(); i++) {
            redirection.give(spec.queue() + i, queues.get(i).socket());
        }
        how = (redirection.isDriverMode() ? "driver mode" : "generic mode")
                + (queues.stream().allMatch(XdpQueue::isZeroCopy) ? ", zero-copy" : ", copy");
        report(spec, checksums, request.queues());
    }

    /** True where nothing of the stack's goes on to the kernel: it has every queue, and the groups. */
    private boolean comesWhole(final AfXdpSpec spec) {
        return spec.allGroups() && on.queues().count() == queues.size();
    }

    private AfXdpPort openPort(final XdpQueue queue, final PortCapabilities capabilities, final AfXdpSpec spec,
            final int frames) throws IOException {
        final Listener listener = queue == queues.getFirst() ? listen(spec) : null;
        FramePool large = null;
        boolean done = false;
        try {
            large = new FramePool(on.device() + ", large frames", frames / LARGE_PART,
                    Frame.ETHERNET_OFFSET + MAX_FRAME + SPARE);
            final AfXdpPort port = new AfXdpPort(queue, capabilities, large, listener,
                    new Receiver(queue, large, MAX_FRAME, on.virtual()), spec.busyPollUs() > 0, on.device());
            done = true;
            return port;
        } finally {
            if (!done) {
                CloseHelper.closeAll(large, listener);
            }
        }
    }

    private Listener listen(final AfXdpSpec spec) throws IOException {
        return Listener.open(on.device(), on.index(), on.address(), on.sharesAddress(), comesWhole(spec) ? 0 : SLOTS,
                MAX_FRAME);
    }

    private void report(final AfXdpSpec spec, final boolean checksums, final int wanted) {
        LOGGER.info("{}: {}, checksums completed by {}", on.device(), how, checksums ? "the kernel" : "the stack");
        for (final PortFinding finding : QueueFindings.of(spec.interfaceName(), on.queues(), spec.queue(), wanted)) {
            LOGGER.warn("{}: {}; what helps: {}", on.device(), finding.what(), finding.remedy());
        }
    }

    /** With what was obtained, e.g. {@code af-xdp:eth0 (driver mode, zero-copy)}. */
    @Override
    public String name() {
        return on.device() + " (" + how + ')';
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
        redirection.close();
        ports.forEach(AfXdpPort::close);
        queues.subList(ports.size(), queues.size()).forEach(CloseHelper::close);
    }
}
