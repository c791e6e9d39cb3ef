package io.millrace.fastpath.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.ip.DatagramInput;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.testing.Datagram;
import io.millrace.fastpath.testing.IpPacket;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.wire.IpProtocol;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What arrives, right and wrong. */
class UdpInputTest {
    private static final int PORT = 5_000;

    private final EndpointRig rig = new EndpointRig();

    @AfterEach
    void close() {
        rig.close();
    }

    private void assertDropped(final byte[] packet, final Counter... counters) throws Exception {
        final DatagramEndpoint endpoint = rig.bind("0.0.0.0", PORT);
        rig.stack.inject(packet);
        assertThat(endpoint.isReadable()).isFalse();
        assertThat(rig.sentNothing()).isTrue();
        assertThat(rig.stack.counters().keySet()).containsExactlyInAnyOrder(counters);
    }

    @Test
    void shouldReceive() throws Exception {
        final DatagramEndpoint endpoint = rig.bind(StackDriver.ADDRESS, PORT);
        rig.stack.inject(Datagram.toStack(PORT, "first").toBytes());
        assertThat(rig.takeEvents()).isEqualTo(DatagramHandler.READABLE);
        rig.stack.inject(Datagram.toStack(PORT, "second").from("10.0.0.3", 77).toBytes());
        assertThat(rig.receive(endpoint)).isEqualTo("first");
        assertThat(endpoint.senderLo()).isEqualTo(EndpointRig.address("10.0.0.2"));
        assertThat(endpoint.senderPort()).isEqualTo(1_000);
        assertThat(rig.receive(endpoint)).isEqualTo("second");
        assertThat(endpoint.senderLo()).isEqualTo(EndpointRig.address("10.0.0.3"));
        assertThat(endpoint.senderPort()).isEqualTo(77);
        assertThat(rig.receive(endpoint)).isNull();
        assertThat(rig.stack.counters()).isEqualTo(Map.of(Counter.UDP_RECEIVED, 2L));
    }

    /** As many as Linux takes in one go; a frame that stands for more is none that it has made. */
    @ParameterizedTest
    @CsvSource({"128,1,128", "129,1,0", "300,100,3", "301,100,4", "99,100,1", "0,100,1"})
    void shouldTakeApartAFrameThatStandsForSeveral(final int length, final int each, final int datagrams)
            throws Exception {
        final DatagramEndpoint endpoint = rig.bind(StackDriver.ADDRESS, PORT);
        final String text = "abcdefghij".repeat(40).substring(0, length);
        final byte[] udp = Datagram.toStack(PORT, text).udp(0);
        try (MemoryRegion memory = MemoryRegion.allocate("test datagram", udp.length)) {
            Memory.copyFromArray(udp, 0, memory.address(), udp.length);
            rig.stack.engine().udp().input().onDatagram(0, EndpointRig.address(StackDriver.ADDRESS), 0,
                    EndpointRig.address("10.0.0.2"), memory.address(), udp.length,
                    DatagramInput.CHECKSUM_TRUSTED | each << DatagramInput.SEGMENT_SHIFT);
        }
        for (int i = 0; i < datagrams; i++) {
            assertThat(rig.receive(endpoint)).isEqualTo(text.substring(i * each, Math.min((i + 1) * each, length)));
        }
        assertThat(rig.receive(endpoint)).isNull();
        assertThat(rig.stack.counters()).isEqualTo(datagrams > 0
                ? Map.of(Counter.UDP_RECEIVED, (long) datagrams)
                : Map.of(Counter.UDP_MALFORMED, 1L));
    }

    @Test
    void shouldReceiveWithoutData() throws Exception {
        final DatagramEndpoint endpoint = rig.bind(StackDriver.ADDRESS, PORT);
        rig.stack.inject(Datagram.toStack(PORT, "").toBytes());
        assertThat(rig.receive(endpoint)).isEmpty();
    }

    @Test
    void shouldReceiveFromAPortThatExpectsNoAnswer() throws Exception {
        final DatagramEndpoint endpoint = rig.bind(StackDriver.ADDRESS, PORT);
        rig.stack.inject(Datagram.toStack(PORT, "x").from("10.0.0.2", 0).toBytes());
        assertThat(rig.receive(endpoint)).isEqualTo("x");
        assertThat(endpoint.senderPort()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7})
    void shouldDropATruncatedHeader(final int length) throws Exception {
        assertDropped(IpPacket.toStack(IpProtocol.UDP, new byte[length]).toBytes(), Counter.UDP_MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 13, 65_535})
    void shouldDropAnImpossibleLength(final int length) throws Exception {
        final byte[] udp = Datagram.toStack(PORT, "text").udp(0);
        ByteBuffer.wrap(udp).putShort(4, (short) length);
        assertDropped(IpPacket.toStack(IpProtocol.UDP, udp).toBytes(), Counter.UDP_MALFORMED);
    }

    @Test
    void shouldIgnoreWhatFollowsTheDatagram() throws Exception {
        final DatagramEndpoint endpoint = rig.bind(StackDriver.ADDRESS, PORT);
        final byte[] udp = Datagram.toStack(PORT, "text").udp(0);
        rig.stack.inject(IpPacket.toStack(IpProtocol.UDP, Arrays.copyOf(udp, udp.length + 9)).toBytes());
        assertThat(rig.receive(endpoint)).isEqualTo("text");
    }

    @Test
    void shouldDropABadChecksum() throws Exception {
        final Datagram datagram = Datagram.toStack(PORT, "text");
        assertDropped(datagram.packet(datagram.udp(1)).toBytes(), Counter.UDP_BAD_CHECKSUM);
    }

    @Test
    void shouldDropPort0() throws Exception {
        assertDropped(Datagram.toStack(0, "text").toBytes(), Counter.UDP_PORT_ZERO);
    }

    /** RFC 1122 §4.1.3.4. */
    @Test
    void shouldTakeWhatCarriesNoChecksum() throws Exception {
        final DatagramEndpoint endpoint = rig.bind(StackDriver.ADDRESS, PORT);
        rig.stack.inject(IpPacket.toStack(IpProtocol.UDP, IpPacket.udp(PORT, new byte[]{'x'})).toBytes());
        assertThat(rig.receive(endpoint)).isEqualTo("x");
    }

    /** RFC 1122 §4.1.3.1. */
    @Test
    void shouldTellTheSenderThatNobodyListens() {
        final byte[] packet = Datagram.toStack(9, "anyone?").toBytes();
        rig.stack.inject(packet);
        assertThat(IpPacket.of(rig.stack.port().poll()).payload())
                .isEqualTo(IpPacket.icmp(3, 3, 0, Arrays.copyOf(packet, 28)));
        assertThat(rig.stack.counters()).isEqualTo(Map.of(Counter.UDP_NO_PORT, 1L, Counter.ICMP_ERRORS_SENT, 1L));
    }

    @Test
    void shouldNotAnswerWhatIsWrongAnyway() {
        final Datagram datagram = Datagram.toStack(9, "anyone?");
        rig.stack.inject(datagram.packet(datagram.udp(1)).toBytes());
        assertThat(rig.sentNothing()).isTrue();
    }

    @Test
    void shouldNotAnswerABroadcast() {
        rig.stack.inject(Datagram.toStack(9, "anyone?").to("255.255.255.255").toBytes());
        assertThat(rig.sentNothing()).isTrue();
        assertThat(rig.stack.counters()).isEqualTo(Map.of(Counter.IP_BROADCAST, 1L));
    }

    @Test
    void shouldPreferTheSpecificAddressAndTheConnected() throws Exception {
        final DatagramEndpoint any = rig.bind("0.0.0.0", PORT, true);
        final DatagramEndpoint specific = rig.bind(StackDriver.ADDRESS, PORT, true);
        final DatagramEndpoint connected = rig.bind(StackDriver.ADDRESS, PORT, true);
        assertThat(connected.connect(0, EndpointRig.address("10.0.0.2"), 77)).isEqualTo(SendResult.SENT);
        rig.stack.inject(Datagram.toStack(PORT, "to the specific").toBytes());
        rig.stack.inject(Datagram.toStack(PORT, "to the connected").from("10.0.0.2", 77).toBytes());
        specific.close();
        rig.stack.inject(Datagram.toStack(PORT, "to any").toBytes());
        assertThat(rig.receiveAll(any)).containsExactly("to any");
        assertThat(rig.receiveAll(connected)).containsExactly("to the connected");
    }

    @Test
    void shouldGiveTheOneBoundLastWhatFitsSeveral() throws Exception {
        final DatagramEndpoint first = rig.bind(StackDriver.ADDRESS, PORT, true);
        final DatagramEndpoint last = rig.bind(StackDriver.ADDRESS, PORT, true);
        rig.stack.inject(Datagram.toStack(PORT, "x").toBytes());
        assertThat(first.isReadable()).isFalse();
        assertThat(rig.receive(last)).isEqualTo("x");
        last.close();
        rig.stack.inject(Datagram.toStack(PORT, "y").toBytes());
        assertThat(rig.receive(first)).isEqualTo("y");
    }

    @ParameterizedTest
    @ValueSource(strings = {"255.255.255.255", StackDriver.BROADCAST})
    void shouldGiveABroadcastToAllThatAreBoundForIt(final String address) throws Exception {
        final DatagramEndpoint first = rig.bind("0.0.0.0", PORT, true);
        final DatagramEndpoint second = rig.bind("0.0.0.0", PORT, true);
        final DatagramEndpoint atBroadcast = rig.bind(address, PORT, true);
        final DatagramEndpoint specific = rig.bind(StackDriver.ADDRESS, PORT, true);
        rig.stack.inject(Datagram.toStack(PORT, "all").to(address).toBytes());
        assertThat(rig.receive(first)).isEqualTo("all");
        assertThat(rig.receive(second)).isEqualTo("all");
        assertThat(rig.receive(atBroadcast)).isEqualTo("all");
        assertThat(specific.isReadable()).isFalse();
    }

    @Test
    void shouldBoundWhatWaits() throws Exception {
        final DatagramEndpoint endpoint = rig.bind(StackDriver.ADDRESS, PORT);
        endpoint.receiveBuffer(3 * (32 + 100));
        for (int i = 0; i < 5; i++) {
            rig.stack.inject(Datagram.toStack(PORT, "x".repeat(100)).toBytes());
        }
        assertThat(rig.counter(Counter.UDP_BUFFER_FULL)).isEqualTo(2);
        assertThat(rig.receiveAll(endpoint)).hasSize(3);
        endpoint.receiveBuffer(1);
        rig.stack.inject(Datagram.toStack(PORT, "one always fits").toBytes());
        assertThat(rig.receiveAll(endpoint)).containsExactly("one always fits");
        assertThat(rig.stack.engine().udp().bytesInUse()).isZero();
    }

    @Test
    void shouldDropWhatTheMemoryIsTooSmallFor() throws Exception {
        final DatagramEndpoint endpoint = rig.bind(StackDriver.ADDRESS, PORT);
        endpoint.receiveBuffer(1 << 30);
        final byte[] packet = Datagram.toStack(PORT, "x".repeat(1_400)).toBytes();
        int sent = 0;
        while (rig.counter(Counter.UDP_SLAB_FULL) == 0) {
            rig.stack.inject(packet);
            sent++;
        }
        assertThat(rig.receiveAll(endpoint)).hasSize(sent - 1);
        assertThat(rig.stack.engine().udp().bytesInUse()).isZero();
    }

    @Test
    void shouldGiveMemoryBackWhenClosed() throws Exception {
        final DatagramEndpoint endpoint = rig.bind(StackDriver.ADDRESS, PORT);
        rig.stack.inject(Datagram.toStack(PORT, "never read").toBytes());
        assertThat(rig.stack.engine().udp().bytesInUse()).isPositive();
        endpoint.close();
        endpoint.close();
        assertThat(rig.stack.engine().udp().bytesInUse()).isZero();
        assertThat(rig.stack.engine().udp().endpoints()).isZero();
        rig.stack.inject(Datagram.toStack(PORT, "nobody").toBytes());
        assertThat(rig.counter(Counter.UDP_NO_PORT)).isEqualTo(1);
    }

    @Test
    void shouldCutAndCountWhatTheRoomIsTooSmallFor() throws Exception {
        final DatagramEndpoint endpoint = rig.bind(StackDriver.ADDRESS, PORT);
        rig.stack.inject(Datagram.toStack(PORT, "0123456789").toBytes());
        rig.stack.inject(Datagram.toStack(PORT, "next").toBytes());
        assertThat(endpoint.receive(rig.stack.scratch(), 4)).isEqualTo(10);
        assertThat(rig.counter(Counter.UDP_TRUNCATED)).isEqualTo(1);
        assertThat(rig.receive(endpoint)).isEqualTo("next");
    }

    @Test
    void shouldGoOnWhereAHandlerThrows() throws Exception {
        rig.stack.expectExceptions(1);
        final DatagramEndpoint broken = rig.stack.engine().udp().open(events -> {
            throw new IllegalStateException("a handler's defect");
        });
        broken.bind(0, EndpointRig.address("0.0.0.0"), PORT, true);
        final DatagramEndpoint sound = rig.bind("0.0.0.0", PORT, true);
        rig.stack.inject(Datagram.toStack(PORT, "all").to("255.255.255.255").toBytes());
        assertThat(rig.takeEvents()).isEqualTo(DatagramHandler.READABLE);
        assertThat(rig.receive(sound)).isEqualTo("all");
    }

    @Test
    void shouldReassembleWhatComesInFragments() throws Exception {
        final DatagramEndpoint endpoint = rig.bind(StackDriver.ADDRESS, PORT);
        final String text = "x".repeat(3_000);
        final byte[] udp = Datagram.toStack(PORT, text).udp(0);
        final Datagram whole = Datagram.toStack(PORT, text);
        rig.stack.inject(whole.packet(Arrays.copyOfRange(udp, 1_480, udp.length)).flagsAndOffset(185).toBytes());
        rig.stack.inject(whole.packet(Arrays.copyOf(udp, 1_480)).flagsAndOffset(0x2000).toBytes());
        assertThat(rig.receive(endpoint)).isEqualTo(text);
    }

    @Test
    void shouldNotBeBroughtDownByAnyBytes() throws Exception {
        rig.bind("0.0.0.0", PORT);
        final byte[] right = Datagram.toStack(PORT, "some text").toBytes();
        for (int index = 20; index < right.length; index++) {
            for (final int value : new int[]{0, 1, 0x7F, 0x80, 0xFF}) {
                final byte[] packet = right.clone();
                packet[index] = (byte) value;
                rig.stack.inject(packet);
            }
        }
        assertThat(rig.counter(Counter.EXCEPTIONS)).isZero();
    }
}
