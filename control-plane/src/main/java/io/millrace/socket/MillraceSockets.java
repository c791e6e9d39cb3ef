package io.millrace.socket;

import io.millrace.fastpath.control.NetworkStack;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * Makes blocking sockets over a stack.
 *
 * <pre>
 * try (Millrace stack = Millrace.launch(config); MillraceSockets sockets = new MillraceSockets(stack)) {
 *     try (MillraceSocket socket = sockets.connect(new InetSocketAddress("10.0.0.1", 80), 1_000)) {
 *         socket.getOutputStream().write(request);
 *         ...
 * </pre>
 *
 * It drives the stack's engines, each on a thread of its own; or it shares a stack whose engines are driven already, by
 * event loops for instance. Sockets cost no thread and, while nobody waits for them, no memory but that of their
 * connection: bytes stay in its rings, which hold the peer back when they are full. Thread: any.
 */
public final class MillraceSockets implements AutoCloseable {
    private final NetworkStack stack;
    private final List<EngineThread> threads;
    private final EngineRoom[] rooms;
    private final Set<MillraceServerSocket> servers = ConcurrentHashMap.newKeySet();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Drives the engines of a stack.
     *
     * @throws IllegalStateException where the stack is closed, or somebody else drives it.
     */
    public MillraceSockets(final NetworkStack stack) {
        this.stack = stack;
        threads = new ArrayList<>();
        rooms = new EngineRoom[stack.engineCount()];
        for (int i = 0; i < rooms.length; i++) {
            final int engine = i;
            final EngineThread thread = new EngineThread(stack.engine(i), stack.idling().newLoop(),
                    () -> stack.enterLoop(engine));
            rooms[i] = thread.room();
            threads.add(thread);
            if (!thread.start()) {
                threads.forEach(EngineThread::end);
                throw new IllegalStateException(stack.isClosed()
                        ? "the stack is closed"
                        : "engine " + i + " is driven by another thread");
            }
        }
    }

    private MillraceSockets(final NetworkStack stack, final IntFunction<? extends Executor> drivers) {
        this.stack = stack;
        threads = List.of();
        rooms = new EngineRoom[stack.engineCount()];
        for (int i = 0; i < rooms.length; i++) {
            rooms[i] = new EngineRoom(stack.engine(i), drivers.apply(i));
        }
    }

    /**
     * Sockets over a stack whose engines are driven already.
     *
     * @param drivers for each engine what runs a task on the thread that drives it: for {@code MillraceEventLoopGroup} its
     *                {@code loopOf}.
     */
    public static MillraceSockets sharing(final NetworkStack stack, final IntFunction<? extends Executor> drivers) {
        return new MillraceSockets(stack, drivers);
    }

    /** The stack. */
    public NetworkStack stack() {
        return stack;
    }

    /** A socket that is not connected. */
    public MillraceSocket newSocket() {
        return new MillraceSocket(room(next.getAndIncrement()), stack.tcpSettings());
    }

    /**
     * A socket that is connected.
     *
     * @param timeoutMs 0: as long as TCP tries.
     * @throws IOException as {@link MillraceSocket#connect}.
     */
    public MillraceSocket connect(final InetSocketAddress remote, final int timeoutMs) throws IOException {
        final MillraceSocket socket = newSocket();
        socket.connect(remote, timeoutMs);
        return socket;
    }

    /** A server socket that is not bound. */
    public MillraceServerSocket newServerSocket() {
        return new MillraceServerSocket(this);
    }

    /**
     * A server socket that listens.
     *
     * @param local   port 0: chosen.
     * @param backlog connections that may wait to be accepted; 0: as the stack is configured.
     * @throws IOException as {@link MillraceServerSocket#bind}.
     */
    public MillraceServerSocket listen(final InetSocketAddress local, final int backlog) throws IOException {
        final MillraceServerSocket server = newServerSocket();
        server.bind(local, backlog);
        return server;
    }

    EngineRoom room(final int index) {
        return rooms[Math.floorMod(index, rooms.length)];
    }

    boolean isClosed() {
        return closed.get();
    }

    void hold(final MillraceServerSocket server) {
        servers.add(server);
    }

    void letGo(final MillraceServerSocket server) {
        servers.remove(server);
    }

    /**
     * Closes every server socket and every connection of these sockets, as {@link MillraceSocket#close} does but without lingering; calls that
     * wait for one fail. The stack stays open. Where these sockets drive its engines, they do so no more.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        List.copyOf(servers).forEach(MillraceServerSocket::close);
        if (!threads.isEmpty()) {
            threads.forEach(EngineThread::end);
            return;
        }
        final CountDownLatch left = new CountDownLatch(rooms.length);
        for (final EngineRoom room : rooms) {
            try {
                room.submit(() -> {
                    room.close();
                    left.countDown();
                });
            } catch (final IOException e) {
                // its thread has ended, and the connections went with it or will with the stack
                left.countDown();
            }
        }
        awaitQuietly(left);
    }

    private static void awaitQuietly(final CountDownLatch latch) {
        try {
            latch.await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
