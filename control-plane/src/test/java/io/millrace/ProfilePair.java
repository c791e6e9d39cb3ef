package io.millrace;

import io.millrace.config.IpKeys;
import io.millrace.config.MillraceConfig;
import io.millrace.control.listen.TcpListener;
import io.millrace.fastpath.control.NetworkStack.Accepted;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.FaultInjectionPort;
import io.millrace.fastpath.port.Faults;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortFilter;
import io.millrace.fastpath.port.WrappedDevice;
import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.tcp.TcpCalls;
import io.millrace.fastpath.wire.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A client and a server of one configuration over a path, in virtual time on one thread. Thread: the test's. */
final class ProfilePair implements AutoCloseable {
    private static final int PORT = 80;
    private static final int CHUNK = 1 << 16;
    private static final int MAX_TURNS = 20_000_000;
    private static final ConnectionHandler NOBODY = (connection, events) -> {};

    final Millrace client;
    final Millrace server;
    private final MemoryLink link = MemoryLink.builder().framesPerSide(16_384).queueLength(16_384).offloads(false)
            .build();
    private final MemoryRegion scratch = MemoryRegion.allocate("test scratch", CHUNK);
    private final TcpListener listener;
    private boolean clientIsGone;
    private long nowNs = 1_000_000_000L;

    /** @param path what happens to the frames of each side on their way out. */
    ProfilePair(final MillraceConfig config, final Faults path) throws IOException {
        client = launch(config, 0, "10.0.0.1", path);
        server = launch(config, 1, "10.0.0.2", path);
        listener = server.listen(new InetSocketAddress(PORT), 0, server.tcpSettings(), false);
    }

    private Millrace launch(final MillraceConfig config, final int side, final String address, final Faults path)
            throws IOException {
        return Millrace.builder(config.toBuilder().text(IpKeys.ADDRESSES + " = [\"" + address + "/24\"]").build())
                .device(new WrappedDevice(link.side(side), port -> new FaultInjectionPort(
                        side == 0 ? new Vanishing(port) : port, Faults.NONE, path, side + 1)))
                .clock(() -> nowNs).seed(side + 1).launch();
    }

    long nowNs() {
        return nowNs;
    }

    /** The client's frames reach nobody any more. */
    void vanish() {
        clientIsGone = true;
    }

    int turn() {
        return client.engine(0).doWork() + server.engine(0).doWork();
    }

    void until(final BooleanSupplier condition) {
        if (!runs(condition, TimeUnit.MINUTES.toNanos(10))) {
            throw new AssertionError("ten minutes went by");
        }
    }

    void run(final long nanoseconds) {
        runs(() -> false, nanoseconds);
    }

    private boolean runs(final BooleanSupplier condition, final long timeoutNs) {
        final long endNs = nowNs + timeoutNs;
        for (int turns = 0; turns < MAX_TURNS; turns++) {
            final int work = turn();
            if (condition.getAsBoolean()) {
                return true;
            }
            if (work == 0) {
                final long nextNs = Math.min(client.nextDeadlineNs(), server.nextDeadlineNs());
                if (nextNs > endNs) {
                    nowNs = endNs;
                    return false;
                }
                nowNs = Math.max(nextNs, nowNs + 1);
            }
        }
        throw new AssertionError("livelock");
    }

    /** A connection that its server has accepted. */
    Flow connect() {
        final Flow flow = open();
        until(() -> listener.acceptQueueDepth() > 0);
        acceptAll(List.of(flow));
        return flow;
    }

    /** Takes the accept queue, which holds the other ends of these. */
    void acceptAll(final List<Flow> flows) {
        final Map<Integer, Flow> byPort = new HashMap<>();
        flows.forEach(flow -> byPort.put(client.engine(0).tcp().localAddress(flow.from).getPort(), flow));
        for (Accepted accepted = listener.poll(); accepted != null; accepted = listener.poll()) {
            final int port = server.engine(0).tcp().remoteAddress(accepted.connection()).getPort();
            byPort.get(port).accept(accepted.connection());
        }
    }

    /** A connection that the server has not accepted yet. */
    Flow open() {
        return new Flow(client.engine(0).tcp().connect(0, 0, 0, 0, IpAddress.lo(InetAddress.ofLiteral("10.0.0.2")),
                PORT, client.tcpSettings(), NOBODY));
    }

    @Override
    public void close() {
        client.close();
        server.close();
        scratch.close();
        link.close();
    }

    /** One connection, from the client to the server. */
    final class Flow {
        private final long from;
        private long to;
        private long sent;
        private long received;

        Flow(final long from) {
            this.from = from;
        }

        long received() {
            return received;
        }

        private void accept(final long accepted) {
            to = accepted;
            server.engine(0).tcp().attach(to, (connection, events) -> receive());
            receive();
        }

        /** Sends so much and waits until it is there. */
        void exchange(final long bytes) {
            final long end = sent + bytes;
            until(() -> {
                send(end - sent);
                return received == end;
            });
        }

        void send(final long bytes) {
            final TcpCalls tcp = client.engine(0).tcp();
            final long before = sent;
            final long end = sent + bytes;
            int taken = 1;
            while (taken > 0 && sent < end) {
                taken = tcp.send(from, scratch.address(), (int) Math.min(end - sent, CHUNK));
                sent += taken;
            }
            if (sent != before) {
                tcp.flush(from); // only then: a turn that has something to flush is one with work
            }
        }

        private void receive() {
            final TcpCalls tcp = server.engine(0).tcp();
            for (int got = tcp.receive(to, scratch.address(), CHUNK); got > 0; got = tcp.receive(to, scratch.address(),
                    CHUNK)) {
                received += got;
            }
        }
    }

    private final class Vanishing extends PortFilter {
        Vanishing(final PacketPort port) {
            super(port);
        }

        @Override
        public int transmit(final long[] frames, final int offset, final int length, final long nowNs) {
            if (!clientIsGone) {
                return delegate.transmit(frames, offset, length, nowNs);
            }
            for (int i = 0; i < length; i++) {
                delegate.release(frames[offset + i]);
            }
            return length;
        }
    }
}
