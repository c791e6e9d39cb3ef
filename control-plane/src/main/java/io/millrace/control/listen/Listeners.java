package io.millrace.control.listen;

import io.millrace.control.address.PublishedRoutes;
import io.millrace.control.counters.ControlCounters;
import io.millrace.control.security.Secret;
import io.millrace.control.security.SipHash;
import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.control.ListenOptions;
import io.millrace.fastpath.control.ListenerPolicy;
import io.millrace.fastpath.control.NetworkStack;
import io.millrace.fastpath.control.OwnPorts;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.wire.AddressTest;
import io.millrace.fastpath.wire.IpAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The listeners of a stack: binds and closes them (serialised), and publishes the table that engines read (lock-free).
 * <p>
 * Rules: the address is an own one or the wildcard. One port may be bound once, except by a specific address and the
 * wildcard, or by two specific addresses, where the former needs {@code SO_REUSEADDR} on both: then the specific one
 * wins (as on BSD; Linux refuses two listeners that overlap). Where all have {@code SO_REUSEPORT}, any number may have the
 * same address and port, and share its flows. Connections of an earlier listener, alive or in TIME_WAIT, keep the port
 * from who sets neither.
 * <p>
 * Thread: any.
 */
public final class Listeners implements AutoCloseable {
    private static final int FLOWS = 1;

    private final boolean v6Only;
    private final PublishedRoutes routes;
    private final EngineCommands[] engines;
    private final PortsInUse portsInUse;
    private final OwnPorts ownPorts;
    private final ControlCounters counters;
    private final SipHash portHash;
    private final long flowSeed;
    private volatile ListenerTable table = ListenerTable.EMPTY;
    private ListenSettings settings;
    /** What the stack was told last; null where it has still the settings that it began with. */
    private @Nullable TcpSettings stackSettings;
    private int lastId;
    private boolean closed;

    /**
     * @param v6Only  {@code ::} is the wildcard of IPv6 alone; else either wildcard is that of both families, as in Java,
     *                where the stack has an address of IPv6.
     * @param engines commands to each engine, which do not get lost.
     * @param secret  where the search for a free port starts, and how listeners share flows.
     */
    public Listeners(final ListenSettings settings, final boolean v6Only, final PublishedRoutes routes,
            final EngineCommands[] engines, final PortsInUse portsInUse, final Secret secret,
            final ControlCounters counters) {
        this(settings, v6Only, routes, engines, portsInUse, OwnPorts.ALL, secret, counters);
    }

    /** @param ownPorts which may be asked for; the other parameters are those of the other constructor. */
    public Listeners(final ListenSettings settings, final boolean v6Only, final PublishedRoutes routes,
            final EngineCommands[] engines, final PortsInUse portsInUse, final OwnPorts ownPorts, final Secret secret,
            final ControlCounters counters) {
        this.ownPorts = ownPorts;
        this.settings = settings;
        this.v6Only = v6Only;
        this.routes = routes;
        this.engines = engines.clone();
        this.portsInUse = portsInUse;
        this.counters = counters;
        portHash = SipHash.twoFour(secret);
        flowSeed = secret.derive(FLOWS).k0();
    }

    /** What an engine asks when a SYN arrives: {@link io.millrace.fastpath.control.EngineControl#listener}. */
    public @Nullable ListenerPolicy lookup(final long localHi, final long localLo, final long remoteHi,
            final long remoteLo, final int ports) {
        return table.lookup(flowSeed, v6Only, localHi, localLo, remoteHi, remoteLo, ports);
    }

    /** What connections of a listener with this address and port start from, where the stack has these settings. */
    public synchronized TcpSettings settings(final InetSocketAddress local, final TcpSettings stack) {
        if (local.isUnresolved()) {
            return stack;
        }
        return settings.rule(IpAddress.hi(local.getAddress()), IpAddress.lo(local.getAddress()), local.getPort())
                .settings(stack);
    }

    /** The listeners open now. */
    public List<TcpListener> all() {
        return table.all();
    }

    /** Passive OPEN: {@link NetworkStack#listen}. */
    public synchronized TcpListener listen(final InetSocketAddress local, final TcpSettings tcp,
            final ListenOptions options) throws IOException {
        if (closed) {
            throw new SocketException("the stack is closed");
        }
        if (local.isUnresolved()) {
            throw new UnknownHostException(local.getHostString());
        }
        final InetAddress address = meant(local.getAddress());
        final long hi = IpAddress.hi(address);
        final long lo = IpAddress.lo(address);
        checkAddress(hi, lo);
        final int port = local.getPort() == 0 ? freePort(hi, lo) : local.getPort();
        checkPort(hi, lo, port, options);
        final TcpListener listener = new TcpListener(++lastId, new InetSocketAddress(address, port), tcp,
                options, settings, recentCookies(hi, lo, port), this);
        table = table.with(listener);
        return listener;
    }

    /**
     * Other limits, and other settings of the stack, for the listeners that are open and for those to come. Nobody loses
     * a place: a queue that is longer now than its limit takes nobody in until it has shrunk.
     */
    public synchronized void reload(final ListenSettings limits, final TcpSettings stack) {
        settings = limits;
        stackSettings = stack;
        for (final TcpListener listener : table.all()) {
            listener.onLimits(limits);
            listener.onStackSettings(stack);
        }
    }

    /** True where a listener is bound to such an address. Thread: any. */
    public boolean isBound(final AddressTest meant) {
        return table.all().stream().anyMatch(listener -> meant.test(listener.hi(), listener.lo()));
    }

    synchronized void follow(final TcpListener listener, final UnaryOperator<TcpSettings> own) {
        listener.own(own);
        if (stackSettings != null) {
            listener.onStackSettings(stackSettings);
        }
    }

    /** Closes every listener; none can be opened afterwards. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        table.all().forEach(TcpListener::close);
    }

    void unpublish(final TcpListener listener) {
        synchronized (this) {
            table = table.without(listener);
        }
        for (final EngineCommands engine : engines) {
            engine.listenerClosed(listener.id());
        }
    }

    void abort(final NetworkStack.Accepted accepted) {
        engines[accepted.engine()].abort(accepted.connection());
    }

    ControlCounters counters() {
        return counters;
    }

    static String text(final long hi, final long lo, final int port) {
        final String address = IpAddress.toString(hi, lo);
        return address.indexOf(':') < 0 ? address + ":" + port : "[" + address + "]:" + port;
    }

    /** Java makes no difference between its two wildcards; {@code ::} says that both families are meant. */
    private InetAddress meant(final InetAddress address) {
        return !v6Only && address.isAnyLocalAddress() && routes.current().hasV6()
                ? IpAddress.toInetAddress(0, 0)
                : address;
    }

    private void checkAddress(final long hi, final long lo) throws BindException {
        if (!IpAddress.isAny(hi, lo) && !routes.current().isAssigned(hi, lo)) {
            throw new BindException(IpAddress.toString(hi, lo) + " is none of this stack's addresses: "
                    + routes.current().addresses().stream().map(own -> IpAddress.toString(own.address()))
                            .collect(Collectors.joining(", ")));
        }
    }

    /** Those of listeners that share the port: a flow may lead to another of them than it did when its SYN came. */
    private RecentCookies recentCookies(final long hi, final long lo, final int port) {
        return table.all().stream().filter(other -> other.port() == port && other.hi() == hi && other.lo() == lo)
                .map(TcpListener::recentCookies).findFirst().orElseGet(RecentCookies::new);
    }

    private void checkPort(final long hi, final long lo, final int port, final ListenOptions options)
            throws BindException {
        final String refusal = ownPorts.refusalOfTcp(port);
        if (refusal != null) {
            throw new BindException(refusal);
        }
        for (final TcpListener other : table.all()) {
            if (other.port() == port && isConflict(other, hi, lo, options)) {
                throw new BindException("address already in use: " + text(hi, lo, port) + " (listener "
                        + text(other.hi(), other.lo(), port) + ")");
            }
        }
        if (!options.reuseAddress() && !options.reusePort() && portsInUse.inUse(port)) {
            throw new BindException("address already in use: " + text(hi, lo, port)
                    + " (connections of an earlier listener; SO_REUSEADDR takes the port nevertheless)");
        }
    }

    private boolean isConflict(final TcpListener other, final long hi, final long lo, final ListenOptions options) {
        if (options.reusePort() && other.options().reusePort()) {
            return false;
        }
        if (other.hi() == hi && other.lo() == lo) {
            return true;
        }
        final boolean overlap = ListenerTable.covers(v6Only, hi, lo, other.hi(), other.lo())
                || ListenerTable.covers(v6Only, other.hi(), other.lo(), hi, lo);
        return overlap && !(options.reuseAddress() && other.options().reuseAddress());
    }

    private int freePort(final long hi, final long lo) throws BindException {
        final int range = settings.ephemeralHigh() - settings.ephemeralLow() + 1;
        final int start = (int) Long.remainderUnsigned(portHash.begin().add(lastId).end(), range);
        for (int i = 0; i < range; i++) {
            final int port = settings.ephemeralLow() + (start + i) % range;
            if (!portsInUse.inUse(port)
                    && table.all().stream()
                            .noneMatch(other -> other.port() == port
                                    && isConflict(other, hi, lo, ListenOptions.DEFAULT))) {
                return port;
            }
        }
        throw new BindException("no free port in " + settings.ephemeralLow() + "-" + settings.ephemeralHigh());
    }
}
