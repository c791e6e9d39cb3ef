package io.millrace.control.address;

import static io.millrace.fastpath.control.RouteSnapshot.LOCAL;
import static io.millrace.fastpath.control.RouteSnapshot.NO_ROUTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.config.Cidr;
import io.millrace.config.Route;
import io.millrace.fastpath.wire.IpAddress;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PublishedRoutesTest {
    private static final Route DEFAULT_V6 = Route.parse("::/0 via fe80::1");

    private final PublishedRoutes routes = new PublishedRoutes(
            RouteTable.of(List.of(Cidr.parse("10.0.0.2/24")), List.of(Route.parse("0.0.0.0/0 via 10.0.0.1"))));
    private final List<String> told = new ArrayList<>();

    PublishedRoutesTest() {
        routes.onChange(() -> told.add(routes.current().toString()));
    }

    @Test
    void shouldAddAndRemoveAddresses() {
        routes.addAddress(Cidr.parse("192.168.7.1/24"));
        assertThat(told).containsExactly("10.0.0.2/24, 192.168.7.1/24, 0.0.0.0/0 via 10.0.0.1");
        assertThat(route("192.168.7.1")).isEqualTo(LOCAL);
        assertThat(sourceTo("192.168.7.9")).isEqualTo("192.168.7.1");
        assertThat(routes.removeAddress(InetAddress.ofLiteral("192.168.7.1"))).isTrue();
        assertThat(routes.removeAddress(InetAddress.ofLiteral("192.168.7.1"))).isFalse();
        assertThat(told).hasSize(2);
        assertThat(sourceTo("192.168.7.9")).isEqualTo("10.0.0.2");
    }

    @Test
    void shouldChangeNothingWhereAnAddressOrARouteIsRefused() {
        assertThatThrownBy(() -> routes.addAddress(Cidr.parse("10.0.0.2/16"))).hasMessage("10.0.0.2 is given twice");
        assertThatThrownBy(() -> routes.addAddress(Cidr.parse("ff02::1/64")))
                .hasMessage("ff02::1/64 cannot be an own address: it names no single host");
        assertThatThrownBy(() -> routes.addRoute(Route.parse("10.1.0.0/16 via 10.9.0.1")))
                .hasMessageContaining("the gateway lies in none of this stack's prefixes 10.0.0.2/24");
        assertThatThrownBy(() -> routes.update(routing -> routing.with(OwnAddress.of(Cidr.parse("10.0.0.3/24")))
                .with(OwnAddress.of(Cidr.parse("10.0.0.3/24"))))).hasMessage("10.0.0.3 is given twice");
        assertThat(told).isEmpty();
        assertThat(route("10.0.0.3")).isNotEqualTo(LOCAL);
    }

    @Test
    void shouldLetARouteWaitForAnAddressOfItsGatewaysNetwork() {
        assertThat(routes.addRoute(DEFAULT_V6)).isTrue();
        assertThat(routes.addRoute(DEFAULT_V6)).as("again").isFalse();
        assertThat(route("2001:db8::1")).isEqualTo(NO_ROUTE);
        routes.addAddress(Cidr.parse("fe80::2/64"));
        assertThat(route("2001:db8::1")).isNotNegative();
        routes.removeAddress(InetAddress.ofLiteral("fe80::2"));
        assertThat(route("2001:db8::1")).isEqualTo(NO_ROUTE);
        routes.removeAddress(InetAddress.ofLiteral("10.0.0.2"));
        assertThat(route("8.8.8.8")).isEqualTo(NO_ROUTE);
        routes.addAddress(Cidr.parse("10.0.0.9/24"));
        assertThat(sourceTo("8.8.8.8")).isEqualTo("10.0.0.9");
        assertThat(routes.removeRoute(DEFAULT_V6)).isTrue();
        assertThat(routes.removeRoute(DEFAULT_V6)).isFalse();
    }

    @Test
    void shouldNotUseATentativeAddressButTakeInWhatIsSentToItsGroup() {
        routes.addAddress(OwnAddress.of(Cidr.parse("fd00::aa:bbcc/64")).in(OwnAddress.State.TENTATIVE));
        assertThat(route("fd00::aa:bbcc")).isEqualTo(NO_ROUTE);
        assertThat(route("fd00::1")).isEqualTo(NO_ROUTE);
        assertThat(isJoined("ff02::1:ffaa:bbcc")).isTrue();
        assertThat(isJoined("ff02::1:ffaa:bbcd")).isFalse();
        assertThat(isAssigned("fd00::aa:bbcc")).as("may be bound to").isTrue();
        assertThat(isAssigned("fd00::aa:bbcd")).isFalse();
        final InetAddress address = InetAddress.ofLiteral("fd00::aa:bbcc");
        assertThat(routes.state(address, OwnAddress.State.PREFERRED)).isTrue();
        assertThat(route("fd00::aa:bbcc")).isEqualTo(LOCAL);
        assertThat(sourceTo("fd00::1")).isEqualTo("fd00::aa:bbcc");
        routes.state(address, OwnAddress.State.DUPLICATE);
        assertThat(isAssigned("fd00::aa:bbcc")).isFalse();
        assertThat(route("fd00::aa:bbcc")).isEqualTo(NO_ROUTE);
        assertThat(isJoined("ff02::1:ffaa:bbcc")).isFalse();
        assertThat(routes.current()).hasToString(
                "10.0.0.2/24, fd00::aa:bbcc/64 (duplicate), 0.0.0.0/0 via 10.0.0.1");
    }

    @Test
    void shouldLetOthersWaitUntilItIsKnownOfEachAddressWhetherItCanBeUsed() throws InterruptedException {
        assertThat(routes.awaitSettled(Duration.ZERO)).isTrue();
        final InetAddress address = InetAddress.ofLiteral("fd00::2");
        routes.addAddress(OwnAddress.of(Cidr.parse("fd00::2/64")).in(OwnAddress.State.TENTATIVE));
        assertThat(routes.awaitSettled(Duration.ZERO)).isFalse();
        final Thread settles = Thread.ofVirtual().start(() -> routes.state(address, OwnAddress.State.DUPLICATE));
        assertThat(routes.awaitSettled(Duration.ofMinutes(1))).isTrue();
        settles.join();
        routes.removeAddress(address);
        routes.removeAddress(InetAddress.ofLiteral("10.0.0.2"));
        assertThat(routes.awaitSettled(Duration.ZERO)).as("without any").isFalse();
    }

    @Test
    void shouldReachOnlyThroughAGatewayWhatNoRouterCallsOnLink() {
        routes.update(routing -> routing.with(OwnAddress.of(Cidr.parse("fe80::2/64")))
                .with(new OwnAddress(Cidr.parse("fd00::2/64"), OwnAddress.State.PREFERRED, false)).with(DEFAULT_V6));
        assertThat(nextHopTo("fd00::9")).isEqualTo("fe80::1");
        assertThat(sourceTo("fd00::9")).isEqualTo("fd00::2");
        routes.update(routing -> routing.withOnLink(new OnLink(Cidr.parse("fd00::/64"), 0)));
        assertThat(nextHopTo("fd00::9")).isEqualTo("fd00::9");
        assertThat(sourceTo("fe80::9")).isEqualTo("fe80::2");
        routes.update(routing -> routing.withoutOnLink(new OnLink(Cidr.parse("fd00::/64"), 0)));
        assertThat(nextHopTo("fd00::9")).isEqualTo("fe80::1");
    }

    @Test
    void shouldTakeInTheSolicitedNodeGroupsOfAnOwnPrefix() {
        final RouteTable wide = RouteTable.of(List.of(),
                List.of(Cidr.parse("fd00::/64"), Cidr.parse("fd00:1::ab00:0/112")),
                List.of(), 64);
        assertThat(JoinedGroups.solicitedNodeLo(0x1234_5678)).isEqualTo(0x1_ff34_5678L);
        assertThat(wide.isJoined(0xff02L << 48, 0x1_ff12_3456L)).isTrue();
        final RouteTable narrow = RouteTable.of(List.of(), List.of(Cidr.parse("fd00:1::cd00:0/112")), List.of(), 64);
        assertThat(narrow.isJoined(0xff02L << 48, 0x1_ff00_3456L)).isTrue();
        assertThat(narrow.isJoined(0xff02L << 48, 0x1_ff01_3456L)).isFalse();
    }

    @Test
    void shouldJoinGroupsOfBothFamilies() {
        routes.link(0).join(0xff05L << 48, 2, 0, IpAddress.v4(0xEF01_0203), 0xff02L << 48, 0x1234);
        assertThat(isJoined("ff05::2")).isTrue();
        assertThat(isJoined("ff02::1234")).isTrue();
        assertThat(isJoined("239.1.2.3")).isTrue();
        assertThat(isJoined("ff05::3")).isFalse();
        assertThat(told).isEmpty();
    }

    private boolean isAssigned(final String address) {
        final InetAddress at = InetAddress.ofLiteral(address);
        return routes.current().isAssigned(IpAddress.hi(at), IpAddress.lo(at));
    }

    private boolean isJoined(final String group) {
        final InetAddress at = InetAddress.ofLiteral(group);
        return routes.current().isJoined(IpAddress.hi(at), IpAddress.lo(at));
    }

    private int route(final String address) {
        final InetAddress to = InetAddress.ofLiteral(address);
        return routes.current().route(IpAddress.hi(to), IpAddress.lo(to));
    }

    private String sourceTo(final String address) {
        final InetAddress to = InetAddress.ofLiteral(address);
        final RouteTable table = routes.current();
        final long hi = IpAddress.hi(to);
        final long lo = IpAddress.lo(to);
        final int route = table.route(hi, lo);
        return IpAddress.toString(table.sourceHi(route, hi, lo), table.sourceLo(route, hi, lo));
    }

    private String nextHopTo(final String address) {
        final InetAddress to = InetAddress.ofLiteral(address);
        final RouteTable table = routes.current();
        final long hi = IpAddress.hi(to);
        final long lo = IpAddress.lo(to);
        final int route = table.route(hi, lo);
        return IpAddress.toString(table.nextHopHi(route, hi, lo), table.nextHopLo(route, hi, lo));
    }
}
