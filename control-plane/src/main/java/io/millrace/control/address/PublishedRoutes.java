package io.millrace.control.address;

import io.millrace.config.Cidr;
import io.millrace.config.Route;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * The route table in force, with the multicast groups that are joined; addresses and routes may come and go. A change is
 * seen by every engine from its next lookup on. Thread: any; a reader keeps the table it got, which never changes.
 */
public final class PublishedRoutes {
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final LinkRoutes[] links;
    /** Groups joined on each link. */
    private final long[][] groups;
    private volatile RouteTable table;

    /** For a stack with one link. */
    public PublishedRoutes(final RouteTable table) {
        this(table, 1);
    }

    /**
     * @param links how many there are, 1 and more.
     * @throws IllegalArgumentException where the table has something on another.
     */
    public PublishedRoutes(final RouteTable table, final int links) {
        this.table = table;
        this.links = new LinkRoutes[links];
        groups = new long[links][0];
        for (int link = 0; link < links; link++) {
            this.links[link] = new LinkRoutes(this, link);
        }
        checkLinks(table.routing());
    }

    /** How many links the stack has. */
    public int links() {
        return links.length;
    }

    /** What one link has of them. */
    public LinkRoutes link(final int link) {
        return links[link];
    }

    /** The table published last. */
    public RouteTable current() {
        return table;
    }

    /** Replaces addresses and routes as a whole; the joined groups stay. */
    public void publish(final RouteTable next) {
        update(routing -> next.routing());
    }

    /**
     * Changes addresses and routes, all or nothing.
     *
     * @param change makes the new ones from those in force; called once.
     * @return false where nothing changed.
     * @throws IllegalArgumentException of the change; nothing has changed then.
     */
    public boolean update(final UnaryOperator<Routing> change) {
        synchronized (this) {
            final Routing before = table.routing();
            final Routing after = change.apply(before);
            if (after.equals(before)) {
                return false;
            }
            checkLinks(after);
            table = new RouteTable(after, allGroups());
            notifyAll();
        }
        listeners.forEach(Runnable::run);
        return true;
    }

    /**
     * Waits until there is an address, and it is known of each whether it can be used.
     *
     * @param timeout how long at the most.
     * @return false where it is not known by then.
     */
    public synchronized boolean awaitSettled(final Duration timeout) throws InterruptedException {
        final long endNs = System.nanoTime() + timeout.toNanos();
        long leftNs = timeout.toNanos();
        while (!table.routing().isSettled() && leftNs > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, leftNs);
            leftNs = endNs - System.nanoTime();
        }
        return table.routing().isSettled();
    }

    /** The table that a change would make, which is not published. */
    public RouteTable preview(final UnaryOperator<Routing> change) {
        return new RouteTable(change.apply(table.routing()));
    }

    /**
     * Adds an address on the first link that is used from now on, without a look at whether another host has it.
     *
     * @throws IllegalArgumentException one sentence: why it can be no address of this stack, or that it is one already.
     */
    public void addAddress(final Cidr address) {
        addAddress(OwnAddress.of(address));
    }

    /** The same on any link, in any state. */
    public void addAddress(final OwnAddress address) {
        update(routing -> routing.with(address));
    }

    /**
     * Removes an address. Routes through gateways of its network wait until another address has it. A link-local one is
     * that of the first link; of another link it is {@link LinkRoutes#removeAddress}.
     *
     * @return false where the address is none of the stack's.
     */
    public boolean removeAddress(final InetAddress address) {
        return links[0].removeAddress(address);
    }

    /** Changes the state of an address, of a link-local one that of the first link; false where nothing changed. */
    public boolean state(final InetAddress address, final OwnAddress.State state) {
        return links[0].state(address, state);
    }

    /**
     * Adds a route.
     *
     * @return false where it was there.
     * @throws IllegalArgumentException one sentence: why the gateway can be none.
     */
    public boolean addRoute(final Route route) {
        return update(routing -> routing.with(route));
    }

    /** Removes a route; false where it was not there. */
    public boolean removeRoute(final Route route) {
        return update(routing -> routing.without(route));
    }

    /**
     * Who is called after each change of addresses or routes, on the thread that made it, when it is in force; of several
     * changes at once each is told, but {@link #current} may show the last already.
     */
    public void onChange(final Runnable listener) {
        listeners.add(listener);
    }

    /** Replaces the multicast groups joined on a link: upper and lower halves of their addresses in turn. */
    synchronized void join(final int link, final long[] joined) {
        groups[link] = joined.clone();
        table = table.withGroups(allGroups());
    }

    private long[] allGroups() {
        return Arrays.stream(groups).flatMapToLong(Arrays::stream).toArray();
    }

    private void checkLinks(final Routing routing) {
        if (!routing.fits(links.length)) {
            throw new IllegalArgumentException(
                    "an address or a route is on a link that is none of this stack's, whose number is "
                            + (links.length == 1 ? "0" : "0 to " + (links.length - 1)));
        }
    }
}
