package io.millrace.control.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.config.Cidr;
import io.millrace.config.Route;
import io.millrace.control.RecordingCommands;
import io.millrace.control.address.OwnAddress;
import io.millrace.control.address.PublishedRoutes;
import io.millrace.control.address.RouteTable;
import io.millrace.control.autoconf.Autoconfiguration;
import io.millrace.control.autoconf.Ipv6Settings;
import io.millrace.control.autoconf.SolicitedNodeGroups;
import io.millrace.control.channel.EngineEventRing;
import io.millrace.control.channel.PatientCommands;
import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.control.multicast.GroupMembership;
import io.millrace.control.multicast.IgmpSettings;
import io.millrace.control.multicast.StackGroups;
import io.millrace.control.neighbour.NeighbourCache;
import io.millrace.control.neighbour.NeighbourSettings;
import io.millrace.control.neighbour.OwnAddressSettings;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.wire.IpAddress;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.CachedNanoClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One agent, one engine, two links: each link speaks for itself. */
class TwoLinksTest {
    private static final int ARP_REQUEST = 1;
    private static final int ARP_REPLY = 2;
    private static final long MAC = 0x02_00_00_00_00_20L;

    private final CachedNanoClock clock = new CachedNanoClock();
    private final ControlCounters counters = new ControlCounters();
    private final RecordingCommands engine = new RecordingCommands();
    private final PatientCommands[] commands = {new PatientCommands(() -> engine, counters)};
    private final EngineEventRing ring = new EngineEventRing(4_096);
    private final MemoryRegion message = MemoryRegion.allocate("test message", 256);
    private final PublishedRoutes routes = new PublishedRoutes(RouteTable.onLinks(
            List.of(OwnAddress.of(Cidr.parse("10.0.0.2/24")), OwnAddress.of(Cidr.parse("10.1.0.2/24")).on(1)),
            List.of(), List.of(Route.parse("0.0.0.0/0 via 10.0.0.1"), Route.parse("172.16.0.0/12 via 10.1.0.1")), 64),
            2);
    private final List<Link> links = List.of(link(0, 2), link(1, 2));
    private final ControlAgent agent = new ControlAgent(clock, new EngineEventRing[]{ring}, commands, links, counters);

    @AfterEach
    void close() {
        ring.close();
        links.forEach(Link::close);
        message.close();
    }

    @Test
    void shouldAskForANeighbourWhereItIs() {
        ring.proxy().onNeighbourWanted(1, 0, v4("10.1.0.1"));
        agent.doWork();
        assertThat(ofIpv4()).containsExactly("link 1: request 20000000021 10.1.0.2 > ffffffffffff 10.1.0.1");
        ring.proxy().onArp(1, ARP_REPLY, 0x10, (int) v4("10.1.0.1"), (int) v4("10.1.0.2"));
        agent.doWork();
        assertThat(ofIpv4()).containsExactly("link 1: resolved 10.1.0.1 10");
        assertThat(links.get(0).neighbours().size()).isZero();
        assertThat(links.get(1).neighbours().snapshot()).singleElement()
                .hasToString("10.1.0.1 lladdr 00:00:00:00:00:10 REACHABLE link 1");
    }

    @Test
    void shouldAnswerForAnAddressOnItsLinkAlone() {
        ring.proxy().onArp(0, ARP_REQUEST, 0x10, (int) v4("10.0.0.9"), (int) v4("10.1.0.2"));
        ring.proxy().onArp(1, ARP_REQUEST, 0x10, (int) v4("10.1.0.9"), (int) v4("10.0.0.2"));
        agent.doWork();
        assertThat(ofIpv4()).as("asked on the wrong link").isEmpty();
        ring.proxy().onArp(1, ARP_REQUEST, 0x10, (int) v4("10.1.0.9"), (int) v4("10.1.0.2"));
        agent.doWork();
        assertThat(ofIpv4()).contains("link 1: reply 20000000021 10.1.0.2 > 10 10.1.0.9");
    }

    @Test
    void shouldHearOfNoConflictFromAnotherLink() {
        ring.proxy().onArp(0, ARP_REPLY, 0x10, (int) v4("10.1.0.2"), (int) v4("10.1.0.2"));
        agent.doWork();
        assertThat(ofIpv4()).isEmpty();
        ring.proxy().onArp(1, ARP_REPLY, 0x10, (int) v4("10.1.0.2"), (int) v4("10.1.0.2"));
        agent.doWork();
        assertThat(ofIpv4()).as("announced again")
                .containsExactly("link 1: request 20000000021 10.1.0.2 > ffffffffffff 10.1.0.2");
    }

    @Test
    void shouldJoinOnEveryLinkOrNone() {
        final StackGroups groups = new StackGroups(links.stream().map(Link::groups).toList());
        groups.listen(this, 0, IpAddress.v4(0xEF01_0203), false);
        agent.doWork();
        assertThat(ofIpv4()).containsExactlyInAnyOrder("igmp 10.0.0.2 > 224.0.0.22: v3 report to_ex(239.1.2.3)",
                "link 1: igmp 10.1.0.2 > 224.0.0.22: v3 report to_ex(239.1.2.3)");
        links.get(1).groups().listen("another", 0, IpAddress.v4(0xEF01_0204), false);
        assertThatThrownBy(() -> groups.listen(this, 0, IpAddress.v4(0xEF01_0205), false))
                .isInstanceOf(IllegalStateException.class);
        assertThat(routes.current().isJoined(0, IpAddress.v4(0xEF01_0205))).isFalse();
        assertThat(routes.current().isJoined(0, IpAddress.v4(0xEF01_0204))).as("joined on one of them").isTrue();
        assertThat(routes.current().isJoined(0, IpAddress.v4(0xEF01_0203))).isTrue();
    }

    /** What a listener wanted before it was refused holds on. */
    @Test
    void shouldKeepWhatWasWantedWhereALaterLinkHasNoRoom() {
        final long group = IpAddress.v4(0xEF01_0205);
        final GroupMembership first = links.get(0).groups();
        first.listen(this, 0, group, true, 0, IpAddress.v4(0x0A00_0065));
        first.listen("another", 0, group, true, 0, IpAddress.v4(0x0A00_0066));
        links.get(1).groups().listen(this, 0, IpAddress.v4(0xEF01_0203), false);
        links.get(1).groups().listen(this, 0, IpAddress.v4(0xEF01_0204), false);
        agent.doWork();
        engine.take();
        final StackGroups groups = new StackGroups(links.stream().map(Link::groups).toList());
        assertThatThrownBy(() -> groups.listen(this, 0, group, false)).isInstanceOf(IllegalStateException.class);
        assertThat(routes.current().isJoined(0, group)).isTrue();
        agent.doWork();
        assertThat(ofIpv4()).as("of both listeners")
                .containsExactly("igmp 10.0.0.2 > 224.0.0.22: v3 report to_in(239.1.2.5: 10.0.0.101, 10.0.0.102)");
    }

    @Test
    void shouldConfigureItselfOnEachLink() {
        pass(4);
        assertThat(routes.current().routing().addresses()).hasToString(
                "[10.0.0.2/24, 10.1.0.2/24 link 1, fe80::ff:fe00:20/64, fe80::ff:fe00:21/64 link 1]");
        assertThat(engine.take()).contains("icmpv6 fe80::ff:fe00:20 > ff02::2 0 255: rs at 20000000020",
                "link 1: icmpv6 fe80::ff:fe00:21 > ff02::2 0 255: rs at 20000000021");
        advertise(1, "20010db8000100000000000000000000");
        pass(4);
        final RouteTable table = routes.current();
        final InetAddress far = InetAddress.ofLiteral("2001:db8:9::1");
        final int route = table.route(IpAddress.hi(far), IpAddress.lo(far));
        assertThat(table.link(route)).isOne();
        assertThat(IpAddress.toString(table.nextHopHi(route, IpAddress.hi(far), IpAddress.lo(far)),
                table.nextHopLo(route, IpAddress.hi(far), IpAddress.lo(far)))).isEqualTo("fe80::1");
        assertThat(table.routing().addresses().getLast()).hasToString("2001:db8:1::ff:fe00:21/64 link 1");
        assertThat(table.routes()).contains(Route.parse("::/0 via fe80::1%1"));
        assertThat(engine.take()).contains("link 1: link mtu v6 1400").doesNotContain("link mtu v6 1400");
        ring.proxy().onNeighbourWanted(1, 0xfe80L << 48, 7);
        agent.doWork();
        assertThat(engine.take())
                .contains("link 1: icmpv6 fe80::ff:fe00:21 > ff02::1:ff00:7 0 255: ns fe80::7 at 20000000021");
    }

    @Test
    void shouldNotBelieveAPrefixThatIsOnAnotherLink() {
        pass(4);
        advertise(0, "20010db8000100000000000000000000");
        advertise(1, "20010db8000100000000000000000000");
        assertThat(routes.current().routing().onLink()).hasToString("[2001:db8:1::/64]");
        assertThat(agent.doWork()).isNotNegative();
        assertThat(counters.get(ControlCounter.CONTROL_EXCEPTIONS)).isZero();
    }

    private List<String> ofIpv4() {
        return engine.take().stream().filter(command -> !command.contains("icmpv6")).toList();
    }

    private Link link(final int number, final int mostGroups) {
        final NeighbourCache neighbours = new NeighbourCache(
                NeighbourSettings.DEFAULT.with(OwnAddressSettings.DEFAULT.withAnnouncements(0)), commands,
                MAC + number, routes.link(number), (address, mac, outcome) -> {}, new SplittableRandom(number),
                counters);
        final GroupMembership groups = new GroupMembership(IgmpSettings.DEFAULT.withMaxGroups(mostGroups), commands[0],
                routes.link(number), new SplittableRandom(number), counters);
        final Autoconfiguration autoconfiguration = new Autoconfiguration(Ipv6Settings.DEFAULT, MAC + number,
                routes.link(number), neighbours, new SplittableRandom(number), counters,
                engine.parameters(number));
        autoconfiguration.start();
        return new Link("memory:" + number, neighbours, groups, null, autoconfiguration,
                new SolicitedNodeGroups(routes.link(number), groups));
    }

    /** A router, fe80::1, with a prefix and the MTU 1400. */
    private void advertise(final int link, final String prefix) {
        final byte[] bytes = HexFormat.of().parseHex("86000000" + "40000708" + "0".repeat(16) + "010100000000000a"
                + "0304" + "40c0" + "00015180" + "00015180" + "00000000" + prefix + "0501000000000578");
        Memory.copyFromArray(bytes, 0, message.address(), bytes.length);
        ring.proxy().onIcmpv6(link, 0xfe80L << 48, 1, 0xff02L << 48, 1, 255, 10, message.address(), bytes.length);
        agent.doWork();
    }

    private void pass(final int seconds) {
        for (int i = 0; i < 10 * seconds; i++) {
            agent.doWork();
            clock.update(clock.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    private static long v4(final String address) {
        return IpAddress.lo(InetAddress.ofLiteral(address));
    }
}
