package io.millrace.fastpath.netty;

import io.millrace.fastpath.control.ListenOptions;
import io.millrace.fastpath.control.ListenerPolicy;
import io.millrace.fastpath.control.NetworkStack;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.idle.Idling;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.StandInControl;
import io.millrace.fastpath.testing.StandInCookies;
import io.millrace.fastpath.testing.StandInIss;
import io.millrace.fastpath.testing.StandInPorts;
import io.millrace.fastpath.testing.StandInRoutes;
import io.millrace.fastpath.udp.BindingTable;
import io.millrace.fastpath.udp.PortRange;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.jspecify.annotations.Nullable;

/** A stack of real engines with the least of a control plane: one address, everything else one hop away, no ARP. */
final class LinkedStack implements NetworkStack {
    private static final EngineSettings SETTINGS = new EngineSettings(1_024, 1_024, 32L << 20, 64, 1 << 16, 16, 4,
            1_000);
    private static final int ISS_STEP = 99_991;
    private static final int FIRST_PORT = 40_000;
    private static final int PORTS = 10_000;
    private static final long COOKIE_KEY = 0x0123_4567_89AB_CDEFL;

    final InetSocketAddress address;
    private final StackEngine[] engines;
    private final Control[] controls;
    private final Map<Integer, BoundListener> listeners = new ConcurrentHashMap<>();
    private final StandInRoutes routes;
    private final AtomicInteger starts = new AtomicInteger();
    private final BindingTable bindings = new BindingTable(
            new PortRange(FIRST_PORT, FIRST_PORT + PORTS - 1, count -> starts.getAndIncrement() % count));
    private final AtomicInteger listenerIds = new AtomicInteger();
    private volatile boolean closed;

    LinkedStack(final String address, final int queues, final IntFunction<PacketPort> ports) {
        this.address = new InetSocketAddress(address, 0);
        routes = StandInRoutes.of(Packet.address(address));
        engines = new StackEngine[queues];
        controls = new Control[queues];
        for (int i = 0; i < queues; i++) {
            controls[i] = new Control(i);
            engines[i] = new StackEngine(i, SETTINGS, ports.apply(i), controls[i], System::nanoTime);
        }
    }

    /** The first exceptions that engines have come upon. Thread: any, once it is closed. */
    List<Throwable> defects() {
        return Arrays.stream(controls).map(Control::defect).filter(Objects::nonNull).toList();
    }

    @Override
    public int engineCount() {
        return engines.length;
    }

    @Override
    public StackEngine engine(final int index) {
        return engines[index];
    }

    @Override
    public TcpSettings tcpSettings() {
        return TcpSettings.DEFAULT;
    }

    @Override
    public Idling idling() {
        return Idling.by(() -> new BackoffIdleStrategy(10, 20, 1_000, 100_000));
    }

    @Override
    public Listener listen(final InetSocketAddress local, final TcpSettings settings, final ListenOptions options)
            throws BindException {
        final BoundListener listener = new BoundListener(listenerIds.incrementAndGet(), local, settings);
        if (listeners.putIfAbsent(local.getPort(), listener) != null) {
            throw new BindException("Address already in use");
        }
        return listener;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        for (final StackEngine engine : engines) {
            final long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            do {
                engine.requestClose();
                Thread.onSpinWait();
            } while (!engine.isClosed() && System.nanoTime() < limit);
        }
    }

    private final class BoundListener implements Listener, ListenerPolicy {
        private final int id;
        private final InetSocketAddress local;
        private final TcpSettings settings;
        private final Queue<Accepted> queue = new ConcurrentLinkedQueue<>();
        @Nullable
        private volatile Runnable hook;
        private volatile boolean open = true;

        BoundListener(final int id, final InetSocketAddress local, final TcpSettings settings) {
            this.id = id;
            this.local = local;
            this.settings = settings;
        }

        @Override
        public InetSocketAddress localAddress() {
            return local;
        }

        @Override
        public @Nullable Accepted poll() {
            return queue.poll();
        }

        @Override
        public void onAcceptable(@Nullable final Runnable told) {
            hook = told;
            if (told != null) {
                told.run();
            }
        }

        @Override
        public void close() {
            open = false;
            listeners.remove(local.getPort());
            for (Accepted next = queue.poll(); next != null; next = queue.poll()) {
                engines[next.engine()].commands().abort(next.connection());
            }
        }

        @Override
        public int id() {
            return id;
        }

        @Override
        public TcpSettings settings() {
            return settings;
        }

        @Override
        public void follow(final UnaryOperator<TcpSettings> own) {
            // this stack's settings never change
        }

        @Override
        public boolean reserveSyn() {
            return true;
        }

        @Override
        public void releaseSyn() {}

        @Override
        public boolean reserveAccept() {
            return true;
        }

        @Override
        public boolean offer(final int engine, final long connection) {
            queue.add(new Accepted(engine, connection));
            final Runnable told = hook;
            if (told != null) {
                told.run();
            }
            return open;
        }
    }

    /** Of one engine: ports of its own, the listeners of all. */
    private final class Control extends StandInControl {
        Control(final int engine) {
            super(routes, new StandInIss(ISS_STEP, ISS_STEP),
                    new StandInPorts(FIRST_PORT + engine * PORTS, FIRST_PORT + engine * PORTS + PORTS - 1),
                    new StandInCookies(COOKIE_KEY));
        }

        @Override
        public BindingTable bindings() {
            return bindings;
        }

        @Override
        public @Nullable ListenerPolicy listener(final long localHi, final long localLo, final long remoteHi,
                final long remoteLo, final int ports) {
            return listeners.get(ports >>> 16);
        }
    }
}
