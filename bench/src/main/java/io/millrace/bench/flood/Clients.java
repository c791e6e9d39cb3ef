package io.millrace.bench.flood;

import io.millrace.bench.machine.Namespace;
import io.millrace.nativeports.linux.HostNamespace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's sockets as legitimate clients: one thread sends and awaits echoes on connections that are open, one after
 * the other; another opens connections, awaits one echo and resets them. Both block, until {@link #close}. Thread: as said.
 */
final class Clients implements AutoCloseable {
    private static final int MESSAGE = 64;

    private final String namespace;
    private final InetSocketAddress target;
    private final List<SocketChannel> established = new ArrayList<>();
    private final AtomicReference<@Nullable SocketChannel> opening = new AtomicReference<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final ExecutorService threads = Executors
            .newFixedThreadPool(2, Thread.ofPlatform().name("client-", 0).factory());
    private volatile long echoes;
    private volatile long opened;
    private volatile long lost;
    private volatile boolean closed;

    private Clients(final Namespace namespace, final InetSocketAddress target) {
        this.namespace = namespace.name();
        this.target = target;
    }

    /** Opens the connections that stay, then begins. */
    static Clients start(final Namespace namespace, final InetSocketAddress target, final int connections)
            throws IOException {
        final Clients clients = new Clients(namespace, target);
        try {
            for (int i = 0; i < connections; i++) {
                final SocketChannel channel = HostNamespace.call(clients.namespace, Clients::open);
                clients.established.add(channel);
                channel.connect(target);
            }
        } catch (final IOException e) {
            clients.close();
            throw e;
        }
        clients.threads.execute(() -> clients.guard(clients::echo));
        clients.threads.execute(clients::openInside);
        return clients;
    }

    private static SocketChannel open() throws IOException {
        final SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        // closed with a reset: no TIME_WAIT fills up
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        return channel;
    }

    /** Echoes that came back so far on the connections that stay. */
    long echoes() {
        return echoes;
    }

    /** Connections opened so far, each with one echo. */
    long opened() {
        return opened;
    }

    /** Connections that were refused, reset or timed out so far. */
    long lost() {
        return lost;
    }

    /** @throws IOException where a connection that should stay did not. */
    void check() throws IOException {
        final Throwable cause = failure.get();
        if (cause != null) {
            throw new IOException("an established connection failed: " + cause.getMessage(), cause);
        }
    }

    private interface Loop {
        void run() throws IOException;
    }

    private void guard(final Loop loop) {
        try {
            loop.run();
        } catch (final IOException e) {
            if (!closed) {
                failure.compareAndSet(null, e);
            }
        }
    }

    private void echo() throws IOException {
        final ByteBuffer buffer = ByteBuffer.allocateDirect(MESSAGE);
        for (int i = 0; !closed; i++) {
            exchange(established.get(i % established.size()), buffer);
            echoes++;
        }
    }

    private static void exchange(final SocketChannel channel, final ByteBuffer buffer) throws IOException {
        buffer.clear();
        channel.write(buffer);
        buffer.clear();
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new IOException("the peer has closed");
            }
        }
    }

    private void openInside() {
        guard(() -> {
            HostNamespace.enter(namespace);
            final ByteBuffer buffer = ByteBuffer.allocateDirect(MESSAGE);
            while (!closed) {
                openOne(buffer);
            }
        });
    }

    private void openOne(final ByteBuffer buffer) throws IOException {
        try (SocketChannel channel = open()) {
            opening.set(channel);
            if (closed) {
                return;
            }
            channel.connect(target);
            exchange(channel, buffer);
            opened++;
        } catch (final AsynchronousCloseException e) {
            // closed
        } catch (final IOException e) {
            lost++;
        }
    }

    @Override
    public void close() {
        closed = true;
        established.forEach(Clients::closeQuietly);
        closeQuietly(opening.get());
        // waits for their end
        threads.close();
    }

    private static void closeQuietly(final @Nullable SocketChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (final IOException e) {
            // it is over anyway
        }
    }
}
