package io.millrace.control.autoconf;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.millrace.config.Cidr;
import io.millrace.config.Route;
import io.millrace.control.RecordingCommands;
import io.millrace.control.address.OwnAddress.State;
import io.millrace.control.address.OwnAddress;
import io.millrace.control.address.PublishedRoutes;
import io.millrace.control.address.RouteTable;
import io.millrace.control.address.Routing;
import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.control.neighbour.NeighbourCache;
import io.millrace.control.neighbour.NeighbourSettings;
import io.millrace.control.neighbour.OwnAddressSettings;
import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.NdMessage;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AutoconfigurationTest {
    private static final long OUR_MAC = 0x02_00_00_00_00_02L;
    private static final String LINK_LOCAL = "fe80::ff:fe00:2";
    private static final String ROUTER = "fe80::1";
    private static final String OTHER_ROUTER = "fe80::3";
    private static final String OURS = "2001:db8:1::ff:fe00:2";
    private static final String RS = "icmpv6 fe80::ff:fe00:2 > ff02::2 0 255: rs at 20000000002";
    private static final String PREFIX = "20010db8000100000000000000000000";

    private final RecordingCommands engine = new RecordingCommands();
    private final ControlCounters counters = new ControlCounters();
    private final MemoryRegion message = MemoryRegion.allocate("test message", 512);
    private final List<NeighbourCache> caches = new ArrayList<>();
    private final PublishedRoutes routes = new PublishedRoutes(RouteTable.of(List.of(), List.of()));
    private NeighbourCache cache;
    private Autoconfiguration autoconfiguration;
    private long nowNs = TimeUnit.DAYS.toNanos(1);

    @AfterEach
    void close() {
        caches.forEach(NeighbourCache::close);
        message.close();
    }

    @Test
    void shouldTryItsLinkLocalAddressThenAskForRoutersEverMoreSeldom() {
        start(Ipv6Settings.DEFAULT);
        assertThat(state(LINK_LOCAL)).isEqualTo(State.TENTATIVE);
        pass(2_000);
        assertThat(state(LINK_LOCAL)).isEqualTo(State.PREFERRED);
        final List<Long> asked = new ArrayList<>();
        for (int second = 0; second < 100; second++) {
            final long at = second;
            engine.take().stream().filter(RS::equals).forEach(any -> asked.add(at));
            pass(1_000);
        }
        assertThat(asked).hasSize(5);
        assertThat(asked.get(0)).isLessThanOrEqualTo(1);
        assertThat(asked.get(1) - asked.get(0)).isBetween(3L, 5L);
        assertThat(asked.get(2) - asked.get(1)).isBetween(7L, 9L);
        assertThat(asked.get(3) - asked.get(2)).isBetween(14L, 18L);
        assertThat(asked.get(4) - asked.get(3)).isBetween(28L, 36L);
    }

    @Test
    void shouldAskNoMoreOnceARouterAnswered() {
        begin();
        advertise(ROUTER, 1_800, 0, "");
        pass(3_600_000);
        assertThat(engine.take()).doesNotContain(RS);
    }

    @Test
    void shouldMakeNoGarbageWhileNothingIsDue() {
        begin();
        advertise(ROUTER, 1_800, 0, prefix(64, "c0", 86_400, 86_400));
        pass(5_000);
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        threads.getCurrentThreadAllocatedBytes();
        final long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            autoconfiguration.doWork(nowNs);
            autoconfiguration.nextDeadlineNs();
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
    }

    @Test
    void shouldNotAskNeighboursAllTheTimeWhateverARouterSays() {
        assertThat(Autoconfiguration.reachableNs(1, 0.5)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(500));
        assertThat(Autoconfiguration.reachableNs(30_000, 1.5)).isEqualTo(TimeUnit.SECONDS.toNanos(45));
        assertThat(Autoconfiguration.reachableNs(0, 1)).as("it does not say").isZero();
    }

    @Test
    void shouldTakeADefaultRouterForItsLifetime() {
        begin();
        advertise(ROUTER, 1_800, 0, prefix(64, "c0", 86_400, 86_400));
        assertThat(hopTo("2001:db8:2::1")).isEqualTo(InetAddress.ofLiteral(ROUTER));
        pass(1_799_000);
        assertThat(hopTo("2001:db8:2::1")).isNotNull();
        pass(1_000);
        assertThat(hopTo("2001:db8:2::1")).isNull();
        advertise(ROUTER, 1_800, 0, "");
        advertise(ROUTER, 0, 0, "");
        assertThat(hopTo("2001:db8:2::1")).as("it is no router any more").isNull();
    }

    @Test
    void shouldMakeItselfAnAddressAndUseItOnceNobodyHasIt() {
        begin();
        advertise(ROUTER, 1_800, 0, prefix(64, "c0", 86_400, 86_400));
        assertThat(state(OURS)).isEqualTo(State.TENTATIVE);
        pass(2_000);
        assertThat(state(OURS)).isEqualTo(State.PREFERRED);
        assertThat(hopTo("2001:db8:1::9")).as("on the link").isEqualTo(InetAddress.ofLiteral("2001:db8:1::9"));
        final InetAddress to = InetAddress.ofLiteral("2001:db8:2::1");
        final RouteTable table = routes.current();
        final int route = table.route(IpAddress.hi(to), IpAddress.lo(to));
        assertThat(IpAddress.toInetAddress(table.sourceHi(route, IpAddress.hi(to), IpAddress.lo(to)),
                table.sourceLo(route, IpAddress.hi(to), IpAddress.lo(to)))).isEqualTo(InetAddress.ofLiteral(OURS));
    }

    /** Not on the link; for no addresses; of another length; preferred longer than valid; not valid; link-local. */
    @ParameterizedTest
    @CsvSource({"64, 40, 600, 600, true, false", "64, 80, 600, 600, false, true", "63, c0, 600, 600, false, true",
            "64, c0, 600, 601, false, true", "64, c0, 0, 0, false, false"})
    void shouldHeedTheFlagsOfAPrefix(final int bits, final String flags, final long valid, final long preferred,
            final boolean address, final boolean onLink) {
        begin();
        advertise(ROUTER, 1_800, 0, prefix(bits, flags, valid, preferred));
        pass(2_000);
        assertThat(state(OURS) == State.PREFERRED).isEqualTo(address);
        assertThat(hopTo("2001:db8:1::9"))
                .isEqualTo(InetAddress.ofLiteral(onLink ? "2001:db8:1::9" : ROUTER));
    }

    @Test
    void shouldDeprecateAnAddressAndThenRemoveIt() {
        begin();
        advertise(ROUTER, 1_800, 0, prefix(64, "c0", 600, 300));
        pass(2_000);
        pass(297_999);
        assertThat(state(OURS)).isEqualTo(State.PREFERRED);
        pass(1);
        assertThat(state(OURS)).isEqualTo(State.DEPRECATED);
        pass(300_000);
        assertThat(state(OURS)).isNull();
        assertThat(hopTo("2001:db8:1::9")).as("the prefix is on the link no more")
                .isEqualTo(InetAddress.ofLiteral(ROUTER));
    }

    /** RFC 4862 §5.5.3 (e). Left, said, and what holds then. */
    @ParameterizedTest(name = "{0} s left, {1} s said: {2} s")
    @CsvSource({"86400, 100, 7200", "86400, 7201, 7201", "600, 100, 600", "600, 601, 601", "600, 86400, 86400",
            "7200, 0, 7200"})
    void shouldNotLetAnAdvertisementEndAnAddressWithinTwoHours(final long left, final long said, final long holds) {
        begin();
        advertise(ROUTER, 65_535, 0, prefix(64, "40", left, 10));
        advertise(ROUTER, 65_535, 0, prefix(64, "40", said, 0));
        pass(TimeUnit.SECONDS.toMillis(holds) - 1);
        assertThat(state(OURS)).isNotNull();
        pass(1);
        assertThat(state(OURS)).isNull();
    }

    @Test
    void shouldPreferTheRouterThatAnswersThenTheOneThatIsPreferred() {
        begin();
        advertise(ROUTER, 1_800, 0x18, "");
        advertise(OTHER_ROUTER, 1_800, 0x08, "");
        assertThat(hopTo("2001:db8:2::1")).isEqualTo(InetAddress.ofLiteral(OTHER_ROUTER));
        autoconfiguration.onRouterUnreachable(hi(OTHER_ROUTER), lo(OTHER_ROUTER));
        assertThat(hopTo("2001:db8:2::1")).isEqualTo(InetAddress.ofLiteral(ROUTER));
        advertise(OTHER_ROUTER, 1_800, 0x08, "");
        assertThat(hopTo("2001:db8:2::1")).isEqualTo(InetAddress.ofLiteral(OTHER_ROUTER));
        autoconfiguration.onRouterGone(hi(OTHER_ROUTER), lo(OTHER_ROUTER));
        assertThat(hopTo("2001:db8:2::1")).isEqualTo(InetAddress.ofLiteral(ROUTER));
    }

    /** RFC 4861 §6.3.6, when the neighbour cache has forgotten the router since. */
    @Test
    void shouldPassOverARouterThatIsAskedForAnewAndDoesNotAnswer() {
        begin();
        advertise(ROUTER, 1_800, 0x08, "");
        advertise(OTHER_ROUTER, 1_800, 0x18, "");
        pass(61_000);
        assertThat(cache.state(hi(ROUTER), lo(ROUTER))).isNull();
        assertThat(hopTo("2001:db8:2::1")).isEqualTo(InetAddress.ofLiteral(ROUTER));
        cache.onNeighbourWanted(0, hi(ROUTER), lo(ROUTER), nowNs);
        pass(3_000);
        assertThat(hopTo("2001:db8:2::1")).isEqualTo(InetAddress.ofLiteral(OTHER_ROUTER));
    }

    @Test
    void shouldLetAConfiguredDefaultRouteWin() {
        routes.update(routing -> routing.with(OwnAddress.of(Cidr.parse("fd00::2/64")))
                .with(Route.parse("::/0 via fd00::1")));
        begin();
        advertise(ROUTER, 1_800, 0x08, "");
        assertThat(hopTo("2001:db8:2::1")).isEqualTo(InetAddress.ofLiteral("fd00::1"));
    }

    @Test
    void shouldBoundWhatRoutersAdvertise() {
        begin();
        for (int i = 0; i < 200; i++) {
            advertise("fe80::1:" + Integer.toHexString(i), 1_800, 0,
                    "030440c0" + "00015180" + "00003840" + "00000000" + "20010db8%04x0000".formatted(i)
                            + "0".repeat(16));
        }
        assertThat(routes.current().routing().addresses()).hasSize(1 + 16);
        assertThat(routes.current().routing().onLink()).hasSize(32);
        assertThat(routes.current().routes()).hasSize(16);
    }

    @Test
    void shouldSendNoLongerPacketsThanARouterSays() {
        begin();
        advertise(ROUTER, 1_800, 0, "0501000000000578");
        assertThat(engine.take()).contains("link mtu v6 1400");
        advertise(ROUTER, 1_800, 0, "0501000000000578");
        advertise(ROUTER, 1_800, 0, "05010000000004ff");
        advertise(ROUTER, 1_800, 0, "0501000080000578");
        assertThat(engine.take()).as("said before, shorter than any link's, longer than any packet").isEmpty();
    }

    @Test
    void shouldSendWithTheHopLimitThatARouterSays() {
        begin();
        sayHopLimit(255);
        assertThat(engine.take()).contains("link hop limit v6 255");
        sayHopLimit(255);
        sayHopLimit(0);
        assertThat(engine.take()).as("said before, says nothing").isEmpty();
        sayHopLimit(32);
        assertThat(engine.take()).contains("link hop limit v6 32");
        assertThat(counters.get(ControlCounter.ROUTER_HOP_LIMITS_REFUSED)).isZero();
    }

    /** CVE-2015-2922: nobody may cut us off from what is farther than a hop or two. */
    @Test
    void shouldTakeNoHopLimitThatIsTooSmallUnlessWhatIsConfiguredIsNoLarger() {
        begin();
        sayHopLimit(31);
        sayHopLimit(1);
        assertThat(engine.take()).isEmpty();
        assertThat(counters.get(ControlCounter.ROUTER_HOP_LIMITS_REFUSED)).isEqualTo(2);
        routes.update(now -> new Routing(now.addresses(), now.ownPrefixes(), now.onLink(), now.routes(), 16));
        sayHopLimit(15);
        assertThat(engine.take()).isEmpty();
        sayHopLimit(16);
        assertThat(engine.take()).contains("link hop limit v6 16");
    }

    @Test
    void shouldIgnoreRoutersWhereThatIsConfigured() {
        start(new Ipv6Settings(false, true, true, 16, true, ""));
        pass(2_000);
        pass(10_000);
        assertThat(engine.take()).doesNotContain(RS);
        advertise(ROUTER, 1_800, 0, prefix(64, "c0", 600, 600));
        assertThat(hopTo("2001:db8:2::1")).isNull();
        assertThat(state(OURS)).isNull();
    }

    @Test
    void shouldMakeNoAddressesWhereThatIsConfigured() {
        start(new Ipv6Settings(true, false, true, 16, true, ""));
        pass(2_000);
        pass(0);
        advertise(ROUTER, 1_800, 0, prefix(64, "c0", 600, 600));
        assertThat(state(OURS)).isNull();
        assertThat(routes.current().routing().onLink()).hasSize(1);
    }

    @Test
    void shouldAcceptAnAdvertisementFromALinkLocalAddressOnly() {
        begin();
        advertise("fd00::1", 1_800, 0, prefix(64, "c0", 600, 600));
        assertThat(routes.current().routing().onLink()).isEmpty();
        assertThat(counters.get(ControlCounter.ND_INVALID)).isEqualTo(1);
    }

    @Test
    void shouldFollowARedirectOfTheRouterInUseAlone() {
        begin();
        advertise(ROUTER, 1_800, 0x08, prefix(64, "c0", 600, 600));
        advertise(OTHER_ROUTER, 1_800, 0, "");
        redirect(OTHER_ROUTER, "2001:db8:2::1", "fe80::9");
        assertThat(hopTo("2001:db8:2::1")).as("not the router in use").isEqualTo(InetAddress.ofLiteral(ROUTER));
        redirect(ROUTER, "2001:db8:2::1", "fe80::9");
        assertThat(hopTo("2001:db8:2::1")).isEqualTo(InetAddress.ofLiteral("fe80::9"));
        assertThat(hopTo("2001:db8:2::2")).isEqualTo(InetAddress.ofLiteral(ROUTER));
        redirect(ROUTER, "2001:db8:2::2", "2001:db8:2::2");
        assertThat(hopTo("2001:db8:2::2")).as("a neighbour").isEqualTo(InetAddress.ofLiteral("2001:db8:2::2"));
        assertThat(counters.get(ControlCounter.REDIRECTS_FOLLOWED)).isEqualTo(2);
        assertThat(counters.get(ControlCounter.REDIRECTS_REFUSED)).isEqualTo(1);
        autoconfiguration.onRouterUnreachable(hi("fe80::9"), lo("fe80::9"));
        assertThat(hopTo("2001:db8:2::1")).isEqualTo(InetAddress.ofLiteral(ROUTER));
        autoconfiguration.onRouterGone(hi("2001:db8:2::2"), lo("2001:db8:2::2"));
        assertThat(hopTo("2001:db8:2::2")).as("a neighbour, if no router")
                .isEqualTo(InetAddress.ofLiteral("2001:db8:2::2"));
        autoconfiguration.onRouterUnreachable(hi("2001:db8:2::2"), lo("2001:db8:2::2"));
        assertThat(hopTo("2001:db8:2::2")).isEqualTo(InetAddress.ofLiteral(ROUTER));
    }

    /** RFC 4861 §8.1: what is invalid is discarded, with what it says of the target's link-layer address. */
    @Test
    void shouldLearnNothingFromARedirectThatItRefuses() {
        begin();
        advertise(ROUTER, 1_800, 0x08, prefix(64, "c0", 600, 600));
        final String neighbour = "2001:db8:1::9";
        receive(OTHER_ROUTER, OURS, "8900000000000000" + hex(neighbour) + hex(neighbour) + "020102000000000e");
        assertThat(cache.state(hi(neighbour), lo(neighbour))).isNull();
    }

    /** Among them: what of IPv4 looks like IPv6, which no table of routes has as such. */
    @ParameterizedTest
    @CsvSource({"00000000000000000000ffff0a000000, 104", "00000000000000000000ffff00000000, 96",
            "00000000000000000000000000000000, 64", "00000000000000000000000000000001, 128",
            "01230000000000000000000000000000, 1", "00000000000000000000000000000000, 0"})
    void shouldTakeUpNoPrefixWithAddressesThatNoHostHas(final String prefix, final int bits) {
        begin();
        final String option = "0304%02xc0%08x%08x00000000".formatted(bits, 600, 600);
        advertise(ROUTER, 1_800, 0, option + prefix + prefix(64, "c0", 86_400, 86_400));
        pass(2_000);
        assertThat(state(OURS)).as("the rest of it holds").isEqualTo(State.PREFERRED);
        assertThat(hopTo("::2")).isEqualTo(InetAddress.ofLiteral(ROUTER));
        assertThat(hopTo("10.0.0.9")).isNull();
    }

    @Test
    void shouldBoundRedirectsAndRefuseThemWhereConfigured() {
        begin();
        advertise(ROUTER, 1_800, 0, "");
        for (int i = 1; i <= 300; i++) {
            redirect(ROUTER, "2001:db8:2::" + Integer.toHexString(i), "fe80::9");
        }
        assertThat(routes.current().routes()).hasSize(1 + 128);
        assertThat(hopTo("2001:db8:2::1")).as("the oldest went").isEqualTo(InetAddress.ofLiteral(ROUTER));
        assertThat(hopTo("2001:db8:2::12c")).isEqualTo(InetAddress.ofLiteral("fe80::9"));
        autoconfiguration = new Autoconfiguration(new Ipv6Settings(true, true, false, 16, true, ""), OUR_MAC,
                routes.link(0), cache, new SplittableRandom(1), counters, engine.parameters(0));
        autoconfiguration.start();
        redirect(ROUTER, "2001:db8:3::1", "fe80::9");
        assertThat(hopTo("2001:db8:3::1")).isEqualTo(InetAddress.ofLiteral(ROUTER));
    }

    /** Such a route cannot be had, and must not stand in the way of others. */
    @ParameterizedTest
    @CsvSource({"false", "true"})
    void shouldTakeNoRouterWithAnAddressThatItTriesOrFoundTaken(final boolean taken) {
        start(Ipv6Settings.DEFAULT);
        if (taken) {
            claim(LINK_LOCAL);
        }
        assertThat(state(LINK_LOCAL)).isEqualTo(taken ? State.DUPLICATE : State.TENTATIVE);
        advertise(LINK_LOCAL, 9_000, 0, "");
        advertise(ROUTER, 1_800, 0, "");
        pass(2_000);
        assertThat(routes.current().routing().routes())
                .containsExactly(new Route(Cidr.parse("::/0"), InetAddress.ofLiteral(ROUTER)));
    }

    @Test
    void shouldAskForNoRouterWhereAnotherHasItsLinkLocalAddress() {
        start(Ipv6Settings.DEFAULT);
        claim(LINK_LOCAL);
        pass(60_000);
        assertThat(state(LINK_LOCAL)).isEqualTo(State.DUPLICATE);
        assertThat(engine.take()).doesNotContain(RS);
    }

    @Test
    void shouldTryAnotherOpaqueIdentifierWhereOneIsTaken() {
        start(new Ipv6Settings(true, true, true, 16, true, "a secret"));
        final InetAddress first = routes.current().routing().addresses().getFirst().address();
        assertThat(first).isEqualTo(address(new InterfaceIds(OUR_MAC, "a secret").of(0xfe80L << 48, 0)))
                .isNotEqualTo(InetAddress.ofLiteral(LINK_LOCAL));
        claim(IpAddress.toString(first));
        pass(0);
        final InetAddress second = routes.current().routing().addresses().getFirst().address();
        assertThat(second).isEqualTo(address(new InterfaceIds(OUR_MAC, "a secret").of(0xfe80L << 48, 1)));
        pass(2_000);
        assertThat(state(IpAddress.toString(second))).isEqualTo(State.PREFERRED);
    }

    @Test
    void shouldMakeOpaqueIdentifiersThatDifferByPrefixSecretAndDevice() {
        final InterfaceIds ids = new InterfaceIds(OUR_MAC, "a");
        assertThat(List.of(ids.of(1, 0), ids.of(2, 0), ids.of(1, 1), new InterfaceIds(OUR_MAC, "b").of(1, 0),
                new InterfaceIds(OUR_MAC + 1, "a").of(1, 0))).doesNotHaveDuplicates();
        assertThat(ids.of(1, 0)).isEqualTo(new InterfaceIds(OUR_MAC, "a").of(1, 0));
        assertThat(InterfaceIds.isReserved(0)).isTrue();
        assertThat(InterfaceIds.isReserved(0x0200_5eff_fe12_3456L)).isTrue();
        assertThat(InterfaceIds.isReserved(0xfdff_ffff_ffff_ff80L)).isTrue();
        assertThat(InterfaceIds.isReserved(0xfdff_ffff_ffff_ff7fL)).isFalse();
        assertThat(InterfaceIds.isReserved(0xfe00_0000_0000_0000L)).isFalse();
    }

    private static InetAddress address(final long id) {
        return IpAddress.toInetAddress(0xfe80L << 48, id);
    }

    private void start(final Ipv6Settings settings) {
        cache = new NeighbourCache(NeighbourSettings.DEFAULT.with(OwnAddressSettings.DEFAULT.withAnnouncements(0)),
                new EngineCommands[]{engine}, OUR_MAC, routes.link(0), (address, mac, outcome) -> {},
                new SplittableRandom(1), counters);
        caches.add(cache);
        autoconfiguration = new Autoconfiguration(settings, OUR_MAC, routes.link(0), cache, new SplittableRandom(2),
                counters, engine.parameters(0));
        autoconfiguration.start();
        pass(0);
    }

    /** With the link-local address in use, and the first question asked. */
    private void begin() {
        start(Ipv6Settings.DEFAULT);
        pass(2_000);
        pass(0);
        assertThat(engine.take()).contains(RS);
    }

    private void advertise(final String router, final int lifetimeSeconds, final int flags, final String options) {
        receive(router, "ff02::1", "86000000" + "40%02x%04x".formatted(flags, lifetimeSeconds) + "0".repeat(16)
                + "010102000000000a" + options);
    }

    private void sayHopLimit(final int hops) {
        receive(ROUTER, "ff02::1", "86000000" + "%02x000708".formatted(hops) + "0".repeat(16));
    }

    private void redirect(final String router, final String destination, final String target) {
        receive(router, OURS, "8900000000000000" + hex(target) + hex(destination));
    }

    private static String prefix(final int bits, final String flags, final long valid, final long preferred) {
        return "0304%02x%s%08x%08x00000000".formatted(bits, flags, valid, preferred) + PREFIX;
    }

    private void claim(final String address) {
        pass(1_000);
        final int length = NdMessage.writeAdvertisement(message.address(), NdMessage.OVERRIDE, hi(address), lo(address),
                9);
        cache.onIcmpv6(0, hi(address), lo(address), 0xff02L << 48, 1, 9, message.address(), length, nowNs);
    }

    private void receive(final String source, final String destination, final String hex) {
        final byte[] bytes = HexFormat.of().parseHex(hex);
        for (int i = 0; i < bytes.length; i++) {
            Memory.putByte(message.address() + i, bytes[i]);
        }
        cache.onIcmpv6(0, hi(source), lo(source), hi(destination), lo(destination), 0x02_00_00_00_00_0AL,
                message.address(), bytes.length, nowNs);
        pass(0);
    }

    private void pass(final long millis) {
        final long untilNs = nowNs + TimeUnit.MILLISECONDS.toNanos(millis);
        do {
            cache.doWork(nowNs);
            autoconfiguration.doWork(nowNs);
            final long next = Math.min(cache.nextDeadlineNs(), autoconfiguration.nextDeadlineNs());
            nowNs = Math.clamp(next, nowNs, untilNs);
        } while (nowNs < untilNs);
        for (int turn = 0; turn < 3; turn++) {
            cache.doWork(nowNs);
            autoconfiguration.doWork(nowNs);
        }
    }

    private State state(final String address) {
        final OwnAddress own = routes.current().routing().find(InetAddress.ofLiteral(address));
        return own == null ? null : own.state();
    }

    private InetAddress hopTo(final String destination) {
        final RouteTable table = routes.current();
        final int route = table.route(hi(destination), lo(destination));
        return route < 0
                ? null
                : IpAddress.toInetAddress(table.nextHopHi(route, hi(destination), lo(destination)),
                        table.nextHopLo(route, hi(destination), lo(destination)));
    }

    private static String hex(final String address) {
        return HexFormat.of().formatHex(InetAddress.ofLiteral(address).getAddress());
    }

    private static long hi(final String address) {
        return IpAddress.hi(InetAddress.ofLiteral(address));
    }

    private static long lo(final String address) {
        return IpAddress.lo(InetAddress.ofLiteral(address));
    }
}
