package io.millrace.control.address;

import static io.millrace.fastpath.control.RouteSnapshot.LOCAL;
import static io.millrace.fastpath.control.RouteSnapshot.NO_ROUTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.config.Cidr;
import io.millrace.config.Route;
import io.millrace.fastpath.wire.IpAddress;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTableTest {
    private final RouteTable table = RouteTable.of(
            List.of(Cidr.parse("10.0.0.2/24"), Cidr.parse("192.168.7.1/30"), Cidr.parse("fd00::2/64")),
            List.of(RouteTable.defaultVia(InetAddress.ofLiteral("10.0.0.1")),
                    new Route(Cidr.parse("172.16.0.0/12"), InetAddress.ofLiteral("10.0.0.9")),
                    new Route(Cidr.parse("172.16.5.0/24"), InetAddress.ofLiteral("192.168.7.2")),
                    RouteTable.defaultVia(InetAddress.ofLiteral("fd00::1"))));

    @ParameterizedTest
    @CsvSource({"10.0.0.77,10.0.0.77,10.0.0.2", "8.8.8.8,10.0.0.1,10.0.0.2", "172.16.4.1,10.0.0.9,10.0.0.2",
            "172.16.5.1,192.168.7.2,192.168.7.1", "192.168.7.2,192.168.7.2,192.168.7.1",
            "fd00::9,fd00::9,fd00::2",
            "2001:db8::1,fd00::1,fd00::2"})
    void shouldTakeTheLongestPrefix(final String destination, final String nextHop, final String source) {
        final InetAddress to = InetAddress.ofLiteral(destination);
        final long hi = IpAddress.hi(to);
        final long lo = IpAddress.lo(to);
        final int route = table.route(hi, lo);
        assertThat(route).isNotNegative();
        assertThat(IpAddress.toString(table.nextHopHi(route, hi, lo), table.nextHopLo(route, hi, lo)))
                .isEqualTo(nextHop);
        assertThat(IpAddress.toString(table.sourceHi(route), table.sourceLo(route))).isEqualTo(source);
        assertThat(table.isOnLink(hi, lo)).isEqualTo(destination.equals(nextHop));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.2", "192.168.7.1", "fd00::2"})
    void shouldKnowItsOwnAddresses(final String address) {
        assertThat(route(table, address)).isEqualTo(LOCAL);
        final InetAddress inet = InetAddress.ofLiteral(address);
        assertThat(table.isOwn(IpAddress.hi(inet), IpAddress.lo(inet))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "127.0.0.1", "224.0.0.1", "239.1.2.3", "240.0.0.1", "255.255.255.255",
            "10.0.0.255", "192.168.7.3", "::", "::1", "ff02::1", "ff05::2"})
    void shouldHaveNoRouteToWhatIsNoHost(final String address) {
        assertThat(route(table, address)).isEqualTo(NO_ROUTE);
    }

    @ParameterizedTest
    @CsvSource({"255.255.255.255,true", "10.0.0.255,true", "192.168.7.3,true", "224.0.0.1,true", "ff02::1,true",
            "10.0.0.254,false", "10.0.1.255,false", "224.0.0.2,false", "ff02::2,false", "10.0.0.2,false"})
    void shouldKnowBroadcasts(final String address, final boolean broadcast) {
        final InetAddress inet = InetAddress.ofLiteral(address);
        assertThat(table.isBroadcast(IpAddress.hi(inet), IpAddress.lo(inet))).isEqualTo(broadcast);
    }

    @Test
    void shouldKeepWhatWasLearnedWhereTheConfigurationChanges() {
        final Routing was = RouteTable.of(List.of(Cidr.parse("10.0.0.2/24"), Cidr.parse("10.0.0.3/24")),
                List.of(Route.parse("10.1.0.0/16 via 10.0.0.1"))).routing();
        final Routing will = RouteTable.of(List.of(Cidr.parse("10.0.0.4/24"), Cidr.parse("10.0.0.2/24")),
                List.of(Route.parse("10.2.0.0/16 via 10.0.0.1")), 9).routing();
        final PublishedRoutes routes = new PublishedRoutes(new RouteTable(was));
        routes.addAddress(Cidr.parse("192.168.0.7/24"));
        routes.addRoute(Route.parse("0.0.0.0/0 via 192.168.0.1"));
        routes.state(InetAddress.ofLiteral("10.0.0.2"), OwnAddress.State.DEPRECATED);
        routes.update(now -> now.reconfigured(was, will));
        assertThat(routes.current().routing().addresses()).hasToString(
                "[10.0.0.4/24, 10.0.0.2/24 (deprecated), 192.168.0.7/24]");
        assertThat(routes.current().routes()).hasToString("[10.2.0.0/16 via 10.0.0.1, 0.0.0.0/0 via 192.168.0.1]");
        assertThat(routes.current().hopLimit()).isEqualTo(9);
        assertThat(will.ownsAllOf(was)).isFalse();
        assertThat(was.ownsAllOf(was)).isTrue();
    }

    @Test
    void shouldHaveNoRouteWithoutGateway() {
        final RouteTable alone = RouteTable.of(List.of(Cidr.parse("10.0.0.2/24")), List.of());
        assertThat(route(alone, "10.0.1.1")).isEqualTo(NO_ROUTE);
        assertThat(route(alone, "fd00::1")).isEqualTo(NO_ROUTE);
    }

    @Test
    void shouldNotSendIpv4OverAnIpv6DefaultRoute() {
        final RouteTable six = RouteTable.of(List.of(Cidr.parse("fd00::2/64")),
                List.of(RouteTable.defaultVia(InetAddress.ofLiteral("fd00::1"))));
        assertThat(route(six, "8.8.8.8")).isEqualTo(NO_ROUTE);
        assertThat(route(six, "2001:db8::1")).isNotNegative();
    }

    @Test
    void shouldRouteOverBothEndsOfAPointToPointPrefix() {
        final RouteTable link = RouteTable.of(List.of(Cidr.parse("10.0.0.1/31")), List.of());
        assertThat(route(link, "10.0.0.0")).isNotNegative();
        assertThat(route(link, "10.0.0.1")).isEqualTo(LOCAL);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "10.0.0.255/24|10.0.0.255/24 cannot be an own address: it names no single host",
            "10.0.0.0/24|10.0.0.0/24 cannot be an own address: it names no single host",
            "127.0.0.1/8|127.0.0.1/8 cannot be an own address: it names no single host",
            "224.0.0.5/24|224.0.0.5/24 cannot be an own address: it names no single host"})
    void shouldRefuseAnAddressThatNamesNoHost(final String address, final String message) {
        assertThatThrownBy(() -> RouteTable.of(List.of(Cidr.parse(address)), List.of())).hasMessage(message);
    }

    @Test
    void shouldRefuseWhatContradictsItself() {
        final List<Cidr> own = List.of(Cidr.parse("10.0.0.2/24"));
        assertThatThrownBy(() -> RouteTable.of(List.of(own.get(0), Cidr.parse("10.0.0.2/16")), List.of()))
                .hasMessage("10.0.0.2 is given twice");
        assertThatThrownBy(() -> RouteTable.of(own, List.of(RouteTable.defaultVia(InetAddress.ofLiteral("10.0.1.1")))))
                .hasMessage("route 0.0.0.0/0 via 10.0.1.1: the gateway lies in none of this stack's prefixes"
                        + " 10.0.0.2/24");
        assertThatThrownBy(() -> RouteTable.of(own, List.of(RouteTable.defaultVia(InetAddress.ofLiteral("10.0.0.2")))))
                .hasMessage("route 0.0.0.0/0 via 10.0.0.2: the gateway is an own address");
    }

    @ParameterizedTest
    @CsvSource({"10.64.0.0,true", "10.64.0.1,true", "10.64.255.255,true", "10.65.0.0,false", "10.0.0.64,true",
            "10.0.0.127,false", "10.0.0.2,true", "10.0.0.3,false", "fd00:1::ffff:ffff:ffff:ffff,true",
            "fd00:1:0:1::,false"})
    void shouldOwnEveryAddressOfAnOwnPrefixButBroadcasts(final String address, final boolean own) {
        final RouteTable prefixes = RouteTable.of(List.of(Cidr.parse("10.0.0.2/25")),
                List.of(Cidr.parse("10.64.0.0/16"), Cidr.parse("10.0.0.64/26"), Cidr.parse("fd00:1::/64")),
                List.of(RouteTable.defaultVia(InetAddress.ofLiteral("10.0.0.1"))), 64);
        final InetAddress inet = InetAddress.ofLiteral(address);
        assertThat(prefixes.isOwn(IpAddress.hi(inet), IpAddress.lo(inet))).isEqualTo(own);
        assertThat(route(prefixes, address) == LOCAL).isEqualTo(own);
        assertThat(prefixes.isAddress(IpAddress.hi(inet), IpAddress.lo(inet))).isEqualTo("10.0.0.2".equals(address));
        assertThat(prefixes.withGroups().isOwn(IpAddress.hi(inet), IpAddress.lo(inet))).isEqualTo(own);
        assertThat(prefixes).hasToString(
                "10.0.0.2/25, local 10.64.0.0/16, local 10.0.0.64/26, local fd00:1::/64, 0.0.0.0/0 via 10.0.0.1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "10.64.0.1/16|own prefix 10.64.0.1/16 has bits set after its prefix",
            "0.0.0.0/0|own prefix 0.0.0.0/0 cannot be this stack's alone",
            "127.0.0.0/8|own prefix 127.0.0.0/8 cannot be this stack's alone",
            "224.0.0.0/4|own prefix 224.0.0.0/4 cannot be this stack's alone",
            "10.0.0.0/28|route 0.0.0.0/0 via 10.0.0.1: the gateway is an own address"})
    void shouldRefuseAnOwnPrefixThatCannotBe(final String prefix, final String message) {
        assertThatThrownBy(() -> RouteTable.of(List.of(Cidr.parse("10.0.0.2/24")), List.of(Cidr.parse(prefix)),
                List.of(RouteTable.defaultVia(InetAddress.ofLiteral("10.0.0.1"))), 64)).hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({"10.1.2.3/22,10.1.3.255,true", "10.1.2.3/30,10.1.2.3,true", "10.1.2.0/31,10.1.2.1,false",
            "0.0.0.0/0,255.255.255.255,true", "fd00::1/64,255.255.255.255,false"})
    void shouldKnowTheDirectedBroadcastOfAPrefix(final String cidr, final String broadcast, final boolean has) {
        final Prefix prefix = Prefix.of(Cidr.parse(cidr));
        assertThat(prefix.hasBroadcast()).isEqualTo(has);
        if (has) {
            assertThat(IpAddress.toString(0, prefix.broadcastLo())).isEqualTo(broadcast);
        }
    }

    @Test
    void shouldPublishTablesWhole() {
        final PublishedRoutes routes = new PublishedRoutes(table);
        final RouteTable next = RouteTable.of(List.of(Cidr.parse("10.9.9.9/24")), List.of());
        assertThat(routes.current()).isSameAs(table);
        routes.publish(next);
        assertThat(routes.current()).hasToString("10.9.9.9/24");
    }

    @Test
    void shouldKeepTheJoinedGroupsWhereTheTableChanges() {
        final PublishedRoutes routes = new PublishedRoutes(table);
        routes.link(0).join(0, IpAddress.v4(0xEF01_0203), 0, IpAddress.v4(0xE800_0001));
        assertThat(routes.current().isJoined(0, IpAddress.v4(0xEF01_0203))).isTrue();
        assertThat(routes.current().isJoined(1, IpAddress.v4(0xEF01_0203))).isFalse();
        assertThat(routes.current().isJoined(0, IpAddress.v4(0xEF01_0204))).isFalse();
        assertThat(routes.current()).hasToString(table.toString());
        routes.publish(RouteTable.of(List.of(Cidr.parse("10.9.9.9/24")), List.of()));
        assertThat(routes.current().isJoined(0, IpAddress.v4(0xE800_0001))).isTrue();
        assertThat(routes.current().isOwn(0, IpAddress.v4(0x0A09_0909))).isTrue();
        routes.link(0).join();
        assertThat(routes.current().isJoined(0, IpAddress.v4(0xE800_0001))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.255, 10.0.0.2", "192.168.7.255, 192.168.7.1", "255.255.255.255, 10.0.0.2",
            "239.1.2.3, 10.0.0.2"})
    void shouldSendBroadcastsFromTheAddressOfTheirNetwork(final String destination, final String source) {
        final RouteTable two = RouteTable.of(
                List.of(Cidr.parse("fd00::1/64"), Cidr.parse("10.0.0.2/24"), Cidr.parse("192.168.7.1/24")), List.of());
        final long lo = IpAddress.lo(InetAddress.ofLiteral(destination));
        assertThat(IpAddress.toString(0, two.groupSourceLo(0, lo))).isEqualTo(source);
        assertThat(IpAddress.toString(0, RouteTable.of(List.of(), List.of()).groupSourceLo(0, lo)))
                .isEqualTo("0.0.0.0");
    }

    private static int route(final RouteTable table, final String address) {
        final InetAddress inet = InetAddress.ofLiteral(address);
        return table.route(IpAddress.hi(inet), IpAddress.lo(inet));
    }
}
