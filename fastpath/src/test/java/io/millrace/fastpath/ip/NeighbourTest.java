package io.millrace.fastpath.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.tcp.TcpFailure;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.testing.Application;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.QueuePort;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Packets wait for the link-layer address of their next hop (RFC 1122 §2.3.2.2), bounded. */
class NeighbourTest {
    private static final long MAC = 0x0200_0000_0001L;
    private static final long PEER_MAC = 0x0200_0000_0002L;
    private static final long PEER = IpAddress.v4(Packet.address(Peer.ADDRESS));
    private static final EngineSettings SMALL = new EngineSettings(64, 16, 1 << 20, 16, 1 << 16, 16, 4, 1_000);

    @Test
    void shouldHoldTheFirstSynUntilTheNeighbourIsKnown() {
        try (StackDriver stack = stack()) {
            connect(stack, Peer.ADDRESS);
            assertThat(stack.port().poll()).isNull();
            stack.engine().commands().neighbourResolved(0, 0, PEER, PEER_MAC);
            stack.run();
            assertThat(syn(stack.port().poll(), PEER_MAC).is("S")).isTrue();
            // now it is known
            connect(stack, Peer.ADDRESS);
            assertThat(syn(stack.port().poll(), PEER_MAC).is("S")).isTrue();
        }
    }

    @Test
    void shouldSendToTheNewAddressOfANeighbour() {
        try (StackDriver stack = stack()) {
            connect(stack, Peer.ADDRESS);
            stack.engine().commands().neighbourResolved(0, 0, PEER, PEER_MAC);
            stack.run();
            stack.port().poll();
            stack.engine().commands().neighbourForgotten(0, 0, PEER);
            stack.advanceMs(1_500);
            assertThat(stack.port().poll()).isNull();
            stack.engine().commands().neighbourResolved(0, 0, PEER, PEER_MAC + 1);
            stack.run();
            assertThat(syn(stack.port().poll(), PEER_MAC + 1).is("S")).isTrue();
        }
    }

    @Test
    void shouldDropTheOldestWhereTooManyWait() {
        try (StackDriver stack = stack()) {
            for (int i = 0; i < 6; i++) {
                connect(stack, Peer.ADDRESS);
            }
            assertThat(stack.counter(Counter.NEIGHBOUR_QUEUE_FULL)).isEqualTo(2);
            stack.engine().commands().neighbourResolved(0, 0, PEER, PEER_MAC);
            stack.run();
            for (int i = 2; i < 6; i++) {
                assertThat(syn(stack.port().poll(), PEER_MAC).sourcePort()).isEqualTo(49_152 + i);
            }
            assertThat(stack.port().poll()).isNull();
        }
    }

    @Test
    void shouldFailOpensToANeighbourThatDoesNotAnswer() {
        try (StackDriver stack = stack()) {
            final Application first = connect(stack, Peer.ADDRESS);
            final Application second = connect(stack, Peer.ADDRESS);
            final Application other = connect(stack, "10.0.0.3");
            stack.engine().commands().neighbourFailed(0, 0, PEER);
            stack.run();
            assertThat(first.failure()).isEqualTo(TcpFailure.HOST_UNREACHABLE);
            assertThat(second.failure()).isEqualTo(TcpFailure.HOST_UNREACHABLE);
            assertThat(other.failure()).isEqualTo(TcpFailure.NONE);
            assertThat(stack.counter(Counter.NEIGHBOUR_FAILED)).isEqualTo(2);
            assertThat(stack.engine().connections()).isEqualTo(1);
        }
    }

    @Test
    void shouldRefuseToQueueWhereEveryEntryWaits() {
        try (StackDriver stack = stack()) {
            for (int i = 0; i < 17; i++) {
                connect(stack, "10.0.0." + (10 + i));
            }
            assertThat(stack.counter(Counter.NEIGHBOUR_TABLE_FULL)).isEqualTo(1);
            assertThat(stack.port().available()).isEqualTo(stack.port().frames() - 16);
        }
    }

    @Test
    void shouldForgetAnIdleNeighbourForAnother() {
        try (StackDriver stack = stack()) {
            for (int i = 0; i < 40; i++) {
                final String address = "10.0.0." + (10 + i);
                connect(stack, address);
                stack.engine().commands().neighbourResolved(0, 0, IpAddress.v4(Packet.address(address)), PEER_MAC + i);
                stack.run();
                assertThat(syn(stack.port().poll(), PEER_MAC + i).destination()).isEqualTo(Packet.address(address));
            }
            assertThat(stack.counter(Counter.NEIGHBOUR_EVICTED)).isEqualTo(24);
            assertThat(stack.counter(Counter.NEIGHBOUR_TABLE_FULL)).isZero();
        }
    }

    @Test
    void shouldIgnoreNewsOfNeighboursThatNobodyAskedFor() {
        try (StackDriver stack = stack()) {
            stack.engine().commands().neighbourResolved(0, 0, PEER, PEER_MAC);
            stack.engine().commands().neighbourFailed(0, 0, PEER);
            stack.engine().commands().neighbourForgotten(0, 0, PEER);
            stack.run();
            assertThat(stack.counters()).isEmpty();
        }
    }

    private static StackDriver stack() {
        return new StackDriver(SMALL, new QueuePort(1_500, MAC));
    }

    private static Application connect(final StackDriver stack, final String address) {
        final Application application = new Application(stack);
        assertThat(stack.connect(address, 80, TcpSettings.DEFAULT, application)).isPositive();
        return application;
    }

    /** The segment in an Ethernet frame to that station. */
    private static Packet syn(final byte[] frame, final long mac) {
        final ByteBuffer buffer = ByteBuffer.wrap(frame);
        assertThat(buffer.getLong(0) >>> 16).isEqualTo(mac);
        assertThat(buffer.getLong(6) >>> 16).isEqualTo(MAC);
        assertThat(buffer.getShort(12)).isEqualTo((short) 0x0800);
        return Packet.of(Arrays.copyOfRange(frame, 14, frame.length));
    }
}
