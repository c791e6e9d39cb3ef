package io.millrace.control.neighbour;

import static io.millrace.control.neighbour.ArpSender.BROADCAST;
import static io.millrace.control.neighbour.ArpSender.REPLY;
import static io.millrace.control.neighbour.ArpSender.REQUEST;

import io.millrace.control.address.PublishedRoutes;
import io.millrace.control.address.RouteTable;
import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.wire.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The neighbours of a stack: who has which link-layer address, and whether it still answers. One cache serves every
 * engine; each engine keeps only the addresses it is told, and asks for the others.
 * <p>
 * What the transport does not confirm is asked by unicast in time (RFC 1122 §2.3.2.1, method 2), while engines go on
 * using it. After some such polls without a sign of use it becomes {@link NeighbourState#STALE} and is taken from the
 * engines: if one asks for it, the answer comes from the cache at once, and the probing of RFC 4861 §7.3.3 begins; if
 * none does, it costs no more packets and goes.
 * <p>
 * The table is bounded: where it is full, the unused entry that is oldest goes; where all are in use, the newcomer is
 * refused and counted. A host that was not asked for gets an entry only by asking for one of our addresses (RFC 826).
 * <p>
 * Thread: the agent's, and any that looks; a lock that is hardly ever waited for keeps them apart. Time is an input.
 */
public final class NeighbourCache {
    /** RFC 4861 §10, DELAY_FIRST_PROBE_TIME. */
    private static final long DELAY_NS = TimeUnit.SECONDS.toNanos(5);
    /** So many answered polls without use are enough. */
    private static final int UNUSED_POLLS = 10;

    private record Key(long hi, long lo) {}

    private final NeighbourSettings settings;
    private final ControlCounters counters;
    private final ArpSender sender;
    private final AddressDefence defence;
    private final Map<Key, Neighbour> entries = new HashMap<>();
    private long nextDeadlineNs = Long.MAX_VALUE;

    /**
     * @param engines commands to each engine; what they refuse is repeated by ARP itself or by the commands' own
     *                patience.
     * @param ownMac  link-layer address of the stack's device, 48 bits.
     */
    public NeighbourCache(final NeighbourSettings settings, final EngineCommands[] engines, final long ownMac,
            final PublishedRoutes routes, final ConflictListener conflicts, final ControlCounters counters) {
        this.settings = settings;
        this.counters = counters;
        sender = new ArpSender(engines, ownMac, routes, counters);
        defence = new AddressDefence(settings.announcements(), sender, conflicts, counters);
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
        neighbour.state = NeighbourState.PERMANENT;
        sender.tellResolved(neighbour);
    }

    /** The entries as they are now, in no order. Thread: any. */
    public synchronized List<NeighbourInfo> snapshot() {
        final List<NeighbourInfo> all = new ArrayList<>(entries.size());
        entries.values().forEach(entry -> all.add(entry.info()));
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
     * Before this time {@link #doWork} has nothing to do; {@link Long#MAX_VALUE}: never. May be early where a deadline
     * moved, never late.
     */
    public long nextDeadlineNs() {
        return Math.min(nextDeadlineNs, defence.nextDeadlineNs());
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
            case INCOMPLETE -> {
                /* the answer, or the failure, will be told to every engine */ }
            case FAILED -> sender.tellFailed(engine, hi, lo);
            case STALE -> {
                neighbour.engine = engine;
                enter(neighbour, NeighbourState.DELAY, nowNs + DELAY_NS);
                sender.tellResolved(neighbour);
            }
            default -> sender.tellResolved(engine, neighbour);
        }
    }

    /** The transport saw progress: what was sent there arrived (RFC 4861 §7.3.1). */
    public synchronized void onNeighbourConfirmed(final long hi, final long lo, final long nowNs) {
        final Neighbour neighbour = entries.get(new Key(hi, lo));
        if (neighbour != null && isKnownToEngines(neighbour)) {
            neighbour.unusedPolls = 0;
            enter(neighbour, NeighbourState.REACHABLE, nowNs + settings.reachableNs());
        }
    }

    /** An ARP packet arrived at an engine; parameters as in {@link io.millrace.fastpath.control.EngineEvents#onArp}. */
    public synchronized void onArp(final int engine, final int operation, final long senderMac, final int senderIp,
            final int targetIp, final long nowNs) {
        if (!isUnicast(senderMac)) {
            counters.increment(ControlCounter.ARP_INVALID);
            return;
        }
        if (senderMac == sender.ownMac() || operation != REQUEST && operation != REPLY) {
            counters.increment(ControlCounter.ARP_IGNORED);
            return;
        }
        final RouteTable routes = sender.routes();
        if (routes.isOwn(0, IpAddress.v4(senderIp))) {
            defence.onConflict(senderIp, senderMac, nowNs);
            return;
        }
        final boolean forUs = routes.isOwn(0, IpAddress.v4(targetIp));
        // A probe (RFC 5227 §2.1.1) has no sender address to learn, but is answered: that defends ours.
        final boolean merged = routes.isOnLink(0, IpAddress.v4(senderIp))
                && merge(engine, senderIp, senderMac, operation, forUs, nowNs);
        if (forUs && operation == REQUEST) {
            sender.reply(engine, targetIp, senderMac, senderIp);
        } else if (!merged) {
            counters.increment(ControlCounter.ARP_IGNORED);
        }
    }

    /** Retransmits, probes, expires, announces; returns the number of things done. */
    public synchronized int doWork(final long nowNs) {
        int done = defence.doWork(nowNs);
        if (nowNs >= nextDeadlineNs) {
            nextDeadlineNs = Long.MAX_VALUE;
            for (final Iterator<Neighbour> all = entries.values().iterator(); all.hasNext();) {
                final Neighbour neighbour = all.next();
                if (nowNs >= neighbour.deadlineNs) {
                    done++;
                    if (!onDeadline(neighbour, nowNs)) {
                        all.remove();
                        continue;
                    }
                }
                nextDeadlineNs = Math.min(nextDeadlineNs, neighbour.deadlineNs);
            }
        }
        return done;
    }

    private void resolve(final int engine, final long hi, final long lo, final long nowNs) {
        // Neighbour discovery for IPv6 is not ARP's business: without an entry, an IPv6 neighbour does not answer.
        final Neighbour neighbour = IpAddress.isV4(hi, lo) ? create(hi, lo, engine) : null;
        if (neighbour == null) {
            sender.tellFailed(engine, hi, lo);
            return;
        }
        neighbour.attempts = 1;
        enter(neighbour, NeighbourState.INCOMPLETE, nowNs + settings.retransmitNs());
        sender.request(neighbour, BROADCAST);
    }

    /** RFC 826, packet reception: an entry that exists is updated; a new one is made only where we are the target. */
    private boolean merge(final int engine, final int senderIp, final long senderMac, final int operation,
            final boolean forUs, final long nowNs) {
        final long lo = IpAddress.v4(senderIp);
        final Neighbour known = entries.get(new Key(0, lo));
        if (known != null) {
            learn(known, senderMac, forUs && operation == REPLY, nowNs);
            return true;
        }
        if (!forUs || operation != REQUEST) {
            return false;
        }
        final Neighbour neighbour = create(0, lo, engine);
        if (neighbour != null) {
            neighbour.mac = senderMac;
            enter(neighbour, NeighbourState.STALE, nowNs + settings.staleNs());
        }
        return neighbour != null;
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
                        nowNs + (reply ? settings.reachableNs() : DELAY_NS));
                sender.tellResolved(neighbour);
            }
            case PROBE -> {
                if (reply) {
                    count(changed);
                    neighbour.mac = mac;
                    enter(neighbour, NeighbourState.REACHABLE, nowNs + settings.reachableNs());
                    if (changed) {
                        sender.tellResolved(neighbour);
                    }
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
            sender.tellForgotten(neighbour);
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
            case INCOMPLETE -> retransmit(neighbour, BROADCAST, nowNs);
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
                sender.tellForgotten(neighbour);
            }
            case STALE, FAILED -> {
                return false;
            }
            case PERMANENT -> neighbour.deadlineNs = Long.MAX_VALUE;
        }
        return true;
    }

    private boolean probe(final Neighbour neighbour, final long nowNs) {
        neighbour.state = NeighbourState.PROBE;
        neighbour.attempts = 0;
        return retransmit(neighbour, neighbour.mac, nowNs);
    }

    private boolean retransmit(final Neighbour neighbour, final long targetMac, final long nowNs) {
        if (neighbour.attempts < settings.probes()) {
            neighbour.attempts++;
            neighbour.deadlineNs = nowNs + settings.retransmitNs();
            sender.request(neighbour, targetMac);
            return true;
        }
        counters.increment(ControlCounter.NEIGHBOURS_FAILED);
        if (neighbour.state == NeighbourState.PROBE) {
            // RFC 1122 §2.3.2.1 (2): the entry goes; the host may have another address now, so the next frame asks all.
            sender.tellForgotten(neighbour);
            return false;
        }
        enter(neighbour, NeighbourState.FAILED, nowNs + settings.failedNs());
        sender.tellFailed(neighbour);
        return true;
    }

    private void enter(final Neighbour neighbour, final NeighbourState state, final long deadlineNs) {
        neighbour.state = state;
        neighbour.deadlineNs = deadlineNs;
        nextDeadlineNs = Math.min(nextDeadlineNs, deadlineNs);
    }

    private @Nullable Neighbour create(final long hi, final long lo, final int engine) {
        if (entries.size() >= settings.capacity() && !evict()) {
            counters.increment(ControlCounter.NEIGHBOUR_TABLE_FULL);
            return null;
        }
        final Neighbour neighbour = new Neighbour(hi, lo);
        neighbour.engine = engine;
        entries.put(new Key(hi, lo), neighbour);
        return neighbour;
    }

    private boolean evict() {
        Neighbour oldest = null;
        for (final Neighbour neighbour : entries.values()) {
            if (neighbour.isEvictable() && (oldest == null || neighbour.deadlineNs < oldest.deadlineNs)) {
                oldest = neighbour;
            }
        }
        if (oldest != null) {
            counters.increment(ControlCounter.NEIGHBOURS_EVICTED);
            entries.remove(new Key(oldest.hi, oldest.lo));
        }
        return oldest != null;
    }

    private static boolean isKnownToEngines(final Neighbour neighbour) {
        return switch (neighbour.state) {
            case REACHABLE, DELAY, PROBE -> true;
            case INCOMPLETE, STALE, FAILED, PERMANENT -> false;
        };
    }

    private static boolean isUnicast(final long mac) {
        return mac != 0 && (mac >>> 40 & 1) == 0 && mac >>> 48 == 0;
    }
}
