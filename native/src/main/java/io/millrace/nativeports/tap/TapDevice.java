package io.millrace.nativeports.tap;

import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.FlowPlacement;
import io.millrace.fastpath.port.FramePool;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketDeviceProvider;
import io.millrace.fastpath.port.PacketDeviceProvider.HostTask;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortCapabilities;
import io.millrace.fastpath.port.PortFinding;
import io.millrace.fastpath.port.RssPlacement;
import io.millrace.nativeports.bypass.BypassRing;
import io.millrace.nativeports.linux.HostInterface;
import io.millrace.nativeports.linux.HostNamespace;
import io.millrace.nativeports.linux.Ipv4Prefix;
import io.millrace.nativeports.linux.Ipv6Prefix;
import io.millrace.nativeports.linux.LinkAddress;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;
import org.jspecify.annotations.Nullable;

/**
 * An opened TAP or TUN device. It lives in the network namespace of the thread that opens it, or in the one that is named, and
 * the kernel removes it with the last descriptor unless it is persistent.
 * <p>
 * Thread: opened and closed by the control plane; each queue belongs to one engine.
 */
final class TapDevice implements PacketDevice {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(TapDevice.class);

    /** Frames that the kernel shall keep for us: its default of 1,000 is less than a window of 4 MiB. */
    private static final int TRANSMIT_QUEUE_LENGTH = 4_096;

    private static final int VLAN_TAG = 4;
    private static final int MAX_VIRTUAL_SEGMENT = 65_535;
    private static final int SMALL_FRAME = 2_048;
    private final TunKind kind;
    private final Beside beside;
    private final DeviceRequest request;
    private final TapArgument argument;
    private final TapQueues queues;
    private final PortCapabilities capabilities;
    private final List<TapPort> ports = new ArrayList<>();
    private @Nullable FlowPlacement placement;
    private final List<PortFinding> findings = new ArrayList<>();

    private TapDevice(final TunKind kind, final DeviceRequest request, final TapArgument argument,
            final Beside beside) {
        this.kind = kind;
        this.beside = beside;
        this.request = request;
        this.argument = argument;
        queues = new TapQueues(kind, argument.name(), request.offloads());
        final int segment = request.offloads() ? MAX_VIRTUAL_SEGMENT : 0;
        final long mac = kind.hasLinkLayer() ? LinkAddress.of(argument.device()) : 0;
        final int linkHeader = kind.hasLinkLayer() ? kind.linkHeaderLength() + VLAN_TAG : 0;
        capabilities = new PortCapabilities(kind.hasLinkLayer(), request.mtu(), mac, request.offloads(),
                request.offloads(), segment, Math.max(segment, request.mtu()) + linkHeader);
    }

    /** @throws IOException one sentence: what was tried, what the system said, what to do. */
    static TapDevice open(final TunKind kind, final DeviceRequest request) throws IOException {
        return open(kind, request, Beside.KERNEL);
    }

    /** @param beside opens what there is beside the queues. */
    static TapDevice open(final TunKind kind, final DeviceRequest request, final Beside beside) throws IOException {
        final @Nullable HostAddress address = hostAddress(kind, request);
        final TapArgument argument = TapArgument.parse(kind, request.argument());
        return HostNamespace.call(argument.namespace(), () -> {
            final TapDevice device = new TapDevice(kind, request, argument, beside);
            device.openHere(address);
            return device;
        });
    }

    /** {@link PacketDeviceProvider#atHost}. */
    static <T> T atHost(final TunKind kind, final String argument, final HostTask<T> task) throws IOException {
        final TapArgument parsed = TapArgument.parse(kind, argument);
        return HostNamespace.call(parsed.namespace(), () -> task.run(parsed.name(), parsed.namespace() == null));
    }

    /** How what is beside the queues is opened: each as {@link BypassRings#installedOn} and {@link BulkQueues#beside} do. */
    record Beside(Rings rings, Bulk bulk) {
        private static final Beside KERNEL = new Beside(BypassRings::installedOn, BulkQueues::beside);

        /** Installs rings. */
        @FunctionalInterface
        interface Rings {
            BypassRings install(int fd, int rings, int longest) throws IOException;
        }

        /** Opens queues for bulk transfers. */
        @FunctionalInterface
        interface Bulk {
            List<TapQueue> open(List<TapQueue> plain, String interfaceName) throws IOException;
        }
    }

    /** Gives the host's side of the link its address. */
    @FunctionalInterface
    private interface HostAddress {
        void giveTo(HostInterface host) throws IOException;
    }

    private void openHere(final @Nullable HostAddress address) throws IOException {
        boolean done = false;
        try {
            openQueues();
            setUpHost(address);
            done = true;
        } finally {
            if (!done) {
                close();
            }
        }
    }

    @Override
    public String name() {
        return kind.scheme() + ":" + request.argument();
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
    public FlowPlacement placement() {
        return placement != null ? placement : PacketDevice.super.placement();
    }

    @Override
    public List<PortFinding> findings() {
        return List.copyOf(findings);
    }

    @Override
    public void close() {
        ports.forEach(TapPort::close);
    }

    private void openQueues() throws IOException {
        List<TapQueue> opened = open();
        try {
            opened = withRings(opened);
            opened = withBulk(opened);
            opened.forEach(this::addPort);
        } finally {
            // where one failed, those before it are ports
            CloseHelper.quietCloseAll(opened.subList(ports.size(), opened.size()));
        }
    }

    private List<TapQueue> open() throws IOException {
        final boolean separateSyns = kind == TunKind.TAP && request.separateSyns();
        if (request.queues() == 1 && !separateSyns) {
            return List.of(new TapQueue(queues.openOnly()));
        }
        final int first = queues.openFirstOfSeveral();
        if (first < 0) {
            sayWhyNot("the device was made with one queue only");
            return List.of(new TapQueue(queues.openOnly()));
        }
        return openSeveral(first, separateSyns);
    }

    /**
     * Without them where they are not wanted, where engines share a queue, on whose descriptor some may sleep while others
     * do not, on a device that stays, which would keep the program of a process that was killed, and where the kernel
     * lets this process load no program.
     */
    private List<TapQueue> withRings(final List<TapQueue> plain) {
        if (!argument.ring()) {
            return plain;
        }
        final int fd = plain.get(0).fd();
        try {
            if (plain.size() < request.queues()) {
                throw new IOException("engines share a queue");
            }
            if (queues.isPersistent(fd)) {
                throw new IOException("a device that stays would keep the program of a process that was killed");
            }
            return ringed(plain, beside.rings().install(fd, plain.size(), capabilities.maxFrameLength()));
        } catch (final IOException e) {
            advise("each frame comes by a system call, small ones not by a ring in memory", e,
                    "Mend that, or say receive=queue where it is meant to be so");
            return plain;
        }
    }

    /** @param rings given up where this fails. */
    private List<TapQueue> ringed(final List<TapQueue> plain, final BypassRings rings) {
        final List<TapQueue> ringed = new ArrayList<>();
        boolean done = false;
        try {
            for (final TapQueue queue : plain) {
                ringed.add(queue.with(new BypassRing(rings.of(queue.fd()), rings.address(ringed.size()),
                        kind.linkHeaderLength(), capabilities.maxFrameLength(), request.offloads())));
            }
            done = true;
            return ringed;
        } finally {
            if (!done) {
                rings.giveUp(plain.getFirst().fd());
            }
        }
    }

    /**
     * Without them where they are not wanted, with offloads, where the host's receive path runs once in 64 KiB, where SYNs have
     * no queues, on a device that stays, which would keep what a process that was killed has set, and where the kernel lets
     * this process not set it.
     */
    private List<TapQueue> withBulk(final List<TapQueue> plain) {
        if (!argument.steered() || request.offloads() || plain.getFirst().syns() == null) {
            return plain;
        }
        try {
            if (queues.isPersistent(plain.getFirst().fd())) {
                throw new IOException("a device that stays would keep what a process that was killed has set");
            }
            return beside.bulk().open(plain, argument.name());
        } catch (final IOException e) {
            advise("the host receives bulk transfers on the CPU of the engine", e,
                    "Mend that, or say bulk=direct where it is meant to be so");
            return plain;
        }
    }

    /** Those that are not returned are closed, like all of them where this fails. */
    private List<TapQueue> openSeveral(final int first, final boolean separateSyns) throws IOException {
        final List<TapQueue> plain = new ArrayList<>();
        plain.add(new TapQueue(first));
        boolean done = false;
        try {
            while (plain.size() < request.queues()) {
                plain.add(new TapQueue(queues.openOneOfSeveral()));
            }
            final List<TapQueue> opened = steered(plain, separateSyns);
            done = true;
            return opened;
        } finally {
            if (!done) {
                CloseHelper.quietCloseAll(plain);
            }
        }
    }

    /** Without what it takes, as they are. */
    private List<TapQueue> steered(final List<TapQueue> plain, final boolean separateSyns) {
        final int[] fds = plain.stream().mapToInt(TapQueue::fd).toArray();
        if (fds.length > SynSteering.MOST_ENGINES) {
            sayWhyNot("there are more than " + SynSteering.MOST_ENGINES + " queues");
            return plain;
        }
        try {
            final RssPlacement flows = RssPlacement.spread(request.rssKey(), fds.length);
            final List<TapQueue> steered = steered(new SynSteering(kind, flows, fds.length, separateSyns), fds,
                    separateSyns);
            placement = fds.length == 1 ? FlowPlacement.ONE_QUEUE : flows;
            return steered;
        } catch (final IOException e) {
            sayWhyNot(e.getMessage());
            return plain;
        }
    }

    private List<TapQueue> steered(final SynSteering steering, final int[] fds, final boolean separateSyns)
            throws IOException {
        final List<TapQueue> steered = new ArrayList<>();
        if (separateSyns) {
            final SynQueues[] syns = SynQueues.open(queues, steering, lengthenedQueue(), fds);
            for (int i = 0; i < fds.length; i++) {
                steered.add(new TapQueue(fds[i], null, syns[i], null, null));
            }
            return steered;
        }
        boolean done = false;
        try {
            steering.installOn(fds[0]);
            done = true;
        } finally {
            if (!done) {
                CloseHelper.quietClose(steering);
            }
        }
        steering.shareAmong(fds.length);
        for (final int fd : fds) {
            steered.add(new TapQueue(fd, null, null, steering, null));
        }
        return steered;
    }

    private void advise(final String what, final IOException cause, final String remedy) {
        final String said = name() + ": " + what + ": " + cause.getMessage();
        LOGGER.info("{}", said);
        findings.add(new PortFinding(PortFinding.Weight.ADVICE, said, remedy));
    }

    private void sayWhyNot(final String cause) {
        if (request.queues() > 1) {
            LOGGER.info("{}: the kernel does not place flows on its queues as the stack would have it, so software does"
                    + " for every frame: {}", name(), cause);
        } else {
            LOGGER.info(
                    "{}: no queues for SYNs alone, so a flood of them takes other frames with it where it is faster"
                            + " than they are read: {}",
                    name(), cause);
        }
    }

    private void addPort(final TapQueue queue) {
        final FramePool pool = new FramePool(name() + ", queue " + ports.size(), request.frames(), frameCapacity());
        boolean done = false;
        try {
            ports.add(new TapPort(kind, queue, capabilities, pool, name()));
            done = true;
        } finally {
            if (!done) {
                CloseHelper.quietClose(pool);
            }
        }
    }

    private int frameCapacity() {
        final int needed = kind.dataOffset() + capabilities.maxFrameLength() + TapPort.SPARE;
        return Math.max(SMALL_FRAME, needed);
    }

    private void setUpHost(final @Nullable HostAddress address) throws IOException {
        try (HostInterface host = new HostInterface(argument.name())) {
            if (host.mtu() != request.mtu()) {
                host.mtu(request.mtu());
            }
            lengthenQueue(host);
            if (address != null) {
                address.giveTo(host);
                host.up(true);
            }
        }
    }

    /** How many frames each queue takes, from now on. */
    private int lengthenedQueue() throws IOException {
        try (HostInterface host = new HostInterface(argument.name())) {
            lengthenQueue(host);
            return host.transmitQueueLength();
        }
    }

    /**
     * Linux lets only the machine's root do this, not the root of a user namespace. Without it the queue that there is
     * must do, which costs speed where windows are larger than the queue, not correctness.
     */
    private static void lengthenQueue(final HostInterface host) throws IOException {
        if (host.transmitQueueLength() >= TRANSMIT_QUEUE_LENGTH) {
            return;
        }
        try {
            host.transmitQueueLength(TRANSMIT_QUEUE_LENGTH);
        } catch (final IOException e) {
            return;
        }
    }

    private static @Nullable HostAddress hostAddress(final TunKind kind, final DeviceRequest request)
            throws IOException {
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
            throw new IOException("host address of " + kind.scheme() + ":" + request.argument() + ": " + e.getMessage(),
                    e);
        }
    }
}
