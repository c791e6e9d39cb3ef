package io.millrace.control.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.config.Cidr;
import io.millrace.config.EphemeralPortKeys;
import io.millrace.config.IpKeys;
import io.millrace.config.Ipv6Keys;
import io.millrace.config.MillraceConfig;
import io.millrace.config.NeighbourKeys;
import io.millrace.config.PortKeys;
import io.millrace.config.Route;
import io.millrace.fastpath.port.HostNetwork;
import io.millrace.fastpath.port.SharedPorts;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class SharedHostTest {
    private static final HostNetwork HOST = new HostNetwork("eth0", 1_460,
            List.of(address("192.0.2.10", 24), address("2001:db8::10", 64), address("fe80::10", 64)),
            List.of(route("0.0.0.0", 0, "192.0.2.1", 100), route("0.0.0.0", 0, "192.0.2.2", 200),
                    route("198.51.100.0", 24, "192.0.2.3", 100), route("203.0.113.0", 24, "10.9.9.9", 100),
                    route("::", 0, "fe80::1", 1_024)));

    private static HostNetwork.Address address(final String address, final int prefixLength) {
        return new HostNetwork.Address(InetAddress.ofLiteral(address), prefixLength);
    }

    private static HostNetwork.Route route(final String to, final int prefixLength, final String gateway,
            final long metric) {
        return new HostNetwork.Route(InetAddress.ofLiteral(to), prefixLength, InetAddress.ofLiteral(gateway), metric);
    }

    private static MillraceConfig config(final String more) {
        return MillraceConfig.parse("""
                millrace.port { device = "af-packet:eth0", shared-ports = [80, "8000-8002/tcp", "53/udp"] }
                """ + more);
    }

    private static MillraceConfig effective(final String more) throws IOException {
        final MillraceConfig config = config(more);
        return SharedHost.of(config, HOST).apply(config);
    }

    @Test
    void shouldTakeOverAddressesRoutesAndMtu() throws IOException {
        final MillraceConfig effective = effective("");
        assertThat(effective.addresses()).containsExactly(Cidr.parse("192.0.2.10/24"), Cidr.parse("2001:db8::10/64"),
                Cidr.parse("fe80::10/64"));
        assertThat(effective.get(IpKeys.ROUTES)).containsExactly(Route.parse("0.0.0.0/0 via 192.0.2.1"),
                Route.parse("198.51.100.0/24 via 192.0.2.3"), Route.parse("::/0 via fe80::1"));
        assertThat(effective.get(PortKeys.MTU)).isEqualTo(1_460);
    }

    @Test
    void shouldClaimNoAddressAndLearnNone() throws IOException {
        final MillraceConfig effective = effective("millrace.neighbour.announce = true");
        assertThat(effective.get(NeighbourKeys.ANNOUNCE)).isFalse();
        assertThat(effective.get(NeighbourKeys.PROBE)).isFalse();
        assertThat(effective.get(Ipv6Keys.DAD_TRANSMITS)).isZero();
        assertThat(effective.get(Ipv6Keys.ACCEPT_RA)).isFalse();
        assertThat(effective.get(Ipv6Keys.AUTOCONF)).isFalse();
    }

    @Test
    void shouldPreferWhatIsSet() throws IOException {
        final MillraceConfig effective = effective("""
                millrace.ip { addresses = ["192.0.2.10/25"], gateway = "192.0.2.9" }
                millrace.port.mtu = 1400
                """);
        assertThat(effective.addresses()).containsExactly(Cidr.parse("192.0.2.10/25"));
        assertThat(effective.get(IpKeys.ROUTES)).containsExactly(Route.parse("198.51.100.0/24 via 192.0.2.3"));
        assertThat(effective.get(PortKeys.MTU)).isEqualTo(1_400);
        assertThat(effective("millrace.ipv6.mode = off").addresses()).containsExactly(Cidr.parse("192.0.2.10/24"));
    }

    @Test
    void shouldTakePortsOfTheirProtocolAndThoseOfItsOwnConnections() throws IOException {
        final MillraceConfig config = config("millrace.port.shared-ephemeral = \"62000-62001\"");
        final SharedPorts ports = SharedHost.of(config, HOST).ports();
        assertThat(ports.tcp().stream()).containsExactly(80, 8_000, 8_001, 8_002, 62_000, 62_001);
        assertThat(ports.udp().stream()).containsExactly(53, 80, 62_000, 62_001);
        final MillraceConfig effective = SharedHost.of(config, HOST).apply(config);
        assertThat(effective.get(EphemeralPortKeys.LOW)).isEqualTo(62_000);
        assertThat(effective.get(EphemeralPortKeys.HIGH)).isEqualTo(62_001);
        final ChosenPorts chosen = new ChosenPorts(ports, config);
        assertThat(chosen.refusalOfTcp(80)).isNull();
        assertThat(chosen.refusalOfTcp(53)).startsWith("port 53 of TCP is the kernel's");
        assertThat(chosen.refusalOfUdp(53)).isNull();
        assertThat(chosen.refusalOfUdp(8_000)).startsWith("port 8000 of UDP is the kernel's");
    }

    @Test
    void shouldRefuseARouterThatNoNetworkReaches() {
        final HostNetwork cloud = new HostNetwork("eth0", 1_460, List.of(address("10.128.0.2", 32)),
                List.of(route("0.0.0.0", 0, "10.128.0.1", 100)));
        assertThatThrownBy(() -> SharedHost.of(config(""), cloud)).isInstanceOf(IOException.class)
                .hasMessage("the default router of the host, 10.128.0.1, lies outside of the networks of 10.128.0.2;"
                        + " set millrace.ip.addresses to the same address with the prefix of a network that has the"
                        + " router in it");
    }

    @Test
    void shouldRefuseWhatNeedsAddressesOfItsOwn() {
        for (final String other : List.of("millrace.ip.dhcp = true", "millrace.port.vlan = 5",
                "millrace.port.host-address = \"10.0.0.1/24\"", "millrace.ip.own-prefixes = [\"10.64.0.0/16\"]")) {
            assertThatThrownBy(() -> config(other)).as(other).hasMessageContaining("must not be set together with "
                    + other.substring(0, other.indexOf(' ')));
        }
        assertThatThrownBy(() -> MillraceConfig.parse("millrace.port.shared-ports = [0]"))
                .hasMessageContaining("ports are 1 to 65535");
        assertThatThrownBy(() -> MillraceConfig.parse("millrace.port.shared-ports = [\"80/sctp\"]"))
                .hasMessageContaining("must be a port or an interval of ports, such as 443, 8000-8010 or 53/udp");
    }
}
