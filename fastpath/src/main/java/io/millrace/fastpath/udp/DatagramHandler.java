package io.millrace.fastpath.udp;

/** Told what has become of an endpoint, within a turn of its engine. Thread: the engine's. */
@FunctionalInterface
public interface DatagramHandler {
    /** Datagrams, or an error to be taken, wait: {@link DatagramEndpoint#receive}. */
    int READABLE = 1;
    /** A send that found no room may be tried again. */
    int WRITABLE = 2;

    /** @param events what happened, a sum of the constants. */
    void onReady(int events);

    /** What to call the application where endpoints are listed; ASCII. Allocates nothing once it was called. */
    default String owner() {
        return getClass().getName();
    }
}
