package io.millrace.control.dhcp;

import io.millrace.config.Cidr;
import io.millrace.config.Route;
import io.millrace.control.address.LinkRoutes;
import io.millrace.control.address.OnLink;
import io.millrace.control.address.OwnAddress;
import io.millrace.control.address.Routing;
import java.net.InetAddress;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts address and routes of the lease in force among the stack's, tentative first, and takes them away; tells the client
 * what has become of the address, and engines how long packets may be. Thread: any; {@link #onLease} within the client's lock.
 */
public final class LeasedRoutes implements LeaseHolder {
    private static final Logger LOG = LoggerFactory.getLogger(DhcpClient.class);

    private final LinkRoutes routes;
    private final OwnAddress.State first;
    private final IntConsumer linkMtu;
    /** What the configuration in effect makes: a lease that has the same takes none of it away. */
    private volatile Routing configured;
    /** What is among the stack's addresses and routes; not a lease of an address that is set as well. */
    private volatile @Nullable Lease applied;
    private volatile @Nullable DhcpClient client;

    /**
     * @param probe   false: an address is used at once, whoever else may have it.
     * @param linkMtu told how long packets of IPv4 may be, where that changes: bytes, {@link Lease#ANY_MTU} for no limit.
     */
    public LeasedRoutes(final LinkRoutes routes, final boolean probe, final IntConsumer linkMtu) {
        this.routes = routes;
        this.linkMtu = linkMtu;
        configured = routes.whole().routing();
        first = probe ? OwnAddress.State.TENTATIVE : OwnAddress.State.PREFERRED;
    }

    /** Who is told. */
    public void tell(final DhcpClient leasing) {
        client = leasing;
        routes.onChange(this::onChange);
    }

    /**
     * What becomes of addresses and routes where another configuration takes effect: what the lease gave stays, also where
     * both gave it and the configuration does no more.
     *
     * @param now  addresses and routes before.
     * @param next those that the configuration and everybody else make.
     */
    public Routing keep(final Routing now, final Routing next) {
        final Lease lease = applied;
        if (lease == null) {
            return next;
        }
        final Routing addressed = next.find(lease.cidr().address(), routes.link()) == null
                ? next.with(new OwnAddress(lease.cidr(), state(now, lease), true, routes.link()))
                : next;
        return withNetworks(addressed, lease);
    }

    /** Another configuration is in effect. @param next what it makes. */
    public void configured(final Routing next) {
        configured = next;
    }

    private void onChange() {
        final Lease lease = applied;
        final DhcpClient told = client;
        final OwnAddress own = lease == null
                ? null
                : routes.current().routing().find(lease.cidr().address());
        if (own != null && told != null && own.state() != OwnAddress.State.TENTATIVE) {
            told.onTried(own.state().isUsable());
        }
    }

    @Override
    public void onLease(final @Nullable Lease before, final @Nullable Lease now, final String reason) {
        final Lease old = applied;
        // before the address: what is sent from it is not too long
        tellMtu(old, now);
        try {
            applied = now;
            // at once: an address that is leased anew was never away
            routes.update(routing -> with(without(routing, old), old, now, state(routing, now)));
        } catch (final IllegalArgumentException e) {
            refuse(old, now, e.getMessage());
            return;
        }
        if (now == null) {
            if (old != null) {
                LOG.warn("{}{} is no address of this stack any more: {}", old.cidr(), routes.where(), reason);
            }
        } else if (old == null || !old.cidr().equals(now.cidr()) || !old.routes().equals(now.routes())) {
            LOG.info("address {} leased{} {}, routes {}", now.cidr(), routes.where(), reason, now.routes());
        }
    }

    private void tellMtu(final @Nullable Lease before, final @Nullable Lease now) {
        final int mtu = now == null ? Lease.ANY_MTU : now.mtu();
        if (mtu != (before == null ? Lease.ANY_MTU : before.mtu())) {
            linkMtu.accept(mtu);
        }
    }

    /** Such an address is as good as taken: the server is told, and asked for another (RFC 2131 §3.1 (5)). */
    private void refuse(final @Nullable Lease old, final @Nullable Lease now, final @Nullable String reason) {
        LOG.warn("the lease of {}{} cannot be used: {}", now == null ? "" : now.cidr(), routes.where(), reason);
        applied = null;
        tellMtu(now, null);
        routes.update(routing -> without(routing, old));
        final DhcpClient told = client;
        if (told != null) {
            told.onTried(false);
        }
    }

    private OwnAddress.State state(final Routing before, final @Nullable Lease lease) {
        final OwnAddress own = lease == null ? null : before.find(lease.cidr().address(), routes.link());
        return own == null ? first : own.state();
    }

    private Routing without(final Routing routing, final @Nullable Lease lease) {
        if (lease == null) {
            return routing;
        }
        final Routing kept = configured;
        final InetAddress address = lease.cidr().address();
        Routing rest = kept.find(address, routes.link()) == null ? routing.without(address, routes.link()) : routing;
        for (final Route route : lease.routes()) {
            rest = kept.routes().contains(route) ? rest : rest.without(route);
        }
        for (final Cidr network : lease.onLink()) {
            final OnLink there = new OnLink(network, routes.link());
            rest = kept.onLink().contains(there) ? rest : rest.withoutOnLink(there);
        }
        return rest;
    }

    private Routing with(final Routing routing, final @Nullable Lease old, final @Nullable Lease lease,
            final OwnAddress.State state) {
        if (lease == null) {
            return routing;
        }
        final InetAddress address = lease.cidr().address();
        // that of the lease before is still there where it was configured meanwhile
        final boolean stays = old != null && old.cidr().address().equals(address)
                && routing.find(address, routes.link()) != null;
        return withNetworks(
                stays ? routing : routing.with(new OwnAddress(lease.cidr(), state, true, routes.link())), lease);
    }

    private Routing withNetworks(final Routing routing, final Lease lease) {
        Routing more = routing;
        for (final Cidr network : lease.onLink()) {
            more = more.withOnLink(new OnLink(network, routes.link()));
        }
        for (final Route route : lease.routes()) {
            more = withUsable(more, route);
        }
        return more;
    }

    /** A route that this stack cannot have costs only itself. */
    private static Routing withUsable(final Routing routing, final Route route) {
        try {
            return routing.with(route);
        } catch (final IllegalArgumentException e) {
            LOG.warn("of the lease, {}", e.getMessage());
            return routing;
        }
    }
}
