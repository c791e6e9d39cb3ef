package io.millrace.fastpath.udp;

import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.ip.OutgoingDatagram.Fragmentation;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.wire.IpAddress;
import java.net.BindException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A UDP socket: belongs to the engine that opened it. Thread: the engine's.
 */
public final class DatagramEndpoint {
    /** Bytes of the longest datagram's data over IPv4. */
    public static final int MAX_LENGTH_V4 = 65_507;
    /** Bytes of the longest datagram's data at all, over IPv6. */
    public static final int MAX_LENGTH = 65_527;
    /** What {@link #receive} answers where nothing waits. */
    public static final int NOTHING = -1;
    /** Of receive and send buffers unless set, as Linux: 208 KiB. */
    public static final int DEFAULT_BUFFER = 212_992;

    /** Who owns it; read by every engine. */
    final Udp udp;
    /** Its name within the owner; read by every engine. */
    final int id;
    private boolean sharesPort;
    final SendFields fields = new SendFields();
    private final DatagramHandler handler;
    private final ReceiveQueue queue;
    private @Nullable Binding binding;
    private Memberships groups = Memberships.NONE;
    private long boundHi;
    private long boundLo;
    private @Nullable DatagramError error;
    private long senderHi;
    private long senderLo;
    private int senderPort;
    private boolean open = true;

    /** What happened and was not told yet; with it the place in the owner's list of the ready ones. */
    int events;
    boolean listed;
    @Nullable
    DatagramEndpoint nextReady;

    DatagramEndpoint(final Udp udp, final int id, final DatagramHandler handler) {
        this.udp = udp;
        this.id = id;
        this.handler = handler;
        queue = new ReceiveQueue(udp.slab(), DEFAULT_BUFFER);
    }

    /** Its name within its engine, which gives it to no other. Thread: any. */
    public int id() {
        return id;
    }

    /**
     * Gives the endpoint an address and a port.
     *
     * @param hi    with {@code lo}: an own address, a wildcard, a broadcast address or a multicast group.
     * @param port  0 to 65,535; 0: chosen.
     * @param reuse {@code SO_REUSEADDR}.
     * @throws BindException where the address is in use, none of the stack's, or the endpoint bound already.
     */
    public void bind(final long hi, final long lo, final int port, final boolean reuse) throws BindException {
        requireOpen();
        if (binding != null) {
            throw new BindException("Already bound, to " + localAddress());
        }
        final RouteSnapshot routes = udp.routes();
        if (!IpAddress.isAny(hi, lo) && !routes.isAssigned(hi, lo) && !routes.isBroadcast(hi, lo)
                && !IpAddress.isMulticast(hi, lo)) {
            throw new BindException("Cannot assign requested address: " + IpAddress.toString(hi, lo));
        }
        boundHi = hi;
        boundLo = IpAddress.isAny(hi, lo) && udp.dualStack() ? 0 : lo;
        binding = udp.bindings().bind(this, boundHi, boundLo, port, reuse, udp.v6Only(), groups);
    }

    /** True once bound, by {@link #bind} or as a consequence of sending or connecting. */
    public boolean isBound() {
        return binding != null;
    }

    /** Address and port of this end: once connected, the address that is sent from; null while not bound. Allocates. */
    public @Nullable InetSocketAddress localAddress() {
        final Binding now = binding;
        return now == null ? null : Udp.address(now.localHi(), now.localLo(), now.localPort());
    }

    /**
     * Sends to this peer from now on unless told otherwise, and receives from it alone; what came from others and was
     * not received is dropped. Binds an endpoint that is not bound.
     *
     * @return {@link SendResult#SENT}, or why not: then nothing has changed.
     * @throws BindException where no port is free.
     */
    public SendResult connect(final long hi, final long lo, final int port) throws BindException {
        requireOpen();
        ensureBound(hi, lo);
        final Binding now = bound();
        final SendResult refusal = udp.output().check(this, now, hi, lo, port);
        if (refusal != SendResult.SENT) {
            return refusal;
        }
        error = null;
        final boolean anywhere = IpAddress.isAny(boundHi, boundLo);
        final Binding connected = now.connectedTo(anywhere ? udp.output().sourceHi() : boundHi,
                anywhere ? udp.output().sourceLo() : boundLo, hi, lo, port);
        udp.bindings().replace(now, connected);
        binding = connected;
        return SendResult.SENT;
    }

    /** Sends to and receives from anyone again, at the address that it was bound to. */
    public void disconnect() {
        final Binding now = binding;
        if (now != null && now.isConnected()) {
            error = null;
            final Binding free = now.connectedTo(boundHi, boundLo, 0, 0, 0);
            udp.bindings().replace(now, free);
            binding = free;
        }
    }

    public boolean isConnected() {
        final Binding now = binding;
        return now != null && now.isConnected();
    }

    /**
     * Sends a datagram to the peer of a connected endpoint.
     *
     * @param payload address of the data.
     * @param length  bytes, 0 to {@link #MAX_LENGTH}.
     */
    public SendResult send(final long payload, final int length) {
        final Binding now = binding;
        return now == null || !now.isConnected()
                ? SendResult.NOT_CONNECTED
                : udp.output().send(this, now, now.remoteHi(), now.remoteLo(), now.remotePort(), payload, length);
    }

    /**
     * Sends a datagram to this destination, connected or not. The endpoint is bound.
     *
     * @param payload address of the data.
     * @param length  bytes, 0 to {@link #MAX_LENGTH}.
     */
    public SendResult send(final long hi, final long lo, final int port, final long payload, final int length) {
        return udp.output().send(this, bound(), hi, lo, port, payload, length);
    }

    /** Binds to the wildcard and a port of the stack's choice, unless bound. */
    public void ensureBound() throws BindException {
        ensureBound(0, IpAddress.ANY_V4);
    }

    /** The same, to the wildcard of an address's family: {@code 0.0.0.0} or {@code ::}. */
    public void ensureBound(final long hi, final long lo) throws BindException {
        if (binding == null) {
            bind(0, IpAddress.isV4(hi, lo) ? IpAddress.ANY_V4 : 0, 0, false);
        }
    }

    /**
     * Takes the next datagram; what the room is too small for is lost, and counted. {@link #senderLo} and its like tell
     * who sent it.
     *
     * @param target   address to copy to.
     * @param capacity bytes there is room for.
     * @return bytes of the datagram, which may be more than {@code capacity}; {@link #NOTHING} where none waits.
     */
    public int receive(final long target, final int capacity) {
        while (!queue.isEmpty()) {
            senderHi = queue.senderHi();
            senderLo = queue.senderLo();
            senderPort = queue.senderPort();
            final int length = queue.length();
            final boolean wanted = binding != null && binding.isFrom(senderHi, senderLo, senderPort);
            if (wanted) {
                Memory.copy(queue.payload(), target, Math.min(length, capacity));
            }
            queue.remove();
            if (!wanted) {
                udp.count(Counter.UDP_NOT_FROM_PEER);
                continue;
            }
            if (length > capacity) {
                udp.count(Counter.UDP_TRUNCATED);
            }
            return length;
        }
        return NOTHING;
    }

    /** Upper half of the address that the datagram received last came from. */
    public long senderHi() {
        return senderHi;
    }

    /** Lower half of the same. */
    public long senderLo() {
        return senderLo;
    }

    /** Port that the datagram received last came from; 0 where the sender expects no answer. */
    public int senderPort() {
        return senderPort;
    }

    /** True where a datagram waits, or an error. */
    public boolean isReadable() {
        return !queue.isEmpty() || error != null;
    }

    /** What the network said about an earlier datagram, once; null where nothing. A send tells it too. */
    public @Nullable DatagramError takeError() {
        final DatagramError told = error;
        error = null;
        return told;
    }

    /** Type of service of what is sent, DSCP in the upper six bits, 0 to 255; the lower two, ECN, are not sent. */
    public void trafficClass(final int value) {
        fields.trafficClass = value & ~3;
    }

    /** Time to live of what goes to one host, 1 to 255; 0: as the stack is configured (IP_TTL). */
    public void ttl(final int hops) {
        fields.ttl = hops;
    }

    /**
     * Whether others that do so too may be bound to the same address and port, each for some of the flows (SO_REUSEPORT).
     * Before {@link #bind}.
     */
    public void sharePort(final boolean share) {
        sharesPort = share;
    }

    boolean sharesPort() {
        return sharesPort;
    }

    /** Time to live of multicasts, 0 to 255; 0: not beyond this stack. */
    public void multicastTtl(final int hops) {
        fields.multicastTtl = hops;
    }

    /** Whether this stack's own members of a group get what is sent to it from here, as everyone else does. */
    public void multicastLoop(final boolean loop) {
        fields.multicastLoop = loop;
    }

    /** Whether broadcasts may be sent ({@code SO_BROADCAST}). */
    public void broadcast(final boolean allowed) {
        fields.broadcast = allowed;
        fields.forgetHop();
    }

    /** Who may fragment what is sent, {@link Fragmentation#BY_SENDER} unless set (IP_MTU_DISCOVER). */
    public void fragmentation(final Fragmentation who) {
        fields.fragmentation = who;
    }

    /** Bytes of datagrams that may wait to be received, 32 for each included; the slab rounds each up to a power of 2. */
    public void receiveBuffer(final int bytes) {
        queue.limit(bytes);
    }

    /** Bytes that may be sent in one turn of the engine, more waiting for the next; one datagram may always. */
    public void sendBuffer(final int bytes) {
        fields.sendBuffer = bytes;
    }

    /** Joins a group. @throws IllegalStateException where it was joined for some sources, or there are too many groups. */
    public void join(final long groupHi, final long groupLo) {
        groups(groupHi, groupLo, groups.join(groupHi, groupLo));
    }

    /** Joins a group for one source. @throws IllegalStateException where it was joined for every one. */
    public void join(final long groupHi, final long groupLo, final long sourceHi, final long sourceLo) {
        groups(groupHi, groupLo, groups.join(groupHi, groupLo, sourceHi, sourceLo));
    }

    /** Leaves a group; does nothing where it is no member. */
    public void leave(final long groupHi, final long groupLo) {
        groups(groupHi, groupLo, groups.leave(groupHi, groupLo));
    }

    /** Wants this source no more; does nothing where it was not joined. */
    public void leave(final long groupHi, final long groupLo, final long sourceHi, final long sourceLo) {
        groups(groupHi, groupLo, groups.leave(groupHi, groupLo, sourceHi, sourceLo));
    }

    /** Drops what this source sends to a group. @throws IllegalStateException where it is no member for every source. */
    public void block(final long groupHi, final long groupLo, final long sourceHi, final long sourceLo) {
        groups(groupHi, groupLo, groups.block(groupHi, groupLo, sourceHi, sourceLo));
    }

    private void groups(final long groupHi, final long groupLo, final Memberships next) {
        requireOpen();
        if (next == groups) {
            return;
        }
        next.tell(udp.groups(), this, groupHi, groupLo);
        groups = next;
        final Binding now = binding;
        if (now != null) {
            final Binding changed = now.withGroups(next);
            udp.bindings().replace(now, changed);
            binding = changed;
        }
    }

    /** What waits to be received. */
    ReceiveQueue queue() {
        return queue;
    }

    /** What the application calls itself. */
    String owner() {
        return handler.owner();
    }

    /** Gives up address and memory; closing twice does nothing. */
    public void close() {
        if (!open) {
            return;
        }
        open = false;
        events = 0;
        if (binding != null) {
            udp.bindings().unbind(binding);
            binding = null;
        }
        final long[] joined = groups.groups();
        for (int i = 0; i < joined.length; i += 2) {
            Memberships.NONE.tell(udp.groups(), this, joined[i], joined[i + 1]);
        }
        queue.clear();
        udp.forget(this);
    }

    /** A datagram for this endpoint: from the wire, this stack or another engine. */
    void onDatagram(final long fromHi, final long fromLo, final int fromPort, final long payload, final int length) {
        switch (queue.offer(fromHi, fromLo, fromPort, payload, length)) {
            case TAKEN -> {
                udp.count(Counter.UDP_RECEIVED);
                udp.ready(this, DatagramHandler.READABLE);
            }
            case BUFFER_FULL -> udp.count(Counter.UDP_BUFFER_FULL);
            default -> udp.count(Counter.UDP_SLAB_FULL);
        }
    }

    /**
     * Something was heard about a datagram that was sent there.
     *
     * @param mtu with {@link DatagramError#TOO_LONG}: what the path takes.
     */
    void onError(final long toHi, final long toLo, final int toPort, final DatagramError heard, final int mtu) {
        final Binding now = binding;
        if (heard == DatagramError.TOO_LONG && now != null && now.isFrom(toHi, toLo, toPort)) {
            final boolean news = udp.output().onTooLong(fields.fragmentation, toHi, toLo, mtu);
            if (!news || fields.fragmentation != Fragmentation.NOWHERE) {
                return;
            }
        }
        if (now == null || !now.isConnected() || !now.isFrom(toHi, toLo, toPort)) {
            udp.count(Counter.ICMP_IGNORED);
            return;
        }
        error = heard;
        udp.count(Counter.UDP_ERRORS_TOLD);
        udp.ready(this, DatagramHandler.READABLE);
    }

    /** Tells what happened. */
    void dispatch() {
        final int told = events;
        events = 0;
        if (told != 0) {
            handler.onReady(told);
        }
    }

    private Binding bound() {
        if (binding == null) {
            throw new IllegalStateException("the endpoint is not bound");
        }
        return binding;
    }

    private void requireOpen() {
        if (!open) {
            throw new IllegalStateException("the endpoint is closed");
        }
    }
}
