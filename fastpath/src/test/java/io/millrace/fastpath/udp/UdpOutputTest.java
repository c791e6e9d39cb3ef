package io.millrace.fastpath.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.ip.OutgoingDatagram.Fragmentation;
import io.millrace.fastpath.testing.Datagram;
import io.millrace.fastpath.testing.IpPacket;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.QueuePort;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.wire.IpAddress;
import java.net.BindException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent, and what is heard about it. */
class UdpOutputTest {
    private static final int PORT = 5_000;
    private static final String PEER = "10.0.0.2";
    private static final String GROUP = "239.1.2.3";

    private final EndpointRig rig = new EndpointRig();

    @AfterEach
    void close() {
        rig.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 7, 8, 9, 1_000, 1_471, 1_472})
    void shouldSend(final int length) throws Exception {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 7 + 1);
        }
        assertThat(rig.sendTo(rig.bind(StackDriver.ADDRESS, PORT), PEER, 77, bytes)).isEqualTo(SendResult.SENT);
        final Datagram sent = rig.sent();
        assertThat(sent.source()).isEqualTo(Packet.address(StackDriver.ADDRESS));
        assertThat(sent.sourcePort()).isEqualTo(PORT);
        assertThat(sent.destination()).isEqualTo(Packet.address(PEER));
        assertThat(sent.destinationPort()).isEqualTo(77);
        assertThat(sent.payload()).isEqualTo(bytes);
        assertThat(sent.ttl()).isEqualTo(64);
        assertThat(rig.counter(Counter.UDP_SENT)).isEqualTo(1);
    }

    /** RFC 768: a sum of 0 goes out as all ones, for 0 says that there is none. */
    @Test
    void shouldSendAChecksumOf0AsAllOnes() throws Exception {
        final DatagramEndpoint endpoint = rig.bind(StackDriver.ADDRESS, PORT);
        rig.sendTo(endpoint, PEER, 77, new byte[2]);
        final byte[] packet = rig.stack.port().poll();
        // with these two bytes everything covered adds up to all ones
        rig.sendTo(endpoint, PEER, 77, new byte[]{packet[26], packet[27]});
        final byte[] allOnes = rig.stack.port().poll();
        assertThat(new byte[]{allOnes[26], allOnes[27]}).isEqualTo(new byte[]{-1, -1});
        Datagram.of(allOnes);
    }

    @Test
    void shouldSendFromTheAddressOfTheRoute() throws Exception {
        rig.sendTo(rig.bind("0.0.0.0", PORT), PEER, 77, "x");
        assertThat(rig.sent().source()).isEqualTo(Packet.address(StackDriver.ADDRESS));
    }

    @Test
    void shouldSendWithItsTrafficClassButWithoutEcn() throws Exception {
        final DatagramEndpoint endpoint = rig.bind(StackDriver.ADDRESS, PORT);
        endpoint.trafficClass(0xBB);
        rig.sendTo(endpoint, PEER, 77, "x");
        assertThat(rig.sent().trafficClass()).isEqualTo(0xB8);
    }

    @ParameterizedTest
    @CsvSource({"BY_SENDER, 0x4000", "ANYWHERE, 0", "NOWHERE, 0x4000"})
    void shouldLetRoutersFragmentOnlyWhereToldSo(final Fragmentation who, final int flags) throws Exception {
        final DatagramEndpoint endpoint = rig.bind(StackDriver.ADDRESS, PORT);
        endpoint.fragmentation(who);
        rig.sendTo(endpoint, PEER, 77, "x");
        assertThat(IpPacket.of(rig.stack.port().poll()).flagsAndOffset()).isEqualTo(flags);
    }

    @Test
    void shouldFragmentWhatIsLargerThanTheMtu() throws Exception {
        final DatagramEndpoint endpoint = rig.bind(StackDriver.ADDRESS, PORT);
        assertThat(rig.sendTo(endpoint, PEER, 77, new byte[DatagramEndpoint.MAX_LENGTH_V4])).isEqualTo(SendResult.SENT);
        assertThat(rig.sendTo(endpoint, PEER, 77, new byte[DatagramEndpoint.MAX_LENGTH_V4 + 1]))
                .isEqualTo(SendResult.TOO_LONG);
        int bytes = 0;
        for (byte[] next = rig.stack.port().poll(); next != null; next = rig.stack.port().poll()) {
            bytes += IpPacket.of(next).payload().length;
        }
        assertThat(bytes).isEqualTo(65_515);
    }

    /** The test port has 512 frames, and with this MTU the datagram is 1,365 fragments. */
    @Test
    void shouldRefuseMoreFragmentsThanThereAreFrames() throws Exception {
        try (EndpointRig small = new EndpointRig(EngineSettings.DEFAULT, new QueuePort(68))) {
            final DatagramEndpoint endpoint = small.bind(StackDriver.ADDRESS, PORT);
            assertThat(small.sendTo(endpoint, PEER, 77, new byte[DatagramEndpoint.MAX_LENGTH_V4]))
                    .isEqualTo(SendResult.NO_BUFFERS);
            assertThat(small.sendTo(endpoint, PEER, 77, new byte[1_000])).isEqualTo(SendResult.SENT);
        }
    }

    private static SendResult sendUnflushed(final EndpointRig rig, final DatagramEndpoint from, final int length) {
        return from.send(0, EndpointRig.address(PEER), 77, rig.stack.scratch(), length);
    }

    /** Waiting would be for ever, though other frames are on their way. */
    @Test
    void shouldRefuseMoreFragmentsThanThereAreFramesThoughOthersAreOut() throws Exception {
        try (EndpointRig small = new EndpointRig(EngineSettings.DEFAULT, new QueuePort(68))) {
            final DatagramEndpoint endpoint = small.bind(StackDriver.ADDRESS, PORT);
            assertThat(sendUnflushed(small, endpoint, 10)).isEqualTo(SendResult.SENT);
            endpoint.sendBuffer(1 << 20);
            assertThat(sendUnflushed(small, endpoint, DatagramEndpoint.MAX_LENGTH_V4)).isEqualTo(SendResult.NO_BUFFERS);
            small.stack.run();
            assertThat(small.takeEvents()).isZero();
            assertThat(small.counter(Counter.TRANSMIT_NO_FRAME)).isEqualTo(1);
        }
    }

    /** A datagram for which there are frames enough, but not now, waits for them. */
    @Test
    void shouldWaitForFramesThatAreOut() throws Exception {
        try (EndpointRig small = new EndpointRig(EngineSettings.DEFAULT, new QueuePort(68))) {
            final DatagramEndpoint endpoint = small.bind(StackDriver.ADDRESS, PORT);
            endpoint.sendBuffer(1 << 20);
            assertThat(sendUnflushed(small, endpoint, 14_000)).isEqualTo(SendResult.SENT);
            assertThat(sendUnflushed(small, endpoint, 14_000)).isEqualTo(SendResult.BLOCKED);
            small.stack.run();
            assertThat(small.takeEvents()).isEqualTo(DatagramHandler.WRITABLE);
            assertThat(sendUnflushed(small, endpoint, 14_000)).isEqualTo(SendResult.SENT);
            small.stack.run();
        }
    }

    @Test
    void shouldSayThatTooManyFragmentsWouldWaitForTheNeighbour() throws Exception {
        try (EndpointRig link = new EndpointRig(EngineSettings.DEFAULT, new QueuePort(500, 0x0200_0000_0001L))) {
            final DatagramEndpoint endpoint = link.bind(StackDriver.ADDRESS, PORT);
            final byte[] manyFragments = new byte[40_000];
            assertThat(link.sendTo(endpoint, PEER, 77, manyFragments)).isEqualTo(SendResult.NO_BUFFERS);
            assertThat(link.counter(Counter.NEIGHBOUR_QUEUE_FULL)).isEqualTo(84);
            assertThat(link.sendTo(endpoint, PEER, 77, "waits")).isEqualTo(SendResult.SENT);
            link.stack.engine().commands().neighbourResolved(0, 0, EndpointRig.address(PEER), 0x0200_0000_0002L);
            link.stack.run();
            assertThat(link.sendTo(endpoint, PEER, 77, manyFragments)).isEqualTo(SendResult.SENT);
            assertThat(link.counter(Counter.UDP_SENT)).isEqualTo(2);
        }
    }

    @Test
    void shouldTalkToItself() throws Exception {
        final DatagramEndpoint server = rig.bind(StackDriver.ADDRESS, PORT);
        final DatagramEndpoint client = rig.bind(StackDriver.ADDRESS, 6_000);
        final String large = "y".repeat(20_000);
        rig.sendTo(client, StackDriver.ADDRESS, PORT, "x");
        rig.sendTo(client, StackDriver.ADDRESS, PORT, large);
        assertThat(rig.receiveAll(server)).containsExactly("x", large);
        assertThat(server.senderPort()).isEqualTo(6_000);
        assertThat(rig.sentNothing()).isTrue();
    }

    @Test
    void shouldLearnThatNobodyListensHere() throws Exception {
        final DatagramEndpoint client = rig.connect(StackDriver.ADDRESS, 9);
        rig.send(client, "x");
        assertThat(client.takeError()).isEqualTo(DatagramError.PORT_UNREACHABLE);
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.2, 0", "0.0.0.0, 77"})
    void shouldRefuseWhatIsNoDestination(final String address, final int port) throws Exception {
        final DatagramEndpoint endpoint = rig.bind(StackDriver.ADDRESS, PORT);
        assertThat(rig.sendTo(endpoint, address, port, "x")).isEqualTo(SendResult.BAD_DESTINATION);
        assertThat(endpoint.connect(0, EndpointRig.address(address), port)).isEqualTo(SendResult.BAD_DESTINATION);
        assertThat(endpoint.isConnected()).isFalse();
    }

    @Test
    void shouldRefuseWithoutADestination() throws Exception {
        assertThat(rig.send(rig.bind(StackDriver.ADDRESS, PORT), "x")).isEqualTo(SendResult.NOT_CONNECTED);
        assertThat(rig.send(rig.open(), "x")).isEqualTo(SendResult.NOT_CONNECTED);
    }

    @Test
    void shouldRefuseIpv6() throws Exception {
        final DatagramEndpoint endpoint = rig.bind(StackDriver.ADDRESS, PORT);
        assertThat(endpoint.send(0x2001_0DB8L << 32, 1, 77, rig.stack.scratch(), 1))
                .isEqualTo(SendResult.NETWORK_UNREACHABLE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"255.255.255.255", StackDriver.BROADCAST})
    void shouldBroadcastWhereAllowed(final String address) throws Exception {
        final DatagramEndpoint endpoint = rig.bind("0.0.0.0", PORT);
        assertThat(rig.sendTo(endpoint, address, PORT, "x")).isEqualTo(SendResult.BROADCAST_REFUSED);
        endpoint.broadcast(true);
        assertThat(rig.sendTo(endpoint, address, PORT, "x")).isEqualTo(SendResult.SENT);
        final Datagram sent = rig.sent();
        assertThat(sent.destination()).isEqualTo(Packet.address(address));
        assertThat(sent.source()).isEqualTo(Packet.address(StackDriver.ADDRESS));
        assertThat(rig.receive(endpoint)).as("its own").isEqualTo("x");
        endpoint.broadcast(false);
        assertThat(rig.sendTo(endpoint, address, PORT, "x")).isEqualTo(SendResult.BROADCAST_REFUSED);
    }

    /** RFC 2132 §5.1: no path is looked up for a broadcast, its link says how long packets may be. */
    @ParameterizedTest
    @ValueSource(strings = {"255.255.255.255", StackDriver.BROADCAST, GROUP})
    void shouldSendNoLongerPacketsToManyThanADhcpServerSays(final String address) throws Exception {
        rig.stack.engine().commands().linkMtuV4(0, 576);
        rig.stack.run();
        final DatagramEndpoint endpoint = rig.bind(StackDriver.ADDRESS, PORT);
        endpoint.broadcast(true);
        assertThat(rig.sendTo(endpoint, address, PORT + 1, new byte[1_000])).isEqualTo(SendResult.SENT);
        assertThat(rig.stack.port().poll()).as("8 bytes of UDP and 544 of 1000").hasSize(20 + 552);
        assertThat(rig.stack.port().poll()).as("the rest").hasSize(20 + 456);
        assertThat(rig.stack.port().poll()).isNull();
    }

    @Test
    void shouldSendToAGroupAndToItsMembersHere() throws Exception {
        final DatagramEndpoint sender = rig.bind(StackDriver.ADDRESS, PORT);
        final DatagramEndpoint member = rig.bind("0.0.0.0", 6_000, true);
        final DatagramEndpoint stranger = rig.bind("0.0.0.0", 6_000, true);
        member.join(0, EndpointRig.address(GROUP));
        rig.sendTo(sender, GROUP, 6_000, "looped");
        assertThat(rig.sent().ttl()).isEqualTo(1);
        sender.multicastTtl(9);
        sender.multicastLoop(false);
        rig.sendTo(sender, GROUP, 6_000, "not looped");
        assertThat(rig.sent().ttl()).isEqualTo(9);
        sender.multicastTtl(0);
        sender.multicastLoop(true);
        rig.sendTo(sender, GROUP, 6_000, "stays here");
        assertThat(rig.sentNothing()).isTrue();
        assertThat(rig.receiveAll(member)).containsExactly("looped", "stays here");
        assertThat(stranger.isReadable()).isFalse();
    }

    @Test
    void shouldLookForTheWayToAGroupOnce() throws Exception {
        final DatagramEndpoint sender = rig.bind(StackDriver.ADDRESS, PORT);
        rig.sendTo(sender, GROUP, 6_000, "x");
        final int before = rig.stack.routes().groupLookups();
        for (int i = 0; i < 10; i++) {
            rig.sendTo(sender, GROUP, 6_000, "x");
        }
        assertThat(rig.stack.routes().groupLookups()).isEqualTo(before);
    }

    @Test
    void shouldLookForItOnceADatagramWhereTheDestinationsTakeTurns() throws Exception {
        final DatagramEndpoint sender = rig.bind(StackDriver.ADDRESS, PORT);
        for (int i = 0; i < 5; i++) {
            rig.sendTo(sender, GROUP, 6_000, "x");
            rig.sendTo(sender, "224.0.0.77", 6_000, "x");
        }
        assertThat(rig.stack.routes().groupLookups()).isEqualTo(10);
    }

    @Test
    void shouldSendWithItsOwnTimeToLive() throws Exception {
        final DatagramEndpoint sender = rig.bind(StackDriver.ADDRESS, PORT);
        sender.ttl(7);
        rig.sendTo(sender, PEER, 77, "x");
        assertThat(rig.sent().ttl()).isEqualTo(7);
        sender.ttl(0);
        rig.sendTo(sender, PEER, 77, "x");
        assertThat(rig.sent().ttl()).isEqualTo(64);
        rig.sendTo(sender, GROUP, 77, "x");
        assertThat(rig.sent().ttl()).as("a group has one of its own").isEqualTo(1);
    }

    @Test
    void shouldReceiveFromGroupsThatItJoined() throws Exception {
        final DatagramEndpoint member = rig.bind("0.0.0.0", PORT);
        final Datagram datagram = Datagram.toStack(PORT, "x").to(GROUP);
        rig.stack.inject(datagram.toBytes());
        assertThat(member.isReadable()).isFalse();
        member.join(0, EndpointRig.address(GROUP));
        member.join(0, EndpointRig.address(GROUP));
        rig.stack.inject(datagram.toBytes());
        assertThat(rig.receive(member)).isEqualTo("x");
        member.leave(0, EndpointRig.address(GROUP));
        rig.stack.inject(datagram.toBytes());
        assertThat(member.isReadable()).isFalse();
        assertThat(rig.counter(Counter.IP_NOT_FOR_US)).isEqualTo(2);
    }

    @Test
    void shouldLeaveItsGroupsWhenItIsClosed() throws Exception {
        final DatagramEndpoint first = rig.bind("0.0.0.0", PORT, true);
        final DatagramEndpoint second = rig.bind("0.0.0.0", PORT, true);
        first.join(0, EndpointRig.address(GROUP));
        second.join(0, EndpointRig.address(GROUP));
        first.close();
        rig.stack.inject(Datagram.toStack(PORT, "x").to(GROUP).toBytes());
        assertThat(rig.receive(second)).isEqualTo("x");
        second.close();
        rig.stack.inject(Datagram.toStack(PORT, "x").to(GROUP).toBytes());
        assertThat(rig.counter(Counter.IP_NOT_FOR_US)).isEqualTo(1);
    }

    @Test
    void shouldFilterSources() throws Exception {
        final DatagramEndpoint member = rig.bind("0.0.0.0", PORT);
        final long group = EndpointRig.address(GROUP);
        final long wanted = EndpointRig.address("10.0.0.3");
        member.join(0, group, 0, wanted);
        assertThatThrownBy(() -> member.join(0, group)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> member.block(0, group, 0, wanted)).isInstanceOf(IllegalStateException.class);
        rig.stack.inject(Datagram.toStack(PORT, "2").to(GROUP).toBytes());
        rig.stack.inject(Datagram.toStack(PORT, "3").from("10.0.0.3", 1).to(GROUP).toBytes());
        assertThat(rig.receiveAll(member)).containsExactly("3");
        member.leave(0, group, 0, wanted);
        member.join(0, group);
        assertThatThrownBy(() -> member.join(0, group, 0, wanted)).isInstanceOf(IllegalStateException.class);
        member.block(0, group, 0, wanted);
        rig.stack.inject(Datagram.toStack(PORT, "2").to(GROUP).toBytes());
        rig.stack.inject(Datagram.toStack(PORT, "3").from("10.0.0.3", 1).to(GROUP).toBytes());
        assertThat(rig.receiveAll(member)).containsExactly("2");
    }

    private byte[] icmp(final int type, final int code, final byte[] about) {
        return IpPacket.toStack(1, IpPacket.icmp(type, code, 0, Arrays.copyOf(about, 28))).toBytes();
    }

    @ParameterizedTest
    @CsvSource({"3, 3, PORT_UNREACHABLE", "3, 2, PORT_UNREACHABLE", "3, 1, HOST_UNREACHABLE", "3, 0, HOST_UNREACHABLE",
            "3, 13, HOST_UNREACHABLE", "11, 0, HOST_UNREACHABLE"})
    void shouldTellAConnectedEndpointWhatTheNetworkSays(final int type, final int code, final DatagramError error)
            throws Exception {
        final DatagramEndpoint endpoint = rig.connect(PEER, 77);
        rig.send(endpoint, "x");
        final byte[] error0 = icmp(type, code, rig.stack.port().poll());
        rig.takeEvents();
        rig.stack.inject(error0);
        assertThat(rig.takeEvents()).isEqualTo(DatagramHandler.READABLE);
        assertThat(endpoint.isReadable()).isTrue();
        assertThat(endpoint.takeError()).isEqualTo(error);
        assertThat(endpoint.takeError()).isNull();
        assertThat(rig.counter(Counter.UDP_ERRORS_TOLD)).isEqualTo(1);
        rig.stack.inject(error0);
        assertThat(rig.send(endpoint, "not sent").name()).isEqualTo(error.name());
        assertThat(rig.sentNothing()).isTrue();
        assertThat(rig.send(endpoint, "sent")).isEqualTo(SendResult.SENT);
        assertThat(rig.sent().text()).isEqualTo("sent");
    }

    @Test
    void shouldTellNobodyElse() throws Exception {
        final DatagramEndpoint endpoint = rig.bind(StackDriver.ADDRESS, PORT);
        rig.sendTo(endpoint, PEER, 77, "x");
        final byte[] aboutUnconnected = rig.stack.port().poll();
        rig.stack.inject(icmp(3, 3, aboutUnconnected));
        assertThat(endpoint.takeError()).isNull();
        endpoint.connect(0, EndpointRig.address(PEER), 78);
        rig.stack.inject(icmp(3, 3, aboutUnconnected));
        assertThat(endpoint.takeError()).as("about what was sent to another port").isNull();
        assertThat(rig.counter(Counter.ICMP_IGNORED)).isEqualTo(2);
    }

    @Test
    void shouldForgetErrorsOfAnEarlierPeer() throws Exception {
        final DatagramEndpoint endpoint = rig.connect(PEER, 77);
        rig.send(endpoint, "x");
        rig.stack.inject(icmp(3, 3, rig.stack.port().poll()));
        endpoint.disconnect();
        assertThat(endpoint.takeError()).isNull();
    }

    @Test
    void shouldReceiveFromItsPeerAlone() throws Exception {
        final DatagramEndpoint endpoint = rig.bind("0.0.0.0", PORT);
        rig.stack.inject(Datagram.toStack(PORT, "before").from("10.0.0.9", 9).toBytes());
        rig.stack.inject(Datagram.toStack(PORT, "before, from the peer").from(PEER, 77).toBytes());
        assertThat(endpoint.connect(0, EndpointRig.address(PEER), 77)).isEqualTo(SendResult.SENT);
        rig.stack.inject(Datagram.toStack(PORT, "stranger").toBytes());
        rig.stack.inject(Datagram.toStack(PORT, "peer").from(PEER, 77).toBytes());
        assertThat(rig.receiveAll(endpoint)).containsExactly("before, from the peer", "peer");
        assertThat(rig.counter(Counter.UDP_NOT_FROM_PEER)).isEqualTo(1);
        assertThat(rig.counter(Counter.UDP_NO_PORT)).as("what a stranger sends is unreachable").isEqualTo(1);
        assertThat(endpoint.localAddress().getAddress().isAnyLocalAddress()).isFalse();
        endpoint.disconnect();
        assertThat(endpoint.localAddress().getAddress().isAnyLocalAddress()).isTrue();
        rig.stack.inject(Datagram.toStack(PORT, "anyone").toBytes());
        assertThat(rig.receiveAll(endpoint)).containsExactly("anyone");
    }

    @Test
    void shouldWaitForRoomAndTellWhenItIsThere() throws Exception {
        final DatagramEndpoint endpoint = rig.bind(StackDriver.ADDRESS, PORT);
        rig.stack.port().blocked(true);
        final int most = rig.stack.port().frames() + 1;
        SendResult result = SendResult.SENT;
        int sent = 0;
        endpoint.sendBuffer(1 << 30);
        while (sent < most && result == SendResult.SENT) {
            result = endpoint.send(0, EndpointRig.address(PEER), 77, rig.stack.scratch(), 10);
            sent += result == SendResult.SENT ? 1 : 0;
        }
        assertThat(result).isEqualTo(SendResult.BLOCKED);
        rig.stack.port().blocked(false);
        rig.stack.run();
        assertThat(rig.takeEvents()).isEqualTo(DatagramHandler.WRITABLE);
        final List<byte[]> all = new ArrayList<>();
        for (byte[] next = rig.stack.port().poll(); next != null; next = rig.stack.port().poll()) {
            all.add(next);
        }
        assertThat(all).hasSize(sent);
        assertThat(rig.sendTo(endpoint, PEER, 77, "again")).isEqualTo(SendResult.SENT);
    }

    @Test
    void shouldSendNoMoreInATurnThanItsSendBufferHolds() throws Exception {
        final DatagramEndpoint endpoint = rig.bind(StackDriver.ADDRESS, PORT);
        endpoint.sendBuffer(1_000);
        final long peer = EndpointRig.address(PEER);
        assertThat(endpoint.send(0, peer, 77, rig.stack.scratch(), 1_400)).isEqualTo(SendResult.SENT);
        assertThat(endpoint.send(0, peer, 77, rig.stack.scratch(), 1)).isEqualTo(SendResult.BLOCKED);
        rig.stack.run();
        assertThat(rig.takeEvents()).isEqualTo(DatagramHandler.WRITABLE);
        assertThat(endpoint.send(0, peer, 77, rig.stack.scratch(), 500)).isEqualTo(SendResult.SENT);
        assertThat(endpoint.send(0, peer, 77, rig.stack.scratch(), 500)).isEqualTo(SendResult.SENT);
        assertThat(endpoint.send(0, peer, 77, rig.stack.scratch(), 1)).isEqualTo(SendResult.BLOCKED);
        rig.stack.run();
    }

    @Test
    void shouldBindOnceUnlessBothReuse() throws Exception {
        rig.bind(StackDriver.ADDRESS, PORT);
        assertThatThrownBy(() -> rig.bind(StackDriver.ADDRESS, PORT, true)).isInstanceOf(BindException.class)
                .hasMessage("Address already in use: 10.0.0.1:5000");
        assertThatThrownBy(() -> rig.bind("0.0.0.0", PORT, true)).isInstanceOf(BindException.class);
        rig.bind("0.0.0.0", 6_000, true);
        rig.bind(StackDriver.ADDRESS, 6_000, true);
        assertThatThrownBy(() -> rig.bind(StackDriver.ADDRESS, 6_000)).isInstanceOf(BindException.class);
        rig.bind(StackDriver.BROADCAST, PORT);
        assertThatThrownBy(() -> rig.bind("10.0.0.77", 7_000)).isInstanceOf(BindException.class)
                .hasMessageContaining("Cannot assign requested address: 10.0.0.77");
    }

    @Test
    void shouldChooseAFreePort() throws Exception {
        rig.bind(StackDriver.ADDRESS, 50_000);
        rig.bind("0.0.0.0", 50_001, true);
        final DatagramEndpoint chosen = rig.bind("0.0.0.0", 0, true);
        assertThat(chosen.localAddress().getPort()).isEqualTo(50_002);
        final DatagramEndpoint unbound = rig.open();
        unbound.ensureBound();
        assertThat(unbound.localAddress().getPort()).isEqualTo(50_003);
        assertThatThrownBy(() -> unbound.bind(0, IpAddress.ANY_V4, 1, false)).isInstanceOf(BindException.class)
                .hasMessageContaining("Already bound");
    }

    @Test
    void shouldFailWhereNoPortIsFree() throws Exception {
        for (int i = 0; i < 10_000; i++) {
            rig.bind("0.0.0.0", 0);
        }
        assertThatThrownBy(() -> rig.bind("0.0.0.0", 0)).isInstanceOf(BindException.class)
                .hasMessage("No free port in 50000-59999");
    }
}
