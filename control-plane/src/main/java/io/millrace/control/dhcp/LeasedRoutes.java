package io.millrace.control.dhcp;

import io.millrace.config.Cidr;
import io.millrace.config.Route;
import io.millrace.control.address.OwnAddress;
import io.millrace.control.address.PublishedRoutes;
import io.millrace.control.address.Routing;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts address and routes of the lease in force among the stack's, and takes them away. Thread: any. */
public final class LeasedRoutes implements LeaseHolder {
    private static final Logger LOG = LoggerFactory.getLogger(DhcpClient.class);

    private final PublishedRoutes routes;
    /** What is among the stack's addresses and routes; not a lease of an address that is set as well. */
    private @Nullable Lease applied;

    public LeasedRoutes(final PublishedRoutes routes) {
        this.routes = routes;
    }

    @Override
    public synchronized void onLease(final @Nullable Lease before, final @Nullable Lease now, final String reason) {
        final Lease old = applied;
        try {
            // at once: an address that is leased anew was never away
            routes.update(routing -> with(without(routing, old), now));
            applied = now;
        } catch (final IllegalArgumentException e) {
            LOG.warn("the lease of {} cannot be used: {}", now == null ? "" : now.cidr(), e.getMessage());
            return;
        }
        if (now == null) {
            LOG.warn("{} is no address of this stack any more: {}", old == null ? "" : old.cidr(), reason);
        } else if (old == null || !old.cidr().equals(now.cidr()) || !old.routes().equals(now.routes())) {
            LOG.info("address {} leased {}, routes {}", now.cidr(), reason, now.routes());
        }
    }

    private static Routing without(final Routing routing, final @Nullable Lease lease) {
        if (lease == null) {
            return routing;
        }
        Routing rest = routing.without(lease.cidr().address());
        for (final Route route : lease.routes()) {
            rest = rest.without(route);
        }
        for (final Cidr network : lease.onLink()) {
            rest = rest.withoutOnLink(network);
        }
        return rest;
    }

    private static Routing with(final Routing routing, final @Nullable Lease lease) {
        if (lease == null) {
            return routing;
        }
        Routing more = routing.with(OwnAddress.of(lease.cidr()));
        for (final Cidr network : lease.onLink()) {
            more = more.withOnLink(network);
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
