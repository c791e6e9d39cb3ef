package io.millrace.bench.wire;

import io.millrace.fastpath.port.PacketPort;
import java.io.IOException;

/** A TCP stack with one address. Thread: one. */
interface Host extends AutoCloseable {
    /** Where receivers listen. */
    int PORT = 5_001;

    /** Its end of the wire; the host closes it. */
    PacketPort port();

    /** IPv4 address, its first byte in the highest bits. */
    int address();

    /** Which congestion control its senders run. */
    String congestionControl();

    /** Accepts one connection on a port, and counts what arrives. */
    void receive(int port, Meter meter) throws IOException;

    /** Connects to a receiver; returns when the connection is open. */
    Flow connect(int address, int port) throws IOException;

    @Override
    void close();

    /** A connection that sends as much as it can from {@link #start} on. */
    interface Flow extends AutoCloseable {
        void start();

        /** Ends it with a reset; {@link #retransmissions} has its figure then. The second time nothing happens. */
        void stop();

        @Override
        default void close() {
            stop();
        }

        /** Segments that were sent again. */
        long retransmissions();
    }
}
