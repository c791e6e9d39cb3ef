package io.millrace.control.autoconf;

import io.millrace.config.Cidr;
import io.millrace.config.Route;
import io.millrace.control.address.LinkRoutes;
import io.millrace.control.address.OnLink;
import io.millrace.control.address.RouteTable;
import io.millrace.control.address.Routing;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.NdMessage;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Destinations for which the router in use named a better first hop (RFC 4861 §8.3), as routes of one address each. A
 * redirect of anybody else is refused (§8.1). Bounded: the oldest goes. One goes too where its hop does not answer.
 * Thread: the agent's.
 */
final class Redirects {
    private static final int MAX_REDIRECTS = 128;
    private static final int ADDRESS_BITS = 128;

    private final LinkRoutes routes;
    /** The better hop of each destination: another router, or the destination itself. */
    private final Map<InetAddress, InetAddress> hops = new LinkedHashMap<>();

    Redirects(final LinkRoutes routes) {
        this.routes = routes;
    }

    /** False where it does not come from the router that the destination is reached through. */
    boolean onRedirect(final long routerHi, final long routerLo, final NdMessage message) {
        final long hi = message.destinationHi();
        final long lo = message.destinationLo();
        final RouteTable table = routes.whole();
        final int route = table.route(hi, lo);
        if (route < 0 || table.link(route) != routes.link() || table.nextHopHi(route, hi, lo) != routerHi
                || table.nextHopLo(route, hi, lo) != routerLo
                || table.isOwn(message.targetHi(), message.targetLo())) {
            return false;
        }
        final InetAddress destination = IpAddress.toInetAddress(hi, lo);
        final InetAddress hop = IpAddress.toInetAddress(message.targetHi(), message.targetLo());
        final InetAddress oldest = hops.size() < MAX_REDIRECTS || hops.containsKey(destination)
                ? null
                : hops.keySet().iterator().next();
        routes.update(routing -> with(oldest == null ? routing : without(routing, oldest), destination, hop));
        if (oldest != null) {
            hops.remove(oldest);
        }
        hops.put(destination, hop);
        return true;
    }

    /** The hop does not answer: what was redirected to it takes the usual way again. */
    void onUnreachable(final long hi, final long lo) {
        drop(hi, lo, true);
    }

    /** The hop is no router: what was redirected to it takes the usual way again, but for itself. */
    void onGone(final long hi, final long lo) {
        drop(hi, lo, false);
    }

    private void drop(final long hi, final long lo, final boolean itselfToo) {
        if (hops.isEmpty()) {
            return;
        }
        final InetAddress hop = IpAddress.toInetAddress(hi, lo);
        for (final InetAddress destination : hops.keySet().toArray(InetAddress[]::new)) {
            if (hops.get(destination).equals(hop) && (itselfToo || !destination.equals(hop))) {
                routes.update(routing -> without(routing, destination));
                hops.remove(destination);
            }
        }
    }

    private Routing with(final Routing routing, final InetAddress destination, final InetAddress hop) {
        final Routing cleared = hops.containsKey(destination) ? without(routing, destination) : routing;
        final Cidr prefix = new Cidr(destination, ADDRESS_BITS);
        return hop.equals(destination)
                ? cleared.withOnLink(new OnLink(prefix, routes.link()))
                : cleared.with(new Route(prefix, hop, routes.link()));
    }

    private Routing without(final Routing routing, final InetAddress destination) {
        final Cidr prefix = new Cidr(destination, ADDRESS_BITS);
        final InetAddress hop = hops.get(destination);
        return hop.equals(destination)
                ? routing.withoutOnLink(new OnLink(prefix, routes.link()))
                : routing.without(new Route(prefix, hop, routes.link()));
    }
}
