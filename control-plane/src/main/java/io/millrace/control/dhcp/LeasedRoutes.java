package io.millrace.control.dhcp;

import io.millrace.config.Cidr;
import io.millrace.config.Route;
import io.millrace.control.address.LinkRoutes;
import io.millrace.control.address.OnLink;
import io.millrace.control.address.OwnAddress;
import io.millrace.control.address.Routing;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts address and routes of the lease in force among the stack's, tentative first, and takes them away; tells the client
 * what has become of the address. Thread: any; {@link #onLease} within the client's lock.
 */
public final class LeasedRoutes implements LeaseHolder {
    private static final Logger LOG = LoggerFactory.getLogger(DhcpClient.class);

    private final LinkRoutes routes;
    private final OwnAddress.State first;
    /** What is among the stack's addresses and routes; not a lease of an address that is set as well. */
    private volatile @Nullable Lease applied;
    private volatile @Nullable DhcpClient client;

    /** @param probe false: an address is used at once, whoever else may have it. */
    public LeasedRoutes(final LinkRoutes routes, final boolean probe) {
        this.routes = routes;
        first = probe ? OwnAddress.State.TENTATIVE : OwnAddress.State.PREFERRED;
    }

    /** Who is told. */
    public void tell(final DhcpClient leasing) {
        client = leasing;
        routes.onChange(this::onChange);
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
        try {
            applied = now;
            // at once: an address that is leased anew was never away
            routes.update(routing -> with(without(routing, old), now, state(routing, now)));
        } catch (final IllegalArgumentException e) {
            LOG.warn("the lease of {} cannot be used: {}", now == null ? "" : now.cidr(), e.getMessage());
            applied = null;
            return;
        }
        if (now == null) {
            if (old != null) {
                LOG.warn("{} is no address of this stack any more: {}", old.cidr(), reason);
            }
        } else if (old == null || !old.cidr().equals(now.cidr()) || !old.routes().equals(now.routes())) {
            LOG.info("address {} leased {}, routes {}", now.cidr(), reason, now.routes());
        }
    }

    private OwnAddress.State state(final Routing before, final @Nullable Lease lease) {
        final OwnAddress own = lease == null ? null : before.find(lease.cidr().address());
        return own == null ? first : own.state();
    }

    private Routing without(final Routing routing, final @Nullable Lease lease) {
        if (lease == null) {
            return routing;
        }
        Routing rest = routing.without(lease.cidr().address(), routes.link());
        for (final Route route : lease.routes()) {
            rest = rest.without(route);
        }
        for (final Cidr network : lease.onLink()) {
            rest = rest.withoutOnLink(new OnLink(network, routes.link()));
        }
        return rest;
    }

    private Routing with(final Routing routing, final @Nullable Lease lease,
            final OwnAddress.State state) {
        if (lease == null) {
            return routing;
        }
        Routing more = routing.with(new OwnAddress(lease.cidr(), state, true, routes.link()));
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
