package io.millrace;

import io.millrace.config.Cidr;
import io.millrace.config.EngineKeys;
import io.millrace.config.EphemeralPortKeys;
import io.millrace.config.IpKeys;
import io.millrace.config.MillraceConfig;
import io.millrace.config.ObserveKeys;
import io.millrace.control.address.AddressChanges;
import io.millrace.control.address.OwnAddress;
import io.millrace.control.address.PublishedRoutes;
import io.millrace.control.address.Routing;
import io.millrace.control.channel.EngineEventRing;
import io.millrace.control.channel.IcmpErrorFan;
import io.millrace.control.channel.PatientCommands;
import io.millrace.control.channel.SegmentCarrier;
import io.millrace.control.counters.ControlCounters;
import io.millrace.control.dhcp.LeasedRoutes;
import io.millrace.control.lifecycle.AgentInTurns;
import io.millrace.control.lifecycle.AgentThread;
import io.millrace.control.lifecycle.ControlAgent;
import io.millrace.control.lifecycle.EngineSecrets;
import io.millrace.control.lifecycle.EngineView;
import io.millrace.control.lifecycle.EngineViewSettings;
import io.millrace.control.lifecycle.Link;
import io.millrace.control.lifecycle.LoopThreads;
import io.millrace.control.listen.Listeners;
import io.millrace.control.multicast.StackGroups;
import io.millrace.control.observe.ControlRows;
import io.millrace.control.observe.ObservationDesk;
import io.millrace.control.observe.ObservedStack;
import io.millrace.control.security.FastOpenKeys;
import io.millrace.control.security.Rfc6056Ports;
import io.millrace.control.security.Rfc6528SequenceNumbers;
import io.millrace.control.security.Rfc6864Identifications;
import io.millrace.control.security.Secret;
import io.millrace.control.security.SipHashCookies;
import io.millrace.control.security.SipHashSynCookies;
import io.millrace.control.security.UnforeseenPorts;
import io.millrace.control.shared.ChosenPorts;
import io.millrace.fastpath.control.MulticastGroups;
import io.millrace.fastpath.control.OwnPorts;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PortGroup;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.udp.BindingTable;
import io.millrace.fastpath.udp.PortRange;
import io.millrace.fastpath.wire.AddressTest;
import io.millrace.observe.FileLayout;
import io.millrace.observe.Metadata;
import io.millrace.observe.ObservationFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.agrona.CloseHelper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that a stack consists of, made in the order in which one needs another, and closed in the opposite one.
 * Thread: any; made and closed once.
 */
final class StackParts {
    private static final Logger LOG = LoggerFactory.getLogger(Millrace.class);
    private static final int EVENT_RING_BYTES = 1 << 16;
    private static final int PORT_COUNTERS = 256;

    /** What a secret is derived for. */
    private static final int SEQUENCE_NUMBERS = 1;
    private static final int EPHEMERAL_PORTS = 2;
    private static final int FAST_OPEN = 5;
    private static final int LISTEN_PORTS = 3;
    private static final int DATAGRAM_PORTS = 8;
    private static final int FLOW_HASH = 4;
    private static final int IDENTIFICATIONS = 6;
    private static final int SYN_COOKIES = 9;

    /** How long an engine may take to close; each connection that it has is reset. */
    private static final long CLOSE_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(5);
    private static final long CLOSE_CONNECTION_NS = TimeUnit.MICROSECONDS.toNanos(2);

    /** All ports as one. */
    final PacketDevice device;
    private final List<PacketDevice> devices;
    final long closeTimeoutNs;
    final LoopThreads loopThreads;
    final ControlCounters counters;
    final FastOpenKeys fastOpenKeys;
    final PublishedRoutes routes;
    final Listeners listeners;
    /** Some ports of the host's addresses are the stack's. */
    private final boolean shared;
    private final OwnPorts ownPorts;
    final BindingTable bindings;
    final AddressChanges addressChanges;
    final ObservedStack observed;
    final StackEngine[] engines;
    private final boolean linkLayer;
    private final List<Link> links = new ArrayList<>();
    /** Of the links that ask for an address. */
    private final List<LeasedRoutes> leased = new ArrayList<>();
    private final EngineEventRing[] rings;
    private final PatientCommands[] commands;
    private final Rfc6056Ports[] ports;
    private volatile TcpSettings tcpSettings;
    private @Nullable ControlAgent agent;
    private @Nullable AgentThread agentThread;
    private long offHeapBytes;

    private StackParts(final MillraceBuilder builder, final LoopThreads threads, final List<PacketDevice> devices) {
        final MillraceConfig config = builder.config;
        final StackSettings settings = StackSettings.of(config);
        this.devices = devices;
        device = devices.size() == 1 ? devices.getFirst() : group(devices);
        counters = builder.counters;
        closeTimeoutNs = CLOSE_TIMEOUT_NS + config.get(EngineKeys.MAX_CONNECTIONS) * CLOSE_CONNECTION_NS;
        tcpSettings = settings.tcp();
        loopThreads = threads;
        fastOpenKeys = new FastOpenKeys(builder.secret.derive(FAST_OPEN));
        linkLayer = device.queue(0).capabilities().linkLayer();
        routes = new PublishedRoutes(settings.table(), devices.size());
        if (!linkLayer) {
            // nobody to ask
            settings.routing().addresses().forEach(own -> routes.state(own.address(), OwnAddress.State.PREFERRED));
        }
        engines = new StackEngine[device.queues()];
        rings = new EngineEventRing[device.queues()];
        ports = new Rfc6056Ports[device.queues()];
        commands = new PatientCommands[device.queues()];
        for (int i = 0; i < commands.length; i++) {
            final int engine = i;
            commands[i] = new PatientCommands(() -> engines[engine].commands(), counters);
        }
        addressChanges = new AddressChanges(routes, commands);
        shared = config.isShared();
        ownPorts = builder.sharedHost == null
                ? OwnPorts.ALL
                : new ChosenPorts(builder.sharedHost.ports(), config);
        listeners = new Listeners(settings.listen(), config.get(IpKeys.V6_ONLY), routes, commands,
                this::isPortInUse, ownPorts, builder.secret.derive(LISTEN_PORTS), counters);
        bindings = new BindingTable(new PortRange(settings.listen().ephemeralLow(), settings.listen().ephemeralHigh(),
                new UnforeseenPorts(builder.secret.derive(DATAGRAM_PORTS))), ownPorts);
        observed = ObservedStack.create(observationDirectory(config), engines.length,
                new Metadata(name(config, device), device.name(),
                        Objects.requireNonNullElse(Millrace.class.getPackage().getImplementationVersion(), ""),
                        List.of(), device.findings()));
    }

    private static PortGroup group(final List<PacketDevice> devices) {
        final PortGroup group = new PortGroup(devices);
        final String problem = group.placementProblem();
        if (problem != null) {
            LOG.warn("{}", problem);
        }
        return group;
    }

    /** By its configured addresses: what becomes of them while it runs is told elsewhere. */
    private static String name(final MillraceConfig config, final PacketDevice device) {
        final String addresses = IntStream.range(0, config.links()).mapToObj(config::link)
                .flatMap(link -> link.addresses().stream()).map(Cidr::toString).collect(Collectors.joining(", "));
        return "stack " + (addresses.isEmpty() ? "" : addresses + ' ') + "on " + device.name()
                + (config.isShared() ? Metadata.SHARED : "");
    }

    private static @Nullable Path observationDirectory(final MillraceConfig config) {
        return config.get(ObserveKeys.ENABLED)
                ? config.get(ObserveKeys.DIRECTORY).orElseGet(ObservationFiles::ownDirectory)
                : null;
    }

    /**
     * Makes and starts a stack on open devices, which belong to the stack from now on, also where this fails.
     *
     * @param devices     one for each link, in their order.
     * @param bytesBefore off-heap bytes of the JVM before anything of this stack was made.
     */
    static StackParts start(final MillraceBuilder builder, final LoopThreads threads, final List<PacketDevice> devices,
            final long bytesBefore) {
        final StackParts parts;
        try {
            parts = new StackParts(builder, threads, devices);
        } catch (final RuntimeException | Error e) {
            CloseHelper.quietCloseAll(devices);
            throw e;
        }
        try {
            parts.open(builder, bytesBefore);
            return parts;
        } catch (final RuntimeException | Error e) {
            parts.abandon();
            throw e;
        }
    }

    /** In the order of their numbers. */
    List<Link> links() {
        return Collections.unmodifiableList(links);
    }

    ControlAgent agent() {
        return Objects.requireNonNull(agent);
    }

    /** {@link Millrace#offHeapBytes}. */
    long offHeapBytes() {
        return offHeapBytes;
    }

    /** Events of engines that found their ring full. */
    long eventsLost() {
        long lost = 0;
        for (final EngineEventRing ring : rings) {
            lost += ring.proxy().lost();
        }
        return lost;
    }

    /** Settings that connections start from. */
    TcpSettings tcpSettings() {
        return tcpSettings;
    }

    /** Other settings in the place of those for what runs; nothing of this fails. Thread: one at a time. */
    void apply(final StackSettings before, final StackSettings settings) {
        leased.forEach(link -> link.configured(settings.routing()));
        routes.update(now -> reconfigured(now, before, settings));
        tcpSettings = settings.tcp();
        listeners.reload(settings.listen(), settings.tcp());
        bindings.range(settings.listen().ephemeralLow(), settings.listen().ephemeralHigh());
        for (final Link link : links) {
            link.groups().settings(settings.igmp());
            link.neighbours().settings(settings.neighbour(linkLayer));
        }
        for (int i = 0; i < engines.length; i++) {
            ports[i].range(settings.listen().ephemeralLow(), settings.listen().ephemeralHigh());
            engines[i].settings(settings.engine());
            if (!settings.routing().ownsAllOf(before.routing())) {
                // who got an address that goes after the look at who has it would wait for its peer in vain
                commands[i].addressesRemoved();
            }
        }
    }

    /** Addresses and routes where one configuration follows another. */
    Routing reconfigured(final Routing now, final StackSettings before, final StackSettings settings) {
        Routing next = now.reconfigured(before.routing(), settings.routing());
        for (final LeasedRoutes link : leased) {
            next = link.keep(now, next);
        }
        return next;
    }

    /** True where a listener, a datagram endpoint or a connection has such an address as its own. */
    boolean isInUse(final AddressTest meant) {
        return listeners.isBound(meant) || bindings.isBound(meant)
                || Arrays.stream(engines).anyMatch(engine -> engine.isAddressInUse(meant));
    }

    /** Gives back what the engines used; they are closed. */
    void close() {
        stopAgent();
        device.close();
        CloseHelper.closeAll(links);
        CloseHelper.closeAll(rings);
        observed.close();
    }

    /** Says good-bye to whom it concerns, while the engines still run. */
    void takeLeave() {
        links.forEach(Link::takeLeave);
    }

    void stopAgent() {
        CloseHelper.close(agentThread);
    }

    private void open(final MillraceBuilder builder, final long bytesBefore) {
        final LinkParts linkParts = new LinkParts(builder, routes, commands, leased);
        for (final PacketDevice each : devices) {
            links.add(linkParts.make(links.size(), each.name(), each.queue(0).capabilities()));
        }
        for (int i = 0; i < engines.length; i++) {
            rings[i] = new EngineEventRing(EVENT_RING_BYTES);
            engines[i] = engine(builder, i);
        }
        linkParts.addPermanentNeighbours(links);
        final ControlAgent started = new ControlAgent(builder.clock, rings, commands, links, counters, desk());
        agent = started;
        offHeapBytes = MemoryRegion.bytesInUse() - bytesBefore;
        LOG.info("stack {} on {}: {} engine(s), {} MiB off heap at the most", routes.current(), device.name(),
                engines.length, offHeapBytes >> 20);
        if (builder.isDedicated()) {
            agentThread = AgentThread.start(started, engines, rings, counters, observed::onLost);
        } else {
            engines[0].companion(new AgentInTurns(started));
            for (final EngineEventRing ring : rings) {
                ring.proxy().onEvent(engines[0]::wake);
            }
        }
    }

    private ObservationDesk desk() {
        return observed.desk(counters, this::eventsLost)
                .offer(FileLayout.KIND_LISTENERS, ControlRows.of(listeners))
                .offer(FileLayout.KIND_NEIGHBOURS, ControlRows.of(links))
                .offer(FileLayout.KIND_ROUTES, ControlRows.of(routes, links));
    }

    private boolean isPortInUse(final int port) {
        for (final StackEngine engine : engines) {
            if (engine.isPortInUse(port)) {
                return true;
            }
        }
        return false;
    }

    private StackEngine engine(final MillraceBuilder builder, final int index) {
        final MillraceConfig config = builder.config;
        final Secret secret = builder.secret;
        ports[index] = new Rfc6056Ports(config.get(EphemeralPortKeys.LOW), config.get(EphemeralPortKeys.HIGH), index,
                engines.length, device.placement(), PORT_COUNTERS, secret.derive(EPHEMERAL_PORTS));
        final Rfc6528SequenceNumbers sequenceNumbers = new Rfc6528SequenceNumbers(secret.derive(SEQUENCE_NUMBERS));
        final EngineSecrets secrets = new EngineSecrets(sequenceNumbers, new SipHashCookies(fastOpenKeys),
                new SipHashSynCookies(sequenceNumbers, secret.derive(SYN_COOKIES)), ports[index],
                new Rfc6864Identifications(secret.derive(IDENTIFICATIONS), index, engines.length),
                secret.derive(FLOW_HASH).k0() + index);
        final EngineView view = new EngineView(secrets,
                new EngineViewSettings(engines.length, observed.engineArea(index), config.get(IpKeys.V6_ONLY),
                        config.get(IpKeys.FLOW_LABELS), ownPorts, links.stream().anyMatch(Link::hasDhcpClient),
                        new IcmpErrorFan(Arrays.asList(commands), index),
                        new SegmentCarrier(engines, device.placement())),
                listeners, bindings, routes, groups(), rings[index].proxy(), observed::onLost);
        return new StackEngine(index, config.engineSettings(), device.queue(index), view, builder.clock);
    }

    private MulticastGroups groups() {
        if (shared) {
            return ChosenPorts.NO_GROUPS;
        }
        return links.size() == 1
                ? links.getFirst().groups()
                : new StackGroups(links.stream().map(Link::groups).toList());
    }

    /** After a failure half way: nobody drives an engine yet. */
    private void abandon() {
        CloseHelper.quietClose(agentThread);
        for (final StackEngine engine : engines) {
            if (engine != null) {
                engine.requestClose();
            }
        }
        CloseHelper.quietClose(device);
        CloseHelper.quietCloseAll(links);
        CloseHelper.quietCloseAll(rings);
        CloseHelper.quietClose(observed);
    }
}
