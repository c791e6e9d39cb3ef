package io.millrace.fastpath.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PortGroup;
import io.millrace.fastpath.wire.IpAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinksTest {
    private static final long V6_HI = 0x2001_0DB8_0000_0000L;
    private static final long V4 = IpAddress.v4(1);

    /** RFC 4861 §4.6.4, RFC 2132 §5.1. */
    @Test
    void shouldSendNothingLongerThanRoutersAndDhcpServersSayOfTheLink() {
        try (MemoryLink first = MemoryLink.builder().mtu(1_500).build();
                MemoryLink second = MemoryLink.builder().mtu(9_000).build();
                PortGroup group = new PortGroup(List.of(first.side(0), second.side(0)))) {
            final Links links = new Links(group.queue(0));
            assertThat(links.count()).isEqualTo(2);
            links.mtuV6(1, 1_400);
            assertThat(links.mtu(0, V6_HI, 1)).isEqualTo(1_500);
            assertThat(links.mtu(1, V6_HI, 1)).isEqualTo(1_400);
            assertThat(links.mtu(1, 0, V4)).isEqualTo(9_000);
            links.mtuV4(1, 1_300);
            assertThat(links.mtu(1, 0, V4)).as("what a server of DHCP says").isEqualTo(1_300);
            assertThat(links.mtu(0, 0, V4)).isEqualTo(1_500);
            links.mtuV4(1, Integer.MAX_VALUE);
            assertThat(links.mtuV4(1)).as("the lease is over").isEqualTo(9_000);
            links.mtuV6(0, 9_000);
            assertThat(links.mtuV6(0)).as("the port takes no more").isEqualTo(1_500);
        }
    }

    /** RFC 4861 §6.3.4. */
    @Test
    void shouldGivePacketsTheHopLimitThatARouterOfTheLinkSays() {
        try (MemoryLink first = MemoryLink.builder().build();
                MemoryLink second = MemoryLink.builder().build();
                PortGroup group = new PortGroup(List.of(first.side(0), second.side(0)))) {
            final Links links = new Links(group.queue(0));
            links.toldHopLimitV6(1, 99);
            assertThat(links.hopLimit(1, V6_HI, 1, 64)).isEqualTo(99);
            assertThat(links.hopLimit(0, V6_HI, 1, 64)).as("no router of this link said any").isEqualTo(64);
            assertThat(links.hopLimit(1, 0, V4, 64)).as("IPv4").isEqualTo(64);
        }
    }
}
