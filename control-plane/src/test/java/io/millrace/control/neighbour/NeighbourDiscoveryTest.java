package io.millrace.control.neighbour;

import static io.millrace.control.neighbour.NeighbourState.DELAY;
import static io.millrace.control.neighbour.NeighbourState.INCOMPLETE;
import static io.millrace.control.neighbour.NeighbourState.PROBE;
import static io.millrace.control.neighbour.NeighbourState.REACHABLE;
import static io.millrace.control.neighbour.NeighbourState.STALE;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.config.Cidr;
import io.millrace.control.RecordingCommands;
import io.millrace.control.address.OwnAddress;
import io.millrace.control.address.PublishedRoutes;
import io.millrace.control.address.RouteTable;
import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.NdMessage;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Neighbour Discovery for IPv6 (RFC 4861 §7, RFC 4862 §5.4); what both families share is in {@link NeighbourCacheTest}. */
class NeighbourDiscoveryTest {
    private static final long OUR_MAC = 0x02_00_00_00_00_02L;
    private static final long PEER_MAC = 0x02_00_00_00_00_01L;
    private static final long OTHER_MAC = 0x02_00_00_00_00_09L;
    private static final String PEER = "fd00::1";
    private static final String US = "fd00::2";
    private static final String ALL_NODES = "ff02::1";
    private static final String ASK = "icmpv6 fd00::2 > ff02::1:ff00:1 0 255: ns " + PEER
            + " at 20000000002";
    private static final String ASK_UNICAST = "icmpv6 fd00::2 > fd00::1 20000000001 255: ns "
            + PEER
            + " at 20000000002";
    private static final String RESOLVED = "resolved " + PEER + " 20000000001";
    private static final String FORGOTTEN = "forgotten " + PEER;
    private static final int SOLICITED = NdMessage.SOLICITED;
    private static final int OVERRIDE = NdMessage.OVERRIDE;

    private final RecordingCommands engine0 = new RecordingCommands();
    private final RecordingCommands engine1 = new RecordingCommands();
    private final ControlCounters counters = new ControlCounters();
    private final List<String> conflicts = new ArrayList<>();
    private final List<String> lost = new ArrayList<>();
    private final MemoryRegion message = MemoryRegion.allocate("test message", 128);
    private final PublishedRoutes routes = new PublishedRoutes(RouteTable
            .of(List.of(Cidr.parse("fd00::2/64"), Cidr.parse("fe80::2/64")), List.of()));
    private final NeighbourCache cache = new NeighbourCache(
            NeighbourSettings.DEFAULT.withCapacity(16).with(OwnAddressSettings.DEFAULT.withAnnouncements(1)),
            new EngineCommands[]{engine0, engine1}, OUR_MAC, routes.link(0), (address, mac, outcome) -> conflicts
                    .add(IpAddress.toString(address) + " " + Long.toHexString(mac) + " " + outcome),
            new SplittableRandom(1), counters);
    private long nowNs = TimeUnit.DAYS.toNanos(1);

    @BeforeEach
    void start() {
        cache.routerListener(new RouterListener() {
            @Override
            public void onRouterAdvertisement(final long hi, final long lo, final NdMessage said, final long now) {}

            @Override
            public boolean onRedirect(final long hi, final long lo, final NdMessage said, final long now) {
                return false;
            }

            @Override
            public void onRouterUnreachable(final long hi, final long lo) {
                lost.add("unreachable " + IpAddress.toString(hi, lo));
            }

            @Override
            public void onRouterGone(final long hi, final long lo) {
                lost.add("gone " + IpAddress.toString(hi, lo));
            }
        });
        cache.doWork(nowNs);
        assertThat(engine0.take()).as("unsolicited, to all nodes").containsExactly(
                "icmpv6 fd00::2 > ff02::1 0 255: na fd00::2 O at 20000000002",
                "icmpv6 fe80::2 > ff02::1 0 255: na fe80::2 O at 20000000002");
    }

    @AfterEach
    void close() {
        cache.close();
        message.close();
    }

    @Test
    void shouldAskTheSolicitedNodeGroupAndTellEveryEngineTheAnswer() {
        wanted(1);
        assertThat(engine1.take()).containsExactly(ASK);
        advertise(PEER, PEER_MAC, SOLICITED | OVERRIDE);
        assertThat(engine0.take()).containsExactly(RESOLVED);
        assertThat(engine1.take()).containsExactly(RESOLVED);
        assertThat(state()).isEqualTo(REACHABLE);
    }

    @Test
    void shouldAskFromTheAddressThatSuits() {
        cache.onNeighbourWanted(0, 0xfe80L << 48, 9, nowNs);
        assertThat(engine0.take()).containsExactly(
                "icmpv6 fe80::2 > ff02::1:ff00:9 0 255: ns fe80::9 at 20000000002");
    }

    @Test
    void shouldRepeatTheQuestionAndFailAfterThree() {
        wanted(0);
        pass(1_000);
        pass(1_000);
        // each by another engine than the one before, which may stand still
        assertThat(engine0.take()).containsExactly(ASK, ASK);
        assertThat(engine1.take()).containsExactly(ASK);
        pass(1_000);
        assertThat(engine0.take()).containsExactly("failed " + PEER);
    }

    @Test
    void shouldProbeByUnicastWhatIsNotConfirmed() {
        resolve();
        pass(30_000);
        assertThat(engine0.take()).containsExactly(ASK_UNICAST);
        assertThat(state()).isEqualTo(PROBE);
        advertise(PEER, PEER_MAC, SOLICITED);
        assertThat(state()).isEqualTo(REACHABLE);
        pass(29_000);
        cache.onNeighbourConfirmed(hi(PEER), lo(PEER), nowNs);
        pass(29_000);
        assertThat(engine0.take()).as("TCP made progress").isEmpty();
    }

    @Test
    void shouldTakeNoAnswerWithoutALinkAddressForOne() {
        wanted(0);
        advertise(PEER, NdMessage.NO_ADDRESS, SOLICITED);
        assertThat(state()).isEqualTo(INCOMPLETE);
        assertThat(counters.get(ControlCounter.ND_IGNORED)).isEqualTo(1);
    }

    @Test
    void shouldTakeAnAnswerToAProbeWithoutALinkAddress() {
        resolve();
        pass(30_000);
        advertise(PEER, NdMessage.NO_ADDRESS, SOLICITED);
        assertThat(state()).isEqualTo(REACHABLE);
    }

    @Test
    void shouldNotKnowAStrangerWhoAdvertises() {
        advertise(PEER, PEER_MAC, SOLICITED | OVERRIDE);
        assertThat(state()).isNull();
    }

    /** RFC 4861 §7.2.5 and appendix C, from REACHABLE. */
    @ParameterizedTest(name = "flags {0}, another address {1}: {2}")
    @CsvSource({"0, false, REACHABLE", "S, false, REACHABLE", "O, false, REACHABLE", "SO, false, REACHABLE",
            "0, true, STALE", "S, true, STALE", "O, true, STALE", "SO, true, REACHABLE"})
    void shouldHeedTheFlagsOfAnAdvertisement(final String flags, final boolean other, final NeighbourState next) {
        resolve();
        advertise(PEER, other ? OTHER_MAC : PEER_MAC,
                (flags.contains("S") ? SOLICITED : 0) | (flags.contains("O") ? OVERRIDE : 0));
        assertThat(state()).isEqualTo(next);
        final List<String> told = engine1.take();
        if (!other) {
            assertThat(told).isEmpty();
        } else if (flags.equals("SO")) {
            assertThat(told).containsExactly("resolved " + PEER + " 20000000009");
        } else {
            assertThat(told).containsExactly(FORGOTTEN);
            cache.onNeighbourWanted(1, hi(PEER), lo(PEER), nowNs);
            assertThat(engine1.take()).containsExactly(
                    "resolved " + PEER + (flags.equals("O") ? " 20000000009" : " 20000000001"));
            assertThat(state()).isEqualTo(DELAY);
        }
    }

    @Test
    void shouldNotLetAnAdvertisementWithoutOverrideTakeOverAProbedAddress() {
        resolve();
        pass(30_000);
        advertise(PEER, OTHER_MAC, SOLICITED);
        assertThat(state()).isEqualTo(PROBE);
        advertise(PEER, PEER_MAC, SOLICITED);
        assertThat(state()).isEqualTo(REACHABLE);
    }

    @Test
    void shouldAnswerASolicitationAndRememberWhoAsked() {
        solicit(PEER, "ff02::1:ff00:2", US, PEER_MAC);
        assertThat(engine0.take()).containsExactly(
                "icmpv6 fd00::2 > fd00::1 20000000001 255: na fd00::2 SO at 20000000002");
        assertThat(state()).isEqualTo(STALE);
    }

    @Test
    void shouldAnswerASolicitationWithoutALinkAddressToWhereItCameFrom() {
        solicit(PEER, US, US, NdMessage.NO_ADDRESS);
        assertThat(engine0.take()).containsExactly(
                "icmpv6 fd00::2 > fd00::1 20000000009 255: na fd00::2 SO at 20000000002");
        assertThat(state()).isNull();
    }

    @Test
    void shouldAnswerDuplicateAddressDetectionToAllNodes() {
        solicit("::", "ff02::1:ff00:2", US, NdMessage.NO_ADDRESS);
        assertThat(engine0.take()).containsExactly(
                "icmpv6 fd00::2 > ff02::1 0 255: na fd00::2 O at 20000000002");
        assertThat(conflicts).isEmpty();
    }

    /** RFC 4861 §7.1: a group as target; link address of nobody; to no solicited-node group; a solicited one to all. */
    @Test
    void shouldDropWhatIsInvalid() {
        solicit(PEER, US, "ff02::1:ff00:2", PEER_MAC);
        solicit("::", "ff02::1:ff00:2", US, PEER_MAC);
        solicit("::", US, US, NdMessage.NO_ADDRESS);
        solicit(PEER, US, US, 0xFFFF_FFFF_FFFFL);
        solicit("ff02::1", US, US, PEER_MAC);
        wanted(0);
        engine0.take();
        final int length = NdMessage.writeAdvertisement(message.address(), SOLICITED, hi(PEER), lo(PEER), PEER_MAC);
        receive(PEER, ALL_NODES, OTHER_MAC, length);
        NdMessage.writeAdvertisement(message.address(), SOLICITED, hi(PEER), lo(PEER), PEER_MAC);
        Memory.putByte(message.address() + 25, 0);
        receive(PEER, US, OTHER_MAC, length);
        receive(PEER, US, OTHER_MAC, 23);
        Memory.putByte(message.address() + 25, 1);
        Memory.putByte(message.address() + 1, 1);
        receive(PEER, US, OTHER_MAC, length);
        assertThat(state()).isEqualTo(INCOMPLETE);
        assertThat(engine0.take()).isEmpty();
        assertThat(counters.get(ControlCounter.ND_INVALID)).isEqualTo(9);
    }

    /** ::ffff:10.0.0.x: what is said in IPv6 of an address of IPv4 goes past whatever watches over ARP. */
    @Test
    void shouldBelieveNothingAboutAnAddressOfV4() {
        final long gateway = IpAddress.v4(0x0A00_0001);
        final long ours = IpAddress.v4(0x0A00_0002);
        routes.addAddress(OwnAddress.of(Cidr.parse("10.0.0.2/24")));
        cache.doWork(nowNs);
        cache.onNeighbourWanted(0, 0, gateway, nowNs);
        engine0.take();
        receive(PEER, US, OTHER_MAC, NdMessage.writeAdvertisement(message.address(), SOLICITED | OVERRIDE, 0, gateway,
                OTHER_MAC));
        assertThat(cache.state(0, gateway)).isEqualTo(INCOMPLETE);
        receive(PEER, ALL_NODES, OTHER_MAC, NdMessage.writeAdvertisement(message.address(), OVERRIDE, 0, ours,
                OTHER_MAC));
        assertThat(conflicts).isEmpty();
        receive(PEER, US, OTHER_MAC, NdMessage.writeSolicitation(message.address(), 0, ours, OTHER_MAC));
        assertThat(engine0.take()).isEmpty();
        assertThat(counters.get(ControlCounter.ND_INVALID)).isEqualTo(3);
    }

    @Test
    void shouldTellOfARouterThatIsNoneAnyMore() {
        wanted(0);
        advertise(PEER, PEER_MAC, SOLICITED | NdMessage.ROUTER);
        assertThat(cache.snapshot()).allMatch(NeighbourInfo::router);
        advertise(PEER, PEER_MAC, SOLICITED);
        assertThat(lost).containsExactly("gone " + PEER);
    }

    @Test
    void shouldTellOfARouterThatDoesNotAnswer() {
        wanted(0);
        advertise(PEER, PEER_MAC, SOLICITED | NdMessage.ROUTER);
        pass(30_000);
        pass(1_000);
        pass(1_000);
        assertThat(lost).isEmpty();
        pass(1_000);
        assertThat(lost).containsExactly("unreachable " + PEER);
    }

    /** Its entry was forgotten since it said what it is, or it never said its link-layer address. */
    @Test
    void shouldTellOfARouterThatDoesNotAnswerWhateverIsKnownOfIt() {
        wanted(0);
        pass(1_000);
        pass(1_000);
        assertThat(lost).isEmpty();
        pass(1_000);
        assertThat(lost).containsExactly("unreachable " + PEER);
    }

    @Test
    void shouldTellThatANeighbourIsNoRouterWhateverIsKnownOfIt() {
        wanted(0);
        advertise(PEER, PEER_MAC, SOLICITED);
        assertThat(lost).containsExactly("gone " + PEER);
    }

    @Test
    void shouldDefendAnAddressThatAnotherAdvertises() {
        advertise(US, OTHER_MAC, OVERRIDE);
        assertThat(conflicts).containsExactly("fd00::2 20000000009 KEPT");
        assertThat(engine0.take()).containsExactly(
                "icmpv6 fd00::2 > ff02::1 0 255: na fd00::2 O at 20000000002");
    }

    /** RFC 4862 §5.1: RetransTimer, which a router may say, is also how long to wait for an objection. */
    @Test
    void shouldTryAnAddressForAsLongAsTheRetransmissionTimerSays() {
        cache.times(0, TimeUnit.SECONDS.toNanos(3));
        tentative("fd00::7");
        nowNs = cache.nextDeadlineNs();
        cache.doWork(nowNs);
        pass(2_999);
        assertThat(routes.current().isOwn(hi("fd00::7"), lo("fd00::7"))).isFalse();
        pass(1);
        assertThat(routes.current().isOwn(hi("fd00::7"), lo("fd00::7"))).isTrue();
    }

    @Test
    void shouldUseATentativeAddressOnceNobodyAnswered() {
        tentative("fd00::7");
        final long startNs = nowNs;
        nowNs = cache.nextDeadlineNs();
        assertThat(nowNs - startNs).isBetween(0L, TimeUnit.SECONDS.toNanos(1));
        cache.doWork(nowNs);
        assertThat(engine0.take()).containsExactly(
                "icmpv6 :: > ff02::1:ff00:7 0 255: ns fd00::7");
        solicit(PEER, "ff02::1:ff00:7", "fd00::7", PEER_MAC);
        assertThat(engine0.take()).as("not ours yet").isEmpty();
        pass(999);
        assertThat(routes.current().isOwn(hi("fd00::7"), lo("fd00::7"))).isFalse();
        pass(1);
        assertThat(routes.current().isOwn(hi("fd00::7"), lo("fd00::7"))).isTrue();
        cache.doWork(nowNs);
        assertThat(engine0.take()).as("announced").hasSize(1);
        assertThat(conflicts).isEmpty();
    }

    private enum Claim {
        ADVERTISED,
        WANTED_TOO
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotUseATentativeAddressThatAnotherHasOrWants(final Claim claim) {
        tentative("fd00::7");
        nowNs = cache.nextDeadlineNs();
        cache.doWork(nowNs);
        final int length = NdMessage.writeSolicitation(message.address(), hi("fd00::7"), lo("fd00::7"),
                NdMessage.NO_ADDRESS);
        receive("::", "ff02::1:ff00:7", OUR_MAC, length);
        assertThat(conflicts).as("our own question, come back").isEmpty();
        if (claim == Claim.ADVERTISED) {
            advertise("fd00::7", OTHER_MAC, OVERRIDE);
        } else {
            solicit("::", "ff02::1:ff00:7", "fd00::7", NdMessage.NO_ADDRESS);
        }
        assertThat(conflicts).containsExactly("fd00::7 20000000009 NOT_TAKEN");
        pass(60_000);
        assertThat(routes.current().isOwn(hi("fd00::7"), lo("fd00::7"))).isFalse();
        assertThat(routes.current().toString()).contains("fd00::7/64 (duplicate)");
    }

    @Test
    void shouldKeepNeighboursInUseUnderAFloodOfStrangersWhoAsk() {
        resolve();
        final SplittableRandom flood = new SplittableRandom(7);
        for (int i = 0; i < 10_000; i++) {
            final String stranger = IpAddress.toString(hi(PEER), flood.nextLong() | 0x100);
            solicit(stranger, "ff02::1:ff00:2", US, OTHER_MAC);
        }
        assertThat(cache.size()).isEqualTo(16);
        assertThat(state()).isEqualTo(REACHABLE);
        assertThat(engine0.take()).doesNotContain(FORGOTTEN);
    }

    @Test
    void shouldHeedTheTimesThatARouterSays() {
        cache.times(TimeUnit.SECONDS.toNanos(10), TimeUnit.MILLISECONDS.toNanos(200));
        resolve();
        pass(10_000);
        pass(200);
        assertThat(engine0.take()).containsExactly(ASK_UNICAST);
        assertThat(engine1.take()).contains(ASK_UNICAST);
    }

    @Test
    void shouldHeedWhatARouterSaidAlsoAfterAReload() {
        cache.times(TimeUnit.SECONDS.toNanos(10), TimeUnit.MILLISECONDS.toNanos(200));
        cache.settings(NeighbourSettings.DEFAULT);
        resolve();
        pass(10_000);
        pass(200);
        assertThat(engine0.take()).containsExactly(ASK_UNICAST);
        assertThat(engine1.take()).contains(ASK_UNICAST);
    }

    private void tentative(final String address) {
        routes.addAddress(OwnAddress.of(Cidr.parse(address + "/64")).in(OwnAddress.State.TENTATIVE));
        cache.doWork(nowNs);
    }

    private void resolve() {
        wanted(0);
        advertise(PEER, PEER_MAC, SOLICITED | OVERRIDE);
        assertThat(engine0.take()).contains(RESOLVED);
        engine1.take();
    }

    private void wanted(final int engine) {
        cache.onNeighbourWanted(engine, hi(PEER), lo(PEER), nowNs);
    }

    private void solicit(final String source, final String destination, final String target, final long mac) {
        receive(source, destination, OTHER_MAC,
                NdMessage.writeSolicitation(message.address(), hi(target), lo(target), mac));
    }

    private void advertise(final String target, final long mac, final int flags) {
        receive(PEER, (flags & SOLICITED) == 0 ? ALL_NODES : US, OTHER_MAC,
                NdMessage.writeAdvertisement(message.address(), flags, hi(target), lo(target), mac));
    }

    private void receive(final String source, final String destination, final long linkSource, final int length) {
        cache.onIcmpv6(0, hi(source), lo(source), hi(destination), lo(destination), linkSource, message.address(),
                length, nowNs);
    }

    private NeighbourState state() {
        return cache.state(hi(PEER), lo(PEER));
    }

    private void pass(final long millis) {
        nowNs += TimeUnit.MILLISECONDS.toNanos(millis);
        cache.doWork(nowNs);
    }

    private static long hi(final String address) {
        return IpAddress.hi(InetAddress.ofLiteral(address));
    }

    private static long lo(final String address) {
        return IpAddress.lo(InetAddress.ofLiteral(address));
    }
}
