package io.millrace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.config.ConfigException;
import io.millrace.config.MillraceConfig;
import io.millrace.config.PortKeys;
import io.millrace.control.listen.TcpListener;
import io.millrace.fastpath.control.NetworkStack.Accepted;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.FlowPlacement;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketDevice;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.tcp.TcpFailure;
import io.millrace.fastpath.wire.IpAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.CachedNanoClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class MillraceTest {
    private static final long SERVER = IpAddress.v4(0x0a000002);
    private static final long TURN_NS = TimeUnit.MICROSECONDS.toNanos(50);

    private final long bytesBefore = MemoryRegion.bytesInUse();
    private final MemoryLink link = MemoryLink.builder().build();
    private final CachedNanoClock clock = new CachedNanoClock();

    /** Before anything is taken: the table of connections alone would be 428 MiB. */
    @Test
    void shouldRefuseToStartWhereTheMemoryDoesNotSuffice() {
        final MillraceConfig config = MillraceConfig.parse("""
                millrace.engine { max-connections = 1000000, memory-limit = 200MiB }
                """);

        assertThatThrownBy(() -> Millrace.builder(config).device(link.side(0)).launch()).isInstanceOf(IOException.class)
                .hasMessageStartingWith("the stack may come to ")
                .hasMessageContaining("millrace.engine.max-connections");
    }

    @AfterEach
    void shouldLeaveNothingBehind() {
        link.close();
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytesBefore);
        assertThat(Thread.getAllStackTraces().keySet()).noneMatch(thread -> thread.getName().startsWith("millrace"));
    }

    @Test
    void shouldConnectTwoStacksInVirtualTime() throws IOException {
        try (Millrace server = simulated(0, "10.0.0.2/24"); Millrace client = simulated(1, "10.0.0.1/24")) {
            final TcpListener listener = server.listen(new InetSocketAddress(80), 4, server.tcpSettings(), false);
            final int[] events = new int[1];
            connect(client, 80, (connection, ready) -> events[0] |= ready);
            turns(server, client, () -> listener.acceptQueueDepth() > 0);
            final Accepted accepted = listener.poll();
            assertThat(accepted).isNotNull();
            assertThat(accepted.engine()).isZero();
            final InetSocketAddress peer = server.engine(0).tcp().remoteAddress(accepted.connection());
            assertThat(peer.getAddress()).isEqualTo(InetAddress.ofLiteral("10.0.0.1"));
            assertThat(peer.getPort()).isBetween(32_768, 60_999);
            assertThat(events[0] & ConnectionHandler.CONNECTED).isNotZero();
            assertThat(client.counters()).containsEntry("ArpRequestsSent", 2L).containsEntry("ArpRepliesSent", 0L);
            assertThat(server.counters()).containsEntry("ConnectionsAccepted", 1L);
        }
    }

    @Test
    void shouldRepeatASimulationFromItsSeed() throws IOException {
        final Map<String, Long> first = simulation();
        clock.update(0);
        assertThat(simulation()).isEqualTo(first);
    }

    @Test
    void shouldFailAConnectionToANeighbourThatDoesNotAnswer() throws IOException {
        try (Millrace client = simulated(1, "10.0.0.1/24")) {
            final TcpFailure[] failure = new TcpFailure[1];
            connect(client, 80, (connection, ready) -> failure[0] = client.engine(0).tcp().failure(connection));
            for (long ms = 0; ms < 4_000 && failure[0] == null; ms++) {
                clock.update(TimeUnit.MILLISECONDS.toNanos(ms));
                client.engine(0).doWork();
            }
            assertThat(failure[0]).isEqualTo(TcpFailure.HOST_UNREACHABLE);
            assertThat(client.counters()).containsEntry("NeighboursFailed", 1L);
        }
    }

    @Test
    void shouldTellWhenItMustRunNext() throws IOException {
        try (Millrace client = simulated(1, "10.0.0.1/24")) {
            clock.update(TimeUnit.SECONDS.toNanos(5));
            client.engine(0).doWork();
            clock.advance(TimeUnit.SECONDS.toNanos(2));
            client.engine(0).doWork();
            client.engine(0).doWork();
            assertThat(client.nextDeadlineNs()).as("announced twice").isEqualTo(Long.MAX_VALUE);
            final TcpFailure[] failure = new TcpFailure[1];
            connect(client, 80, (connection, ready) -> failure[0] = client.engine(0).tcp().failure(connection));
            int turns = 0;
            for (; failure[0] == null; turns++) {
                clock.update(Math.max(clock.nanoTime(), client.nextDeadlineNs()));
                client.engine(0).doWork();
            }
            assertThat(clock.nanoTime()).isBetween(TimeUnit.SECONDS.toNanos(10), TimeUnit.SECONDS.toNanos(11));
            assertThat(turns).as("it jumps from deadline to deadline").isLessThan(100);
        }
    }

    @Test
    void shouldCaptureWhereConfigured(@TempDir final Path folder) throws IOException {
        final Path file = folder.resolve("stack.pcapng");
        final MillraceConfig config = config("shared", "10.0.0.1/24", "").toBuilder()
                .set(PortKeys.CAPTURE, Optional.of(file)).build();
        try (Millrace stack = Millrace.builder(config).device(link.side(0)).launch()) {
            stack.engine(0).doWork();
            stack.engine(0).doWork();
            assertThat(stack.counters()).containsEntry("FramesTransmitted", 1L);
        }
        assertThat(Files.readAllBytes(file)).as("the announcement's ARP header").containsSequence(0x08, 0x06, 0x00,
                0x01,
                0x08, 0x00, 0x06, 0x04, 0x00, 0x01);
    }

    @Test
    void shouldResetConnectionsThatNobodyAcceptsWhenTheListenerCloses() throws IOException {
        try (Millrace server = simulated(0, "10.0.0.2/24"); Millrace client = simulated(1, "10.0.0.1/24")) {
            final TcpListener listener = server.listen(new InetSocketAddress(80), 4, server.tcpSettings(), false);
            final int[] events = new int[1];
            connect(client, 80, (connection, ready) -> events[0] |= ready);
            turns(server, client, () -> listener.acceptQueueDepth() > 0);
            listener.close();
            turns(server, client, () -> (events[0] & ConnectionHandler.FAILED) != 0);
        }
    }

    @Test
    void shouldKeepThePortOfLivingConnectionsFromWhoDoesNotReuseAddresses() throws IOException {
        try (Millrace server = simulated(0, "10.0.0.2/24"); Millrace client = simulated(1, "10.0.0.1/24")) {
            final TcpListener listener = server.listen(new InetSocketAddress(80), 4, server.tcpSettings(), false);
            connect(client, 80, (connection, ready) -> {});
            turns(server, client, () -> listener.acceptQueueDepth() > 0);
            assertThat(listener.poll()).isNotNull();
            listener.close();
            assertThatThrownBy(() -> server.listen(new InetSocketAddress(80), 4, server.tcpSettings(), false))
                    .isInstanceOf(BindException.class).hasMessageContaining("address already in use: 0.0.0.0:80");
            server.listen(new InetSocketAddress(80), 4, server.tcpSettings(), true).close();
        }
    }

    @Test
    void shouldServeWithoutADriverWhereTheControlPlaneHasItsOwnThread() throws IOException {
        try (Millrace server = dedicated(0, "10.0.0.2/24"); Millrace client = dedicated(1, "10.0.0.1/24")) {
            final TcpListener listener = server.listen(new InetSocketAddress(80), 4, server.tcpSettings(), false);
            final StackEngine engine = client.engine(0);
            drive(engine);
            connect(client, 80, (connection, ready) -> {});
            engine.detachDriver();
            while (listener.poll() == null) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void shouldGiveTheEngineToWhoWantsToDriveIt() throws IOException {
        final Millrace stack = dedicated(0, "10.0.0.2/24");
        final StackEngine engine = stack.engine(0);
        drive(engine);
        assertThat(engine.tryAttachDriver(new Thread())).isFalse();
        stack.close();
        assertThat(engine.isClosed()).isTrue();
    }

    @Test
    void shouldCloseFromWithinATurn() throws Exception {
        final Millrace stack = simulated(1, "10.0.0.1/24");
        final StackEngine engine = stack.engine(0);
        assertThat(engine.tryAttachDriver(Thread.currentThread())).isTrue();
        engine.tcp().connect(0, 0, 0, 0, IpAddress.v4(0x0a000001), 80, stack.tcpSettings(),
                (connection, ready) -> stack.close());
        while (!stack.isClosed()) {
            engine.doWork();
        }
        while (!engine.isClosed()) {
            engine.doWork();
        }
        for (final Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("millrace-close")) {
                thread.join();
            }
        }
    }

    @Test
    void shouldEndWhereTheDriverGoesWithoutATurn() throws Exception {
        final Millrace stack = simulated(0, "10.0.0.2/24");
        final StackEngine engine = stack.engine(0);
        assertThat(engine.tryAttachDriver(Thread.currentThread())).isTrue();
        final Thread closer = Thread.ofPlatform().start(stack::close);
        while (!stack.isClosed()) {
            Thread.onSpinWait();
        }
        engine.detachDriver();
        closer.join();
        assertThat(engine.isClosed()).isTrue();
    }

    @Test
    void shouldCloseOnceAndOpenNothingAfterwards() throws IOException {
        final Millrace stack = simulated(0, "10.0.0.2/24");
        final TcpListener listener = stack.listen(new InetSocketAddress(80), 4, stack.tcpSettings(), false);
        stack.engine(0).doWork();
        final Map<String, Long> counters = stack.counters();
        stack.close();
        stack.close();
        assertThat(stack.isClosed()).isTrue();
        assertThat(listener.isClosed()).isTrue();
        assertThat(stack.counters()).isEqualTo(counters).containsEntry("ArpRequestsSent", 1L);
        assertThatThrownBy(() -> stack.listen(new InetSocketAddress(81), 4, stack.tcpSettings(), false))
                .isInstanceOf(SocketException.class).hasMessage("the stack is closed");
    }

    @Test
    void shouldTellWhatItIs() throws IOException {
        try (Millrace stack = Millrace.builder(config("shared", "10.0.0.2/24", "gateway = 10.0.0.1"))
                .device(link.side(0)).launch()) {
            assertThat(stack.localAddresses()).containsExactly(InetAddress.ofLiteral("10.0.0.2"));
            assertThat(stack.engineCount()).isEqualTo(1);
            assertThat(stack).hasToString("stack 10.0.0.2/24, 0.0.0.0/0 via 10.0.0.1 on " + stack.deviceName());
        }
    }

    @Test
    void shouldLaunchOnTheConfiguredDevice() throws IOException {
        try (Millrace stack = Millrace.launch(config("dedicated", "10.0.0.2/24", ""))) {
            assertThat(stack.listen(new InetSocketAddress(0), 0, stack.tcpSettings(), false).localAddress().getPort())
                    .isBetween(32_768, 60_999);
            assertThat(stack.listeners()).hasSize(1);
        }
    }

    @Test
    void shouldMakeAnEngineForEveryQueue() throws IOException {
        try (MemoryLink wide = MemoryLink.builder().queues(3).build();
                Millrace stack = Millrace.builder(config("dedicated", "10.0.0.2/24", "")).device(wide.side(0))
                        .launch()) {
            assertThat(stack.engineCount()).isEqualTo(3);
            assertThat(stack.engine(2).index()).isEqualTo(2);
        }
    }

    @Test
    void shouldNameTheSchemesWhereTheDeviceIsUnknown() {
        final MillraceConfig config = config("shared", "10.0.0.2/24", "").toBuilder()
                .text("millrace.port.device = \"carrier-pigeon:1\"").build();
        assertThatThrownBy(() -> Millrace.launch(config)).isInstanceOf(ConfigException.class)
                .hasMessageContaining(": no device of the kind \"carrier-pigeon\"; there is memory");
    }

    @Test
    void shouldCloseWhatItOpenedWhereALaterStepFails() {
        final BrokenDevice device = new BrokenDevice(link.side(0));
        assertThatThrownBy(() -> Millrace.builder(config("dedicated", "10.0.0.2/24", "")).device(device).launch())
                .isInstanceOf(IllegalStateException.class).hasMessage("no second queue");
        assertThat(device.closed).isTrue();
    }

    @Test
    void shouldCloseWhatItWasBroughtWhereAPortOfSeveralCannotBeOpened() {
        final BrokenDevice first = new BrokenDevice(link.side(0));
        final BrokenDevice last = new BrokenDevice(link.side(1));
        final MillraceConfig config = config("shared", "10.0.0.2/24", "").toBuilder()
                .text("millrace.ports = [{ device = \"memory\", addresses = [\"10.1.0.2/24\"], capture = "
                        + "/no/such/folder/x.pcapng }, { device = \"memory\", addresses = [\"10.2.0.2/24\"] }]")
                .build();
        assertThatThrownBy(() -> Millrace.builder(config).device(first).device(2, last).launch())
                .isInstanceOf(IOException.class);
        assertThat(first.closed).isTrue();
        assertThat(last.closed).isTrue();
    }

    private Map<String, Long> simulation() throws IOException {
        try (MemoryLink wire = MemoryLink.builder().build();
                Millrace server = stack(wire.side(0), "10.0.0.2/24");
                Millrace client = stack(wire.side(1), "10.0.0.1/24")) {
            final TcpListener listener = server.listen(new InetSocketAddress(80), 4, server.tcpSettings(), false);
            connect(client, 80, (connection, ready) -> {});
            turns(server, client, () -> listener.acceptQueueDepth() > 0);
            final Accepted accepted = listener.poll();
            assertThat(accepted).isNotNull();
            final TreeMap<String, Long> counters = new TreeMap<>(client.counters());
            counters.put("port",
                    (long) server.engine(0).tcp().remoteAddress(accepted.connection()).getPort());
            counters.put("time", clock.nanoTime());
            return counters;
        }
    }

    @Test
    void shouldListenAndConnectAtEveryAddressOfAnOwnPrefix() throws IOException {
        final long from = IpAddress.v4(0x0a420007);
        final long to = IpAddress.v4(0x0a00004d);
        final String near = "own-prefixes = [\"10.0.0.64/26\"], routes = [\"10.64.0.0/10 via 10.0.0.1\"]";
        try (Millrace server = simulated(0, "10.0.0.2/24", near);
                Millrace client = simulated(1, "10.0.0.1/24", "own-prefixes = [\"10.64.0.0/10\"]")) {
            final TcpListener listener = server.listen(new InetSocketAddress("10.0.0.77", 80), 4, server.tcpSettings(),
                    false);
            final long connection = client.engine(0).tcp().connect(0, from, 0, 0, to, 80, client.tcpSettings(),
                    (handle, ready) -> {});
            assertThat(connection).isPositive();
            turns(server, client, () -> listener.acceptQueueDepth() > 0);
            final Accepted accepted = listener.poll();
            assertThat(accepted).isNotNull();
            assertThat(server.engine(0).tcp().remoteAddress(accepted.connection()).getAddress())
                    .isEqualTo(InetAddress.ofLiteral("10.66.0.7"));
            assertThat(client.engine(0).tcp().connect(0, IpAddress.v4(0x0a800000), 0, 0, to, 80, client.tcpSettings(),
                    (handle, ready) -> {})).as("an address beside the prefix").isZero();
        }
    }

    private Millrace simulated(final int side, final String address, final String ip) throws IOException {
        return Millrace.builder(config("shared", address, ip)).device(link.side(side)).clock(clock).seed(7).launch();
    }

    private Millrace simulated(final int side, final String address) throws IOException {
        return stack(link.side(side), address);
    }

    private Millrace stack(final PacketDevice device, final String address) throws IOException {
        return Millrace.builder(config("shared", address, "")).device(device).clock(clock).seed(7).launch();
    }

    private Millrace dedicated(final int side, final String address) throws IOException {
        return Millrace.builder(config("dedicated", address, "")).device(link.side(side)).launch();
    }

    private static MillraceConfig config(final String control, final String address, final String ip) {
        return MillraceConfig.parse("millrace { threading.control = " + control + ", ip { addresses = [\"" + address
                + "\"]\n" + ip + " }, engine { slab = 1MiB, max-connections = 64, max-time-wait = 64 } }");
    }

    private static void connect(final Millrace client, final int port, final ConnectionHandler handler) {
        final long connection = client.engine(0).tcp().connect(0, 0, 0, 0, SERVER, port, client.tcpSettings(),
                handler);
        assertThat(connection).isPositive();
    }

    private void turns(final Millrace first, final Millrace second, final BooleanSupplier until) {
        for (int turn = 0; !until.getAsBoolean(); turn++) {
            assertThat(turn).as("turns").isLessThan(100_000);
            clock.advance(TURN_NS);
            first.engine(0).doWork();
            second.engine(0).doWork();
        }
    }

    /** The caretaker gives an engine back after every turn. */
    private static void drive(final StackEngine engine) {
        while (!engine.tryAttachDriver(Thread.currentThread())) {
            Thread.onSpinWait();
        }
    }

    /** Has a second queue to announce, but none to give. */
    private static final class BrokenDevice implements PacketDevice {
        private final PacketDevice device;
        private boolean closed;

        BrokenDevice(final PacketDevice device) {
            this.device = device;
        }

        @Override
        public String name() {
            return "broken";
        }

        @Override
        public int queues() {
            return 2;
        }

        @Override
        public PacketPort queue(final int index) {
            if (index > 0) {
                throw new IllegalStateException("no second queue");
            }
            return device.queue(0);
        }

        @Override
        public FlowPlacement placement() {
            return FlowPlacement.AS_SENT;
        }

        @Override
        public void close() {
            closed = true;
            device.close();
        }
    }
}
