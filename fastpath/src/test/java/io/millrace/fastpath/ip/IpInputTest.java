package io.millrace.fastpath.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.testing.IpPacket;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.QueuePort;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.wire.IpProtocol;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with a packet costs one counter, and nothing else (RFC 1122 §3.2.1). */
class IpInputTest {
    private static final long MAC = 0x0200_0000_0001L;
    private static final byte[] SYN = new Packet(Packet.address(Peer.ADDRESS), 40_000,
            Packet.address(StackDriver.ADDRESS), 80, 5_000, 0, Packet.flags("S"), 1_000, 0, 1_460, -1, new byte[0])
            .toBytes();

    @Test
    void shouldTakeAPacketWithPaddingBehindIt() {
        try (StackDriver stack = new StackDriver()) {
            stack.inject(Arrays.copyOf(SYN, SYN.length + 6));
            assertThat(stack.sent().is("RA")).isTrue();
        }
    }

    @ParameterizedTest(name = "byte {0} is {1}: {2}")
    @CsvSource({"0, 85, IP_MALFORMED", "0, 0, IP_MALFORMED", "0, 68, IP_MALFORMED", "0, 79, IP_MALFORMED",
            // total length beyond the frame, and within the header
            "3, 200, IP_MALFORMED", "3, 19, IP_MALFORMED",
            "8, 1, IP_BAD_CHECKSUM", "11, 0, IP_BAD_CHECKSUM", "15, 77, IP_BAD_CHECKSUM"})
    void shouldDropAnImpossibleHeader(final int index, final int value, final Counter counter) {
        final byte[] packet = SYN.clone();
        packet[index] = (byte) value;
        assertDropped(packet, counter);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 19})
    void shouldDropATruncatedHeader(final int length) {
        assertDropped(Arrays.copyOf(SYN, length), Counter.IP_MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "0.1.2.3", "127.0.0.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
            "255.255.255.255", StackDriver.BROADCAST, StackDriver.ADDRESS})
    void shouldDropASourceThatNoHostHas(final String source) {
        assertDropped(tcp().from(source).toBytes(), Counter.IP_BAD_SOURCE);
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.9, IP_NOT_FOR_US", "192.0.2.1, IP_NOT_FOR_US", "255.255.255.255, IP_BROADCAST",
            "10.0.0.255, IP_BROADCAST"})
    void shouldDropWhatIsNotForUs(final String destination, final Counter counter) {
        assertDropped(tcp().to(destination).toBytes(), counter);
        assertDropped(IpPacket.toStack(IpProtocol.UDP, IpPacket.udp(9, new byte[8])).to(destination).toBytes(),
                counter);
        assertDropped(IpPacket.toStack(99, new byte[8]).to(destination).toBytes(), counter);
        final byte[] echo = IpPacket.icmp(8, 0, 1, new byte[8]);
        assertDropped(IpPacket.toStack(IpProtocol.ICMP, echo).to(destination).toBytes(), counter);
    }

    @Test
    void shouldDropSourceRoutes() {
        assertDropped(tcp().options(131, 3, 4, 0).toBytes(), Counter.IP_SOURCE_ROUTE);
        assertDropped(tcp().options(1, 137, 3, 4).toBytes(), Counter.IP_SOURCE_ROUTE);
        assertDropped(tcp().options(7, 4, 4, 0, 131, 3, 4, 0).toBytes(), Counter.IP_SOURCE_ROUTE);
    }

    @Test
    void shouldSkipOtherOptions() {
        try (StackDriver stack = new StackDriver()) {
            stack.inject(tcp().options(7, 7, 4, 0, 0, 0, 0, 0).toBytes());
            stack.inject(tcp().options(148, 4, 0, 0).toBytes());
            // a length that cannot be ends the options, not the packet
            stack.inject(tcp().options(9, 0, 131, 3).toBytes());
            assertThat(stack.allSent()).hasSize(3).allMatch(packet -> packet.is("RA"));
        }
    }

    @ParameterizedTest(name = "byte {0} of the segment is {1}: {2}")
    @CsvSource({"12, 64, TCP_MALFORMED", "12, 240, TCP_MALFORMED", "13, 16, TCP_BAD_CHECKSUM",
            "16, 1, TCP_BAD_CHECKSUM"})
    void shouldDropABadSegment(final int index, final int value, final Counter counter) {
        final byte[] packet = SYN.clone();
        packet[20 + index] = (byte) value;
        assertDropped(packet, Counter.TCP_SEGMENTS_RECEIVED, counter);
    }

    @Test
    void shouldDropATruncatedSegment() {
        for (int length = 0; length < 20; length++) {
            assertDropped(IpPacket.toStack(IpProtocol.TCP, new byte[length]).toBytes(), Counter.TCP_SEGMENTS_RECEIVED,
                    Counter.TCP_MALFORMED);
        }
    }

    @Test
    void shouldDropPort0() {
        final int from = Packet.address(Peer.ADDRESS);
        final int to = Packet.address(StackDriver.ADDRESS);
        assertDropped(new Packet(from, 0, to, 80, 1, 0, Packet.flags("S"), 0, 0, -1, -1, new byte[0]).toBytes(),
                Counter.TCP_SEGMENTS_RECEIVED, Counter.TCP_PORT_ZERO);
        assertDropped(new Packet(from, 80, to, 0, 1, 0, Packet.flags("S"), 0, 0, -1, -1, new byte[0]).toBytes(),
                Counter.TCP_SEGMENTS_RECEIVED, Counter.TCP_PORT_ZERO);
    }

    @Test
    void shouldDropFramesThatAreNoneOfOurs() {
        assertDroppedFrame(new byte[13], Counter.ETHERNET_TRUNCATED);
        assertDroppedFrame(frame(MAC + 1, 0x0800, SYN), Counter.ETHERNET_NOT_FOR_US);
        assertDroppedFrame(frame(MAC, 0x86DE, SYN), Counter.ETHERNET_UNKNOWN_TYPE);
        assertDroppedFrame(frame(MAC, 0x86DD, SYN), Counter.IP_MALFORMED);
        assertDroppedFrame(frame(MAC, 0x0806, new byte[27]), Counter.ARP_MALFORMED);
        assertDroppedFrame(frame(MAC, 0x0800, new byte[0]), Counter.IP_MALFORMED);
        // RFC 1122 §3.3.6
        assertDroppedFrame(frame(0xFFFF_FFFF_FFFFL, 0x0800, SYN), Counter.IP_IN_LINK_BROADCAST);
        assertDroppedFrame(frame(0x0100_5E00_0001L, 0x0800, SYN), Counter.IP_IN_LINK_BROADCAST);
        assertDroppedFrame(frame(0xFFFF_FFFF_FFFFL, 0x0800, tcp().to("10.0.0.255").toBytes()), Counter.IP_BROADCAST);
    }

    private static IpPacket tcp() {
        return IpPacket.toStack(IpProtocol.TCP, Arrays.copyOfRange(SYN, 20, SYN.length));
    }

    private static byte[] frame(final long destination, final int type, final byte[] payload) {
        return ByteBuffer.allocate(14 + payload.length).putShort((short) (destination >>> 32))
                .putInt((int) destination).putShort((short) 0x0200).putInt(2).putShort((short) type).put(payload)
                .array();
    }

    private static void assertDroppedFrame(final byte[] frame, final Counter counter) {
        try (StackDriver stack = new StackDriver(EngineSettings.DEFAULT, new QueuePort(1_500, MAC))) {
            stack.inject(frame);
            assertThat(stack.port().poll()).isNull();
            assertThat(stack.counters()).isEqualTo(Map.of(counter, 1L));
        }
    }

    private static void assertDropped(final byte[] packet, final Counter... counters) {
        try (StackDriver stack = new StackDriver()) {
            stack.listen(80, 1, io.millrace.fastpath.tcp.TcpSettings.DEFAULT);
            stack.inject(packet);
            assertThat(stack.port().poll()).isNull();
            assertThat(stack.counters().keySet()).containsExactlyInAnyOrder(counters);
            assertThat(stack.counters().values()).containsOnly(1L);
            assertThat(stack.engine().connections()).isZero();
        }
    }
}
