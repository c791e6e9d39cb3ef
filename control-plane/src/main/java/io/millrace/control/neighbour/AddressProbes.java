package io.millrace.control.neighbour;

import io.millrace.control.address.LinkRoutes;
import io.millrace.control.address.OwnAddress.State;
import io.millrace.control.address.OwnAddress;
import io.millrace.control.address.Routing;
import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.wire.IpAddress;
import java.net.InetAddress;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Tries and announces own addresses. One that is published as {@linkplain State#TENTATIVE tentative} is asked for: by
 * duplicate address detection (RFC 4862 §5.4) or by ARP probes (RFC 5227 §2.1.1); where nobody answers it is used, else it
 * is a duplicate and never used. What comes into use is announced (RFC 5227 §2.3, RFC 4861 §7.2.6). Thread: the agent's.
 */
final class AddressProbes {
    /** RFC 5227 §1.1: before the first probe, between two, after the last, between two announcements. */
    private static final long PROBE_WAIT_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long PROBE_MIN_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long PROBE_MAX_NS = TimeUnit.SECONDS.toNanos(2);
    private static final long ANNOUNCE_INTERVAL_NS = TimeUnit.SECONDS.toNanos(2);

    private final OwnAddressSettings settings;
    private final LongSupplier retransmitNs;
    private final LinkRoutes routes;
    private final NeighbourSender sender;
    private final ConflictListener listener;
    private final ControlCounters counters;
    private final RandomGenerator random;
    private final Map<InetAddress, Attempt> attempts = new LinkedHashMap<>();
    private @Nullable Routing seen;

    /** Before it nothing is due; may be early, never late. */
    private long deadlineNs = Long.MAX_VALUE;

    /** Probes or announcements of one address that are still to be made. */
    private static final class Attempt {
        final boolean tentative;
        int left;
        long nextNs;

        Attempt(final boolean tentative, final int left, final long nextNs) {
            this.tentative = tentative;
            this.left = left;
            this.nextNs = nextNs;
        }
    }

    /** @param retransmitNs how long to wait for an objection of an IPv6 host, as it is now (RFC 4862 §5.1, RetransTimer). */
    AddressProbes(final OwnAddressSettings settings, final LongSupplier retransmitNs, final LinkRoutes routes,
            final NeighbourSender sender, final ConflictListener listener, final ControlCounters counters,
            final RandomGenerator random) {
        this.settings = settings;
        this.retransmitNs = retransmitNs;
        this.routes = routes;
        this.sender = sender;
        this.listener = listener;
        this.counters = counters;
        this.random = random;
    }

    /** Sends what is due; returns how many packets and decisions. */
    int doWork(final long nowNs) {
        int done = 0;
        while (routes.current().routing() != seen) {
            seen = routes.current().routing();
            follow(seen, nowNs);
            deadlineNs = earliestNs();
        }
        // asked in every turn: without garbage while nothing is due
        if (nowNs < deadlineNs) {
            return 0;
        }
        for (final Iterator<Map.Entry<InetAddress, Attempt>> all = attempts.entrySet().iterator(); all.hasNext();) {
            final Map.Entry<InetAddress, Attempt> next = all.next();
            final Attempt attempt = next.getValue();
            if (nowNs >= attempt.nextNs) {
                done++;
                if (!act(next.getKey(), attempt, nowNs)) {
                    all.remove();
                }
            }
        }
        deadlineNs = earliestNs();
        return done;
    }

    long nextDeadlineNs() {
        return routes.current().routing() == seen ? deadlineNs : Long.MIN_VALUE;
    }

    private long earliestNs() {
        long next = Long.MAX_VALUE;
        for (final Attempt attempt : attempts.values()) {
            next = Math.min(next, attempt.nextNs);
        }
        return next;
    }

    /** Another host has, or wants, the address; true where it was tentative and is given up now. */
    boolean onClaim(final long hi, final long lo, final long otherMac) {
        final InetAddress address = IpAddress.toInetAddress(hi, lo);
        final OwnAddress own = routes.current().routing().find(address);
        if (own == null || own.state() != State.TENTATIVE) {
            return false;
        }
        attempts.remove(address);
        routes.state(address, State.DUPLICATE);
        counters.increment(ControlCounter.DUPLICATE_ADDRESSES);
        listener.onAddressConflict(address, otherMac, ConflictListener.Outcome.NOT_TAKEN);
        return true;
    }

    /** Takes up what is new, and drops what is over. */
    private void follow(final Routing routing, final long nowNs) {
        attempts.keySet().removeIf(address -> routing.find(address) == null);
        for (final OwnAddress own : routing.addresses()) {
            final Attempt known = attempts.get(own.address());
            if (own.state() == State.TENTATIVE && (known == null || !known.tentative)) {
                attempts.put(own.address(), new Attempt(true, probes(own.address()), firstProbeNs(own, nowNs)));
            } else if (own.state().isUsable() && (known == null || known.tentative)) {
                attempts.put(own.address(), new Attempt(false, settings.announcements(),
                        settings.announcements() == 0 ? Long.MAX_VALUE : nowNs));
            } else if (own.state() == State.DUPLICATE) {
                attempts.remove(own.address());
            }
        }
    }

    /** Returns false where nothing is left to be remembered. */
    private boolean act(final InetAddress address, final Attempt attempt, final long nowNs) {
        final long hi = IpAddress.hi(address);
        final long lo = IpAddress.lo(address);
        if (attempt.left > 0) {
            attempt.left--;
            if (attempt.tentative) {
                sender.probe(hi, lo);
                attempt.nextNs = nowNs + probeIntervalNs(IpAddress.isV4(hi, lo), attempt.left == 0);
            } else {
                sender.announce(hi, lo);
                attempt.nextNs = attempt.left == 0 ? Long.MAX_VALUE : nowNs + ANNOUNCE_INTERVAL_NS;
            }
            return true;
        }
        // nobody answered: the change is followed, and the address announced, in the next turn
        routes.state(address, State.PREFERRED);
        return true;
    }

    private int probes(final InetAddress address) {
        return IpAddress.isV4(IpAddress.hi(address), IpAddress.lo(address))
                ? settings.arpProbes()
                : settings.dadTransmits();
    }

    /** RFC 4862 §5.4.2 and RFC 5227 §2.1.1: at random within a second, so that hosts that start together do not collide. */
    private long firstProbeNs(final OwnAddress own, final long nowNs) {
        return probes(own.address()) == 0 ? nowNs : nowNs + random.nextLong(PROBE_WAIT_NS);
    }

    private long probeIntervalNs(final boolean v4, final boolean last) {
        if (!v4) {
            return retransmitNs.getAsLong();
        }
        return last ? PROBE_MAX_NS : random.nextLong(PROBE_MIN_NS, PROBE_MAX_NS);
    }
}
