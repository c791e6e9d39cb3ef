package io.millrace.fastpath.udp;

import io.millrace.fastpath.control.EngineControl;
import io.millrace.fastpath.control.MulticastGroups;
import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.counters.Mailbox;
import io.millrace.fastpath.ip.DatagramInput;
import io.millrace.fastpath.ip.FlowLabel;
import io.millrace.fastpath.ip.IpOutput;
import io.millrace.fastpath.memory.Slab;
import io.millrace.fastpath.wire.IpAddress;
import java.net.InetSocketAddress;
import org.agrona.collections.Int2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * UDP of one engine: its endpoints, the memory of their receive queues, and who of them is to be told something.
 * Thread: the engine's, but for what says otherwise.
 */
public final class Udp implements AutoCloseable {
    /** Bytes of the smallest block of the slab. */
    public static final int MIN_BLOCK = 64;

    private final EngineControl control;
    private final EngineCounters counters;
    private final Slab slab;
    private final UdpInput input;
    private final UdpOutput output;
    private final EndpointReporter reporter = new EndpointReporter(this);
    private final Inbox inbox = new Inbox(new Forwarded());
    private final Int2ObjectHashMap<DatagramEndpoint> endpoints = new Int2ObjectHashMap<>();
    private @Nullable DatagramEndpoint firstReady;
    private @Nullable DatagramEndpoint lastReady;
    private int lastId;
    private long turn;

    /** @param bytes memory for datagrams that wait to be received: a power of two, at least 1 MiB. */
    public Udp(final EngineControl control, final EngineCounters counters, final IpOutput ipOutput,
            final long bytes) {
        this.control = control;
        this.counters = counters;
        slab = new Slab("datagrams", bytes, MIN_BLOCK);
        input = new UdpInput(this);
        output = new UdpOutput(this, ipOutput, control.hashSeed());
    }

    /** A new endpoint, not bound. @param handler told within a turn. */
    public DatagramEndpoint open(final DatagramHandler handler) {
        final DatagramEndpoint endpoint = new DatagramEndpoint(this, ++lastId, handler);
        endpoints.put(endpoint.id, endpoint);
        return endpoint;
    }

    /** Closes the endpoint of this {@linkplain DatagramEndpoint#id name}, unless it is closed. */
    public void closeEndpoint(final int id) {
        final DatagramEndpoint endpoint = endpoints.get(id);
        if (endpoint != null) {
            endpoint.close();
        }
    }

    /** Where IP hands datagrams to. */
    public DatagramInput input() {
        return input;
    }

    /** A turn begins: what other engines brought is taken; returns how much. */
    public int onTurn() {
        turn++;
        return inbox.drain();
    }

    /** Tells every endpoint to which something happened; returns how many. */
    public int dispatchReady() {
        int told = 0;
        DatagramEndpoint next = firstReady;
        firstReady = null;
        lastReady = null;
        while (next != null) {
            final DatagramEndpoint endpoint = next;
            next = endpoint.nextReady;
            endpoint.nextReady = null;
            endpoint.listed = false;
            told++;
            try {
                endpoint.dispatch();
            } catch (final RuntimeException e) {
                // one handler that throws keeps none of the others from being told
                counters.increment(Counter.EXCEPTIONS);
                control.onDefect(e);
            }
        }
        return told;
    }

    /** Adds some records of bound endpoints; returns where the next slice goes on, {@link Mailbox#END} after the last one. */
    public long report(final Mailbox into) {
        return reporter.report(into);
    }

    /** True where something waits to be done in the next turn. */
    public boolean hasWork() {
        return firstReady != null || inbox.isWaiting();
    }

    /** Endpoints now. */
    public int endpoints() {
        return endpoints.size();
    }

    /** Bytes of memory that datagrams take which wait to be received. */
    public long bytesInUse() {
        return slab.inUseBytes();
    }

    /** Called, from any thread, after another engine brought something; wakes an idling loop. */
    public void onForwarded(final @Nullable Runnable wakeup) {
        inbox.onQueued(wakeup);
    }

    /** Closes every endpoint, tells none of them, and gives all memory back. */
    @Override
    public void close() {
        for (final DatagramEndpoint endpoint : endpoints.values().toArray(new DatagramEndpoint[0])) {
            endpoint.close();
        }
        firstReady = null;
        lastReady = null;
        inbox.close();
        output.close();
        slab.close();
    }

    Slab slab() {
        return slab;
    }

    UdpOutput output() {
        return output;
    }

    /** Thread: any engine's. */
    Inbox inbox() {
        return inbox;
    }

    BindingTable bindings() {
        return control.bindings();
    }

    MulticastGroups groups() {
        return control.multicastGroups();
    }

    RouteSnapshot routes() {
        return control.routes();
    }

    /** True where a wildcard of either family is meant for both. */
    boolean dualStack() {
        return control.dualStack();
    }

    /** True where an endpoint bound to {@code ::} takes IPv6 alone. */
    boolean v6Only() {
        return control.v6Only();
    }

    /** The label of a flow that is sent over IPv6; 0 where there is none. */
    int flowLabel(final long localHi, final long localLo, final long remoteHi, final long remoteLo, final int ports) {
        return control.flowLabels() && !IpAddress.isV4(remoteHi, remoteLo)
                ? FlowLabel.of(control.initialSequenceNumbers().timestampOffset(localHi, localLo, remoteHi, remoteLo),
                        ports)
                : 0;
    }

    /** Counts the turns. */
    long turn() {
        return turn;
    }

    void count(final Counter counter) {
        counters.increment(counter);
    }

    /** The endpoint is told of this later in the turn, or in the next. */
    void ready(final DatagramEndpoint endpoint, final int event) {
        endpoint.events |= event;
        if (!endpoint.listed) {
            endpoint.listed = true;
            if (lastReady == null) {
                firstReady = endpoint;
            } else {
                lastReady.nextReady = endpoint;
            }
            lastReady = endpoint;
        }
    }

    void forget(final DatagramEndpoint endpoint) {
        endpoints.remove(endpoint.id);
    }

    static InetSocketAddress address(final long hi, final long lo, final int port) {
        return new InetSocketAddress(IpAddress.toInetAddress(hi, lo), port);
    }

    /** What other engines brought. */
    private final class Forwarded implements Inbox.Handler {
        @Override
        public void onForwarded(final int id, final long fromHi, final long fromLo, final int fromPort,
                final long payload, final int length) {
            final DatagramEndpoint endpoint = endpoints.get(id);
            if (endpoint == null) {
                count(Counter.UDP_CLOSED_MEANWHILE);
            } else {
                endpoint.onDatagram(fromHi, fromLo, fromPort, payload, length);
            }
        }

        @Override
        public void onForwardedError(final int id, final long toHi, final long toLo, final int toPort,
                final DatagramError error, final int mtu) {
            final DatagramEndpoint endpoint = endpoints.get(id);
            if (endpoint != null) {
                endpoint.onError(toHi, toLo, toPort, error, mtu);
            }
        }
    }
}
