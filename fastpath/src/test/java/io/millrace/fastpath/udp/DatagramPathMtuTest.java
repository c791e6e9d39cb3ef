package io.millrace.fastpath.udp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.ip.OutgoingDatagram.Fragmentation;
import io.millrace.fastpath.testing.IpPacket;
import io.millrace.fastpath.testing.StackDriver;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Datagrams on paths that take less than the port, as ICMP told (RFC 1191; Linux: IP_MTU_DISCOVER). */
class DatagramPathMtuTest {
    private static final int PORT = 5_000;
    private static final String PEER = "10.0.0.2";
    private static final String OTHER = "10.0.0.3";
    private static final int DONT_FRAGMENT = 0x4000;
    private static final long EXPIRY_MS = 600_000;

    private final EndpointRig rig = new EndpointRig();

    @AfterEach
    void close() {
        rig.close();
    }

    private List<IpPacket> sent() {
        final List<IpPacket> packets = new ArrayList<>();
        for (byte[] next = rig.stack.port().poll(); next != null; next = rig.stack.port().poll()) {
            packets.add(IpPacket.of(next));
        }
        return packets;
    }

    private List<Integer> lengths() {
        return sent().stream().map(packet -> packet.payload().length).toList();
    }

    /** Sends a datagram to the peer and has a router answer that it is too long. */
    private void tooLong(final DatagramEndpoint endpoint, final int mtu) {
        rig.sendTo(endpoint, PEER, 77, new byte[mtu < 1_000 ? 950 : 1_400]);
        final byte[] quote = Arrays.copyOf(rig.stack.port().poll(), 28);
        rig.stack.inject(IpPacket.toStack(1, IpPacket.icmp(3, 4, mtu, quote)).from("10.0.0.254").toBytes());
    }

    @Test
    void shouldFragmentWhatIsTooLongForThePathFromThenOn() throws Exception {
        final DatagramEndpoint endpoint = rig.bind(StackDriver.ADDRESS, PORT);
        tooLong(endpoint, 1_000);
        assertThat(rig.stack.counter(Counter.PATH_MTU_REDUCED)).isEqualTo(1);
        assertThat(rig.sendTo(endpoint, PEER, 77, new byte[1_400])).isEqualTo(SendResult.SENT);
        assertThat(lengths()).containsExactly(976, 432);
        rig.sendTo(endpoint, PEER, 77, new byte[972]);
        assertThat(sent()).extracting(IpPacket::flagsAndOffset).containsExactly(DONT_FRAGMENT);
        rig.sendTo(endpoint, OTHER, 77, new byte[1_400]);
        assertThat(lengths()).as("to somebody else").containsExactly(1_408);
    }

    @Test
    void shouldForgetItAfterTenMinutes() throws Exception {
        final DatagramEndpoint endpoint = rig.bind(StackDriver.ADDRESS, PORT);
        tooLong(endpoint, 1_000);
        rig.stack.advanceMs(EXPIRY_MS - 1);
        rig.sendTo(endpoint, PEER, 77, new byte[1_400]);
        assertThat(lengths()).hasSize(2);
        rig.stack.advanceMs(1);
        rig.sendTo(endpoint, PEER, 77, new byte[1_400]);
        assertThat(lengths()).hasSize(1);
    }

    @Test
    void shouldRefuseWhatIsTooLongWhereNobodyMayFragment() throws Exception {
        final DatagramEndpoint endpoint = rig.bind(StackDriver.ADDRESS, PORT);
        endpoint.fragmentation(Fragmentation.NOWHERE);
        assertThat(rig.sendTo(endpoint, PEER, 77, new byte[1_473])).isEqualTo(SendResult.TOO_LONG);
        tooLong(endpoint, 1_000);
        assertThat(rig.sendTo(endpoint, PEER, 77, new byte[973])).isEqualTo(SendResult.TOO_LONG);
        assertThat(rig.sendTo(endpoint, PEER, 77, new byte[972])).isEqualTo(SendResult.SENT);
        assertThat(rig.counter(Counter.IP_TOO_LONG)).isEqualTo(2);
    }

    @Test
    void shouldTellAConnectedEndpointThatADatagramWasTooLong() throws Exception {
        final DatagramEndpoint endpoint = rig.connect(PEER, 77);
        endpoint.fragmentation(Fragmentation.NOWHERE);
        tooLong(endpoint, 1_000);
        assertThat(endpoint.isReadable()).isTrue();
        assertThat(endpoint.takeError()).isEqualTo(DatagramError.TOO_LONG);
        tooLong(endpoint, 900);
        assertThat(rig.send(endpoint, "not sent")).isEqualTo(SendResult.TOO_LONG);
        assertThat(rig.send(endpoint, "sent")).isEqualTo(SendResult.SENT);
    }

    @Test
    void shouldTellNothingWhereTheNextIsFragmentedAnyway() throws Exception {
        final DatagramEndpoint endpoint = rig.connect(PEER, 77);
        tooLong(endpoint, 1_000);
        assertThat(endpoint.takeError()).isNull();
    }

    @Test
    void shouldNotBelieveThatItIsTooLongWhatEveryRouterMayFragment() throws Exception {
        final DatagramEndpoint endpoint = rig.bind(StackDriver.ADDRESS, PORT);
        endpoint.fragmentation(Fragmentation.ANYWHERE);
        tooLong(endpoint, 1_000);
        assertThat(rig.counter(Counter.ICMP_IGNORED)).isEqualTo(1);
        rig.sendTo(endpoint, PEER, 77, new byte[1_400]);
        assertThat(lengths()).hasSize(1);
    }

    /** As Linux: a locked MTU. */
    @ParameterizedTest
    @EnumSource(names = {"BY_SENDER", "NOWHERE"}, value = Fragmentation.class)
    void shouldLetRoutersFragmentWhereThePathTakesLessThanIsBelieved(final Fragmentation who) throws Exception {
        final DatagramEndpoint endpoint = rig.bind(StackDriver.ADDRESS, PORT);
        endpoint.fragmentation(who);
        tooLong(endpoint, 100);
        rig.sendTo(endpoint, PEER, 77, new byte[500]);
        assertThat(sent()).extracting(IpPacket::flagsAndOffset)
                .containsExactly(who == Fragmentation.NOWHERE ? DONT_FRAGMENT : 0);
    }

    @ParameterizedTest
    @CsvSource({"1500", "65535"})
    void shouldIgnoreAnMtuThatIsNotSmaller(final int mtu) throws Exception {
        tooLong(rig.bind(StackDriver.ADDRESS, PORT), mtu);
        assertThat(rig.counter(Counter.ICMP_IGNORED)).isEqualTo(1);
        assertThat(rig.counter(Counter.PATH_MTU_REDUCED)).isZero();
    }

    /**
     * Whoever knows an open port could else say of any host that its path is narrow, and connections to it go by that, too
     * (RFC 5927 §7.1): nothing was sent there; it was sent to somebody else; it was not as long.
     */
    @ParameterizedTest
    @CsvSource({"10.0.0.2, 0, 100", "10.0.0.2, 500, 552", "10.0.0.3, 1400, 1000", "10.0.0.2, 900, 1000"})
    void shouldNotBelieveThatItWasTooLongWhatWasNeverSent(final String to, final int length, final int mtu)
            throws Exception {
        final DatagramEndpoint endpoint = rig.bind(StackDriver.ADDRESS, PORT);
        rig.sendTo(endpoint, OTHER, 77, new byte[1]);
        final byte[] quote = Arrays.copyOf(rig.stack.port().poll(), 28);
        quote[19] = 2;
        if (length > 0) {
            rig.sendTo(endpoint, to, 77, new byte[length]);
        }
        sent();
        rig.stack.inject(IpPacket.toStack(1, IpPacket.icmp(3, 4, mtu, quote)).from("10.0.0.254").toBytes());
        assertThat(rig.counter(Counter.PATH_MTU_REDUCED)).isZero();
        assertThat(rig.counter(Counter.ICMP_IGNORED)).isEqualTo(1);
    }

    @Test
    void shouldIgnoreWhatIsAboutNoEndpointOfOurs() throws Exception {
        final DatagramEndpoint endpoint = rig.bind(StackDriver.ADDRESS, PORT);
        rig.sendTo(endpoint, PEER, 77, new byte[1_400]);
        final byte[] quote = Arrays.copyOf(rig.stack.port().poll(), 28);
        quote[21]++;
        rig.stack.inject(IpPacket.toStack(1, IpPacket.icmp(3, 4, 1_000, quote)).toBytes());
        assertThat(rig.counter(Counter.ICMP_IGNORED)).isEqualTo(1);
        assertThat(rig.counter(Counter.PATH_MTU_REDUCED)).isZero();
    }
}
