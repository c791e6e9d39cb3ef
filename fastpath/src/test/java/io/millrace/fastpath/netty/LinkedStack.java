package io.millrace.fastpath.netty;

import io.millrace.fastpath.control.EngineControl;
import io.millrace.fastpath.control.EngineEvents;
import io.millrace.fastpath.control.EphemeralPorts;
import io.millrace.fastpath.control.InitialSequenceNumbers;
import io.millrace.fastpath.control.ListenerPolicy;
import io.millrace.fastpath.control.NetworkStack;
import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.wire.IpAddress;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.jspecify.annotations.Nullable;

/** A stack of real engines with the least of a control plane: one address, everything else one hop away, no ARP. */
final class LinkedStack implements NetworkStack {
    private static final EngineSettings SETTINGS = new EngineSettings(1_024, 1_024, 32L << 20, 64, 1 << 16, 16, 4,
            1_000);

    final InetSocketAddress address;
    private final StackEngine[] engines;
    private final Map<Integer, BoundListener> listeners = new ConcurrentHashMap<>();
    private final AtomicInteger listenerIds = new AtomicInteger();
    private volatile boolean closed;

    LinkedStack(final String address, final int queues, final IntFunction<PacketPort> ports) {
        this.address = new InetSocketAddress(address, 0);
        engines = new StackEngine[queues];
        for (int i = 0; i < queues; i++) {
            engines[i] = new StackEngine(i, SETTINGS, ports.apply(i), new Control(i), System::nanoTime);
        }
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
    public Supplier<IdleStrategy> idleStrategy() {
        return () -> new BackoffIdleStrategy(10, 20, 1_000, 100_000);
    }

    @Override
    public Listener listen(final InetSocketAddress local, final int backlog, final TcpSettings settings,
            final boolean reuseAddress) throws BindException {
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

    private final class Control implements EngineControl, RouteSnapshot, EngineEvents, EphemeralPorts {
        private final long own = IpAddress.lo(address.getAddress());
        private int nextPort;
        private int nextIss;

        Control(final int engine) {
            nextPort = 40_000 + engine * 10_000;
        }

        @Override
        public InitialSequenceNumbers initialSequenceNumbers() {
            return (localHi, localLo, localPort, remoteHi, remoteLo, remotePort, now) -> nextIss += 99_991;
        }

        @Override
        public EphemeralPorts ephemeralPorts() {
            return this;
        }

        @Override
        public @Nullable ListenerPolicy listener(final long localHi, final long localLo, final int localPort) {
            return listeners.get(localPort);
        }

        @Override
        public long hashSeed() {
            return 7;
        }

        @Override
        public RouteSnapshot routes() {
            return this;
        }

        @Override
        public EngineEvents events() {
            return this;
        }

        @Override
        public boolean isOwn(final long hi, final long lo) {
            return lo == own;
        }

        @Override
        public boolean isBroadcast(final long hi, final long lo) {
            return false;
        }

        @Override
        public int route(final long hi, final long lo) {
            return lo == own ? LOCAL : 0;
        }

        @Override
        public long nextHopHi(final int route, final long hi, final long lo) {
            return hi;
        }

        @Override
        public long nextHopLo(final int route, final long hi, final long lo) {
            return lo;
        }

        @Override
        public long sourceHi(final int route) {
            return 0;
        }

        @Override
        public long sourceLo(final int route) {
            return own;
        }

        @Override
        public void onArp(final int operation, final long senderMac, final int senderIp, final int targetIp) {}

        @Override
        public void onNeighbourWanted(final long hi, final long lo) {}

        @Override
        public void onNeighbourConfirmed(final long hi, final long lo) {}

        @Override
        public int candidates() {
            return 1_000;
        }

        @Override
        public void begin(final long localHi, final long localLo, final long remoteHi, final long remoteLo,
                final int remotePort) {}

        @Override
        public int next() {
            return nextPort++;
        }
    }
}
