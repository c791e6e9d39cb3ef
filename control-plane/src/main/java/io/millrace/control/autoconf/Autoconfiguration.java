package io.millrace.control.autoconf;

import io.millrace.config.Cidr;
import io.millrace.control.address.LinkRoutes;
import io.millrace.control.address.OwnAddress.State;
import io.millrace.control.address.OwnAddress;
import io.millrace.control.address.Routing;
import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.control.lifecycle.ControlTask;
import io.millrace.control.neighbour.NeighbourCache;
import io.millrace.control.neighbour.RouterListener;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.NdMessage;
import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host side of IPv6 autoconfiguration (RFC 4862 §5): a link-local address first; where it is in use, routers are
 * asked (RFC 4861 §6.3.7, RFC 7559) until one answers, and what they say is followed. DNS servers that they name are
 * nobody's business here. Thread: the agent's.
 */
public final class Autoconfiguration implements RouterListener, ControlTask {
    private static final Logger LOG = LoggerFactory.getLogger(Autoconfiguration.class);
    private static final long LINK_LOCAL_HI = 0xfe80L << 48;
    private static final int LINK_LOCAL_BITS = 64;
    /** RFC 7559 §2: the first interval, and the longest. */
    private static final long SOLICITATION_INTERVAL_NS = TimeUnit.SECONDS.toNanos(4);
    private static final long MAX_SOLICITATION_INTERVAL_NS = TimeUnit.HOURS.toNanos(1);
    /** RFC 4861 §6.2.1: what a router may say of the time that a confirmation holds. */
    private static final long MAX_REACHABLE_MS = TimeUnit.HOURS.toMillis(1);
    /** Less would have us ask every neighbour in use all the time, whoever says so. */
    private static final long MIN_REACHABLE_MS = 1_000;
    private static final int MIN_MTU = 1_280;
    private static final int MAX_MTU = 65_535;
    /** Hops that every path of the Internet gets by with, as a rule. */
    private static final int MIN_HOP_LIMIT = 32;
    private static final long MIN_RETRANSMIT_MS = 10;
    private static final long MAX_RETRANSMIT_MS = TimeUnit.MINUTES.toMillis(1);

    private final Ipv6Settings settings;
    private final InterfaceIds ids;
    private final LinkRoutes routes;
    private final NeighbourCache neighbours;
    private final RandomGenerator random;
    private final ControlCounters counters;
    private final LinkParameters parameters;
    private final DefaultRouters routers;
    private final AdvertisedPrefixes prefixes;
    private final Redirects redirects;
    private InetAddress linkLocal;
    private int duplicates;
    private @Nullable Routing seen;
    private long solicitAtNs = Long.MAX_VALUE;
    private long intervalNs;
    private boolean answered;
    private long mtu;
    private int hopLimit;
    /** Before it nothing is due, unless the routing has changed; may be early, never late. */
    private long dueNs = Long.MIN_VALUE;

    /**
     * @param mac        the device's, 48 bits.
     * @param parameters told how packets of IPv6 shall be, where a router says so.
     */
    public Autoconfiguration(final Ipv6Settings settings, final long mac, final LinkRoutes routes,
            final NeighbourCache neighbours, final RandomGenerator random, final ControlCounters counters,
            final LinkParameters parameters) {
        this.settings = settings;
        this.routes = routes;
        this.neighbours = neighbours;
        this.random = random;
        this.counters = counters;
        this.parameters = parameters;
        ids = new InterfaceIds(mac, settings.stableSecret());
        routers = new DefaultRouters(routes);
        prefixes = new AdvertisedPrefixes(settings, ids, routes);
        redirects = new Redirects(routes);
        linkLocal = IpAddress.toInetAddress(LINK_LOCAL_HI, ids.of(LINK_LOCAL_HI, 0));
    }

    /** Takes the link-local address, unless it is configured, and listens to routers. Before the agent runs. */
    public void start() {
        neighbours.routerListener(this);
        takeLinkLocal();
    }

    @Override
    public int doWork(final long nowNs) {
        // asked in every turn: without garbage while nothing is due
        if (nowNs < nextDeadlineNs()) {
            return 0;
        }
        int done = 0;
        if (routes.current().routing() != seen) {
            onStates(nowNs);
            prefixes.onStates();
            seen = routes.current().routing();
        }
        if (nowNs >= solicitAtNs) {
            solicit(nowNs);
            done++;
        }
        done += routers.doWork(nowNs) + prefixes.doWork(nowNs);
        dueNs = Math.min(solicitAtNs, Math.min(routers.nextDeadlineNs(), prefixes.nextDeadlineNs(nowNs)));
        return done;
    }

    @Override
    public long nextDeadlineNs() {
        return routes.current().routing() == seen ? dueNs : Long.MIN_VALUE;
    }

    @Override
    public void onRouterAdvertisement(final long hi, final long lo, final NdMessage message, final long nowNs) {
        if (!settings.acceptAdvertisements()) {
            return;
        }
        dueNs = Long.MIN_VALUE;
        routers.onAdvertisement(hi, lo, message, nowNs);
        prefixes.onAdvertisement(message, nowNs);
        neighbours.times(reachableNs(message.reachableMs(), 0.5 + random.nextDouble()),
                retransmitNs(message.retransmitMs()));
        mtu(message.mtu());
        hopLimit(message.hopLimit());
        if (message.routerLifetimeSeconds() > 0) {
            // RFC 7559 §2.1: the question is answered
            answered = true;
            solicitAtNs = Long.MAX_VALUE;
        }
    }

    @Override
    public boolean onRedirect(final long hi, final long lo, final NdMessage message, final long nowNs) {
        final boolean taken = settings.acceptRedirects() && redirects.onRedirect(hi, lo, message);
        counters.increment(taken ? ControlCounter.REDIRECTS_FOLLOWED : ControlCounter.REDIRECTS_REFUSED);
        return taken;
    }

    @Override
    public void onRouterUnreachable(final long hi, final long lo) {
        dueNs = Long.MIN_VALUE;
        routers.onUnreachable(hi, lo);
        redirects.onUnreachable(hi, lo);
    }

    @Override
    public void onRouterGone(final long hi, final long lo) {
        dueNs = Long.MIN_VALUE;
        routers.onGone(hi, lo);
        redirects.onGone(hi, lo);
    }

    /** RFC 4861 §6.3.4; less than every link of IPv6 takes is no news (RFC 8200 §5). */
    private void mtu(final long said) {
        if (said >= MIN_MTU && said <= MAX_MTU && said != mtu) {
            mtu = said;
            parameters.mtu((int) said);
        }
    }

    /**
     * RFC 4861 §6.3.4; 0 says nothing. Anybody on the link can say that packets shall die after a hop or two, which would
     * cut us off from all that is farther (CVE-2015-2922): what is below both {@link #MIN_HOP_LIMIT} and what is configured
     * is not believed. Linux has {@code accept_ra_min_hop_limit} for it, 1 unless set; FreeBSD takes nothing that is lower.
     */
    private void hopLimit(final int said) {
        if (said == 0 || said == hopLimit) {
            return;
        }
        if (said < Math.min(MIN_HOP_LIMIT, routes.whole().hopLimit())) {
            counters.increment(ControlCounter.ROUTER_HOP_LIMITS_REFUSED);
            return;
        }
        hopLimit = said;
        parameters.hopLimit(said);
    }

    /** Looks what became of the link-local address. */
    private void onStates(final long nowNs) {
        final OwnAddress own = routes.current().routing().find(linkLocal);
        if (own == null) {
            return;
        }
        if (own.state() == State.PREFERRED && intervalNs == 0) {
            intervalNs = SOLICITATION_INTERVAL_NS;
            solicitAtNs = settings.acceptAdvertisements() && !answered ? nowNs : Long.MAX_VALUE;
        } else if (own.state() == State.DUPLICATE) {
            onDuplicate();
        }
    }

    /** RFC 4862 §5.4.5: without a link-local address there is no IPv6 that finds itself; RFC 7217 §6: another is tried. */
    private void onDuplicate() {
        if (ids.hasOthers() && duplicates < InterfaceIds.RETRIES) {
            routes.removeAddress(linkLocal);
            duplicates++;
            linkLocal = IpAddress.toInetAddress(LINK_LOCAL_HI, ids.of(LINK_LOCAL_HI, duplicates));
            takeLinkLocal();
        } else if (solicitAtNs != Long.MAX_VALUE || intervalNs == 0) {
            solicitAtNs = Long.MAX_VALUE;
            intervalNs = MAX_SOLICITATION_INTERVAL_NS;
            LOG.error("another host has our link-local address {}{}: no router is asked for",
                    IpAddress.toString(linkLocal), routes.where());
        }
    }

    private void takeLinkLocal() {
        if (routes.current().routing().find(linkLocal) == null) {
            routes.addAddress(OwnAddress.of(new Cidr(linkLocal, LINK_LOCAL_BITS))
                    .in(settings.detectDuplicates() ? State.TENTATIVE : State.PREFERRED));
        }
    }

    /** RFC 7559 §2: ever more seldom, by a random tenth more or less. */
    private void solicit(final long nowNs) {
        neighbours.solicitRouters(IpAddress.hi(linkLocal), IpAddress.lo(linkLocal));
        solicitAtNs = nowNs + intervalNs + (long) (intervalNs * (random.nextDouble() * 0.2 - 0.1));
        intervalNs = Math.min(2 * intervalNs, MAX_SOLICITATION_INTERVAL_NS);
    }

    /** RFC 4861 §6.3.2: between a half and one and a half times what the router says. */
    static long reachableNs(final long said, final double factor) {
        return said == 0 || said > MAX_REACHABLE_MS
                ? 0
                : (long) (TimeUnit.MILLISECONDS.toNanos(Math.max(said, MIN_REACHABLE_MS)) * factor);
    }

    private static long retransmitNs(final long said) {
        return said == 0
                ? 0
                : TimeUnit.MILLISECONDS.toNanos(Math.clamp(said, MIN_RETRANSMIT_MS, MAX_RETRANSMIT_MS));
    }
}
