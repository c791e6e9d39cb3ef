package io.millrace.fastpath.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.testing.IpPacket;
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

/** ICMP for IPv4: echo, errors we send, messages of no use (RFC 792, RFC 1122 §3.2.2). */
class IcmpTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 55, 56, 1_471, 1_472})
    void shouldAnswerAnEchoRequestWithAllItsBytes(final int length) {
        try (StackDriver stack = new StackDriver()) {
            final byte[] data = new byte[length];
            for (int i = 0; i < length; i++) {
                data[i] = (byte) (i * 7 + 1);
            }
            final IpPacket request = icmp(8, 0, 0x1234_5678, data);
            stack.inject(request.toBytes());
            final IpPacket reply = IpPacket.of(stack.port().poll());
            assertThat(reply.source()).isEqualTo(request.destination());
            assertThat(reply.destination()).isEqualTo(request.source());
            assertThat(reply.protocol()).isEqualTo(IpProtocol.ICMP);
            assertThat(reply.payload()).isEqualTo(IpPacket.icmp(0, 0, 0x1234_5678, data));
            assertThat(stack.counters()).isEqualTo(Map.of(Counter.ICMP_ECHOES_ANSWERED, 1L));
        }
    }

    @Test
    void shouldDropMalformedMessages() {
        for (int length = 0; length < 8; length++) {
            assertDropped(IpPacket.toStack(IpProtocol.ICMP, new byte[length]).toBytes(), Counter.ICMP_MALFORMED);
        }
        final byte[] message = IpPacket.icmp(8, 0, 1, new byte[9]);
        message[12] ^= 1;
        assertDropped(IpPacket.toStack(IpProtocol.ICMP, message).toBytes(), Counter.ICMP_BAD_CHECKSUM);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "4, 0", "5, 1", "9, 0", "10, 0", "12, 0", "13, 0", "17, 0", "255, 255"})
    void shouldIgnoreWhatIsOfNoUse(final int type, final int code) {
        assertDropped(icmp(type, code, 0, new byte[40]).toBytes(), Counter.ICMP_IGNORED);
    }

    @ParameterizedTest
    @CsvSource({"17, 3, UDP_NO_PORT", "132, 2, IP_UNKNOWN_PROTOCOL", "255, 2, IP_UNKNOWN_PROTOCOL"})
    void shouldTellTheSenderWhatIsUnreachable(final int protocol, final int code, final Counter counter) {
        try (StackDriver stack = new StackDriver()) {
            final byte[] packet = IpPacket.toStack(protocol, IpPacket.udp(9, new byte[25])).toBytes();
            stack.inject(packet);
            final IpPacket error = IpPacket.of(stack.port().poll());
            assertThat(error.payload()).isEqualTo(IpPacket.icmp(3, code, 0, Arrays.copyOf(packet, 28)));
            assertThat(stack.counters()).isEqualTo(Map.of(counter, 1L, Counter.ICMP_ERRORS_SENT, 1L));
        }
    }

    @Test
    void shouldQuoteOptionsAndShortDatagramsAsTheyAre() {
        try (StackDriver stack = new StackDriver()) {
            final byte[] withOptions = IpPacket.toStack(IpProtocol.UDP, IpPacket.udp(9, new byte[92]))
                    .options(7, 3, 4, 0).toBytes();
            stack.inject(withOptions);
            assertThat(IpPacket.of(stack.port().poll()).payload())
                    .isEqualTo(IpPacket.icmp(3, 3, 0, Arrays.copyOf(withOptions, 32)));
            final byte[] shorter = IpPacket.toStack(IpProtocol.UDP, IpPacket.udp(9, new byte[0])).toBytes();
            stack.inject(Arrays.copyOf(shorter, 46));
            assertThat(IpPacket.of(stack.port().poll()).payload()).isEqualTo(IpPacket.icmp(3, 3, 0, shorter));
        }
    }

    @Test
    void shouldBoundErrorsAndEchoesApart() {
        try (StackDriver stack = new StackDriver()) {
            final byte[] datagram = IpPacket.toStack(IpProtocol.UDP, IpPacket.udp(9, new byte[8])).toBytes();
            final byte[] echo = icmp(8, 0, 1, new byte[8]).toBytes();
            for (int i = 0; i < 150; i++) {
                stack.inject(datagram).inject(echo);
            }
            assertThat(stack.counter(Counter.ICMP_ERRORS_SENT)).isEqualTo(100);
            assertThat(stack.counter(Counter.ICMP_ECHOES_ANSWERED)).isEqualTo(100);
            assertThat(stack.counter(Counter.ICMP_RATE_LIMITED)).isEqualTo(100);
            stack.advanceMs(5);
            for (int i = 0; i < 10; i++) {
                stack.inject(datagram);
            }
            assertThat(stack.counter(Counter.ICMP_ERRORS_SENT)).isEqualTo(105);
        }
    }

    /** Every entry of the table waits for a neighbour's address; what is dropped was not sent. */
    @Test
    void shouldCountOnlyErrorsThatAreSent() {
        final long mac = 0x0200_0000_0001L;
        final EngineSettings small = new EngineSettings(16, 16, 1 << 20, 16, 1 << 16, 16, 4, 1_000);
        try (StackDriver stack = new StackDriver(small, new QueuePort(1_500, mac))) {
            for (int i = 0; i < 17; i++) {
                final byte[] packet = IpPacket.toStack(IpProtocol.UDP, IpPacket.udp(9, new byte[8]))
                        .from("10.0.0." + (10 + i)).toBytes();
                stack.inject(ByteBuffer.allocate(14 + packet.length).putShort((short) (mac >>> 32)).putInt((int) mac)
                        .putShort((short) 0x0200).putInt(2).putShort((short) 0x0800).put(packet).array());
            }
            assertThat(stack.counters()).isEqualTo(Map.of(Counter.UDP_NO_PORT, 17L, Counter.ICMP_ERRORS_SENT, 16L,
                    Counter.NEIGHBOUR_TABLE_FULL, 1L));
        }
    }

    @Test
    void shouldSendNoErrorsWhereSetSo() {
        final EngineSettings silent = new EngineSettings(16, 16, 1 << 20, 16, 1 << 16, 16, 4, 0);
        try (StackDriver stack = new StackDriver(silent, 1_500)) {
            stack.inject(IpPacket.toStack(IpProtocol.UDP, IpPacket.udp(9, new byte[8])).toBytes());
            assertThat(stack.port().poll()).isNull();
            assertThat(stack.counters()).isEqualTo(Map.of(Counter.UDP_NO_PORT, 1L, Counter.ICMP_RATE_LIMITED, 1L));
        }
    }

    private static IpPacket icmp(final int type, final int code, final int rest, final byte[] data) {
        return IpPacket.toStack(IpProtocol.ICMP, IpPacket.icmp(type, code, rest, data));
    }

    private static void assertDropped(final byte[] packet, final Counter counter) {
        try (StackDriver stack = new StackDriver()) {
            stack.inject(packet);
            assertThat(stack.port().poll()).isNull();
            assertThat(stack.counters()).isEqualTo(Map.of(counter, 1L));
        }
    }
}
