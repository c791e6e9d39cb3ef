package io.millrace;

import io.millrace.config.MillraceConfig;
import io.millrace.control.listen.TcpListener;
import io.millrace.fastpath.control.NetworkStack.Accepted;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.port.Frame;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortFilter;
import io.millrace.fastpath.port.WrappedDevice;
import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.wire.EthernetHeader;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.Ipv4Header;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * A stack, 10.0.0.2, and its peer, 10.0.0.1, in virtual time on one thread; either side's packets may be looked at and
 * lost on their way out. Thread: the test's.
 */
final class StackPair implements AutoCloseable {
    static final ConnectionHandler NOBODY = (connection, events) -> {};
    private static final int MAX_TURNS = 1_000_000;

    final Millrace stack;
    final Millrace peer;
    /** Says of each IPv4 packet of a side whether it is lost. */
    Predicate<Ipv4Header> lostOfStack = packet -> false;
    Predicate<Ipv4Header> lostOfPeer = packet -> false;
    private final MemoryLink link = MemoryLink.builder().offloads(false).build();
    private long nowNs = 1_000_000_000L;

    /** @param text configuration of the stack beside what a small stack needs. */
    StackPair(final String text) throws IOException {
        stack = launch(0, config("10.0.0.2/24", text), 7);
        peer = launch(1, config("10.0.0.1/24", ""), 8);
    }

    static MillraceConfig config(final String address, final String text) {
        return MillraceConfig.parse("""
                millrace {
                  threading.control = shared
                  engine { slab = 16MiB, datagrams = 1MiB, max-connections = 256, max-time-wait = 256 }
                  port.offloads = false
                }
                millrace.ip.addresses = ["%s"]
                %s
                """.formatted(address, text));
    }

    private Millrace launch(final int side, final MillraceConfig config, final long seed) throws IOException {
        final PacketDevice device = new WrappedDevice(link.side(side), port -> new Lossy(port, side == 0));
        return Millrace.builder(config).device(device).clock(() -> nowNs).seed(seed).launch();
    }

    StackEngine engine() {
        return stack.engine(0);
    }

    StackEngine peerEngine() {
        return peer.engine(0);
    }

    static long v4(final String address) {
        return IpAddress.lo(InetAddress.ofLiteral(address));
    }

    /** A listener whose settings follow those of its stack. */
    static TcpListener listen(final Millrace at, final int port, final int backlog) throws IOException {
        final TcpListener listener = at.listen(new InetSocketAddress(port), backlog, at.tcpSettings(), true);
        listener.follow(settings -> settings);
        return listener;
    }

    /** An active open that nobody waits for; 0 where it is refused. */
    static long open(final Millrace from, final String to, final int port) {
        return from.engine(0).tcp().connect(0, 0, 0, 0, v4(to), port, from.tcpSettings(), NOBODY);
    }

    /** The accepted end of a new connection of the peer's. */
    long accept(final TcpListener listener) {
        open(peer, "10.0.0.2", listener.localAddress().getPort());
        until(() -> listener.acceptQueueDepth() > 0);
        final Accepted accepted = listener.poll();
        engine().tcp().attach(accepted.connection(), NOBODY);
        return accepted.connection();
    }

    void until(final BooleanSupplier condition) {
        if (!runs(condition, TimeUnit.MINUTES.toNanos(10))) {
            throw new AssertionError("ten minutes went by");
        }
    }

    void run(final long milliseconds) {
        runs(() -> false, TimeUnit.MILLISECONDS.toNanos(milliseconds));
    }

    private boolean runs(final BooleanSupplier condition, final long timeoutNs) {
        final long endNs = nowNs + timeoutNs;
        for (int turn = 0; turn < MAX_TURNS; turn++) {
            final int work = engine().doWork() + peerEngine().doWork();
            if (condition.getAsBoolean()) {
                return true;
            }
            if (work == 0) {
                final long nextNs = Math.min(stack.nextDeadlineNs(), peer.nextDeadlineNs());
                if (nextNs > endNs) {
                    nowNs = endNs;
                    return false;
                }
                nowNs = Math.max(nextNs, nowNs + 1);
            }
        }
        throw new AssertionError("livelock");
    }

    @Override
    public void close() {
        stack.close();
        peer.close();
        link.close();
    }

    private final class Lossy extends PortFilter {
        private final boolean ofStack;
        private final EthernetHeader ethernet = new EthernetHeader();
        private final Ipv4Header ip = new Ipv4Header();

        Lossy(final PacketPort port, final boolean ofStack) {
            super(port);
            this.ofStack = ofStack;
        }

        @Override
        public int transmit(final long[] frames, final int offset, final int length, final long nowNs) {
            for (int i = 0; i < length; i++) {
                final long frame = frames[offset + i];
                if (isLost(frame)) {
                    delegate.release(frame);
                } else {
                    final long[] one = {frame};
                    if (delegate.transmit(one, 0, 1, nowNs) == 0) {
                        return i;
                    }
                }
            }
            return length;
        }

        private boolean isLost(final long frame) {
            return ethernet.wrap(Frame.data(frame), Frame.length(frame))
                    && ethernet.etherType() == EthernetHeader.ETHERTYPE_IPV4
                    && ip.wrap(Frame.data(frame) + EthernetHeader.LENGTH, Frame.length(frame) - EthernetHeader.LENGTH)
                    && (ofStack ? lostOfStack : lostOfPeer).test(ip);
        }
    }
}
