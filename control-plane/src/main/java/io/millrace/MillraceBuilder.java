package io.millrace;

import io.millrace.config.ControlThreading;
import io.millrace.config.EngineKeys;
import io.millrace.config.MemoryPlan;
import io.millrace.config.MillraceConfig;
import io.millrace.config.PortKeys;
import io.millrace.config.ThreadingKeys;
import io.millrace.control.counters.ControlCounters;
import io.millrace.control.lifecycle.CapturedDevice;
import io.millrace.control.lifecycle.DeviceOpener;
import io.millrace.control.lifecycle.PortChoice;
import io.millrace.control.lifecycle.LoopThreads;
import io.millrace.control.lifecycle.VlanDevice;
import io.millrace.control.neighbour.ConflictListener;
import io.millrace.control.security.Secret;
import io.millrace.control.shared.SharedHost;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.RssKey;
import io.millrace.fastpath.port.SpreadingDevice;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.MacAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.agrona.CloseHelper;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a stack together from a configuration and what a program brings itself: a side of a
 * {@link io.millrace.fastpath.port.MemoryLink}, a virtual clock and a seed make a simulation. Thread: one; used once.
 */
public final class MillraceBuilder {
    private static final Logger LOG = LoggerFactory.getLogger(Millrace.class);
    /** What a secret is derived for, beside what {@link StackParts} does. */
    private static final int FLOW_PLACEMENT = 10;

    /** A neighbour that the program knows. */
    record PermanentNeighbour(InetAddress address, long mac) {}

    /** That of the user, and from {@link #launch} on the one in effect. */
    MillraceConfig config;
    /** What is taken over from the host whose addresses are shared; null where the stack has its own. */
    @Nullable
    SharedHost sharedHost;
    final ControlCounters counters = new ControlCounters();
    final List<PermanentNeighbour> permanentNeighbours = new ArrayList<>();
    NanoClock clock = SystemNanoClock.INSTANCE;
    Secret secret = Secret.random();
    ConflictListener conflictListener = (address, mac, outcome) -> LOG.error(
            "another host, {}, uses our address {}: {}; one of both must get another", MacAddress.toString(mac),
            IpAddress.toString(address), switch (outcome) {
                case KEPT -> "we announce and keep it";
                case GIVEN_UP -> "we do not use it any more";
                case NOT_TAKEN -> "we do not use it";
            });
    private DeviceOpener opener = DeviceOpener.discover();
    private final @Nullable PacketDevice[] devices;

    MillraceBuilder(final MillraceConfig config) {
        this.config = config;
        devices = new PacketDevice[config.links()];
    }

    /**
     * A device that is open already, instead of the configured one; the stack closes it, also where it does not start because
     * another port cannot be opened.
     */
    public MillraceBuilder device(final PacketDevice opened) {
        return device(0, opened);
    }

    /**
     * The same for one of several ports.
     *
     * @param link 0 for {@code millrace.port}, then those of {@code millrace.ports} in their order: it is they that say what
     *             addresses the port has.
     */
    public MillraceBuilder device(final int link, final PacketDevice opened) {
        devices[Objects.checkIndex(link, devices.length)] = opened;
        return this;
    }

    /** The clock of the engines and of the control plane, in nanoseconds; the system's where none is set. */
    public MillraceBuilder clock(final NanoClock nanoClock) {
        clock = nanoClock;
        return this;
    }

    /** Sequence numbers and ports follow from this seed: the same stack again. For simulations: it is no secret. */
    public MillraceBuilder seed(final long seed) {
        secret = Secret.ofSeed(seed);
        return this;
    }

    /** A neighbour whose link-layer address, 48 bits, never changes. */
    public MillraceBuilder permanentNeighbour(final InetAddress address, final long mac) {
        permanentNeighbours.add(new PermanentNeighbour(address, mac));
        return this;
    }

    /** Told when another host claims an own address; where none is set, an error is logged. */
    public MillraceBuilder onAddressConflict(final ConflictListener listener) {
        conflictListener = listener;
        return this;
    }

    /** Told what {@code auto} has taken, and why nothing else; where none is set, it is logged. */
    public MillraceBuilder onPortChoice(final Consumer<PortChoice> listener) {
        opener = opener.telling(listener);
        return this;
    }

    /** Opens the device where none was brought, and runs the stack: {@link Millrace#launch}. */
    public Millrace launch() throws IOException {
        final long bytesBefore = MemoryRegion.bytesInUse();
        takeOver();
        final MemoryPlan plan = MemoryPlan.of(config);
        if (!plan.fits()) {
            throw new IOException(plan.refusal());
        }
        final LoopThreads threads = LoopThreads.of(config);
        try {
            return new Millrace(StackParts.start(this, threads, openAll(), bytesBefore), config, sharedHost);
        } catch (final OutOfMemoryError e) {
            throw new IOException(e.getMessage() + "; see " + EngineKeys.SLAB + ", " + EngineKeys.MAX_CONNECTIONS
                    + ", " + PortKeys.FRAMES + " and " + ThreadingKeys.ENGINES, e);
        }
    }

    /** Looks at the host whose addresses are to be shared. */
    private void takeOver() throws IOException {
        if (config.isShared()) {
            final DeviceOpener opener = DeviceOpener.discover();
            opener.check(config);
            final SharedHost host = SharedHost.of(config, opener.hostNetwork(config.device()));
            config = host.apply(config);
            sharedHost = host;
        }
    }

    /** One for each link, in their order; where one cannot be opened, none is open, of those brought neither. */
    private List<PacketDevice> openAll() throws IOException {
        final List<PacketDevice> opened = new ArrayList<>();
        try {
            for (int link = 0; link < devices.length; link++) {
                final PacketDevice brought = devices[link];
                opened.add(wrap(brought != null ? brought : openConfigured(link), config.link(link)));
            }
            return opened;
        } catch (final IOException | RuntimeException | Error e) {
            CloseHelper.quietCloseAll(opened);
            // the one that failed has been closed where it was open
            for (int link = opened.size() + 1; link < devices.length; link++) {
                CloseHelper.quietClose(devices[link]);
            }
            throw e;
        }
    }

    /** The capture shows what passes the wire, tags included. */
    private PacketDevice wrap(final PacketDevice single, final MillraceConfig port) throws IOException {
        final PacketDevice opened = SpreadingDevice.where(single, config.get(ThreadingKeys.ENGINES), rssKey());
        final Optional<Path> capture = port.get(PortKeys.CAPTURE);
        final PacketDevice captured = capture.isPresent()
                ? CapturedDevice.open(opened, capture.get(), clock)
                : opened;
        final int vlan = port.get(PortKeys.VLAN);
        return vlan == 0 ? captured : VlanDevice.of(captured, vlan, counters);
    }

    private PacketDevice openConfigured(final int link) throws IOException {
        opener.check(config);
        return sharedHost == null
                ? opener.open(config, link, rssKey())
                : opener.openShared(config, rssKey(), sharedHost.ports());
    }

    /** The same for all ports: a flow must not change its engine where its route does. */
    private RssKey rssKey() {
        return config.get(PortKeys.RSS_KEY)
                .orElseGet(() -> RssKey.of(secret.derive(FLOW_PLACEMENT).bytes(RssKey.LENGTH)));
    }

    boolean isDedicated() {
        return config.get(ThreadingKeys.CONTROL) == ControlThreading.DEDICATED;
    }
}
