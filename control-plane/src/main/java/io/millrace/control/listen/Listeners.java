package io.millrace.control.listen;

import io.millrace.control.address.PublishedRoutes;
import io.millrace.control.counters.ControlCounters;
import io.millrace.control.security.Secret;
import io.millrace.control.security.SipHash;
import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.control.ListenerPolicy;
import io.millrace.fastpath.control.NetworkStack;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.wire.IpAddress;
import java.io.IOException;
import java.net.BindException;
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
 * wins (as on BSD; Linux refuses two listeners that overlap). Connections of an earlier listener, alive or in
 * TIME_WAIT, keep the port from who does not set {@code SO_REUSEADDR}.
 * <p>
 * Thread: any.
 */
public final class Listeners implements AutoCloseable {
    private final PublishedRoutes routes;
    private final EngineCommands[] engines;
    private final PortsInUse portsInUse;
    private final ControlCounters counters;
    private final SipHash portHash;
    private volatile ListenerTable table = ListenerTable.EMPTY;
    private ListenSettings settings;
    /** What the stack was told last; null where it has still the settings that it began with. */
    private @Nullable TcpSettings stackSettings;
    private int lastId;
    private boolean closed;

    /**
     * @param engines commands to each engine, which do not get lost.
     * @param secret  where the search for a free port starts.
     */
    public Listeners(final ListenSettings settings, final PublishedRoutes routes, final EngineCommands[] engines,
            final PortsInUse portsInUse, final Secret secret, final ControlCounters counters) {
        this.settings = settings;
        this.routes = routes;
        this.engines = engines.clone();
        this.portsInUse = portsInUse;
        this.counters = counters;
        portHash = SipHash.twoFour(secret);
    }

    /** What an engine asks when a SYN arrives: {@link io.millrace.fastpath.control.EngineControl#listener}. */
    public @Nullable ListenerPolicy lookup(final long hi, final long lo, final int port) {
        return table.lookup(hi, lo, port);
    }

    /** The listeners open now. */
    public List<TcpListener> all() {
        return table.all();
    }

    /** Passive OPEN: {@link NetworkStack#listen}. */
    public synchronized TcpListener listen(final InetSocketAddress local, final int backlog, final TcpSettings tcp,
            final boolean reuseAddress) throws IOException {
        if (closed) {
            throw new SocketException("the stack is closed");
        }
        if (local.isUnresolved()) {
            throw new UnknownHostException(local.getHostString());
        }
        final long hi = IpAddress.hi(local.getAddress());
        final long lo = IpAddress.lo(local.getAddress());
        checkAddress(hi, lo);
        final int port = local.getPort() == 0 ? freePort(hi, lo) : local.getPort();
        checkPort(hi, lo, port, reuseAddress);
        final TcpListener listener = new TcpListener(++lastId, new InetSocketAddress(local.getAddress(), port), tcp,
                reuseAddress, backlog, settings, this);
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

    private void checkAddress(final long hi, final long lo) throws BindException {
        if (!IpAddress.isAny(hi, lo) && !routes.current().isOwn(hi, lo)) {
            throw new BindException(IpAddress.toString(hi, lo) + " is none of this stack's addresses: "
                    + routes.current().addresses().stream().map(own -> own.address().getHostAddress())
                            .collect(Collectors.joining(", ")));
        }
    }

    private void checkPort(final long hi, final long lo, final int port, final boolean reuse) throws BindException {
        for (final TcpListener other : table.all()) {
            if (other.port() == port && isConflict(other, hi, lo, reuse)) {
                throw new BindException("address already in use: " + text(hi, lo, port) + " (listener "
                        + text(other.hi(), other.lo(), port) + ")");
            }
        }
        if (!reuse && portsInUse.inUse(port)) {
            throw new BindException("address already in use: " + text(hi, lo, port)
                    + " (connections of an earlier listener; SO_REUSEADDR takes the port nevertheless)");
        }
    }

    private static boolean isConflict(final TcpListener other, final long hi, final long lo, final boolean reuse) {
        if (other.hi() == hi && other.lo() == lo) {
            return true;
        }
        final boolean overlap = IpAddress.isAny(hi, lo) || IpAddress.isAny(other.hi(), other.lo());
        return overlap && !(reuse && other.reusesAddress());
    }

    private int freePort(final long hi, final long lo) throws BindException {
        final int range = settings.ephemeralHigh() - settings.ephemeralLow() + 1;
        final int start = (int) Long.remainderUnsigned(portHash.begin().add(lastId).end(), range);
        for (int i = 0; i < range; i++) {
            final int port = settings.ephemeralLow() + (start + i) % range;
            if (!portsInUse.inUse(port)
                    && table.all().stream()
                            .noneMatch(other -> other.port() == port && isConflict(other, hi, lo, false))) {
                return port;
            }
        }
        throw new BindException("no free port in " + settings.ephemeralLow() + "-" + settings.ephemeralHigh());
    }
}
