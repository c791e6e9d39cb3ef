package io.millrace.fastpath.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.testing.Datagram;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.udp.DatagramEndpoint;
import io.millrace.fastpath.wire.IpAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PeerAddressesTest {
    private static final int PORT = 5_000;
    private static final int PEERS = 4;

    private final PeerAddresses addresses = new PeerAddresses();

    @Test
    void shouldMakeNoObjectForSendersThatTakeTurns() throws Exception {
        try (StackDriver stack = new StackDriver()) {
            final DatagramEndpoint endpoint = stack.engine().udp().open(events -> {});
            endpoint.bind(0, IpAddress.ANY_V4, PORT, false);
            final List<InetSocketAddress> first = senders(stack, endpoint);
            assertThat(first).extracting(InetSocketAddress::getPort).containsExactly(7_000, 7_001, 7_002, 7_003);
            final List<InetSocketAddress> second = senders(stack, endpoint);
            for (int peer = 0; peer < PEERS; peer++) {
                assertThat(second.get(peer)).isSameAs(first.get(peer));
            }
        }
    }

    private List<InetSocketAddress> senders(final StackDriver stack, final DatagramEndpoint endpoint) {
        final List<InetSocketAddress> senders = new ArrayList<>();
        for (int peer = 0; peer < PEERS; peer++) {
            stack.inject(Datagram.toStack(PORT, "x").from("10.0.0.2", 7_000 + peer).toBytes());
            endpoint.receive(stack.scratch(), 1);
            senders.add(addresses.sender(endpoint));
        }
        return senders;
    }

    @Test
    void shouldTellTheNumbersOfWhomIsSentTo() {
        for (int i = 0; i < 1_000; i++) {
            final InetSocketAddress address = new InetSocketAddress("10.0.0." + (1 + i % 200), 1 + i);
            addresses.use(address);
            addresses.use(address);
            assertThat(addresses.hi()).isEqualTo(IpAddress.hi(address.getAddress()));
            assertThat(addresses.lo()).isEqualTo(IpAddress.lo(address.getAddress()));
            assertThat(addresses.port()).isEqualTo(1 + i);
        }
    }
}
