package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.testing.Application;
import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.Scenario;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.wire.IpAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link TcpCalls} answers on handles that are stale, and to opens that cannot be. */
@OverBothFamilies
class HandleTest {
    private static final byte[] NOTHING = {};
    private static final EngineSettings SMALL = new EngineSettings(16, 16, 1 << 20, 16, 1 << 16, 16, 4, 1_000);

    private final long hi = Family.current().hi();
    private final long peer = Family.current().lo(Packet.address(Peer.ADDRESS));

    @Test
    void shouldAnswerAsDocumentedOnAHandleThatWasClosed() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            at.stack().tcp().close(at.handle());
            assertStale(at.stack(), at.handle());
            at.stack().run();
            assertStale(at.stack(), at.handle());
            assertThat(at.stack().engine().connections()).isEqualTo(1);
        }
    }

    @Test
    void shouldAnswerAsDocumentedOnAHandleWhoseRecordIsUsedAnew() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            at.stack().tcp().abort(at.handle());
            at.stack().run();
            at.stack().allSent();
            at.peer().seq(9_000).open(1_460);
            final long anew = at.listener().accept(at.stack(), at.application());
            assertThat((int) anew).isEqualTo((int) at.handle());
            assertThat(anew).isNotEqualTo(at.handle());
            assertStale(at.stack(), at.handle());
            assertThat(at.stack().tcp().state(anew)).isEqualTo(TcpState.ESTABLISHED);
        }
    }

    @Test
    void shouldAnswerAsDocumentedWhenTheEngineIsClosed() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            at.stack().engine().requestClose();
            at.stack().allSent();
            assertStale(at.stack(), at.handle());
            assertThat(at.stack().tcp().connect(0, 0, 0, hi, peer, 80, TcpSettings.DEFAULT, at.application())).isZero();
            assertThat(at.stack().tcp().failure(0)).isEqualTo(TcpFailure.ABORTED);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 15, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32, (1L << 32) - 1,
            7L << 32 | 0xFFFF_FFFFL})
    void shouldAnswerAsDocumentedOnHandlesThatNeverWere(final long handle) {
        try (StackDriver stack = new StackDriver()) {
            // a record that was used and is free again
            stack.tcp().abort(stack.connect(Peer.ADDRESS, 80, TcpSettings.DEFAULT, new Application(stack)));
            stack.tcp().abort(stack.connect(Peer.ADDRESS, 80, TcpSettings.DEFAULT, new Application(stack)));
            stack.run();
            stack.allSent();
            if (handle != 0) {
                assertStale(stack, handle);
            }
        }
    }

    private static void assertStale(final StackDriver stack, final long handle) {
        final TcpCalls tcp = stack.tcp();
        try (MemoryRegion region = MemoryRegion.allocate("test bytes", 4_096)) {
            assertThat(tcp.attach(handle, (connection, events) -> {})).isFalse();
            assertThat(tcp.receive(handle, region.address(), 100)).isEqualTo(-1);
            assertThat(tcp.send(handle, region.address(), 100)).isEqualTo(-1);
        }
        assertThat(tcp.available(handle)).isZero();
        assertThat(tcp.isInputDone(handle)).isTrue();
        assertThat(tcp.pending(handle)).isEqualTo(-1);
        assertThat(tcp.sendSpace(handle)).isZero();
        assertThat(tcp.unacknowledged(handle)).isZero();
        assertThat(tcp.sendMss(handle)).isZero();
        assertThat(tcp.state(handle)).isEqualTo(TcpState.CLOSED);
        assertThat(tcp.failure(handle)).isEqualTo(TcpFailure.NOT_CONNECTED);
        assertThatThrownBy(() -> tcp.localAddress(handle)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> tcp.remoteAddress(handle)).isInstanceOf(IllegalStateException.class);
        tcp.flush(handle);
        tcp.shutdownOutput(handle);
        tcp.shutdownInput(handle);
        tcp.noDelay(handle, true);
        tcp.cork(handle, false);
        tcp.keepAlive(handle, true);
        tcp.receiveBuffer(handle, 10_000);
        tcp.sendBuffer(handle, 10_000);
        tcp.quickAck(handle, true);
        assertThat(tcp.settings(handle, TcpSettings.DEFAULT)).isFalse();
        assertThat(tcp.settings(handle)).isNull();
        assertThat(tcp.info(handle, new TcpInfo())).isFalse();
        tcp.close(handle);
        tcp.abort(handle);
    }

    private static InetSocketAddress socket(final long address, final int port) {
        return new InetSocketAddress(IpAddress.toInetAddress(Family.current().hi(), address), port);
    }

    @Test
    void shouldNameBothEnds() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            assertThat(at.stack().tcp().localAddress(at.handle()))
                    .isEqualTo(socket(Family.current().lo(Packet.address(StackDriver.ADDRESS)), 80));
            assertThat(at.stack().tcp().remoteAddress(at.handle())).isEqualTo(socket(peer, 40_000));
        }
    }

    @Test
    void shouldRefuseTheSame4TupleTwice() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            final long handle = at.stack().tcp().connect(0, 0, Scenario.PORT, hi, peer, 40_000, TcpSettings.DEFAULT,
                    at.application());
            assertThat(handle).isZero();
            assertThat(at.stack().tcp().failure(0)).isEqualTo(TcpFailure.ADDRESS_IN_USE);
            assertThat(at.stack().engine().connections()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "255.255.255.255", StackDriver.BROADCAST, "224.0.0.1", "239.1.2.3",
            "::", "ff02::1", "ff05::1:3"})
    void shouldRefuseToConnectToWhatIsNoHost(final String address) throws UnknownHostException {
        final InetAddress to = InetAddress.getByName(address);
        try (StackDriver stack = new StackDriver()) {
            assertThat(stack.tcp().connect(0, 0, 0, IpAddress.hi(to), IpAddress.lo(to), 80, TcpSettings.DEFAULT,
                    new Application(stack))).isZero();
            stack.run();
            assertThat(stack.tcp().failure(0)).isEqualTo(TcpFailure.NETWORK_UNREACHABLE);
            assertThat(stack.allSent()).isEmpty();
        }
    }

    @Test
    void shouldRefuseToConnectToPort0AndFromAForeignAddress() {
        try (StackDriver stack = new StackDriver()) {
            assertThat(stack.connect(Peer.ADDRESS, 0, TcpSettings.DEFAULT, new Application(stack))).isZero();
            assertThat(stack.tcp().failure(0)).isEqualTo(TcpFailure.ADDRESS_NOT_AVAILABLE);
            assertThat(stack.tcp().connect(hi, peer, 0, hi, peer, 80, TcpSettings.DEFAULT, new Application(stack)))
                    .isZero();
            assertThat(stack.tcp().failure(0)).isEqualTo(TcpFailure.ADDRESS_NOT_AVAILABLE);
        }
    }

    @Test
    void shouldRefuseWhereNoPortIsLeft() {
        try (StackDriver stack = new StackDriver()) {
            stack.nextEphemeral(60_000);
            stack.lastEphemeral(60_001);
            stack.listen(60_001, 1, TcpSettings.DEFAULT);
            assertThat(stack.connect(Peer.ADDRESS, 80, TcpSettings.DEFAULT, new Application(stack))).isPositive();
            stack.nextEphemeral(60_000);
            assertThat(stack.connect(Peer.ADDRESS, 80, TcpSettings.DEFAULT, new Application(stack))).isZero();
            assertThat(stack.tcp().failure(0)).isEqualTo(TcpFailure.NO_LOCAL_PORT);
            assertThat(stack.tcp().refusal())
                    .isEqualTo("no local port is left for the destination " + IpAddress.toString(hi, peer, 80)
                            + ": all 2 ports are in use towards it, or listened on; 0 connections are in TIME_WAIT");
            assertThat(stack.counter(Counter.TCP_NO_EPHEMERAL_PORT)).isEqualTo(1);
            // to another destination the port is free
            stack.nextEphemeral(60_000);
            assertThat(stack.connect(Peer.ADDRESS, 81, TcpSettings.DEFAULT, new Application(stack))).isPositive();
        }
    }

    @Test
    void shouldRefuseWhereTheConnectionTableIsFull() {
        try (StackDriver stack = new StackDriver(SMALL, 1_500)) {
            final StackDriver.Listener listener = stack.listen(80, 64, TcpSettings.DEFAULT);
            final long[] handles = new long[16];
            for (int i = 0; i < 16; i++) {
                handles[i] = stack.connect(Peer.ADDRESS, 8_080, TcpSettings.DEFAULT, new Application(stack));
                assertThat(handles[i]).isPositive();
            }
            stack.allSent();
            assertThat(stack.connect(Peer.ADDRESS, 8_080, TcpSettings.DEFAULT, new Application(stack))).isZero();
            assertThat(stack.tcp().failure(0)).isEqualTo(TcpFailure.NO_MEMORY);
            new Peer(stack, 40_000, 80, 5_000).send("S", NOTHING, 1_460, -1);
            assertThat(stack.allSent()).isEmpty();
            assertThat(stack.counter(Counter.TCP_TABLE_FULL)).isEqualTo(2);
            assertThat(listener.syns()).isZero();
            stack.tcp().abort(handles[3]);
            assertThat(stack.connect(Peer.ADDRESS, 8_080, TcpSettings.DEFAULT, new Application(stack))).isPositive();
        }
    }

    @Test
    void shouldGiveEveryRecordBackAndNeverAHandleTwice() {
        try (StackDriver stack = new StackDriver(SMALL, 1_500)) {
            final java.util.Set<Long> handles = new java.util.HashSet<>();
            for (int i = 0; i < 1_000; i++) {
                final long handle = stack.connect(Peer.ADDRESS, 8_080, TcpSettings.DEFAULT, new Application(stack));
                assertThat(handles.add(handle)).isTrue();
                stack.tcp().close(handle);
                stack.run();
            }
            assertThat(stack.engine().connections()).isZero();
        }
    }

    @Test
    void shouldSurviveAHandlerThatThrows() {
        try (StackDriver stack = new StackDriver()) {
            final StackDriver.Listener listener = stack.listen(80, 1, TcpSettings.DEFAULT);
            final Peer peer = new Peer(stack, 40_000, 80, 5_000);
            peer.open(1_460);
            final long handle = listener.accept(stack, (connection, events) -> {
                throw new IllegalStateException("the application's defect");
            });
            peer.seq(5_001).send("PA", "text");
            assertThat(stack.counter(Counter.EXCEPTIONS)).isEqualTo(1);
            assertThat(stack.receive(handle, 10)).isEqualTo("text".getBytes());
            peer.send("R", "");
            assertThat(stack.counter(Counter.EXCEPTIONS)).isEqualTo(2);
            assertThat(stack.engine().connections()).isZero();
            stack.expectExceptions(2);
        }
    }
}
