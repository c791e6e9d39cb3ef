package io.millrace.control.neighbour;

import static io.millrace.control.neighbour.NeighbourSender.ALL;

import io.millrace.control.address.LinkRoutes;
import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.NdMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The neighbours on one link of a stack, of both families: who has which link-layer address, and whether it still answers.
 * One cache serves every engine; each engine keeps only the addresses it is told, and asks for the others.
 * <p>
 * What the transport does not confirm is asked by unicast in time (RFC 1122 §2.3.2.1, method 2), while engines go on
 * using it. After some such polls without a sign of use it becomes {@link NeighbourState#STALE} and is taken from the
 * engines: if one asks for it, the answer comes from the cache at once, and the probing of RFC 4861 §7.3.3 begins; if
 * none does, it costs no more packets and goes.
 * <p>
 * The table is bounded: where it is full, the unused entry that is oldest goes, else the oldest that has not answered yet
 * (RFC 6583 §4.2), never one in use; where all are in use, the newcomer is refused and counted. A host that was not asked
 * for gets an entry only by asking for one of our addresses (RFC 826, RFC 4861 §7.2.3).
 * <p>
 * Thread: the agent's, and any that looks; a lock that is hardly ever waited for keeps them apart. Time is an input.
 */
public final class NeighbourCache implements AutoCloseable {
    /** RFC 4861 §10, DELAY_FIRST_PROBE_TIME. */
    private static final long DELAY_NS = TimeUnit.SECONDS.toNanos(5);
    /** So many answered polls without use are enough. */
    private static final int UNUSED_POLLS = 10;

    private record Key(long hi, long lo) {}

    private final int link;
    private final ControlCounters counters;
    private final EngineNews news;
    private final NeighbourSender sender;
    private final AddressProbes probes;
    private final ArpInput arp;
    private final NdInput nd;
    private final Map<Key, Neighbour> entries = new HashMap<>();
    private final NeighbourOrder order = new NeighbourOrder();
    private volatile NeighbourSettings settings;
    /** What a router said for IPv6 (RFC 4861 §6.3.4), whatever is configured; 0: nothing. */
    private long advertisedReachableNs;
    private long advertisedRetransmitNs;
    private long created;
    private boolean closed;

    /**
     * @param engines commands to each engine; what they refuse is repeated by the protocols themselves or by the commands'
     *                own patience.
     * @param ownMac  link-layer address of the link's device, 48 bits.
     * @param routes  as the link has them.
     * @param random  when an address is tried, so that hosts that start together do not collide.
     */
    public NeighbourCache(final NeighbourSettings settings, final EngineCommands[] engines, final long ownMac,
            final LinkRoutes routes, final ConflictListener conflicts, final RandomGenerator random,
            final ControlCounters counters) {
        this.settings = settings;
        this.counters = counters;
        link = routes.link();
        news = new EngineNews(engines, link);
        sender = new NeighbourSender(engines, ownMac, routes, counters);
        probes = new AddressProbes(settings.own(), this::retransmitNsV6, routes, sender, conflicts, counters, random);
        final AddressDefence defence = new AddressDefence(settings.own().policy(), routes, sender, conflicts, counters);
        arp = new ArpInput(this, sender, probes, defence, counters);
        nd = new NdInput(this, sender, probes, defence, counters);
    }

    /** Who is told what routers say. Set before the agent runs. */
    public void routerListener(final RouterListener listener) {
        nd.routers(listener);
    }

    /** Other times and numbers of probes for what is done from now on; the capacity stays. Thread: any. */
    public synchronized void settings(final NeighbourSettings next) {
        settings = next;
    }

    /**
     * Adds a neighbour that never changes, and tells every engine.
     *
     * @throws IllegalArgumentException where the table is full or the MAC is no unicast address.
     */
    public synchronized void addPermanent(final long hi, final long lo, final long mac) {
        if (!isUnicast(mac)) {
            throw new IllegalArgumentException("neighbour " + IpAddress.toString(hi, lo) + ": "
                    + Long.toHexString(mac) + " is no unicast link-layer address");
        }
        final Neighbour neighbour = create(hi, lo, 0);
        if (neighbour == null) {
            throw new IllegalArgumentException("more permanent neighbours than the table's " + settings.capacity());
        }
        neighbour.mac = mac;
        enter(neighbour, NeighbourState.PERMANENT, Long.MAX_VALUE);
        news.resolved(neighbour);
    }

    /** The entries as they are now, in no order. Thread: any. */
    public synchronized List<NeighbourInfo> snapshot() {
        final List<NeighbourInfo> all = new ArrayList<>(entries.size());
        entries.values().forEach(entry -> all.add(entry.info(link)));
        return all;
    }

    /** Entries now. */
    public synchronized int size() {
        return entries.size();
    }

    /** State of an entry; null where there is none. */
    public synchronized @Nullable NeighbourState state(final long hi, final long lo) {
        final Neighbour neighbour = entries.get(new Key(hi, lo));
        return neighbour == null ? null : neighbour.state;
    }

    /**
     * Before this time {@link #doWork} has nothing to do; {@link Long#MAX_VALUE}: never.
     */
    public synchronized long nextDeadlineNs() {
        return Math.min(order.firstDeadlineNs(), probes.nextDeadlineNs());
    }

    /** A frame in an engine waits for this neighbour. */
    public synchronized void onNeighbourWanted(final int engine, final long hi, final long lo, final long nowNs) {
        final Neighbour neighbour = entries.get(new Key(hi, lo));
        if (neighbour == null) {
            resolve(engine, hi, lo, nowNs);
            return;
        }
        neighbour.unusedPolls = 0;
        switch (neighbour.state) {
            // the answer, or the failure, will be told to every engine; the next request leaves by one that has turns
            case INCOMPLETE -> neighbour.engine = engine;
            case FAILED -> news.failed(engine, hi, lo);
            case STALE -> {
                neighbour.engine = engine;
                enter(neighbour, NeighbourState.DELAY, nowNs + DELAY_NS);
                news.resolved(neighbour);
            }
            default -> news.resolved(engine, neighbour);
        }
    }

    /** The transport saw progress: what was sent there arrived (RFC 4861 §7.3.1). */
    public synchronized void onNeighbourConfirmed(final long hi, final long lo, final long nowNs) {
        final Neighbour neighbour = entries.get(new Key(hi, lo));
        if (neighbour != null && isKnownToEngines(neighbour)) {
            neighbour.unusedPolls = 0;
            enter(neighbour, NeighbourState.REACHABLE, nowNs + reachableNs(neighbour));
        }
    }

    /** An ARP packet arrived at an engine; parameters as in {@link io.millrace.fastpath.control.EngineEvents#onArp}. */
    public synchronized void onArp(final int engine, final int operation, final long senderMac, final int senderIp,
            final int targetIp, final long nowNs) {
        arp.onPacket(engine, operation, senderMac, senderIp, targetIp, nowNs);
    }

    /**
     * A message of Neighbour Discovery arrived at an engine; parameters as in
     * {@link io.millrace.fastpath.control.EngineEvents#onIcmpv6}.
     */
    public synchronized void onIcmpv6(final int engine, final long sourceHi, final long sourceLo,
            final long destinationHi, final long destinationLo, final long linkSource, final long address,
            final int length, final long nowNs) {
        nd.onMessage(engine, sourceHi, sourceLo, destinationHi, destinationLo, linkSource, address, length, nowNs);
    }

    /** Retransmits, probes, expires, announces; returns the number of things done. */
    public synchronized int doWork(final long nowNs) {
        if (closed) {
            return 0;
        }
        int done = probes.doWork(nowNs);
        for (Neighbour next = order.due(nowNs); next != null; next = order.due(nowNs)) {
            done++;
            if (!onDeadline(next, nowNs)) {
                remove(next);
            }
        }
        return done;
    }

    /** Asks the routers of the link from a link-local address in use. */
    public synchronized void solicitRouters(final long sourceHi, final long sourceLo) {
        if (!closed) {
            sender.nd.solicitRouters(sourceHi, sourceLo);
        }
    }

    /** What a router says of the times of IPv6 neighbours (RFC 4861 §6.3.4); 0: it does not say. */
    public synchronized void times(final long reachableNs, final long retransmitNs) {
        advertisedReachableNs = reachableNs == 0 ? advertisedReachableNs : reachableNs;
        advertisedRetransmitNs = retransmitNs == 0 ? advertisedRetransmitNs : retransmitNs;
    }

    @Override
    public synchronized void close() {
        closed = true;
        sender.close();
    }

    /**
     * A neighbour told its link-layer address.
     *
     * @param reply  true for an answer to us, which confirms where a question is outstanding.
     * @param create true where an entry is made for it, if there is none.
     * @return false where nothing was noted.
     */
    boolean heard(final int engine, final long hi, final long lo, final long mac, final boolean reply,
            final boolean create, final long nowNs) {
        final Neighbour known = entries.get(new Key(hi, lo));
        if (known != null) {
            learn(known, mac, reply, nowNs);
            return true;
        }
        final Neighbour neighbour = create ? create(hi, lo, engine) : null;
        if (neighbour != null) {
            neighbour.mac = mac;
            enter(neighbour, NeighbourState.STALE, nowNs + settings.staleNs());
        }
        return neighbour != null;
    }

    /** A neighbour that is known said that it is a router. */
    void isRouter(final long hi, final long lo) {
        final Neighbour neighbour = entries.get(new Key(hi, lo));
        if (neighbour != null) {
            neighbour.router = true;
        }
    }

    /**
     * An advertisement of a neighbour (RFC 4861 §7.2.5).
     *
     * @param mac   or {@link NdMessage#NO_ADDRESS}.
     * @param flags of {@link NdMessage}.
     */
    void advertised(final long hi, final long lo, final long mac, final int flags, final long nowNs) {
        final Neighbour neighbour = entries.get(new Key(hi, lo));
        if (neighbour == null || neighbour.state == NeighbourState.PERMANENT
                || neighbour.mac == 0 && mac == NdMessage.NO_ADDRESS) {
            counters.increment(ControlCounter.ND_IGNORED);
            return;
        }
        final long told = mac == NdMessage.NO_ADDRESS ? neighbour.mac : mac;
        final boolean solicited = (flags & NdMessage.SOLICITED) != 0;
        final boolean changed = told != neighbour.mac && neighbour.mac != 0;
        if (changed && (flags & NdMessage.OVERRIDE) == 0) {
            if (neighbour.state == NeighbourState.REACHABLE) {
                enter(neighbour, NeighbourState.STALE, nowNs + settings.staleNs());
                news.forgotten(neighbour);
            }
            return;
        }
        routerFlag(neighbour, (flags & NdMessage.ROUTER) != 0);
        if (solicited) {
            confirm(neighbour, told, changed, nowNs);
        } else {
            learn(neighbour, told, false, nowNs);
        }
    }

    static boolean isUnicast(final long mac) {
        return mac != 0 && (mac >>> 40 & 1) == 0 && mac >>> 48 == 0;
    }

    private void confirm(final Neighbour neighbour, final long mac, final boolean changed, final long nowNs) {
        final boolean known = isKnownToEngines(neighbour);
        count(changed);
        neighbour.mac = mac;
        enter(neighbour, NeighbourState.REACHABLE, nowNs + reachableNs(neighbour));
        if (changed || !known) {
            news.resolved(neighbour);
        }
    }

    private void routerFlag(final Neighbour neighbour, final boolean router) {
        if (!router) {
            nd.routers().onRouterGone(neighbour.hi, neighbour.lo);
        }
        neighbour.router = router;
    }

    private void resolve(final int engine, final long hi, final long lo, final long nowNs) {
        final Neighbour neighbour = sender.routes().route(hi, lo) < 0 ? null : create(hi, lo, engine);
        if (neighbour == null) {
            news.failed(engine, hi, lo);
            return;
        }
        neighbour.attempts = 1;
        enter(neighbour, NeighbourState.INCOMPLETE, nowNs + retransmitNs(neighbour));
        sender.request(neighbour, ALL);
    }

    /** @param reply true for a reply to us, which answers a request where one is outstanding. */
    private void learn(final Neighbour neighbour, final long mac, final boolean reply, final long nowNs) {
        final boolean changed = neighbour.mac != mac && neighbour.mac != 0;
        switch (neighbour.state) {
            case PERMANENT -> {
                /* configured: the wire does not overrule it */ }
            case INCOMPLETE -> {
                neighbour.mac = mac;
                enter(neighbour, reply ? NeighbourState.REACHABLE : NeighbourState.DELAY,
                        nowNs + (reply ? reachableNs(neighbour) : DELAY_NS));
                news.resolved(neighbour);
            }
            case PROBE -> {
                if (reply) {
                    confirm(neighbour, mac, changed, nowNs);
                } else {
                    replace(neighbour, mac, changed, nowNs);
                }
            }
            case STALE, FAILED -> {
                count(changed);
                neighbour.mac = mac;
                enter(neighbour, NeighbourState.STALE, nowNs + settings.staleNs());
            }
            case REACHABLE, DELAY -> replace(neighbour, mac, changed, nowNs);
        }
    }

    /** Another address, and nobody asked (RFC 4861 §7.2.5): believed, but to be probed before it is trusted. */
    private void replace(final Neighbour neighbour, final long mac, final boolean changed, final long nowNs) {
        if (changed) {
            count(true);
            neighbour.mac = mac;
            enter(neighbour, NeighbourState.STALE, nowNs + settings.staleNs());
            news.forgotten(neighbour);
        }
    }

    private void count(final boolean changed) {
        if (changed) {
            counters.increment(ControlCounter.NEIGHBOURS_CHANGED);
        }
    }

    /** Returns false where the entry is to be removed. */
    private boolean onDeadline(final Neighbour neighbour, final long nowNs) {
        switch (neighbour.state) {
            case INCOMPLETE -> retransmit(neighbour, ALL, nowNs);
            case PROBE -> {
                return retransmit(neighbour, neighbour.mac, nowNs);
            }
            case DELAY -> {
                return probe(neighbour, nowNs);
            }
            case REACHABLE -> {
                if (neighbour.unusedPolls < UNUSED_POLLS) {
                    neighbour.unusedPolls++;
                    return probe(neighbour, nowNs);
                }
                enter(neighbour, NeighbourState.STALE, nowNs + settings.staleNs());
                news.forgotten(neighbour);
            }
            case STALE, FAILED -> {
                return false;
            }
            case PERMANENT -> throw new IllegalStateException("it has no deadline");
        }
        return true;
    }

    private boolean probe(final Neighbour neighbour, final long nowNs) {
        enter(neighbour, NeighbourState.PROBE, nowNs);
        neighbour.attempts = 0;
        return retransmit(neighbour, neighbour.mac, nowNs);
    }

    private boolean retransmit(final Neighbour neighbour, final long targetMac, final long nowNs) {
        if (neighbour.attempts < settings.probes()) {
            if (neighbour.attempts++ > 0) {
                // by another engine than the one that was in vain: it may stand still
                neighbour.engine = sender.engineAfter(neighbour.engine);
            }
            enter(neighbour, neighbour.state, nowNs + retransmitNs(neighbour));
            sender.request(neighbour, targetMac);
            return true;
        }
        counters.increment(ControlCounter.NEIGHBOURS_FAILED);
        if (!IpAddress.isV4(neighbour.hi, neighbour.lo)) {
            // whatever the entry says: it may be younger than the advertisement that made a router of its host
            nd.routers().onRouterUnreachable(neighbour.hi, neighbour.lo);
        }
        if (neighbour.state == NeighbourState.PROBE) {
            // RFC 1122 §2.3.2.1 (2): the entry goes; the host may have another address now, so the next frame asks all.
            news.forgotten(neighbour);
            return false;
        }
        enter(neighbour, NeighbourState.FAILED, nowNs + settings.failedNs());
        news.failed(neighbour);
        return true;
    }

    private long reachableNs(final Neighbour neighbour) {
        return advertisedReachableNs == 0 || IpAddress.isV4(neighbour.hi, neighbour.lo)
                ? settings.reachableNs()
                : advertisedReachableNs;
    }

    private long retransmitNs(final Neighbour neighbour) {
        return IpAddress.isV4(neighbour.hi, neighbour.lo) ? settings.retransmitNs() : retransmitNsV6();
    }

    private long retransmitNsV6() {
        return advertisedRetransmitNs == 0 ? settings.retransmitNs() : advertisedRetransmitNs;
    }

    private void enter(final Neighbour neighbour, final NeighbourState state, final long deadlineNs) {
        order.remove(neighbour);
        neighbour.state = state;
        neighbour.deadlineNs = deadlineNs;
        order.add(neighbour);
    }

    private void remove(final Neighbour neighbour) {
        order.remove(neighbour);
        entries.remove(new Key(neighbour.hi, neighbour.lo));
    }

    private @Nullable Neighbour create(final long hi, final long lo, final int engine) {
        if (entries.size() >= settings.capacity() && !evict()) {
            counters.increment(ControlCounter.NEIGHBOUR_CACHE_FULL);
            return null;
        }
        final Neighbour neighbour = new Neighbour(hi, lo, ++created);
        neighbour.engine = engine;
        entries.put(new Key(hi, lo), neighbour);
        return neighbour;
    }

    private boolean evict() {
        final Neighbour first = order.firstToGo();
        if (first == null) {
            return false;
        }
        counters.increment(ControlCounter.NEIGHBOURS_EVICTED);
        remove(first);
        if (first.state == NeighbourState.INCOMPLETE) {
            news.failed(first);
        }
        return true;
    }

    private static boolean isKnownToEngines(final Neighbour neighbour) {
        return switch (neighbour.state) {
            case REACHABLE, DELAY, PROBE -> true;
            case INCOMPLETE, STALE, FAILED, PERMANENT -> false;
        };
    }
}
