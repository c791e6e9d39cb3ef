package io.millrace.nativeports.shm;

import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.DeviceRequest;
import io.millrace.fastpath.port.FlowPlacement;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortCapabilities;
import io.millrace.nativeports.linux.LinkAddress;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;

/**
 * One side of a shared memory. Thread: opened and closed by the control plane; each queue belongs to one engine.
 */
final class ShmDevice implements PacketDevice {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(ShmDevice.class);

    private final SharedFile file;
    private final ShmLayout layout;
    private final MemoryRegion header;
    private final int side;
    private final List<ShmPort> ports = new ArrayList<>();
    private boolean closed;

    private ShmDevice(final SharedFile file, final ShmLayout layout, final MemoryRegion header, final int side) {
        this.file = file;
        this.layout = layout;
        this.header = header;
        this.side = side;
    }

    /** @throws IOException one sentence: what was tried, what is wrong, what to do. */
    static ShmDevice open(final DeviceRequest request) throws IOException {
        final ShmSpec spec = ShmSpec.parse(request.argument());
        if (request.hostAddress() != null) {
            throw new IOException(ShmDeviceProvider.SCHEME + ":" + request.argument()
                    + " has no host's side that could have an address; leave millrace.port.host-address empty");
        }
        final ShmLayout wanted = new ShmLayout(request.mtu(), request.queues(), request.frames(), request.offloads());
        if (!PoolMemory.isPossible(wanted)) {
            throw new IOException(ShmFailure.tooLarge(wanted));
        }
        final SharedFile file = SharedFile.beginAttaching(spec.file());
        ShmDevice device = null;
        boolean done = false;
        try {
            device = attach(file, spec, wanted);
            device.openQueues(request);
            done = true;
            return device;
        } finally {
            file.endAttaching();
            if (!done) {
                CloseHelper.quietClose(device == null ? file : device);
            }
        }
    }

    private static ShmDevice attach(final SharedFile file, final ShmSpec spec, final ShmLayout wanted)
            throws IOException {
        final boolean alone = !file.isTaken(0) && !file.isTaken(1);
        final long before = file.length();
        if (before != 0 && before < ShmLayout.HEADER_BYTES) {
            throw new IOException(ShmFailure.foreign(file.path()));
        }
        if (before != 0) {
            requireOurs(file, alone);
        }
        if (alone) {
            file.empty();
            file.extend(ShmLayout.HEADER_BYTES);
        }
        final MemoryRegion header = ShmQueue.map(file.path().toString(), file, 0, ShmLayout.HEADER_BYTES);
        boolean done = false;
        try {
            if (alone) {
                ShmLayout.begin(header.address());
                file.extend(wanted.fileLength());
                wanted.write(header.address());
            }
            final ShmLayout layout = ShmLayout.read(header.address());
            check(file, header.address(), layout, wanted);
            final int side = takeSide(file, header.address(), spec);
            done = true;
            return new ShmDevice(file, layout, header, side);
        } finally {
            if (!done) {
                header.close();
            }
        }
    }

    /** A file that is something else is left alone, and so is one that another version uses. */
    private static void requireOurs(final SharedFile file, final boolean alone) throws IOException {
        try (MemoryRegion header = ShmQueue.map(file.path().toString(), file, 0, ShmLayout.HEADER_BYTES)) {
            if (!ShmLayout.isOurs(header.address())) {
                throw new IOException(ShmFailure.foreign(file.path()));
            }
            final int version = ShmLayout.version(header.address());
            if (!alone && version != ShmLayout.VERSION) {
                throw new IOException(ShmFailure.otherVersion(file.path(), version));
            }
        }
    }

    private static void check(final SharedFile file, final long header, final ShmLayout layout, final ShmLayout wanted)
            throws IOException {
        if (!layout.matches(header, file.length()) || !PoolMemory.isPossible(layout)) {
            throw new IOException(ShmFailure.foreign(file.path()));
        }
        if (layout.mtu() != wanted.mtu() || layout.frames() != wanted.frames() || layout.queues() != wanted.queues()) {
            throw new IOException(ShmFailure.differs(file.path(), layout, wanted,
                    new SideInfo(header, file.isTaken(0) ? 0 : 1).toString()));
        }
    }

    private static int takeSide(final SharedFile file, final long header, final ShmSpec spec) throws IOException {
        for (int side = 0; side < 2; side++) {
            if ((spec.side() == ShmSpec.ANY || spec.side() == side) && file.lockSide(side)) {
                return side;
            }
        }
        throw new IOException(spec.side() == ShmSpec.ANY || file.isTaken(1 - spec.side())
                ? ShmFailure.taken(file.path(), new SideInfo(header, 0) + " and " + new SideInfo(header, 1))
                : ShmFailure.sideTaken(file.path(), spec.side(), new SideInfo(header, spec.side()).toString()));
    }

    private void openQueues(final DeviceRequest request) throws IOException {
        final long mac = LinkAddress.of(ShmDeviceProvider.SCHEME + ":" + file.path()) & ~1L | side;
        final boolean offloads = request.offloads() && layout.offloads();
        final PortCapabilities capabilities = new PortCapabilities(true, layout.mtu(), mac, offloads,
                layout.offloads(), offloads ? ShmLayout.MAX_PACKET : 0, layout.maxFrameLength());
        final long generation = new SideInfo(header.address(), side).take(mac);
        final boolean peerLives = file.isTaken(1 - side);
        for (int i = 0; i < layout.queues(); i++) {
            final ShmQueue queue = new ShmQueue(file, layout, i, side);
            final PeerWatch watch = new PeerWatch(file, new SideInfo(header.address(), 1 - side), 1 - side,
                    layout.fileLength(), name() + (layout.queues() == 1 ? "" : ", queue " + i));
            if (!peerLives) {
                queue.peer().session(0);
            }
            ports.add(new ShmPort(capabilities, layout, queue, watch, generation, queue.peer().session()));
        }
        LOGGER.info("{}: this is side {} of {}, with the address {}", name(), side, file.path(),
                LinkAddress.toString(mac));
    }

    @Override
    public String name() {
        return ShmDeviceProvider.SCHEME + ":" + file.path();
    }

    @Override
    public int queues() {
        return ports.size();
    }

    @Override
    public PacketPort queue(final int index) {
        return ports.get(index);
    }

    /** Queue i of one side talks to queue i of the other. */
    @Override
    public FlowPlacement placement() {
        return layout.queues() == 1 ? FlowPlacement.ONE_QUEUE : FlowPlacement.AS_SENT;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            CloseHelper.quietCloseAll(ports);
            header.close();
            removeIfLast();
            file.close();
        }
    }

    /** Memory that nobody uses is not left behind. */
    private void removeIfLast() {
        try {
            file.removeUnlessTaken(1 - side, layout.queues());
        } catch (final IOException e) {
            LOGGER.warn("cannot remove {}: {}", file.path(), e.toString());
        }
    }
}
