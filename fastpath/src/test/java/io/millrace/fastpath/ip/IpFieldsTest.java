package io.millrace.fastpath.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.Ipv6Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.StackDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Fields of the IP header of what is sent (RFC 1191 §3, RFC 9293 §3.9.2, RFC 4861 §6.3.4). */
class IpFieldsTest {
    private static final int FLAGS = 6;
    private static final int TTL = 8;
    private static final int DONT_FRAGMENT = 0x40;

    @AfterEach
    void useIpv4() {
        Family.use(Family.V4);
    }

    @Test
    void shouldForbidFragmentsAndKeepToTheTimeToLive() {
        try (StackDriver stack = new StackDriver()) {
            stack.connect(Peer.ADDRESS, 80, TcpSettings.DEFAULT, new Peer.Events());
            final byte[] syn = stack.port().poll();
            assertThat(syn[FLAGS] & DONT_FRAGMENT).isEqualTo(DONT_FRAGMENT);
            assertThat(syn[TTL]).isEqualTo((byte) 64);
        }
    }

    @Test
    void shouldConnectWithTheHopLimitThatARouterSays() {
        Family.use(Family.V6);
        try (StackDriver stack = new StackDriver()) {
            stack.engine().commands().linkHopLimitV6(0, 255);
            stack.run();
            stack.connect(Peer.ADDRESS, 80, TcpSettings.DEFAULT, new Peer.Events());
            assertThat(Ipv6Packet.of(stack.port().poll()).hopLimit()).isEqualTo(255);
        }
    }
}
