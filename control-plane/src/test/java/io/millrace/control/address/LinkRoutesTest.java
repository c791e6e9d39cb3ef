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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinkRoutesTest {
    private final PublishedRoutes routes = new PublishedRoutes(RouteTable.onLinks(
            own("10.0.0.2/24,0", "fd00::2/64,0", "10.1.0.2/24,1", "fd01::2/64,1"), List.of(Cidr.parse("10.64.0.0/16")),
            List.of(Route.parse("0.0.0.0/0 via 10.0.0.1"), Route.parse("172.16.0.0/12 via 10.1.0.9"),
                    Route.parse("::/0 via fd01::1")),
            64), 2);

    @ParameterizedTest
    @CsvSource({"10.0.0.9,0,10.0.0.9,10.0.0.2", "10.1.0.9,1,10.1.0.9,10.1.0.2", "8.8.8.8,0,10.0.0.1,10.0.0.2",
            "172.16.0.1,1,10.1.0.9,10.1.0.2", "fd00::9,0,fd00::9,fd00::2", "fd01::9,1,fd01::9,fd01::2",
            "2001:db8::1,1,fd01::1,fd01::2"})
    void shouldLeadOverTheLinkOfTheGateway(final String destination, final int link, final String hop,
            final String source) {
        final RouteTable table = routes.current();
        final InetAddress to = InetAddress.ofLiteral(destination);
        final long hi = IpAddress.hi(to);
        final long lo = IpAddress.lo(to);
        final int route = table.route(hi, lo);
        assertThat(table.link(route)).isEqualTo(link);
        assertThat(IpAddress.toString(table.nextHopHi(route, hi, lo), table.nextHopLo(route, hi, lo))).isEqualTo(hop);
        assertThat(IpAddress.toString(table.sourceHi(route, hi, lo), table.sourceLo(route, hi, lo))).isEqualTo(source);
    }

    @Test
    void shouldShowEachLinkWhatIsThere() {
        assertThat(routes.link(0).current()).hasToString(
                "10.0.0.2/24, fd00::2/64, local 10.64.0.0/16, 0.0.0.0/0 via 10.0.0.1");
        assertThat(routes.link(1).current()).hasToString(
                "10.1.0.2/24 link 1, fd01::2/64 link 1, 172.16.0.0/12 via 10.1.0.9, ::/0 via fd01::1");
        assertThat(route(routes.current(), "10.1.0.2")).as("the stack takes in all").isEqualTo(LOCAL);
        assertThat(route(routes.link(0).current(), "10.1.0.2")).as("and answers where it is asked").isNotEqualTo(LOCAL);
        assertThat(route(routes.link(0).current(), "10.64.3.4")).isEqualTo(LOCAL);
        assertThat(route(routes.link(1).current(), "10.64.3.4")).isEqualTo(NO_ROUTE);
    }

    @Test
    void shouldMakeATableOfALinkOnlyWhereSomethingChanged() {
        final RouteTable before = routes.link(1).current();
        routes.link(0).join(0, IpAddress.v4(0xEF01_0203));
        assertThat(routes.link(1).current()).isSameAs(before);
        routes.addAddress(Cidr.parse("10.0.0.3/24"));
        assertThat(routes.link(1).current()).isNotSameAs(before);
        final PublishedRoutes single = new PublishedRoutes(
                RouteTable.of(List.of(Cidr.parse("10.0.0.2/24")), List.of()));
        assertThat(single.link(0).current()).as("with one link the whole").isSameAs(single.current());
    }

    @Test
    void shouldKeepLinkLocalAddressesApart() {
        final InetAddress local = InetAddress.ofLiteral("fe80::2");
        routes.link(0).addAddress(OwnAddress.of(new Cidr(local, 64)));
        routes.link(1).addAddress(OwnAddress.of(new Cidr(local, 64)));
        assertThatThrownBy(() -> routes.link(1).addAddress(OwnAddress.of(new Cidr(local, 64))))
                .hasMessage("fe80::2 is given twice");
        routes.link(1).state(local, OwnAddress.State.DUPLICATE);
        assertThat(routes.current().routing().addresses().stream().map(Object::toString)).contains("fe80::2/64",
                "fe80::2/64 link 1 (duplicate)");
        assertThat(routes.link(1).removeAddress(local)).isTrue();
        assertThat(route(routes.current(), "fe80::2")).isEqualTo(LOCAL);
        assertThat(routes.current().link(route(routes.current(), "fe80::9"))).isZero();
    }

    @Test
    void shouldReachLinkLocalNeighboursOfAnotherLinkFromThatLinkAlone() {
        routes.link(1).addAddress(OwnAddress.of(Cidr.parse("fe80::2/64")));
        assertThat(route(routes.current(), "fe80::9")).isEqualTo(NO_ROUTE);
        assertThat(route(routes.link(0).current(), "fe80::9")).isEqualTo(NO_ROUTE);
        final RouteTable there = routes.link(1).current();
        assertThat(there.link(route(there, "fe80::9"))).isOne();
        assertThat(IpAddress.toString(there.groupSourceHi(0xff02L << 48, 1), there.groupSourceLo(0xff02L << 48, 1)))
                .isEqualTo("fe80::2");
    }

    /** RFC 6724 §4: for a link-local destination no address of another link. */
    @Test
    void shouldSendToLinkLocalNeighboursFromAnAddressOfTheirLink() {
        final long hi = 0xfe80L << 48;
        routes.link(0).addAddress(OwnAddress.of(Cidr.parse("fe80::2/64")));
        final RouteTable before = routes.current();
        assertThat(IpAddress.toString(before.linkSourceHi(0, hi, 9), before.linkSourceLo(0, hi, 9)))
                .isEqualTo("fe80::2");
        assertThat(IpAddress.isLinkLocal(before.linkSourceHi(1, hi, 9))).isFalse();
        routes.link(1).addAddress(OwnAddress.of(Cidr.parse("fe80::3/64")));
        final RouteTable after = routes.current();
        assertThat(IpAddress.toString(after.linkSourceHi(1, hi, 9), after.linkSourceLo(1, hi, 9)))
                .isEqualTo("fe80::3");
        assertThat(IpAddress.toString(after.linkSourceHi(0, hi, 9), after.linkSourceLo(0, hi, 9)))
                .isEqualTo("fe80::2");
    }

    @Test
    void shouldFindALinkLocalGatewayOnItsLink() {
        routes.addRoute(Route.parse("2001:db8::/32 via fe80::1%1"));
        assertThat(routes.current().link(route(routes.current(), "2001:db8::1"))).as("by ::/0").isOne();
        routes.link(0).addAddress(OwnAddress.of(Cidr.parse("fe80::2/64")));
        routes.addRoute(Route.parse("2001:db9::/32 via fe80::1"));
        assertThat(routes.current().link(route(routes.current(), "2001:db9::1"))).isZero();
        routes.link(1).addAddress(OwnAddress.of(Cidr.parse("fe80::3/64")));
        final InetAddress to = InetAddress.ofLiteral("2001:db8::1");
        final RouteTable table = routes.current();
        final int route = table.route(IpAddress.hi(to), IpAddress.lo(to));
        assertThat(table.link(route)).isOne();
        assertThat(table.nextHopLo(route, IpAddress.hi(to), IpAddress.lo(to))).isOne();
        assertThat(routes.link(1).current().routes()).hasToString(
                "[172.16.0.0/12 via 10.1.0.9, ::/0 via fd01::1, 2001:db8::/32 via fe80::1%1]");
    }

    @Test
    void shouldPreferTheAddressOfTheOutgoingLink() {
        routes.addAddress(OwnAddress.of(Cidr.parse("2001:db8::2/64")));
        final InetAddress to = InetAddress.ofLiteral("2001:db8:1::1");
        final RouteTable table = routes.current();
        final int route = table.route(IpAddress.hi(to), IpAddress.lo(to));
        assertThat(IpAddress.toString(table.sourceHi(route, IpAddress.hi(to), IpAddress.lo(to)),
                table.sourceLo(route, IpAddress.hi(to), IpAddress.lo(to)))).as("RFC 6724 rule 5 before rule 6")
                .isEqualTo("fd01::2");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "10.1.0.0/16|0|10.1.0.3/16 of link 0 overlaps 10.1.0.2/24 of link 1: prefixes of different links must not",
            "fd00::/48|1|fd00::3/48 of link 1 overlaps fd00::2/64 of link 0: prefixes of different links must not"})
    void shouldRefuseOverlappingPrefixesOfTwoLinks(final String prefix, final int link, final String message) {
        final Cidr cidr = Cidr.parse(prefix.replace("0.0/", "0.3/").replace("::/", "::3/"));
        final OwnAddress address = OwnAddress.of(cidr).on(link);
        assertThatThrownBy(() -> routes.addAddress(address)).hasMessage(message);
        routes.addAddress(address.on(1 - link));
        assertThatThrownBy(() -> routes.update(routing -> routing.withOnLink(new OnLink(Cidr.parse(prefix), link))))
                .hasMessageContaining("of link " + link + " overlaps");
    }

    @Test
    void shouldRefuseWhatIsOnNoLinkOfTheStack() {
        assertThatThrownBy(() -> routes.addAddress(OwnAddress.of(Cidr.parse("10.2.0.2/24")).on(2))).hasMessage(
                "an address or a route is on a link that is none of this stack's, whose number is 0 to 1");
        assertThatThrownBy(() -> routes.addRoute(Route.parse("2001:db8::/32 via fe80::1%2")))
                .hasMessageContaining("is on a link that is none of this stack's");
        assertThatThrownBy(() -> Route.parse("10.0.0.0/8 via 10.0.0.1%1"))
                .hasMessage("only the link of a link-local gateway can be named");
    }

    @Test
    void shouldMoveAnAddressToAnotherLinkWhereTheConfigurationSaysSo() {
        final Routing was = routes.current().routing();
        final Routing will = RouteTable.onLinks(own("10.1.0.2/24,0", "fd00::2/64,0", "10.0.0.2/24,1"), List.of(),
                List.of(Route.parse("0.0.0.0/0 via 10.0.0.1")), 64).routing();
        routes.update(now -> now.reconfigured(was, will));
        assertThat(routes.current()).hasToString(
                "10.1.0.2/24, fd00::2/64, 10.0.0.2/24 link 1, 0.0.0.0/0 via 10.0.0.1");
        assertThat(routes.current().link(route(routes.current(), "8.8.8.8"))).isOne();
    }

    private static List<OwnAddress> own(final String... texts) {
        return Stream.of(texts).map(text -> text.split(","))
                .map(parts -> OwnAddress.of(Cidr.parse(parts[0])).on(Integer.parseInt(parts[1]))).toList();
    }

    private static int route(final RouteTable table, final String destination) {
        final InetAddress to = InetAddress.ofLiteral(destination);
        return table.route(IpAddress.hi(to), IpAddress.lo(to));
    }
}
