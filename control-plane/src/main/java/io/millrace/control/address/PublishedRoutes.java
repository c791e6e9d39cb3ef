package io.millrace.control.address;

/** The route table in force, with the multicast groups that are joined. Thread: any; a reader keeps the table it got, which never changes. */
public final class PublishedRoutes {
    private volatile RouteTable table;
    private long[] groups = {};

    public PublishedRoutes(final RouteTable table) {
        this.table = table;
    }

    /** The table published last. */
    public RouteTable current() {
        return table;
    }

    /** Replaces addresses and routes as a whole; the joined groups stay. */
    public synchronized void publish(final RouteTable next) {
        table = groups.length == 0 ? next : next.withGroups(groups);
    }

    /** Replaces the joined multicast groups: lower halves of their addresses. */
    public synchronized void join(final long... newGroups) {
        groups = newGroups.clone();
        table = table.withGroups(groups);
    }
}
