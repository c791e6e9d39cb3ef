package io.millrace.fastpath.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.Ipv6Packet;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.QueuePort;
import io.millrace.fastpath.testing.StackDriver;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be wrong with an IPv6 packet, and what the stack does about it. Thread: the test's. */
class Ipv6InputTest {
    private static final long MAC = 0x0200_0000_0001L;
    private static final byte[] ECHO = Ipv6Packet.icmp(128, 0, 0x0001_0002, "ping".getBytes());
    private static final int UNKNOWN = 253;

    private StackDriver stack;

    @BeforeEach
    void open() {
        Family.use(Family.V6);
        stack = new StackDriver();
    }

    @AfterEach
    void close() {
        Family.use(Family.V4);
        stack.close();
    }

    private static Ipv6Packet echo() {
        return Ipv6Packet.toStack(Ipv6Packet.ICMP, ECHO).checksummed();
    }

    private static byte[] syn() {
        return new Packet(Packet.address(Peer.ADDRESS), 40_000, Packet.address(StackDriver.ADDRESS), 80, 1, 0,
                Packet.flags("S"), 0, 0, -1, -1, new byte[0]).toBytes();
    }

    private void assertDropped(final byte[] packet, final Counter counter) {
        stack.inject(packet);
        assertThat(stack.port().poll()).isNull();
        assertThat(stack.counters()).isEqualTo(Map.of(counter, 1L));
    }

    private void assertEchoed(final Ipv6Packet packet) {
        stack.inject(packet.toBytes());
        final Ipv6Packet reply = Ipv6Packet.of(stack.port().poll());
        assertThat(reply.source()).isEqualTo(Ipv6Packet.address(StackDriver.ADDRESS));
        assertThat(reply.destination()).isEqualTo(packet.source());
        assertThat(reply.payload()[0]).isEqualTo((byte) 129);
        assertThat(reply.isChecksumRight()).isTrue();
        assertThat(Arrays.copyOfRange(reply.payload(), 4, reply.payload().length))
                .isEqualTo(Arrays.copyOfRange(ECHO, 4, ECHO.length));
        assertThat(stack.port().poll()).isNull();
    }

    /** The stack answers with a parameter problem that quotes the packet. */
    private void assertProblem(final Ipv6Packet packet, final int code, final int pointer) {
        stack.inject(packet.toBytes());
        final Ipv6Packet problem = Ipv6Packet.of(stack.port().poll());
        assertThat(problem.isChecksumRight()).isTrue();
        assertThat(problem.source()).isEqualTo(Ipv6Packet.address(StackDriver.ADDRESS));
        assertThat(problem.destination()).isEqualTo(packet.source());
        final ByteBuffer message = ByteBuffer.wrap(problem.payload());
        assertThat(message.getShort(0)).isEqualTo((short) (4 << 8 | code));
        assertThat(message.getInt(4)).as("pointer").isEqualTo(pointer);
        final byte[] quoted = Arrays.copyOfRange(problem.payload(), 8, problem.payload().length);
        assertThat(quoted).isEqualTo(Arrays.copyOf(packet.toBytes(), quoted.length));
        assertThat(quoted.length).isEqualTo(Math.min(packet.toBytes().length, 1_280 - 48));
        assertThat(stack.counter(Counter.ICMP_ERRORS_SENT)).isEqualTo(1);
    }

    @Test
    void shouldAnswerAnEcho() {
        assertEchoed(echo());
        assertThat(stack.counters()).isEqualTo(Map.of(Counter.ICMP_ECHOES_ANSWERED, 1L));
    }

    @Test
    void shouldAnswerAnEchoToAGroupFromAnAddressOfItsOwn() {
        stack.routes().join("ff02::1234");
        assertEchoed(Ipv6Packet.toStack(Ipv6Packet.ICMP, ECHO).to("ff02::1234").checksummed());
    }

    @Test
    void shouldDropABadChecksum() {
        final byte[] packet = echo().toBytes();
        packet[50] ^= 1;
        assertDropped(packet, Counter.ICMP_BAD_CHECKSUM);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 19, 39, 51})
    void shouldDropATruncatedPacket(final int length) {
        assertDropped(Arrays.copyOf(echo().toBytes(), length), Counter.IP_MALFORMED);
    }

    @Test
    void shouldIgnorePaddingOfTheLinkLayer() {
        stack.inject(Arrays.copyOf(echo().toBytes(), 60));
        assertThat(Ipv6Packet.of(stack.port().poll()).payload()).hasSize(ECHO.length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ff02::1", "ff0e::77", "::1", "::ffff:10.0.0.2", "::ffff:10.0.0.1"})
    void shouldDropASourceThatNoHostHas(final String source) {
        assertDropped(Ipv6Packet.toStack(Ipv6Packet.ICMP, ECHO).from(source).checksummed().toBytes(),
                Counter.IP_BAD_SOURCE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"::", StackDriver.ADDRESS})
    void shouldAnswerNothingThatHasNoSourceOrOneOfOurs(final String source) {
        assertDropped(Ipv6Packet.toStack(Ipv6Packet.ICMP, ECHO).from(source).checksummed().toBytes(),
                Counter.IP_BAD_SOURCE);
        for (final Ipv6Packet packet : new Ipv6Packet[]{Ipv6Packet.of(syn()).from(source).checksummed(),
                Ipv6Packet.of(syn()).from(source).checksummed().behind(0, Ipv6Packet.extension(6)),
                echo().from(source).behind(0, Ipv6Packet.extension(58, 0xC7, 0, 1, 0)),
                echo().from(source).behind(0, Ipv6Packet.extension(UNKNOWN))}) {
            stack.inject(packet.toBytes());
            assertThat(stack.port().poll()).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.9", "ff02::99", "::1", "::ffff:10.0.0.1", "ff01::1", "::"})
    void shouldDropWhatIsForOthers(final String destination) {
        stack.routes().join("ff01::1");
        assertDropped(echo().to(destination).toBytes(), Counter.IP_NOT_FOR_US);
    }

    @Test
    void shouldDropFramesThatAreNoneOfOurs() {
        try (StackDriver onEthernet = new StackDriver(EngineSettings.DEFAULT, new QueuePort(1_500, MAC))) {
            onEthernet.inject(frame(0xFFFF_FFFF_FFFFL, echo().toBytes()));
            onEthernet.inject(frame(0x3333_0000_0001L, syn()));
            onEthernet.inject(frame(MAC, new byte[0]));
            assertThat(onEthernet.port().poll()).isNull();
            assertThat(onEthernet.counters())
                    .isEqualTo(Map.of(Counter.IP_IN_LINK_BROADCAST, 2L, Counter.IP_MALFORMED, 1L));
        }
    }

    private static byte[] frame(final long destination, final byte[] payload) {
        return ByteBuffer.allocate(14 + payload.length).putShort((short) (destination >>> 32))
                .putInt((int) destination).putShort((short) 0x0200).putInt(2).putShort((short) 0x86DD).put(payload)
                .array();
    }

    @Test
    void shouldSkipExtensionHeaders() {
        assertEchoed(echo().behind(60, Ipv6Packet.extension(58, 1, 4, 0, 0, 0, 0))
                .behind(43, Ipv6Packet.extension(60, 0, 0, 0, 0, 0, 0))
                .behind(60, Ipv6Packet.extension(43, 0x3E, 2, 9, 9, 0, 0))
                .behind(0, Ipv6Packet.extension(60, 5, 2, 0, 0, 1, 0)));
    }

    @Test
    void shouldTakeAConnectionBehindExtensionHeaders() {
        stack.listen(80, 1, TcpSettings.DEFAULT);
        stack.inject(Ipv6Packet.of(syn()).behind(60, Ipv6Packet.extension(6, 1, 4, 0, 0, 0, 0)).toBytes());
        assertThat(stack.sent().is("SA")).isTrue();
    }

    @Test
    void shouldDropMoreHeadersThanAnyoneSends() {
        Ipv6Packet packet = echo();
        for (int i = 0; i < 8; i++) {
            packet = packet.behind(60, Ipv6Packet.extension(packet.nextHeader(), 1, 4, 0, 0, 0, 0));
        }
        assertEchoed(packet);
        stack.inject(packet.behind(60, Ipv6Packet.extension(60, 1, 4, 0, 0, 0, 0)).toBytes());
        assertThat(stack.port().poll()).isNull();
        assertThat(stack.counter(Counter.IPV6_EXTENSIONS_MALFORMED)).isEqualTo(1);
    }

    @Test
    void shouldDropHeadersThatGoBeyondThePacket() {
        final byte[] header = Ipv6Packet.extension(58, 1, 4, 0, 0, 0, 0);
        header[1] = 9;
        assertDropped(echo().behind(60, header).toBytes(), Counter.IPV6_EXTENSIONS_MALFORMED);
        stack.inject(Ipv6Packet.toStack(60, new byte[]{58, 0, 1, 4}).toBytes());
        stack.inject(Ipv6Packet.toStack(60, new byte[0]).toBytes());
        stack.inject(Ipv6Packet.toStack(44, new byte[7]).toBytes());
        assertThat(stack.counters()).isEqualTo(Map.of(Counter.IPV6_EXTENSIONS_MALFORMED, 4L));
    }

    @Test
    void shouldDropTooManyOptionsAndTooMuchPadding() {
        final int[] options = new int[9 * 2];
        for (int i = 0; i < options.length; i += 2) {
            options[i] = 0x1E;
        }
        assertDropped(echo().behind(60, Ipv6Packet.extension(58, options)).toBytes(),
                Counter.IPV6_EXTENSIONS_MALFORMED);
        stack.inject(echo().behind(60, Ipv6Packet.extension(58, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)).toBytes());
        stack.inject(echo().behind(60, Ipv6Packet.extension(58, 0x1E, 200, 0, 0, 0, 0)).toBytes());
        assertThat(stack.port().poll()).isNull();
        assertThat(stack.counters()).isEqualTo(Map.of(Counter.IPV6_EXTENSIONS_MALFORMED, 3L));
    }

    @Test
    void shouldSayNothingBehindNothing() {
        assertDropped(Ipv6Packet.toStack(59, "anything".getBytes()).toBytes(), Counter.IPV6_NOTHING_FOLLOWS);
    }

    @Test
    void shouldDropInSilenceWhatAsksForIt() {
        assertDropped(echo().behind(60, Ipv6Packet.extension(58, 0x5E, 4, 0, 0, 0, 0)).toBytes(),
                Counter.IPV6_OPTION_REFUSED);
    }

    @Test
    void shouldTellOfAnUnknownOption() {
        assertProblem(echo().behind(60, Ipv6Packet.extension(58, 0x9E, 4, 0, 0, 0, 0)), 2, 42);
    }

    @Test
    void shouldTellOfAnUnknownOptionThatWantsItForOneHostOnly() {
        assertProblem(echo().behind(0, Ipv6Packet.extension(58, 1, 0, 0xC2, 2, 0, 0)), 2, 44);
    }

    @ParameterizedTest
    @CsvSource({"0x9E, true", "0xDE, false"})
    void shouldTellOfAnOptionOfAPacketToAGroupWhereItAsksForThat(final String option, final boolean told) {
        stack.routes().join("ff02::1234");
        final Ipv6Packet packet = echo().to("ff02::1234")
                .behind(60, Ipv6Packet.extension(58, Integer.decode(option), 4, 0, 0, 0, 0));
        if (told) {
            assertProblem(packet, 2, 42);
        } else {
            assertDropped(packet.toBytes(), Counter.IPV6_OPTION_REFUSED);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 4, 99})
    void shouldRefuseARouteThatGoesOn(final int type) {
        assertProblem(echo().behind(43, Ipv6Packet.extension(58, type, 1, 0, 0, 0, 0)), 0, 42);
        assertThat(stack.counter(Counter.IPV6_EXTENSION_REFUSED)).isEqualTo(1);
    }

    @Test
    void shouldRefuseHopByHopOptionsOutOfPlace() {
        assertProblem(echo().behind(0, Ipv6Packet.extension(58, 1, 4, 0, 0, 0, 0))
                .behind(60, Ipv6Packet.extension(0, 1, 4, 0, 0, 0, 0)), 1, 40);
    }

    @Test
    void shouldTellOfAnUnknownProtocol() {
        assertProblem(Ipv6Packet.toStack(UNKNOWN, new byte[2_000]), 1, 6);
    }

    @Test
    void shouldTellWhichHeaderNamesTheUnknownProtocol() {
        assertProblem(Ipv6Packet.toStack(UNKNOWN, new byte[20])
                .behind(60, Ipv6Packet.extension(UNKNOWN, 1, 4, 0, 0, 0, 0)), 1, 40);
    }

    @Test
    void shouldTellThatNobodyListens() {
        final Ipv6Packet datagram = Ipv6Packet.toStack(Ipv6Packet.UDP, Ipv6Packet.udp(77, new byte[3])).checksummed();
        stack.inject(datagram.toBytes());
        final Ipv6Packet error = Ipv6Packet.of(stack.port().poll());
        assertThat(ByteBuffer.wrap(error.payload()).getShort()).isEqualTo((short) (1 << 8 | 4));
        assertThat(error.isChecksumRight()).isTrue();
        assertThat(stack.counters()).isEqualTo(Map.of(Counter.UDP_NO_PORT, 1L, Counter.ICMP_ERRORS_SENT, 1L));
    }

    @Test
    void shouldAnswerNoErrorWithAnError() {
        final byte[] port = Ipv6Packet.icmp(1, 4, 0, new byte[60]);
        stack.inject(Ipv6Packet.toStack(Ipv6Packet.ICMP, port).checksummed()
                .behind(60, Ipv6Packet.extension(58, 0x9E, 4, 0, 0, 0, 0)).toBytes());
        assertThat(stack.port().poll()).isNull();
        assertThat(stack.counter(Counter.IPV6_OPTION_REFUSED)).isEqualTo(1);
    }

    @Test
    void shouldDropADatagramWithoutChecksum() {
        assertDropped(Ipv6Packet.toStack(Ipv6Packet.UDP, Ipv6Packet.udp(77, new byte[3])).toBytes(),
                Counter.UDP_BAD_CHECKSUM);
    }

    @Test
    void shouldBoundTheErrorsItSends() {
        for (int i = 0; i < 500; i++) {
            stack.inject(Ipv6Packet.toStack(UNKNOWN, new byte[2]).toBytes());
        }
        final long sent = stack.counter(Counter.ICMP_ERRORS_SENT);
        assertThat(sent).isBetween(50L, 200L);
        assertThat(stack.counter(Counter.ICMP_RATE_LIMITED)).isEqualTo(500 - sent);
    }
}
