package io.millrace.control.address;

/** The route table in force. Thread: any; a reader keeps the table it got, which never changes. */
public final class PublishedRoutes {
    private volatile RouteTable table;

    public PublishedRoutes(final RouteTable table) {
        this.table = table;
    }

    /** The table published last. */
    public RouteTable current() {
        return table;
    }

    /** Replaces the table as a whole. */
    public void publish(final RouteTable next) {
        table = next;
    }
}
