package io.millrace.control.autoconf;

import io.millrace.config.Cidr;
import io.millrace.config.Route;
import io.millrace.control.address.LinkRoutes;
import io.millrace.control.address.Routing;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.NdMessage;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The routers that say that they lead elsewhere (RFC 4861 §6.3.4), as default routes: those that answer before those
 * that do not (§6.3.6), among them by preference (RFC 4191 §3.2), then the one heard first. A configured default route
 * stands before all of them. Bounded: a router too many is not taken up. Thread: the agent's.
 */
final class DefaultRouters {
    private static final int MAX_ROUTERS = 16;
    private static final Cidr EVERYWHERE = Cidr.parse("::/0");
    private static final int PREFERENCE_SHIFT = 3;

    private final LinkRoutes routes;
    private final Map<InetAddress, Router> routers = new LinkedHashMap<>();
    private List<Route> published = List.of();

    private static final class Router {
        int preference;
        long expiresNs;
        boolean answers;
    }

    DefaultRouters(final LinkRoutes routes) {
        this.routes = routes;
    }

    /** A router said for how long it is one; 0: it is none. */
    void onAdvertisement(final long hi, final long lo, final NdMessage message, final long nowNs) {
        final InetAddress address = IpAddress.toInetAddress(hi, lo);
        final int lifetimeSeconds = message.routerLifetimeSeconds();
        if (lifetimeSeconds == 0) {
            routers.remove(address);
        } else if (routers.containsKey(address) || routers.size() < MAX_ROUTERS) {
            final Router router = routers.computeIfAbsent(address, any -> new Router());
            router.preference = preference(message.routerFlags());
            router.expiresNs = nowNs + TimeUnit.SECONDS.toNanos(lifetimeSeconds);
            router.answers = true;
        }
        publish();
    }

    void onUnreachable(final long hi, final long lo) {
        final Router router = routers.get(IpAddress.toInetAddress(hi, lo));
        if (router != null) {
            router.answers = false;
            publish();
        }
    }

    void onGone(final long hi, final long lo) {
        if (routers.remove(IpAddress.toInetAddress(hi, lo)) != null) {
            publish();
        }
    }

    boolean isEmpty() {
        return routers.isEmpty();
    }

    /** Drops those that have not said in time that they are still routers; returns how many. */
    int doWork(final long nowNs) {
        final int before = routers.size();
        routers.values().removeIf(router -> nowNs >= router.expiresNs);
        if (routers.size() != before) {
            publish();
        }
        return before - routers.size();
    }

    long nextDeadlineNs() {
        return routers.values().stream().mapToLong(router -> router.expiresNs).min().orElse(Long.MAX_VALUE);
    }

    private void publish() {
        final List<Map.Entry<InetAddress, Router>> order = new ArrayList<>(routers.entrySet());
        order.sort(Comparator.comparing((Map.Entry<InetAddress, Router> entry) -> !entry.getValue().answers)
                .thenComparing(entry -> -entry.getValue().preference));
        // Who says so with an address that we try, or found taken, cannot be one: no way leads there.
        final Routing now = routes.current().routing();
        final List<Route> next = order.stream().map(entry -> new Route(EVERYWHERE, entry.getKey(), routes.link()))
                .filter(route -> now.find(route.gateway()) == null).toList();
        if (!next.equals(published)) {
            final List<Route> before = published;
            published = next;
            routes.update(routing -> replace(routing, before, next));
        }
    }

    private static Routing replace(final Routing routing, final List<Route> before, final List<Route> next) {
        Routing changed = routing;
        for (final Route route : before) {
            changed = changed.without(route);
        }
        for (final Route route : next) {
            changed = changed.with(route);
        }
        return changed;
    }

    /** RFC 4191 §2.1: two bits, signed; the reserved value counts as medium. */
    private static int preference(final int flags) {
        return switch (flags >> PREFERENCE_SHIFT & 3) {
            case 1 -> 1;
            case 3 -> -1;
            default -> 0;
        };
    }
}
