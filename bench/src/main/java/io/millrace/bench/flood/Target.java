package io.millrace.bench.flood;

import java.net.InetSocketAddress;
import java.util.Map;

/** A listener that echoes, and how the clients' namespace reaches it. Thread: one, but for {@link #counters}. */
interface Target extends AutoCloseable {
    /** Where it listens (RFC 862). */
    int PORT = 7;

    /** What the listener's counters are called, by Linux and by Millrace. */
    String COOKIES_SENT = "SyncookiesSent";
    /** The same of those that came back. */
    String COOKIES_RECEIVED = "SyncookiesRecv";

    InetSocketAddress address();

    /** The device in the clients' namespace that leads there. */
    String device();

    /** {@link #COOKIES_SENT} and {@link #COOKIES_RECEIVED} so far. */
    Map<String, Long> counters();

    @Override
    void close();
}
