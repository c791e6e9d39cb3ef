package io.millrace.nativeports.dpdk;

import io.millrace.fastpath.memory.Memory;
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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A started port of DPDK. With it comes and goes the device that its arguments name.
 * <p>
 * Thread: opened and closed by the control plane; each queue belongs to one engine; {@link LinkWatch} looks after it.
 */
final class DpdkDevice implements PacketDevice {
    private static final InternalLogger LOGGER = InternalLoggerFactory.getInstance(DpdkDevice.class);
    private static final int ETHERNET_AND_VLAN = 14 + 4;
    private static final int NOT_SUPPORTED = 95;
    /** Ports of DPDK that are open. */
    private static final Set<Integer> OPEN = new HashSet<>();

    private final DeviceRequest request;
    private final Eal eal;
    private final int port;
    private final String portName;
    private final DeviceInfo info;
    private final Driver driver;
    @Nullable
    private final XdpInterface xdp;
    private final PortState state;
    private final List<QueuePools> pools = new ArrayList<>();
    private final List<DpdkPort> queues = new ArrayList<>();
    private FlowPlacement placement = FlowPlacement.UNKNOWN;
    private int openQueues;
    private boolean closing;

    private DpdkDevice(final DeviceRequest asked, final Eal eal, final int port, final DpdkArguments arguments)
            throws IOException {
        this.eal = eal;
        this.port = port;
        portName = Ethdev.name(port);
        info = DeviceInfo.of(port);
        request = ofQueuesThereAre(asked);
        driver = Driver.of(info.driver(), !portName.matches("[0-9a-fA-F]{4}:.*"));
        xdp = driver.sharesPool() ? new XdpInterface(arguments.argumentOfPort(portName, "iface")) : null;
        state = new PortState(port, portName, xdp);
    }

    private DeviceRequest ofQueuesThereAre(final DeviceRequest asked) {
        if (asked.queues() <= info.queues()) {
            return asked;
        }
        LOGGER.info(DpdkFailure.onFewQueues(portName, info, asked.queues()));
        return new DeviceRequest(asked.argument(), asked.mtu(), info.queues(), asked.frames(), asked.offloads(),
                asked.separateSyns(), asked.hostAddress(), asked.rssKey());
    }

    /** @throws IOException one sentence: what was tried, what DPDK said, what to do. */
    static DpdkDevice open(final DeviceRequest request) throws IOException {
        final DpdkArguments arguments = DpdkArguments.parse(request.argument());
        synchronized (Eal.class) {
            final Eal eal = Eal.start(arguments);
            final List<String> added = new ArrayList<>();
            DpdkDevice device = null;
            boolean done = false;
            try {
                addDevices(eal, arguments, added);
                device = new DpdkDevice(request, eal, choose(arguments), arguments);
                device.start(arguments);
                done = true;
                return device;
            } finally {
                if (!done) {
                    abandon(eal, device, added);
                }
            }
        }
    }

    private static void addDevices(final Eal eal, final DpdkArguments arguments, final List<String> added)
            throws IOException {
        for (final String device : arguments.devices()) {
            final String name = DpdkArguments.nameOf(device);
            if (!Ethdev.exists(name)) {
                eal.add(device);
                added.add(name);
            }
        }
    }

    private static int choose(final DpdkArguments arguments) throws IOException {
        final List<String> there = Ethdev.names();
        final int port;
        if (!arguments.port().isEmpty()) {
            port = Ethdev.find(arguments.port());
        } else if (arguments.devices().size() == 1) {
            port = Ethdev.find(DpdkArguments.nameOf(arguments.devices().getFirst()));
        } else if (there.size() == 1) {
            port = Ethdev.find(there.getFirst());
        } else {
            throw new IOException(there.isEmpty()
                    ? "DPDK has no port; name a device, e.g. --vdev=net_tap0,iface=mr0 or --allow=0000:03:00.0, or bind"
                            + " a NIC with dpdk-devbind.py"
                    : "DPDK has several ports; choose one with a word -- and port=NAME at the end: "
                            + String.join(", ", there));
        }
        if (OPEN.contains(port)) {
            throw new IOException("DPDK's port " + Ethdev.name(port) + " is open already; a stack needs its own");
        }
        return port;
    }

    private static void abandon(final Eal eal, final @Nullable DpdkDevice device, final List<String> added)
            throws IOException {
        if (device != null) {
            device.close();
        }
        for (final String name : added) {
            if (Ethdev.exists(name)) {
                eal.remove(DeviceInfo.of(Ethdev.find(name)).device());
            }
        }
    }

    private void start(final DpdkArguments arguments) throws IOException {
        OPEN.add(port);
        Pools.onOpen();
        checkRequest();
        final PortConfiguration configuration = PortConfiguration.of(request, info, driver, arguments.rssKey());
        eal.news();
        check(configuration.apply(port), "configure");
        setUpQueues(arguments, configuration);
        final int mtu = Ethdev.SET_MTU.call(port, request.mtu());
        check(mtu == -NOT_SUPPORTED ? 0 : mtu, "set the MTU " + request.mtu() + " of");
        check(Ethdev.START.call(port), "start");
        // Neighbour Discovery's groups are many; a driver without a filter refuses, and passes everything.
        Ethdev.ALL_MULTICAST.call(port);
        placement = placement(configuration);
        final PortCapabilities capabilities = capabilities(configuration);
        for (int i = 0; i < request.queues(); i++) {
            queues.add(new DpdkPort(this, capabilities, driver, new BurstQueue(port, i, driver.callsSystem()),
                    pools.get(i)));
            openQueues++;
        }
        if (request.hostAddress() != null) {
            KernelEnd.setUp(info.driver(), arguments, portName, request.hostAddress());
        }
        LinkWatch.add(eal, state);
        eal.news();
    }

    private FlowPlacement placement(final PortConfiguration configuration) {
        if (request.queues() == 1) {
            return FlowPlacement.ONE_QUEUE;
        }
        if (driver.handsOn()) {
            return FlowPlacement.AS_SENT;
        }
        return driver.hashes() ? FlowSpreading.apply(port, info, configuration) : FlowPlacement.UNKNOWN;
    }

    private void checkRequest() throws IOException {
        final int maxMtu = Math.min(info.maxMtu() == 0 ? Integer.MAX_VALUE : info.maxMtu(), driver.maxMtu());
        if (request.mtu() > maxMtu || request.mtu() < info.minMtu()) {
            throw new IOException("DPDK's port " + portName + " takes an MTU of " + info.minMtu() + " to " + maxMtu
                    + ", not " + request.mtu() + "; set millrace.port.mtu");
        }
    }

    private void setUpQueues(final DpdkArguments arguments, final PortConfiguration configuration) throws IOException {
        final int socket = Ethdev.SOCKET.call(port);
        try (MemoryRegion numbers = MemoryRegion.allocate("numbers of descriptors", 2L * Short.BYTES)) {
            final long receive = numbers.address();
            final long transmit = receive + Short.BYTES;
            Memory.putShort(receive, arguments.rxDescriptors());
            Memory.putShort(transmit, arguments.txDescriptors());
            check(Ethdev.ADJUST.call(port, receive, transmit), "find the length of the rings of");
            for (int i = 0; i < request.queues(); i++) {
                setUpQueue(i, Memory.getUnsignedShort(receive), Memory.getUnsignedShort(transmit), socket,
                        lengths(arguments, configuration));
            }
        }
    }

    private QueuePools.Lengths lengths(final DpdkArguments arguments, final PortConfiguration configuration) {
        final String length = arguments.argumentOfPort(portName, "framesz");
        return new QueuePools.Lengths(request.mtu(), Math.max(request.mtu(), configuration.maxVirtualSegment()),
                length.matches("[0-9]{1,6}") ? Integer.parseInt(length) : 0, driver.extraRoom());
    }

    private void setUpQueue(final int index, final int rxDescriptors, final int txDescriptors, final int socket,
            final QueuePools.Lengths lengths) throws IOException {
        final QueuePools own = QueuePools.create(eal, request.frames(),
                rxDescriptors + txDescriptors + driver.keeps(), lengths, socket,
                driver);
        pools.add(own);
        if (xdp != null) {
            xdp.beforeQueue();
        }
        check(Ethdev.RX_QUEUE.call(port, index, rxDescriptors, socket, 0, own.receive().address()),
                "set up receive queue " + index + " of");
        if (xdp != null) {
            xdp.afterQueue();
        }
        check(Ethdev.TX_QUEUE.call(port, index, txDescriptors, socket, 0), "set up transmit queue " + index + " of");
    }

    private PortCapabilities capabilities(final PortConfiguration configuration) {
        final int segment = configuration.maxVirtualSegment();
        final long address = driver.sharesMac() || info.macAddress() == 0
                ? LinkAddress.of("dpdk/" + portName)
                : info.macAddress();
        return new PortCapabilities(true, request.mtu(), address, configuration.completesChecksums(),
                configuration.checksReceived(), segment, Math.max(segment, request.mtu()) + ETHERNET_AND_VLAN);
    }

    private void check(final int result, final String step) throws IOException {
        if (result < 0) {
            throw new IOException(DpdkFailure.onStep(step, portName, result, eal.news()));
        }
    }

    @Override
    public String name() {
        return DpdkDeviceProvider.SCHEME + ":" + request.argument();
    }

    @Override
    public int queues() {
        return queues.size();
    }

    @Override
    public PacketPort queue(final int index) {
        return queues.get(index);
    }

    @Override
    public FlowPlacement placement() {
        return placement;
    }

    /** What the driver and its device have lost, for one of the queues. */
    long dropped(final DpdkPort queue) {
        return queue == queues.getFirst() ? state.dropped() : 0;
    }

    /** False while the link is known to be down. */
    boolean isUp() {
        return state.isUp();
    }

    /** The last queue takes the device with it. */
    void onQueueClosed() {
        final boolean isLast;
        synchronized (Eal.class) {
            isLast = --openQueues == 0 && !closing;
        }
        if (isLast) {
            close();
        }
    }

    @Override
    public void close() {
        final Thread watch;
        synchronized (Eal.class) {
            if (closing) {
                return;
            }
            closing = true;
            queues.forEach(DpdkPort::close);
            watch = LinkWatch.remove(state);
            Ethdev.STOP.call(port);
            Ethdev.CLOSE.call(port);
            eal.remove(info.device());
            eal.news();
            OPEN.remove(port);
            final boolean all = xdp == null || xdp.letGo();
            Pools.onClose(pools.stream().flatMap(queue -> all ? queue.both().stream() : Stream.of(queue.transmit()))
                    .toList());
            if (xdp != null) {
                xdp.close();
            }
        }
        LinkWatch.awaitEnd(watch);
    }
}
