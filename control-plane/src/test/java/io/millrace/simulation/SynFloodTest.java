package io.millrace.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.Millrace;
import io.millrace.config.ControlThreading;
import io.millrace.config.EngineKeys;
import io.millrace.config.ListenKeys;
import io.millrace.config.MillraceConfig;
import io.millrace.config.SynCookieMode;
import io.millrace.config.ThreadingKeys;
import io.millrace.control.listen.TcpListener;
import io.millrace.fastpath.control.NetworkStack.Accepted;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.WrappedDevice;
import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.tcp.TcpCalls;
import io.millrace.fastpath.wire.IpAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A flood of SYNs from random addresses, in virtual time: what is established and what is legitimate goes on. The other
 * side of the comparison, the kernel's listener under the same flood, is {@code io.millrace.bench.SynFlood}.
 */
@Timeout(120)
class SynFloodTest {
    private static final long SYNS = 100_000;
    private static final int PORT = 80;
    private static final int SYN_QUEUE = 256;
    private static final long SEED = 11;

    private final MemoryRegion scratch = MemoryRegion.allocate("flood test", 64);
    private final MemoryLink link = MemoryLink.builder().framesPerSide(4_096).build();
    private FloodPort flood;
    private Millrace client;
    private Millrace server;
    private TcpListener listener;
    private long nowNs = 1_000_000_000L;

    @AfterEach
    void close() {
        client.close();
        server.close();
        scratch.close();
    }

    @Test
    void shouldServeEstablishedAndNewConnectionsDuringTheFlood() throws IOException {
        launch(SynCookieMode.WHEN_FULL);
        final Caller established = connect();
        run(() -> established.echoes > 0);
        final long slabBefore = server.engine(0).slabInUse();
        final int echoesBefore = established.echoes;
        flood.flood(SYNS);
        int opened = 0;
        while (flood.left() > 0) {
            final Caller next = connect();
            run(() -> next.echoes > 0 || flood.left() == 0);
            opened += next.echoes > 0 ? 1 : 0;
            calls().abort(next.handle);
        }
        assertThat(flood.sent()).isEqualTo(SYNS);
        assertThat(established.failed).isFalse();
        assertThat(established.echoes - echoesBefore).as("echoes on the connection that was there")
                .isGreaterThan(1_000);
        assertThat(opened).as("connections opened during the flood").isGreaterThan(1_000);
        // The last of them may have come when the flood was over, so the queue had room for it no earlier.
        assertThat(listener.cookiesReceived()).isGreaterThanOrEqualTo(opened - SYN_QUEUE);
        assertThat(listener.synQueueHighest()).isEqualTo(SYN_QUEUE);
        assertThat(server.engine(0).connections()).isLessThanOrEqualTo(SYN_QUEUE + 3);
        assertThat(server.engine(0).slabInUse() - slabBefore).as("bytes that the flood costs").isLessThan(1 << 16);
        assertThat(counter("SyncookiesSent")).isEqualTo(listener.cookiesSent())
                .isGreaterThan(SYNS - counter("ListenOverflows") - 4L * SYN_QUEUE);
        assertThat(counter("SyncookiesRecv")).isEqualTo(listener.cookiesReceived());
        assertThat(counter("SyncookiesFailed")).isZero();
        calls().abort(established.handle);
        runFor(TimeUnit.MINUTES.toNanos(2));
        assertThat(server.engine(0).connections()).as("half-open connections time out").isZero();
        assertThat(listener.synQueueDepth()).isZero();
        assertThat(server.engine(0).slabInUse()).isZero();
    }

    /** What cookies are for: without them nobody gets in. */
    @Test
    void shouldLetNobodyInDuringTheFloodWithoutCookies() throws IOException {
        launch(SynCookieMode.OFF);
        final Caller established = connect();
        run(() -> established.echoes > 0);
        flood.flood(SYNS);
        run(() -> listener.synQueueFull() > 0);
        final Caller next = connect();
        run(() -> flood.left() == 0);
        assertThat(next.echoes).isZero();
        assertThat(established.echoes).isGreaterThan(1_000);
        assertThat(counter("ListenDrops")).isGreaterThan(SYNS / 2);
    }

    private void launch(final SynCookieMode cookies) throws IOException {
        final PacketDevice side = link.side(0);
        final long serverMac = link.side(1).queue(0).capabilities().macAddress();
        client = stack("10.0.0.1", new WrappedDevice(side, port -> {
            flood = new FloodPort(port, SEED, serverMac, 0x0A00_0002, PORT);
            return flood;
        }), SynCookieMode.OFF);
        server = stack("10.0.0.2", link.side(1), cookies);
        listener = server.listen(new InetSocketAddress("10.0.0.2", PORT), 0, server.tcpSettings(), false);
    }

    private Millrace stack(final String address, final PacketDevice device, final SynCookieMode cookies)
            throws IOException {
        final String gateway = address.endsWith("2") ? "10.0.0.1" : "10.0.0.2";
        final MillraceConfig config = MillraceConfig.builder()
                .text("millrace.ip { addresses = [\"" + address + "/24\"], gateway = \"" + gateway + "\" }")
                .set(ThreadingKeys.CONTROL, ControlThreading.SHARED).set(EngineKeys.SLAB, 16L << 20)
                .set(EngineKeys.MAX_CONNECTIONS, 1_024).set(EngineKeys.MAX_TIME_WAIT, 64)
                .set(ListenKeys.SYN_QUEUE, SYN_QUEUE).set(ListenKeys.SYN_COOKIES, cookies).build();
        return Millrace.builder(config).device(device).clock(() -> nowNs).seed(SEED).launch();
    }

    private long counter(final String label) {
        return server.counters().get(label);
    }

    private TcpCalls calls() {
        return client.engine(0).tcp();
    }

    private Caller connect() {
        final Caller caller = new Caller();
        caller.handle = calls().connect(0, 0, 0, 0, IpAddress.v4(0x0A00_0002), PORT, client.tcpSettings(), caller);
        assertThat(caller.handle).isNotZero();
        return caller;
    }

    private void run(final BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            if (turn() == 0) {
                step(Long.MAX_VALUE);
            }
        }
    }

    private void runFor(final long durationNs) {
        final long endNs = nowNs + durationNs;
        while (nowNs < endNs) {
            if (turn() == 0) {
                step(endNs);
            }
        }
    }

    private int turn() {
        final int work = client.engine(0).doWork() + server.engine(0).doWork();
        for (Accepted next = listener.poll(); next != null; next = listener.poll()) {
            server.engine(0).tcp().attach(next.connection(), new Echo());
        }
        return work;
    }

    private void step(final long mostNs) {
        final long nextNs = Math.min(client.nextDeadlineNs(), server.nextDeadlineNs());
        nowNs = Math.min(mostNs, Math.max(nextNs, nowNs + 1));
    }

    /** Sends back what it gets. */
    private final class Echo implements ConnectionHandler {
        @Override
        public void onReady(final long connection, final int events) {
            final TcpCalls tcp = server.engine(0).tcp();
            final int received = tcp.receive(connection, scratch.address(), 1);
            if (received > 0) {
                tcp.send(connection, scratch.address(), received);
                tcp.flush(connection);
            } else if (received < 0 || (events & (FAILED | CLOSED)) != 0) {
                tcp.abort(connection);
            }
        }
    }

    /** Sends a byte, and the next when it is back. */
    private final class Caller implements ConnectionHandler {
        private long handle;
        private int echoes;
        private boolean failed;

        @Override
        public void onReady(final long connection, final int events) {
            failed |= (events & FAILED) != 0;
            final boolean echoed = calls().receive(connection, scratch.address(), 1) > 0;
            echoes += echoed ? 1 : 0;
            if (echoed || (events & CONNECTED) != 0) {
                calls().send(connection, scratch.address(), 1);
                calls().flush(connection);
            }
        }
    }
}
