package io.millrace.bench.many;

import io.millrace.Millrace;
import io.millrace.config.EngineKeys;
import io.millrace.config.MillraceConfig;
import io.millrace.control.listen.TcpListener;
import io.millrace.fastpath.control.NetworkStack.Accepted;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.wire.IpAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.agrona.CloseHelper;
import org.agrona.concurrent.NanoClock;

/**
 * Two whole stacks, control plane included, joined by a link in memory and driven by one thread in turn. The client owns the
 * prefix 10.64.0.0/10 beside its address; to the server it is a router to there, so one neighbour is all that it has.
 */
final class StackPair implements AutoCloseable {
    /** Addresses that the client owns. */
    static final int ADDRESSES = 1 << 22;

    private static final int FIRST_ADDRESS = 0x0A40_0000;
    private static final long SERVER = IpAddress.v4(0x0A00_0002);
    private static final int PORT = 80;
    private static final int FRAMES = 4_096;
    private static final int LINK = 2_048;
    private static final String STACK = """
            millrace {
              threading.control = shared
              ip { addresses = ["%s"], own-prefixes = [%s], routes = [%s] }
              engine { slab = 64MiB, datagrams = 1MiB }
              listen { backlog = 4096, syn-queue = 4096 }
              ephemeral-ports { low = 1024, high = 65535 }
            }
            """;

    private final MemoryLink link;
    private final Runnable tick;
    private final Millrace client;
    private final Millrace server;
    private final TcpListener listener;

    /**
     * @param connections of each side at once, 16 to 16,777,216.
     * @param timeWait    records of each side.
     * @param clock       of both.
     * @param tick        called before each turn: moves a clock that does not move by itself.
     */
    StackPair(final int connections, final int timeWait, final NanoClock clock, final Runnable tick)
            throws IOException {
        this.tick = tick;
        link = MemoryLink.builder().framesPerSide(FRAMES).queueLength(LINK).build();
        Millrace first = null;
        Millrace second = null;
        try {
            first = launch(0, STACK.formatted("10.0.0.1/24", "\"10.64.0.0/10\"", ""), connections, timeWait, clock);
            second = launch(1, STACK.formatted("10.0.0.2/24", "", "\"10.64.0.0/10 via 10.0.0.1\""), connections,
                    timeWait, clock);
            listener = second.listen(new InetSocketAddress(PORT), 0, second.tcpSettings(), true);
            client = first;
            server = second;
        } catch (final IOException | RuntimeException | Error e) {
            CloseHelper.quietCloseAll(first, second, link);
            throw e;
        }
    }

    private Millrace launch(final int side, final String text, final int connections, final int timeWait,
            final NanoClock clock) throws IOException {
        final MillraceConfig config = MillraceConfig.parse(text).toBuilder()
                .set(EngineKeys.MAX_CONNECTIONS, Math.max(16, connections))
                .set(EngineKeys.MAX_TIME_WAIT, timeWait).build();
        return Millrace.builder(config).device(link.side(side)).clock(clock).launch();
    }

    StackEngine client() {
        return client.engine(0);
    }

    StackEngine server() {
        return server.engine(0);
    }

    /** A counter of the client's stack. */
    long clientCount(final String label) {
        return client.counters().getOrDefault(label, 0L);
    }

    /** A counter of the server's stack. */
    long serverCount(final String label) {
        return server.counters().getOrDefault(label, 0L);
    }

    /** Bytes of address space that each side has reserved. */
    long reservedBytes() {
        return (client.offHeapBytes() + server.offHeapBytes()) / 2;
    }

    /** One turn of both engines; returns the number of things done. */
    int turn() {
        return turnClient() + turnServer();
    }

    /** The first half of a turn. */
    int turnClient() {
        tick.run();
        return client().doWork();
    }

    /** The second half. */
    int turnServer() {
        return server().doWork();
    }

    /**
     * Connects from one of the client's addresses.
     *
     * @param address 0 to {@link #ADDRESSES} - 1.
     * @return the handle.
     */
    long connect(final int address, final ConnectionHandler handler) {
        final long from = IpAddress.v4(FIRST_ADDRESS + address);
        final long handle = client().tcp().connect(0, from, 0, 0, SERVER, PORT, client.tcpSettings(), handler);
        if (handle == 0) {
            throw new IllegalStateException("connect from " + IpAddress.toString(0, from) + ": "
                    + client().tcp().failure(0));
        }
        return handle;
    }

    /** Gives whoever waits in the accept queue to a handler. */
    void accept(final ConnectionHandler handler) {
        for (Accepted next = listener.poll(); next != null; next = listener.poll()) {
            server().tcp().attach(next.connection(), handler);
        }
    }

    /** Closes the client's stack with all that it has. */
    void closeClient() {
        client.close();
    }

    @Override
    public void close() {
        CloseHelper.closeAll(client, server, link);
    }
}
