package io.millrace.fastpath.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IpProtocolTest {
    @ParameterizedTest
    @CsvSource({"0, hop-by-hop", "1, ICMP", "2, IGMP", "6, TCP", "17, UDP", "43, route", "44, fragment", "58, ICMPv6",
            "59, none", "60, destination-options", "255, unknown"})
    void shouldNameProtocols(final int protocol, final String name) {
        assertThat(IpProtocol.name(protocol)).isEqualTo(name);
    }
}
