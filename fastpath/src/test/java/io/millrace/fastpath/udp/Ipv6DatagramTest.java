package io.millrace.fastpath.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.Datagram;
import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.IpPacket;
import io.millrace.fastpath.testing.Ipv6Packet;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.wire.IpAddress;
import java.net.BindException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** UDP over IPv6, and over both families at once. Thread: the test's. */
class Ipv6DatagramTest {
    private static final int PORT = 7;
    private static final String GROUP = "ff0e::7";
    private static final int ADDRESS = Packet.address(StackDriver.ADDRESS);
    private static final int PEER = Packet.address(Peer.ADDRESS);

    private EndpointRig rig;

    @BeforeEach
    void open() {
        rig = new EndpointRig();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private DatagramEndpoint bind(final String address, final int port) throws BindException {
        final DatagramEndpoint endpoint = rig.open();
        final InetAddress inet = InetAddress.ofLiteral(address);
        endpoint.bind(IpAddress.hi(inet), IpAddress.lo(inet), port, false);
        return endpoint;
    }

    private SendResult send(final DatagramEndpoint from, final Family family, final String text) {
        return rig.sendTo(from, family.hi(), family.lo(PEER), 77, text.getBytes(StandardCharsets.US_ASCII));
    }

    private static Ipv6Packet datagram(final String text) {
        return Ipv6Packet.toStack(Ipv6Packet.UDP, Ipv6Packet.udp(PORT, text.getBytes(StandardCharsets.US_ASCII)))
                .checksummed();
    }

    private Ipv6Packet sent() {
        return Ipv6Packet.of(rig.stack.port().poll());
    }

    private static String text(final Ipv6Packet packet) {
        return new String(packet.payload(), 8, packet.payload().length - 8, StandardCharsets.US_ASCII);
    }

    @Test
    void shouldReceiveAndTellWhoSent() throws Exception {
        final DatagramEndpoint endpoint = bind("2001:db8::a00:1", PORT);
        rig.stack.inject(datagram("hello").toBytes());
        assertThat(rig.receive(endpoint)).isEqualTo("hello");
        assertThat(endpoint.senderHi()).isEqualTo(Family.V6.hi());
        assertThat(endpoint.senderLo()).isEqualTo(Family.V6.lo(PEER));
        assertThat(endpoint.senderPort()).isEqualTo(1_000);
    }

    @Test
    void shouldSend() throws Exception {
        final DatagramEndpoint endpoint = bind("2001:db8::a00:1", PORT);
        endpoint.trafficClass(0x88);
        assertThat(send(endpoint, Family.V6, "hello")).isEqualTo(SendResult.SENT);
        final Ipv6Packet packet = sent();
        assertThat(packet.source()).isEqualTo(Ipv6Packet.address(StackDriver.ADDRESS));
        assertThat(packet.destination()).isEqualTo(Ipv6Packet.address(Peer.ADDRESS));
        assertThat(packet.nextHeader()).isEqualTo(Ipv6Packet.UDP);
        assertThat(packet.hopLimit()).isEqualTo(64);
        assertThat(packet.label() >>> 20).isEqualTo(0x88);
        assertThat(packet.isChecksumRight()).isTrue();
        assertThat(text(packet)).isEqualTo("hello");
    }

    /** RFC 4861 §6.3.4. */
    @Test
    void shouldSendWithTheHopLimitThatARouterSaysUnlessAnotherIsSet() throws Exception {
        rig.stack.engine().commands().linkHopLimitV6(0, 99);
        rig.stack.run();
        final DatagramEndpoint endpoint = bind("::", PORT);
        send(endpoint, Family.V6, "hello");
        assertThat(sent().hopLimit()).isEqualTo(99);
        send(endpoint, Family.V4, "hello");
        assertThat(rig.stack.port().poll()[8]).as("time to live of IPv4").isEqualTo((byte) 64);
        endpoint.ttl(5);
        send(endpoint, Family.V6, "hello");
        assertThat(sent().hopLimit()).isEqualTo(5);
    }

    @Test
    void shouldLabelAFlowTheSameAndAnotherDifferently() throws Exception {
        final DatagramEndpoint one = bind("2001:db8::a00:1", PORT);
        final DatagramEndpoint other = bind("2001:db8::a00:1", PORT + 1);
        send(one, Family.V6, "1");
        send(one, Family.V6, "2");
        send(other, Family.V6, "3");
        final int label = sent().label();
        assertThat(label).isNotZero().isEqualTo(sent().label()).isNotEqualTo(sent().label());
        rig.stack.control().flowLabels(false);
        send(bind("2001:db8::a00:1", PORT + 2), Family.V6, "4");
        assertThat(sent().label()).isZero();
    }

    @Test
    void shouldServeBothFamiliesFromTheWildcard() throws Exception {
        final DatagramEndpoint both = bind("::", PORT);
        rig.stack.inject(datagram("six").toBytes());
        rig.stack.inject(IpPacket.toStack(17, IpPacket.udp(PORT, "four".getBytes())).toBytes());
        assertThat(rig.receiveAll(both)).containsExactly("six", "four");
        assertThat(send(both, Family.V4, "four")).isEqualTo(SendResult.SENT);
        assertThat(send(both, Family.V6, "six")).isEqualTo(SendResult.SENT);
        assertThat(Datagram.of(rig.stack.port().poll()).source()).isEqualTo(ADDRESS);
        assertThat(text(sent())).isEqualTo("six");
        assertThatThrownBy(() -> bind("10.0.0.1", PORT)).isInstanceOf(BindException.class);
        assertThatThrownBy(() -> bind("0.0.0.0", PORT)).isInstanceOf(BindException.class);
    }

    @Test
    void shouldTakeTheWildcardOfEitherFamilyForBothWhereTheStackIsSo() throws Exception {
        rig.stack.control().wildcards(true, false);
        final DatagramEndpoint both = bind("0.0.0.0", PORT);
        rig.stack.inject(datagram("six").toBytes());
        assertThat(rig.receive(both)).isEqualTo("six");
        assertThat(both.localAddress().getAddress()).isEqualTo(InetAddress.ofLiteral("::"));
    }

    @Test
    void shouldServeIpv6AloneWhereToldSo() throws Exception {
        rig.stack.control().wildcards(false, true);
        final DatagramEndpoint six = bind("::", PORT);
        final DatagramEndpoint four = bind("0.0.0.0", PORT);
        rig.stack.inject(datagram("six").toBytes());
        rig.stack.inject(IpPacket.toStack(17, IpPacket.udp(PORT, "four".getBytes())).toBytes());
        assertThat(rig.receiveAll(six)).containsExactly("six");
        assertThat(rig.receiveAll(four)).containsExactly("four");
        assertThat(send(six, Family.V4, "x")).isEqualTo(SendResult.NETWORK_UNREACHABLE);
        assertThat(send(four, Family.V6, "x")).isEqualTo(SendResult.NETWORK_UNREACHABLE);
    }

    @Test
    void shouldReachNoOtherFamilyFromASpecificAddress() throws Exception {
        assertThat(send(bind("10.0.0.1", PORT), Family.V6, "x")).isEqualTo(SendResult.NETWORK_UNREACHABLE);
        assertThat(send(bind("2001:db8::a00:1", PORT), Family.V4, "x")).isEqualTo(SendResult.NETWORK_UNREACHABLE);
        assertThat(rig.sentNothing()).isTrue();
    }

    @Test
    void shouldConnectAnUnboundEndpoint() throws Exception {
        final DatagramEndpoint endpoint = rig.open();
        assertThat(endpoint.connect(Family.V6.hi(), Family.V6.lo(PEER), 77)).isEqualTo(SendResult.SENT);
        assertThat(endpoint.localAddress().getAddress()).isEqualTo(InetAddress.ofLiteral("2001:db8::a00:1"));
        assertThat(rig.send(endpoint, "hello")).isEqualTo(SendResult.SENT);
        assertThat(text(sent())).isEqualTo("hello");
    }

    @Test
    void shouldTellAConnectedEndpointThatNobodyListens() throws Exception {
        final DatagramEndpoint endpoint = rig.open();
        endpoint.connect(Family.V6.hi(), Family.V6.lo(PEER), 77);
        rig.send(endpoint, "hello");
        final byte[] about = sent().toBytes();
        rig.stack.inject(Ipv6Packet.toStack(Ipv6Packet.ICMP, Ipv6Packet.icmp(1, 4, 0, about)).checksummed().toBytes());
        assertThat(endpoint.takeError()).isEqualTo(DatagramError.PORT_UNREACHABLE);
    }

    @Test
    void shouldReceiveAndSendToAGroup() throws Exception {
        final byte[] bytes = Ipv6Packet.address(GROUP);
        final long hi = ByteBuffer.wrap(bytes).getLong();
        final long lo = ByteBuffer.wrap(bytes).getLong(8);
        final DatagramEndpoint member = bind("::", PORT);
        final DatagramEndpoint other = bind("::", PORT + 1);
        rig.stack.inject(datagram("before").to(GROUP).checksummed().toBytes());
        member.join(hi, lo);
        rig.stack.inject(datagram("while").to(GROUP).checksummed().toBytes());
        assertThat(rig.sendTo(other, hi, lo, PORT, "own".getBytes())).isEqualTo(SendResult.SENT);
        assertThat(rig.receiveAll(member)).containsExactly("while", "own");
        final Ipv6Packet packet = sent();
        assertThat(packet.destination()).isEqualTo(bytes);
        assertThat(packet.source()).isEqualTo(Ipv6Packet.address(StackDriver.ADDRESS));
        assertThat(packet.hopLimit()).isEqualTo(1);
        member.leave(hi, lo);
        rig.stack.inject(datagram("after").to(GROUP).checksummed().toBytes());
        assertThat(rig.receive(member)).isNull();
        assertThat(rig.counter(Counter.IP_NOT_FOR_US)).isEqualTo(2);
    }

    @Test
    void shouldSendTheLongestInFragments() throws Exception {
        final DatagramEndpoint endpoint = bind("::", PORT);
        assertThat(rig.sendTo(endpoint, Family.V6.hi(), Family.V6.lo(PEER), 77,
                new byte[DatagramEndpoint.MAX_LENGTH + 1])).isEqualTo(SendResult.TOO_LONG);
        assertThat(rig.sendTo(endpoint, Family.V6.hi(), Family.V6.lo(PEER), 77,
                new byte[DatagramEndpoint.MAX_LENGTH])).isEqualTo(SendResult.SENT);
        int bytes = 0;
        for (byte[] next = rig.stack.port().poll(); next != null; next = rig.stack.port().poll()) {
            final Ipv6Packet fragment = Ipv6Packet.of(next);
            assertThat(next.length).isLessThanOrEqualTo(1_500);
            assertThat(fragment.fragmentOffset()).isEqualTo(bytes);
            bytes += fragment.payload().length - 8;
        }
        assertThat(bytes).isEqualTo(65_535);
    }

    @Test
    void shouldTalkToItselfWithTheLongest() throws Exception {
        final DatagramEndpoint from = bind("2001:db8::a00:1", PORT);
        final DatagramEndpoint to = bind("2001:db8::a00:1", PORT + 1);
        final byte[] bytes = new byte[DatagramEndpoint.MAX_LENGTH];
        Arrays.fill(bytes, (byte) 'x');
        assertThat(rig.sendTo(from, Family.V6.hi(), Family.V6.lo(ADDRESS), PORT + 1, bytes)).isEqualTo(SendResult.SENT);
        assertThat(rig.receive(to)).hasSize(DatagramEndpoint.MAX_LENGTH);
        assertThat(rig.sentNothing()).isTrue();
    }
}
