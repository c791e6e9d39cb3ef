package io.millrace.control.observe;

import io.millrace.control.address.OwnAddress;
import io.millrace.control.address.PublishedRoutes;
import io.millrace.control.address.Routing;
import io.millrace.control.lifecycle.Link;
import io.millrace.control.listen.Listeners;
import io.millrace.control.listen.TcpListener;
import io.millrace.control.neighbour.NeighbourInfo;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.MacAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What there is to be asked for, as pairs of names and values. Thread: the agent's. */
public final class ControlRows {
    /** Where a stack has several links: the device that a row is about. */
    private static final String DEVICE = "dev";

    private ControlRows() {}

    /** Each listener and its queues. */
    public static Rows of(final Listeners listeners) {
        return () -> listeners.all().stream().map(ControlRows::row).toList();
    }

    /** Own addresses, then prefixes, then routes; where there are several links, each with the name of its device. */
    public static Rows of(final PublishedRoutes routes, final List<Link> links) {
        return () -> {
            final Routing routing = routes.current().routing();
            final List<Map<String, String>> rows = new ArrayList<>();
            for (final OwnAddress address : routing.addresses()) {
                rows.add(with(links, address.link(),
                        row("address", address.cidr().toString(), "", address.state().name())));
            }
            routing.ownPrefixes().forEach(prefix -> rows.add(row("own-prefix", prefix.toString(), "", "")));
            routing.onLink().forEach(
                    on -> rows.add(with(links, on.link(), row("on-link", on.prefix().toString(), "", ""))));
            routing.routes().forEach(route -> rows.add(with(links, routing.linkOf(route),
                    row("route", route.destination().toString(), IpAddress.toString(route.gateway()), ""))));
            return rows;
        };
    }

    /** Each neighbour of each link; where there are several, with the name of the link's device. */
    public static Rows of(final List<Link> links) {
        return () -> links.stream().flatMap(link -> link.neighbours().snapshot().stream()
                .map(neighbour -> with(links, neighbour.link(), row(neighbour)))).toList();
    }

    private static Map<String, String> with(final List<Link> links, final int link, final Map<String, String> row) {
        if (links.size() > 1) {
            row.put(DEVICE, link == Routing.NOWHERE ? "" : links.get(link).device());
        }
        return row;
    }

    private static Map<String, String> row(final NeighbourInfo neighbour) {
        final Map<String, String> row = new LinkedHashMap<>();
        row.put("address", IpAddress.toString(neighbour.hi(), neighbour.lo()));
        row.put("link-address", neighbour.mac() == 0 ? "" : MacAddress.toString(neighbour.mac()));
        row.put("state", neighbour.state().name());
        row.put("router", Boolean.toString(neighbour.router()));
        return row;
    }

    private static Map<String, String> row(final String kind, final String destination, final String gateway,
            final String state) {
        final Map<String, String> row = new LinkedHashMap<>();
        row.put("kind", kind);
        row.put("destination", destination);
        row.put("gateway", gateway);
        row.put("state", state);
        return row;
    }

    private static Map<String, String> row(final TcpListener listener) {
        final Map<String, String> row = new LinkedHashMap<>();
        final String address = IpAddress.toString(IpAddress.hi(listener.localAddress().getAddress()),
                IpAddress.lo(listener.localAddress().getAddress()));
        row.put("local", (address.indexOf(':') < 0 ? address : '[' + address + ']') + ':'
                + listener.localAddress().getPort());
        row.put("id", Integer.toString(listener.id()));
        row.put("backlog", Integer.toString(listener.backlog()));
        row.put("accept-queue", Integer.toString(listener.acceptQueueDepth()));
        row.put("accept-queue-highest", Integer.toString(listener.acceptQueueHighest()));
        row.put("syn-queue", Integer.toString(listener.synQueueDepth()));
        row.put("syn-queue-highest", Integer.toString(listener.synQueueHighest()));
        row.put("accepted", Long.toString(listener.accepted()));
        row.put("overflows", Long.toString(listener.overflows()));
        row.put("drops", Long.toString(listener.drops()));
        row.put("syn-queue-full", Long.toString(listener.synQueueFull()));
        row.put("cookies-sent", Long.toString(listener.cookiesSent()));
        row.put("cookies-received", Long.toString(listener.cookiesReceived()));
        row.put("cookies-failed", Long.toString(listener.cookiesFailed()));
        row.put("sources-refused", Long.toString(listener.sourcesRefused()));
        row.put("dead-before-accept", Long.toString(listener.deadBeforeAccept()));
        return row;
    }
}
