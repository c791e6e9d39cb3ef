package io.millrace;

import io.millrace.config.Cidr;
import io.millrace.config.DhcpKeys;
import io.millrace.config.EngineKeys;
import io.millrace.config.EphemeralPortKeys;
import io.millrace.config.IpKeys;
import io.millrace.config.MillraceConfig;
import io.millrace.config.NeighbourKeys;
import io.millrace.config.ObserveKeys;
import io.millrace.config.StaticNeighbour;
import io.millrace.control.address.AddressChanges;
import io.millrace.control.address.OwnAddress;
import io.millrace.control.address.PublishedRoutes;
import io.millrace.control.address.Routing;
import io.millrace.control.autoconf.Autoconfiguration;
import io.millrace.control.autoconf.SolicitedNodeGroups;
import io.millrace.control.channel.EngineEventRing;
import io.millrace.control.channel.IcmpErrorFan;
import io.millrace.control.channel.PatientCommands;
import io.millrace.control.counters.ControlCounters;
import io.millrace.control.dhcp.DhcpClient;
import io.millrace.control.dhcp.DhcpSettings;
import io.millrace.control.dhcp.LeasedRoutes;
import io.millrace.control.lifecycle.AgentThread;
import io.millrace.control.lifecycle.ControlAgent;
import io.millrace.control.lifecycle.ControlTask;
import io.millrace.control.lifecycle.EngineSecrets;
import io.millrace.control.lifecycle.EngineView;
import io.millrace.control.lifecycle.EngineViewSettings;
import io.millrace.control.listen.Listeners;
import io.millrace.control.multicast.GroupMembership;
import io.millrace.control.neighbour.NeighbourCache;
import io.millrace.control.neighbour.NeighbourSettings;
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
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.udp.BindingTable;
import io.millrace.fastpath.udp.PortRange;
import io.millrace.fastpath.wire.AddressTest;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.observe.FileLayout;
import io.millrace.observe.Metadata;
import io.millrace.observe.ObservationFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.agrona.CloseHelper;
import org.agrona.concurrent.IdleStrategy;
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
    private static final int IGMP_DELAYS = 7;
    private static final int SYN_COOKIES = 9;
    private static final int NEIGHBOUR_DELAYS = 10;
    private static final int ROUTER_DELAYS = 11;
    private static final int DHCP = 12;

    /** How long an engine may take to close; each connection that it has is reset. */
    private static final long CLOSE_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(5);
    private static final long CLOSE_CONNECTION_NS = TimeUnit.MICROSECONDS.toNanos(2);

    final PacketDevice device;
    final long closeTimeoutNs;
    final Supplier<IdleStrategy> idleStrategy;
    final ControlCounters counters;
    final FastOpenKeys fastOpenKeys;
    final PublishedRoutes routes;
    final Listeners listeners;
    final BindingTable bindings;
    final AddressChanges addressChanges;
    final ObservedStack observed;
    final StackEngine[] engines;
    private final boolean linkLayer;
    private final GroupMembership groups;
    private final @Nullable LeasedRoutes leased;
    private final @Nullable DhcpClient dhcp;
    private final EngineEventRing[] rings;
    private final PatientCommands[] commands;
    private final Rfc6056Ports[] ports;
    private @Nullable NeighbourCache neighbours;
    private volatile TcpSettings tcpSettings;
    private @Nullable ControlAgent agent;
    private @Nullable AgentThread agentThread;
    private long offHeapBytes;

    private StackParts(final MillraceBuilder builder, final PacketDevice device) {
        final MillraceConfig config = builder.config;
        final StackSettings settings = StackSettings.of(config);
        this.device = device;
        counters = builder.counters;
        closeTimeoutNs = CLOSE_TIMEOUT_NS + config.get(EngineKeys.MAX_CONNECTIONS) * CLOSE_CONNECTION_NS;
        tcpSettings = settings.tcp();
        idleStrategy = config.idleStrategy();
        fastOpenKeys = new FastOpenKeys(builder.secret.derive(FAST_OPEN));
        linkLayer = device.queue(0).capabilities().linkLayer();
        routes = new PublishedRoutes(settings.table());
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
        listeners = new Listeners(settings.listen(), config.get(IpKeys.V6_ONLY), routes, commands,
                this::isPortInUse, builder.secret.derive(LISTEN_PORTS), counters);
        bindings = new BindingTable(new PortRange(settings.listen().ephemeralLow(), settings.listen().ephemeralHigh(),
                new UnforeseenPorts(builder.secret.derive(DATAGRAM_PORTS))));
        groups = new GroupMembership(settings.igmp(), commands[0],
                routes.link(0), new SplittableRandom(builder.secret.derive(IGMP_DELAYS).k0()), counters);
        leased = config.get(DhcpKeys.DHCP) ? new LeasedRoutes(routes.link(0), config.get(DhcpKeys.PROBE)) : null;
        dhcp = leased == null ? null : dhcpClient(builder, leased);
        observed = ObservedStack.create(observationDirectory(config), engines.length,
                new Metadata(name(config, device), device.name(),
                        Objects.requireNonNullElse(Millrace.class.getPackage().getImplementationVersion(), ""),
                        List.of()));
    }

    /** By its configured addresses: what becomes of them while it runs is told elsewhere. */
    private static String name(final MillraceConfig config, final PacketDevice device) {
        final String addresses = config.addresses().stream().map(Cidr::toString).collect(Collectors.joining(", "));
        return "stack " + (addresses.isEmpty() ? "" : addresses + ' ') + "on " + device.name();
    }

    private static @Nullable Path observationDirectory(final MillraceConfig config) {
        return config.get(ObserveKeys.ENABLED)
                ? config.get(ObserveKeys.DIRECTORY).orElseGet(ObservationFiles::ownDirectory)
                : null;
    }

    /**
     * Makes and starts a stack on an open device, which belongs to the stack from now on, also where this fails.
     *
     * @param bytesBefore off-heap bytes of the JVM before anything of this stack was made.
     */
    static StackParts start(final MillraceBuilder builder, final PacketDevice device, final long bytesBefore) {
        final StackParts parts;
        try {
            parts = new StackParts(builder, device);
        } catch (final RuntimeException | Error e) {
            CloseHelper.quietClose(device);
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

    NeighbourCache neighbourCache() {
        return Objects.requireNonNull(neighbours);
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
        if (leased != null) {
            leased.configured(settings.routing());
        }
        routes.update(now -> reconfigured(now, before, settings));
        tcpSettings = settings.tcp();
        listeners.reload(settings.listen(), settings.tcp());
        bindings.range(settings.listen().ephemeralLow(), settings.listen().ephemeralHigh());
        groups.settings(settings.igmp());
        neighbourCache().settings(neighbourSettings(settings));
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
        final Routing next = now.reconfigured(before.routing(), settings.routing());
        return leased == null ? next : leased.keep(now, next);
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
        groups.close();
        CloseHelper.close(dhcp);
        CloseHelper.close(neighbours);
        CloseHelper.closeAll(rings);
        observed.close();
    }

    /** Says good-bye to whom it concerns, while the engines still run. */
    void takeLeave() {
        if (dhcp != null) {
            dhcp.stop();
        }
    }

    void stopAgent() {
        CloseHelper.close(agentThread);
    }

    private void open(final MillraceBuilder builder, final long bytesBefore) {
        for (int i = 0; i < engines.length; i++) {
            rings[i] = new EngineEventRing(EVENT_RING_BYTES);
            engines[i] = engine(builder, i);
        }
        final NeighbourCache cache = neighbours(builder);
        final ControlAgent started = new ControlAgent(builder.clock, rings, commands, cache, groups, dhcp,
                counters, tasks(builder, cache));
        agent = started;
        offHeapBytes = MemoryRegion.bytesInUse() - bytesBefore;
        LOG.info("stack {} on {}: {} engine(s), {} MiB off heap at the most", routes.current(), device.name(),
                engines.length, offHeapBytes >> 20);
        if (builder.isDedicated()) {
            agentThread = AgentThread.start(started, engines, rings, counters);
        } else {
            engines[0].companion(started);
        }
    }

    private ObservationDesk desk(final NeighbourCache cache) {
        return observed.desk(counters, this::eventsLost)
                .offer(FileLayout.KIND_LISTENERS, ControlRows.of(listeners))
                .offer(FileLayout.KIND_NEIGHBOURS, ControlRows.of(cache))
                .offer(FileLayout.KIND_ROUTES, ControlRows.of(routes));
    }

    /** Memory is reserved, not taken, so nothing fails before the load comes: better said now. */
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
                engines.length, PORT_COUNTERS, secret.derive(EPHEMERAL_PORTS));
        final Rfc6528SequenceNumbers sequenceNumbers = new Rfc6528SequenceNumbers(secret.derive(SEQUENCE_NUMBERS));
        final EngineSecrets secrets = new EngineSecrets(sequenceNumbers, new SipHashCookies(fastOpenKeys),
                new SipHashSynCookies(sequenceNumbers, secret.derive(SYN_COOKIES)), ports[index],
                new Rfc6864Identifications(secret.derive(IDENTIFICATIONS), index, engines.length),
                secret.derive(FLOW_HASH).k0() + index);
        final EngineView view = new EngineView(secrets,
                new EngineViewSettings(engines.length, observed.engineArea(index), config.get(IpKeys.V6_ONLY),
                        config.get(IpKeys.FLOW_LABELS), config.get(DhcpKeys.DHCP),
                        new IcmpErrorFan(Arrays.asList(commands), index)),
                listeners, bindings, routes, groups, rings[index].proxy());
        return new StackEngine(index, config.engineSettings(), device.queue(index), view, builder.clock);
    }

    private NeighbourCache neighbours(final MillraceBuilder builder) {
        final NeighbourCache cache = new NeighbourCache(neighbourSettings(StackSettings.of(builder.config)), commands,
                mac(), routes.link(0), builder.conflictListener,
                new SplittableRandom(builder.secret.derive(NEIGHBOUR_DELAYS).k0()), counters);
        neighbours = cache;
        for (final MillraceBuilder.PermanentNeighbour neighbour : builder.permanentNeighbours) {
            cache.addPermanent(IpAddress.hi(neighbour.address()), IpAddress.lo(neighbour.address()),
                    neighbour.mac());
        }
        for (final StaticNeighbour neighbour : builder.config.get(NeighbourKeys.STATIC)) {
            cache.addPermanent(IpAddress.hi(neighbour.address()), IpAddress.lo(neighbour.address()),
                    neighbour.mac());
        }
        return cache;
    }

    private DhcpClient dhcpClient(final MillraceBuilder builder, final LeasedRoutes leasing) {
        if (!device.queue(0).capabilities().linkLayer()) {
            throw new IllegalArgumentException(device.name() + " has no link layer, which DHCP needs");
        }
        final DhcpClient client = new DhcpClient(
                new DhcpSettings(mac(), builder.config.get(DhcpKeys.HOST_NAME).orElse(""),
                        builder.config.get(DhcpKeys.RELEASE)),
                commands[0], leasing, new SplittableRandom(builder.secret.derive(DHCP).k0()), counters);
        leasing.tell(client);
        return client;
    }

    /** Whatever else the agent does in a turn. */
    private ControlTask[] tasks(final MillraceBuilder builder, final NeighbourCache cache) {
        final List<ControlTask> tasks = new ArrayList<>(List.of(desk(cache)));
        if (linkLayer && builder.config.isIpv6()) {
            final Autoconfiguration autoconfiguration = new Autoconfiguration(StackSettings.ipv6(builder.config), mac(),
                    routes.link(0), cache, new SplittableRandom(builder.secret.derive(ROUTER_DELAYS).k0()), counters,
                    mtu -> {
                        for (final PatientCommands engine : commands) {
                            engine.linkMtuV6(0, mtu);
                        }
                    });
            autoconfiguration.start();
            tasks.add(autoconfiguration);
            tasks.add(new SolicitedNodeGroups(routes.link(0), groups));
        }
        return tasks.toArray(ControlTask[]::new);
    }

    private long mac() {
        return device.queue(0).capabilities().macAddress();
    }

    /** Nothing is announced where there is no link layer. */
    private NeighbourSettings neighbourSettings(final StackSettings settings) {
        return linkLayer ? settings.neighbour() : settings.neighbour().silent();
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
        CloseHelper.quietClose(groups);
        CloseHelper.quietClose(dhcp);
        CloseHelper.quietClose(neighbours);
        CloseHelper.quietCloseAll(rings);
        CloseHelper.quietClose(observed);
    }
}
