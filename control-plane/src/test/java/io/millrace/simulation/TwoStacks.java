package io.millrace.simulation;

import io.millrace.Millrace;
import io.millrace.config.ControlThreading;
import io.millrace.config.EngineKeys;
import io.millrace.config.IpKeys;
import io.millrace.config.MillraceConfig;
import io.millrace.config.ThreadingKeys;
import io.millrace.fastpath.control.NetworkStack;
import io.millrace.fastpath.port.FaultInjectionPort;
import io.millrace.fastpath.port.Faults;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.WrappedDevice;
import io.millrace.fastpath.tcp.TcpCalls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.BooleanSupplier;

/**
 * Two whole stacks, ARP and control plane included, in virtual time on one thread, joined by an Ethernet that loses,
 * delays, reorders, duplicates and corrupts: everything follows from the seed. Thread: the test's.
 */
final class TwoStacks implements AutoCloseable {
    static final String CLIENT = "10.0.0.1";
    static final String SERVER = "10.0.0.2";
    static final String CLIENT_V6 = "fd00::1";
    static final String SERVER_V6 = "fd00::2";

    private static final int MAX_TURNS = 5_000_000;

    final Millrace client;
    final Millrace server;
    private long nowNs = 1_000_000_000L;

    TwoStacks(final long seed, final Faults faults) throws IOException {
        final MemoryLink link = MemoryLink.builder().mtu(1_500).offloads(false).build();
        client = launch(CLIENT, CLIENT_V6, lossy(link.side(0), faults, seed), seed);
        server = launch(SERVER, SERVER_V6, lossy(link.side(1), faults, ~seed), ~seed);
    }

    private Millrace launch(final String address, final String addressV6, final PacketDevice device, final long seed)
            throws IOException {
        final MillraceConfig config = MillraceConfig.builder()
                .option("test", IpKeys.ADDRESSES, address + "/24, " + addressV6 + "/64")
                .set(ThreadingKeys.CONTROL, ControlThreading.SHARED).set(EngineKeys.SLAB, 16L << 20)
                .set(EngineKeys.MAX_CONNECTIONS, 64).set(EngineKeys.MAX_TIME_WAIT, 64).build();
        return Millrace.builder(config).device(device).clock(() -> nowNs).seed(seed).launch();
    }

    TcpCalls clientCalls() {
        return client.engine(0).tcp();
    }

    TcpCalls serverCalls() {
        return server.engine(0).tcp();
    }

    long nowNs() {
        return nowNs;
    }

    /**
     * Runs both stacks, and time, until the condition holds.
     *
     * @return false where virtual time went by first.
     */
    boolean runUntil(final BooleanSupplier condition, final long timeoutNs) {
        final long endNs = nowNs + timeoutNs;
        for (int turn = 0; turn < MAX_TURNS; turn++) {
            final int work = client.engine(0).doWork() + server.engine(0).doWork();
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
        throw new AssertionError("livelock: " + MAX_TURNS + " turns and no end");
    }

    /** For both families. */
    NetworkStack.Listener listen(final int port) throws IOException {
        return server.listen(new InetSocketAddress(port), 16, server.tcpSettings(), false);
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }

    /** Its frames suffer on their way out. */
    private static PacketDevice lossy(final PacketDevice device, final Faults faults, final long seed) {
        return new WrappedDevice(device, port -> new FaultInjectionPort(port, Faults.NONE, faults, seed));
    }
}
