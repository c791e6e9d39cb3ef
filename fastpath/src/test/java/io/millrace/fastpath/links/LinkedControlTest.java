package io.millrace.fastpath.links;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.udp.DatagramEndpoint;
import io.millrace.fastpath.udp.SendResult;
import io.millrace.fastpath.wire.Checksum;
import io.millrace.fastpath.wire.Icmpv6Header;
import io.millrace.fastpath.wire.IgmpMessage;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.NdMessage;
import io.millrace.fastpath.wire.UdpHeader;
import java.net.BindException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What belongs to one link alone: ARP, groups, DHCP, link-local addresses, neighbours. */
class LinkedControlTest {
    private static final int V6_LEFT = 1;
    private static final int V6_RIGHT = 2;

    private static LinkedHosts hosts() {
        return new LinkedHosts(LinkedHosts.link(1_500), LinkedHosts.link(1_500), LinkedHosts.link(1_500));
    }

    private static void assertOnlyOver(final LinkedHosts hosts, final int link, final String event) {
        hosts.turns(3);
        assertThat(hosts.left.takeEvents()).containsExactly(event + ' ' + link);
        for (int other = 0; other < 3; other++) {
            assertThat(hosts.right.gates[other].taken()).isEqualTo(other == link ? 1 : 0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void shouldTellTheLinkOfArp(final int link) {
        try (LinkedHosts hosts = hosts()) {
            hosts.right.engine.commands().transmitArp(link, 1, 5, hosts.right.address(link), 0xFFFF_FFFF_FFFFL,
                    hosts.left.address(link));
            assertOnlyOver(hosts, link, "arp");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void shouldTellTheLinkOfIgmp(final int link) {
        try (LinkedHosts hosts = hosts()) {
            final int allHosts = LinkedRoutes.address(0, 255);
            IgmpMessage.write(hosts.scratch.address(), IgmpMessage.V2_REPORT, 0xEF01_0203);
            hosts.right.engine.commands().transmitIgmp(link, hosts.right.address(link), allHosts,
                    hosts.scratch.address(), IgmpMessage.MIN_LENGTH);
            assertOnlyOver(hosts, link, "igmp");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void shouldTellTheLinkOfDhcp(final int link) {
        try (LinkedHosts hosts = hosts()) {
            final long datagram = hosts.scratch.address();
            final int length = UdpHeader.LENGTH + 4;
            UdpHeader.write(datagram, 67, 68, length);
            Memory.putIntBE(datagram + UdpHeader.LENGTH, 7);
            final long pseudo = Checksum.pseudoHeader(0, IpAddress.v4(hosts.right.address(link)), 0, IpAddress.v4(-1),
                    IpProtocol.UDP, length);
            Memory.putShortBE(datagram + UdpHeader.CHECKSUM_OFFSET,
                    Checksum.finish(Checksum.sum(datagram, length, pseudo)));
            hosts.right.engine.commands().transmitDatagram(link, hosts.right.address(link), -1, 0, datagram, length);
            assertOnlyOver(hosts, link, "dhcp");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void shouldTellTheLinkOfNeighbourDiscovery(final int link) {
        try (LinkedHosts hosts = hosts()) {
            hosts.left.control.routes(hosts.left.routes());
            icmpv6(hosts, link, NdMessage.SOLICITATION, 255, 24, LinkedRoutes.LINK_LOCAL, V6_LEFT);
            assertOnlyOver(hosts, link, "icmpv6");
        }
    }

    /** RFC 4007 §9: the same address is another on each link. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void shouldAnswerAnEchoOfALinkLocalAddressOverTheLinkItCameOver(final int link) {
        try (LinkedHosts hosts = hosts()) {
            icmpv6(hosts, link, Icmpv6Header.ECHO_REQUEST, 64, 16, LinkedRoutes.LINK_LOCAL, V6_LEFT);
            hosts.turns(3);
            assertThat(hosts.left.takeEvents()).containsExactly("wanted " + link + " fe80::2");
            for (int other = 0; other < 3; other++) {
                assertThat(hosts.left.gates[other].taken()).isEqualTo(other == link ? 1 : 0);
            }
        }
    }

    /** RFC 6724 §4: from an address of the link that the answer leaves over. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void shouldAnswerAnEchoToAGroupFromAnAddressOfTheLinkItCameOver(final int link) {
        try (LinkedHosts hosts = hosts()) {
            icmpv6(hosts, link, Icmpv6Header.ECHO_REQUEST, 64, 16, LinkedRoutes.ALL_NODES_HI,
                    LinkedRoutes.ALL_NODES_LO);
            hosts.turns(3);
            assertThat(hosts.left.gates[link].sourceLoV6()).isEqualTo(Family.V6.lo(hosts.left.address(link)));
            for (int other = 0; other < 3; other++) {
                assertThat(hosts.left.gates[other].taken()).isEqualTo(other == link ? 1 : 0);
            }
        }
    }

    /** RFC 4443 §2.2: never from an address that is none of ours. */
    @Test
    void shouldNotAnswerAnEchoToAGroupWhereTheLinkHasNoAddress() {
        try (LinkedHosts hosts = hosts()) {
            hosts.left.control.routes(hosts.left.routes().withoutAddressOn(1));
            icmpv6(hosts, 1, Icmpv6Header.ECHO_REQUEST, 64, 16, LinkedRoutes.ALL_NODES_HI, LinkedRoutes.ALL_NODES_LO);
            hosts.turns(3);
            assertThat(hosts.left.counter(Counter.IP_NO_ROUTE)).isEqualTo(1);
            assertThat(hosts.left.takeEvents()).isEmpty();
        }
    }

    @Test
    void shouldNotHaveDatagramsOverLinkLocalAddressesOnAnotherLink() throws BindException {
        try (LinkedHosts hosts = hosts()) {
            hosts.right.control.routes(hosts.right.routes().linkLocalOn(2));
            final DatagramEndpoint from = hosts.right.engine.udp().open(events -> {});
            from.bind(LinkedRoutes.LINK_LOCAL, V6_RIGHT, 9, false);
            assertThat(from.send(LinkedRoutes.LINK_LOCAL, V6_LEFT, 9, hosts.scratch.address(), 10))
                    .isEqualTo(SendResult.SENT);
            hosts.turns(3);
            assertThat(hosts.left.counter(Counter.IPV6_LINK_LOCAL_ELSEWHERE)).isEqualTo(1);
            assertThat(hosts.left.takeEvents()).as("nobody is told").isEmpty();
        }
    }

    @Test
    void shouldHaveDatagramsOverLinkLocalAddressesOnTheFirstLink() throws BindException {
        try (LinkedHosts hosts = hosts()) {
            final DatagramEndpoint to = hosts.left.engine.udp().open(events -> {});
            to.bind(LinkedRoutes.LINK_LOCAL, V6_LEFT, 9, false);
            final DatagramEndpoint from = hosts.right.engine.udp().open(events -> {});
            from.bind(LinkedRoutes.LINK_LOCAL, V6_RIGHT, 9, false);
            from.send(LinkedRoutes.LINK_LOCAL, V6_LEFT, 9, hosts.scratch.address(), 10);
            hosts.until(to::isReadable);
            assertThat(to.receive(hosts.scratch.address(), 100)).isEqualTo(10);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void shouldSendADirectedBroadcastWhereItsPrefixIs(final int link) throws BindException {
        try (LinkedHosts hosts = hosts()) {
            final DatagramEndpoint from = hosts.left.engine.udp().open(events -> {});
            from.bind(0, IpAddress.v4(hosts.left.address(0)), 9, false);
            from.broadcast(true);
            assertThat(from.send(0, IpAddress.v4(LinkedRoutes.address(link, 255)), 9, hosts.scratch.address(), 10))
                    .isEqualTo(SendResult.SENT);
            hosts.turns(3);
            assertThat(hosts.left.gates[link].taken()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void shouldSendTheLimitedBroadcastWhereItsSourceIs(final int link) throws BindException {
        try (LinkedHosts hosts = hosts()) {
            final DatagramEndpoint from = hosts.left.engine.udp().open(events -> {});
            from.bind(0, IpAddress.v4(hosts.left.address(link)), 9, false);
            from.broadcast(true);
            assertThat(from.send(0, IpAddress.v4(-1), 9, hosts.scratch.address(), 10)).isEqualTo(SendResult.SENT);
            hosts.turns(3);
            assertThat(hosts.left.gates[link].taken()).isEqualTo(1);
        }
    }

    private static void icmpv6(final LinkedHosts hosts, final int link, final int type, final int hopLimit,
            final int length, final long hi, final long lo) {
        Memory.zero(hosts.scratch.address(), length);
        Icmpv6Header.write(hosts.scratch.address(), type, 0, 0);
        assertThat(hosts.right.engine.commands().transmitIcmpv6(link, LinkedRoutes.LINK_LOCAL, V6_RIGHT, hi, lo,
                hosts.left.mac(link), hopLimit, false, hosts.scratch.address(), length)).isTrue();
    }
}
