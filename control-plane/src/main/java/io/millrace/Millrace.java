package io.millrace;

import io.millrace.config.Cidr;
import io.millrace.config.MillraceConfig;
import io.millrace.control.address.PublishedRoutes;
import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.control.lifecycle.EngineShutdown;
import io.millrace.control.listen.TcpListener;
import io.millrace.control.neighbour.NeighbourInfo;
import io.millrace.control.security.Secret;
import io.millrace.control.shared.SharedHost;
import io.millrace.fastpath.control.ListenOptions;
import io.millrace.fastpath.control.NetworkStack;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.idle.Idling;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.observe.ObservedConnection;
import io.millrace.observe.ObservedEndpoint;
import io.millrace.observe.Observer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running TCP/IP stack.
 *
 * <pre>
 * try (Millrace stack = Millrace.launch(MillraceConfig.load(file))) {
 *     EventLoopGroup group = new MillraceEventLoopGroup(stack);
 *     new ServerBootstrap().group(group).channel(MillraceServerSocketChannel.class).childHandler(handler).bind(80);
 *     ...
 * }
 * </pre>
 * Thread: any.
 */
public final class Millrace implements NetworkStack {
    private static final Logger LOG = LoggerFactory.getLogger(Millrace.class);

    private final StackParts parts;
    private final @Nullable SharedHost sharedHost;
    private final Object lifeCycle = new Object();
    private final Object reloading = new Object();
    private volatile MillraceConfig config;
    private Map<String, Long> lastCounters = Map.of();
    private volatile boolean closed;

    /** @param sharedHost what was taken over from the host whose addresses are shared; null where the stack has its own. */
    Millrace(final StackParts parts, final MillraceConfig config, final @Nullable SharedHost sharedHost) {
        this.parts = parts;
        this.sharedHost = sharedHost;
        this.config = config;
        // who finds it out is in a turn that must end first
        parts.observed.whenLost(() -> Thread.ofPlatform().daemon(false).name("millrace-close").start(this::close));
    }

    /**
     * Opens the configured device and runs a stack on it. What was opened is closed again where something fails.
     *
     * @throws IOException one sentence: what could not be opened, and why.
     * @throws io.millrace.config.ConfigException where there is no such kind of device.
     * @throws IllegalArgumentException where addresses or routes contradict each other.
     */
    public static Millrace launch(final MillraceConfig config) throws IOException {
        return builder(config).launch();
    }

    /** For who brings a device, a clock or a seed of his own. */
    public static MillraceBuilder builder(final MillraceConfig config) {
        return new MillraceBuilder(config);
    }

    /** The configuration in effect: that of the start, or that of the last {@link #reload} that was not refused. */
    public MillraceConfig config() {
        return config;
    }

    /**
     * Takes another configuration over without dropping a connection, as a whole or not at all: where one key that
     * differs cannot change while the stack runs, or an address that is taken away is in use, nothing changes. What becomes
     * of a key, its {@link io.millrace.config.ConfigKey#atRunTime} says. Engines follow with their next turn.
     *
     * @return what changed, or why nothing did.
     * @throws IllegalStateException where the stack is closed.
     */
    public ReloadReport reload(final MillraceConfig next) {
        synchronized (reloading) {
            if (closed) {
                throw new IllegalStateException("the stack is closed");
            }
            // what was taken over from the host stays as it was
            final MillraceConfig effective = sharedHost == null || !next.isShared() ? next : sharedHost.apply(next);
            final ReloadReport report = Reload.run(parts, config, effective);
            if (!report.isRefused()) {
                config = effective;
            }
            report.lines().forEach(line -> LOG.info("{}: {}", this, line));
            return report;
        }
    }

    @Override
    public int engineCount() {
        return parts.engines.length;
    }

    @Override
    public StackEngine engine(final int index) {
        return parts.engines[index];
    }

    @Override
    public TcpSettings tcpSettings() {
        return parts.tcpSettings();
    }

    @Override
    public Idling idling() {
        return parts.loopThreads.idling();
    }

    @Override
    public Runnable enterLoop(final int engine) {
        return parts.loopThreads.enter(engine);
    }

    @Override
    public TcpSettings tcpSettings(final InetSocketAddress local) {
        return parts.listeners.settings(local, tcpSettings());
    }

    @Override
    public TcpListener listen(final InetSocketAddress local, final TcpSettings settings, final ListenOptions options)
            throws IOException {
        return parts.listeners.listen(local, settings, options);
    }

    @Override
    public TcpListener listen(final InetSocketAddress local, final int backlog, final TcpSettings settings,
            final boolean reuseAddress) throws IOException {
        return listen(local, settings, ListenOptions.DEFAULT.withBacklog(backlog).withReuseAddress(reuseAddress));
    }

    /**
     * New Fast Open cookies from now on; those of the last key stay valid until the next call (RFC 7413 §5.2). Thread: any.
     */
    public void rotateFastOpenKey() {
        parts.fastOpenKeys.rotate(Secret.random());
    }

    /** The listeners open now, with their queues and counters. */
    public List<TcpListener> listeners() {
        return parts.listeners.all();
    }

    /**
     * Looks into this stack as another process can: counters, connections, UDP endpoints, listeners, neighbours, routes.
     * Ends with the stack. Thread: any but one that drives an engine.
     */
    public Observer observer() {
        return parts.observed.observer();
    }

    /** Every connection now, TIME_WAIT included. @throws IOException and thread: as {@link Observer#connections}. */
    public List<ObservedConnection> connections() throws IOException {
        requireOutsideOfTurns();
        final List<ObservedConnection> all = new ArrayList<>();
        observer().connections(all::add);
        return all;
    }

    /** Every UDP endpoint that is bound now. @throws IOException and thread: as {@link Observer#connections}. */
    public List<ObservedEndpoint> endpoints() throws IOException {
        requireOutsideOfTurns();
        final List<ObservedEndpoint> all = new ArrayList<>();
        observer().endpoints(all::add);
        return all;
    }

    private void requireOutsideOfTurns() {
        if (Arrays.stream(parts.engines).anyMatch(StackEngine::isInTurn)) {
            throw new IllegalStateException("asked by the thread that would have to answer");
        }
    }

    /** The file in which this stack shows itself to other processes; none where that is off, or was not possible. */
    public Optional<Path> observationFile() {
        return Optional.ofNullable(parts.observed.file());
    }

    @Override
    public boolean awaitAddresses(final Duration timeout) throws InterruptedException {
        return parts.routes.awaitSettled(timeout);
    }

    /** The stack's own addresses. */
    public List<InetAddress> localAddresses() {
        return parts.routes.current().addresses().stream().map(Cidr::address).toList();
    }

    /**
     * Addresses and routes, which may be changed while the stack runs: an address that is added is used at once, without
     * a look at whether another host has it. Thread: any.
     */
    public PublishedRoutes routes() {
        return parts.routes;
    }

    /** The neighbours known now, in no order. Thread: any. */
    public List<NeighbourInfo> neighbours() {
        return parts.links().stream().flatMap(link -> link.neighbours().snapshot().stream()).toList();
    }

    /**
     * Waits until the stack has an address that reaches further than its link: by DHCP that takes seconds, and as long as
     * no server answers. Thread: any but one that drives an engine.
     *
     * @return false where it still has none when the time is over.
     */
    public boolean awaitAddress(final Duration timeout) throws InterruptedException {
        return parts.addressChanges.await(timeout.toNanos());
    }

    /** The device's name, e.g. {@code tap:mr0}. */
    public String deviceName() {
        return parts.device.name();
    }

    /**
     * Bytes of memory outside of the heap that this stack has reserved, and will never exceed: tables, buffers, and the
     * frames of its device where it opened that itself. Pages that were never used take no memory. Exact where no other
     * stack was started at the same time.
     */
    public long offHeapBytes() {
        return parts.offHeapBytes();
    }

    /**
     * Every counter by its label, engines added up, then those of the control plane. Once the stack is closed: the
     * values it had then.
     */
    public Map<String, Long> counters() {
        synchronized (lifeCycle) {
            // An engine that closes frees its counters: no reading while it may.
            return closed ? lastCounters : readCounters();
        }
    }

    /**
     * When an engine or the control plane must run next, in nanoseconds of the stack's clock: a simulation jumps there.
     * {@link Long#MIN_VALUE}: now; {@link Long#MAX_VALUE}: only if a frame comes. Thread: the one that drives every
     * engine, with the control plane {@code shared}.
     */
    public long nextDeadlineNs() {
        long next = parts.agent().nextDeadlineNs();
        for (final StackEngine engine : parts.engines) {
            next = Math.min(next, engine.nextDeadlineNs());
        }
        return next;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    /**
     * {@inheritDoc}
     * <p>
     * Returns when all is done; a second call, or one from another thread at the same time, returns at once. Called
     * from within a turn of an engine (a channel's handler), it returns at once too, and the rest follows in the
     * background. Where the driver of an engine hangs, its memory and the device are kept, for it may still use them,
     * and that is logged.
     */
    @Override
    public void close() {
        synchronized (lifeCycle) {
            if (closed) {
                return;
            }
            closed = true;
            lastCounters = readCounters();
        }
        parts.listeners.close();
        if (Arrays.stream(parts.engines).anyMatch(StackEngine::isInTurn)) {
            // This turn must end before its engine can: somebody else waits for that.
            Thread.ofPlatform().daemon(false).name("millrace-close").start(this::closeParts);
        } else {
            closeParts();
        }
    }

    private void closeParts() {
        parts.takeLeave();
        final List<StackEngine> hanging = EngineShutdown.close(parts.engines, parts.closeTimeoutNs);
        if (hanging.isEmpty()) {
            parts.close();
            LOG.info("{} closed", this);
        } else {
            parts.stopAgent();
            LOG.error("{}: {} did not stop in {} s; its memory and its device are not given back", this,
                    hanging.stream().map(StackEngine::roleName).collect(Collectors.joining(", ")),
                    TimeUnit.NANOSECONDS.toSeconds(parts.closeTimeoutNs));
        }
    }

    /** {@code stack 10.0.0.2/24, 0.0.0.0/0 via 10.0.0.1 on tap:mr0}. */
    @Override
    public String toString() {
        return "stack " + parts.routes.current() + " on " + parts.device.name();
    }

    private Map<String, Long> readCounters() {
        final Map<String, Long> all = new LinkedHashMap<>();
        for (final Counter counter : Counter.values()) {
            all.put(counter.label(),
                    Arrays.stream(parts.engines).mapToLong(engine -> read(engine, counter)).sum());
        }
        all.merge(Counter.EVENTS_LOST.label(), parts.eventsLost(), Long::sum);
        final ControlCounters control = parts.counters;
        for (final ControlCounter counter : ControlCounter.values()) {
            all.put(counter.label(), control.get(counter));
        }
        return Collections.unmodifiableMap(all);
    }

    private long read(final StackEngine engine, final Counter counter) {
        try {
            return engine.counters().get(counter);
        } catch (final InternalError e) {
            // of an engine that has not found out yet that its memory is gone, and with it what it counted
            parts.observed.onLost(e);
            return 0;
        }
    }
}
