package io.millrace.control.address;

import java.net.InetAddress;
import java.util.function.UnaryOperator;

/**
 * Addresses and routes of a stack as one of its links has them: what is seen is what is on the link, what is changed by an
 * address alone is the link's. Thread: any; a reader keeps the table it got, which never changes.
 */
public final class LinkRoutes {
    private final PublishedRoutes routes;
    private final int link;
    private volatile View last;

    /** What the link had of the whole; made anew where the whole is another. */
    private record View(Routing whole, RouteTable table) {}

    LinkRoutes(final PublishedRoutes routes, final int link) {
        this.routes = routes;
        this.link = link;
        final RouteTable table = routes.current();
        last = new View(table.routing(), table.of(link));
    }

    /** The link's number, 0 and more. */
    public int link() {
        return link;
    }

    /** For a log: {@code " on link 1"}; nothing of the first, which most often is the only one. */
    public String where() {
        return link == 0 ? "" : " on link " + link;
    }

    /** The table of the link alone. Where the stack has one link, it is the whole. */
    public RouteTable current() {
        final RouteTable whole = whole();
        View view = last;
        if (view.whole() != whole.routing()) {
            view = new View(whole.routing(), whole.of(link));
            last = view;
        }
        return view.table();
    }

    /** The table of the whole stack: which link a destination is reached over. */
    public RouteTable whole() {
        return routes.current();
    }

    /** Changes addresses and routes of the whole stack: {@link PublishedRoutes#update}. */
    public boolean update(final UnaryOperator<Routing> change) {
        return routes.update(change);
    }

    /** Adds an address, on this link whatever it says itself: {@link PublishedRoutes#addAddress}. */
    public void addAddress(final OwnAddress address) {
        routes.addAddress(address.on(link));
    }

    /** Removes an address; false where it is none of the stack's. */
    public boolean removeAddress(final InetAddress address) {
        return update(routing -> routing.without(address, link));
    }

    /** Changes the state of an address; false where nothing changed. */
    public boolean state(final InetAddress address, final OwnAddress.State state) {
        return update(routing -> routing.with(address, link, state));
    }

    /** {@link PublishedRoutes#onChange}. */
    public void onChange(final Runnable listener) {
        routes.onChange(listener);
    }

    /** Replaces the multicast groups that are joined on this link: upper and lower halves of their addresses in turn. */
    public void join(final long... groups) {
        routes.join(link, groups);
    }
}
