package io.millrace.fastpath.links;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.udp.DatagramEndpoint;
import io.millrace.fastpath.udp.SendResult;
import io.millrace.fastpath.wire.IpAddress;
import java.net.BindException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** UDP of a stack with two links of different MTUs. */
@OverBothFamilies
class LinkedDatagramTest {
    private static final int PORT = 7_000;

    private static LinkedHosts hosts() {
        return new LinkedHosts(LinkedHosts.link(1_500), LinkedHosts.link(9_000).offloads(true));
    }

    private static long lo(final int address) {
        return Family.current().lo(address);
    }

    private static DatagramEndpoint open(final LinkedHost host, final int address) throws BindException {
        final DatagramEndpoint endpoint = host.engine.udp().open(events -> {});
        endpoint.bind(address == 0 && Family.current() == Family.V6 ? 0 : Family.current().hi(),
                address == 0 && Family.current() == Family.V6 ? 0 : lo(address), PORT, false);
        return endpoint;
    }

    private static SendResult send(final LinkedHosts hosts, final DatagramEndpoint from, final long lo,
            final int length) {
        return from.send(Family.current().hi(), lo, PORT, hosts.scratch.address(), length);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldFragmentByTheMtuOfTheLink(final int link) throws BindException {
        try (LinkedHosts hosts = hosts()) {
            final DatagramEndpoint to = open(hosts.right, hosts.right.address(link));
            final DatagramEndpoint from = open(hosts.left, 0);
            assertThat(send(hosts, from, lo(hosts.right.address(link)), 4_000)).isEqualTo(SendResult.SENT);
            hosts.until(to::isReadable);
            assertThat(hosts.left.gates[link].taken()).isEqualTo(link == 0 ? 3 : 1);
            assertThat(hosts.left.gates[1 - link].taken()).isZero();
            assertThat(to.receive(hosts.scratch.address(), 9_000)).isEqualTo(4_000);
            assertThat(to.senderLo()).as("the address of that link").isEqualTo(lo(hosts.left.address(link)));
        }
    }

    /** RFC 1122 §3.3.4.2: the weak model. */
    @Test
    void shouldTakeAPacketForAnAddressOfTheOtherLink() throws BindException {
        try (LinkedHosts hosts = hosts()) {
            final DatagramEndpoint to = open(hosts.right, hosts.right.address(0));
            hosts.left.control.routes(hosts.left.routes().with(hosts.right.address(0), hosts.right.address(1)));
            final DatagramEndpoint from = open(hosts.left, 0);
            send(hosts, from, lo(hosts.right.address(0)), 100);
            hosts.until(to::isReadable);
            assertThat(hosts.left.gates[0].taken()).isZero();
            assertThat(hosts.left.gates[1].taken()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldTellOverTheLinkOfTheRouteThatNobodyListens(final int link) throws BindException {
        try (LinkedHosts hosts = hosts()) {
            final DatagramEndpoint from = open(hosts.left, 0);
            from.connect(Family.current().hi(), lo(hosts.right.address(link)), PORT);
            from.send(hosts.scratch.address(), 100);
            hosts.turns(5);
            assertThat(from.takeError()).isNotNull();
            assertThat(hosts.right.counter(Counter.ICMP_ERRORS_SENT)).isEqualTo(1);
            assertThat(hosts.right.gates[1 - link].taken()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldSendToAGroupOverTheLinkOfTheSource(final int link) throws BindException {
        try (LinkedHosts hosts = hosts()) {
            final DatagramEndpoint from = open(hosts.left, hosts.left.address(link));
            final boolean v4 = Family.current() == Family.V4;
            assertThat(from.send(v4 ? 0 : 0xFF05L << 48, v4 ? IpAddress.v4(0xEF01_0203) : 0x123, PORT,
                    hosts.scratch.address(), 100)).isEqualTo(SendResult.SENT);
            hosts.turns(3);
            assertThat(hosts.left.gates[link].taken()).isEqualTo(1);
            assertThat(hosts.left.gates[1 - link].taken()).isZero();
        }
    }

    @Test
    void shouldSendToOthersWhileALinkTakesNothing() throws BindException {
        try (LinkedHosts hosts = hosts()) {
            final DatagramEndpoint to = open(hosts.right, hosts.right.address(0));
            final DatagramEndpoint stuck = open(hosts.left, hosts.left.address(1));
            final DatagramEndpoint free = open(hosts.left, hosts.left.address(0));
            hosts.left.gates[1].shut(true);
            SendResult last = SendResult.SENT;
            for (int i = 0; i < 10_000 && last == SendResult.SENT; i++) {
                last = send(hosts, stuck, lo(hosts.right.address(1)), 1_000);
                hosts.turns(1);
            }
            assertThat(last).as("once its frames are used up").isNotEqualTo(SendResult.SENT);
            for (int i = 0; i < 1_000; i++) {
                assertThat(send(hosts, free, lo(hosts.right.address(0)), 1_000)).isEqualTo(SendResult.SENT);
                hosts.turns(2);
                assertThat(to.receive(hosts.scratch.address(), 9_000)).isEqualTo(1_000);
            }
        }
    }
}
