package io.millrace.control.neighbour;

import static io.millrace.control.neighbour.NeighbourState.DELAY;
import static io.millrace.control.neighbour.NeighbourState.FAILED;
import static io.millrace.control.neighbour.NeighbourState.INCOMPLETE;
import static io.millrace.control.neighbour.NeighbourState.PERMANENT;
import static io.millrace.control.neighbour.NeighbourState.PROBE;
import static io.millrace.control.neighbour.NeighbourState.REACHABLE;
import static io.millrace.control.neighbour.NeighbourState.STALE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.config.Cidr;
import io.millrace.config.ConflictPolicy;
import io.millrace.control.RecordingCommands;
import io.millrace.control.address.OwnAddress;
import io.millrace.control.address.PublishedRoutes;
import io.millrace.control.address.RouteTable;
import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.wire.IpAddress;
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
import org.junit.jupiter.params.provider.ValueSource;

class NeighbourCacheTest {
    private static final long OUR_MAC = 0x02_00_00_00_00_02L;
    private static final long PEER_MAC = 0x02_00_00_00_00_01L;
    private static final long OTHER_MAC = 0x02_00_00_00_00_09L;
    private static final int US = 0x0a000002;
    private static final int PEER = 0x0a000001;
    private static final long PEER_LO = IpAddress.v4(PEER);
    private static final String ASK = "request 20000000002 10.0.0.2 > ffffffffffff 10.0.0.1";
    private static final String ASK_UNICAST = "request 20000000002 10.0.0.2 > 20000000001 10.0.0.1";
    private static final String RESOLVED = "resolved 10.0.0.1 20000000001";
    private static final String FORGOTTEN = "forgotten 10.0.0.1";
    private static final String FAILED_COMMAND = "failed 10.0.0.1";

    private final RecordingCommands engine0 = new RecordingCommands();
    private final RecordingCommands engine1 = new RecordingCommands();
    private final ControlCounters counters = new ControlCounters();
    private final List<String> conflicts = new ArrayList<>();
    private final List<NeighbourCache> caches = new ArrayList<>();
    private PublishedRoutes routes;
    private NeighbourCache cache = cache(NeighbourSettings.DEFAULT);
    private long nowNs = TimeUnit.DAYS.toNanos(1);

    @BeforeEach
    void passTheAnnouncements() {
        cache.doWork(nowNs);
        pass(2_000);
        take();
    }

    @AfterEach
    void close() {
        caches.forEach(NeighbourCache::close);
    }

    @Test
    void shouldAskByBroadcastAndTellEveryEngineTheAnswer() {
        wanted(1);
        assertThat(engine1.take()).containsExactly(ASK);
        assertThat(engine0.take()).isEmpty();
        assertThat(state()).isEqualTo(INCOMPLETE);
        reply(1, PEER_MAC);
        assertThat(engine0.take()).containsExactly(RESOLVED);
        assertThat(engine1.take()).containsExactly(RESOLVED);
        assertThat(state()).isEqualTo(REACHABLE);
    }

    @Test
    void shouldNotCountAsSentWhatTheEngineRefuses() {
        final long before = counters.get(ControlCounter.ARP_REQUESTS_SENT);
        engine0.full(true);
        wanted(0);
        assertThat(counters.get(ControlCounter.ARP_REQUESTS_SENT)).isEqualTo(before);
        engine0.full(false);
        pass(1_000);
        assertThat(engine1.take()).as("by one that may have room").containsExactly(ASK);
        assertThat(counters.get(ControlCounter.ARP_REQUESTS_SENT)).isEqualTo(before + 1);
    }

    @Test
    void shouldRepeatByTheEngineThatAskedLast() {
        wanted(0);
        wanted(0);
        assertThat(engine0.take()).containsExactly(ASK);
        wanted(0);
        pass(1_000);
        assertThat(engine1.take()).as("the first may stand still").containsExactly(ASK);
        wanted(1);
        wanted(0);
        pass(1_000);
        assertThat(engine1.take()).containsExactly(ASK);
    }

    @Test
    void shouldAskOnceWhileTheAnswerIsAwaited() {
        wanted(0);
        wanted(0);
        wanted(1);
        assertThat(engine0.take()).containsExactly(ASK);
        assertThat(engine1.take()).isEmpty();
    }

    /** By the engines in turn: one of them may stand still. */
    @Test
    void shouldRepeatTheRequestEverySecondAndFailAfterThree() {
        wanted(0);
        pass(999);
        assertThat(engine0.take()).containsExactly(ASK);
        pass(1);
        assertThat(engine1.take()).containsExactly(ASK);
        pass(1_000);
        assertThat(engine0.take()).containsExactly(ASK);
        assertThat(engine1.take()).isEmpty();
        pass(999);
        assertThat(engine0.take()).isEmpty();
        pass(1);
        assertThat(engine0.take()).containsExactly(FAILED_COMMAND);
        assertThat(engine1.take()).containsExactly(FAILED_COMMAND);
        assertThat(state()).isEqualTo(FAILED);
        assertThat(counters.get(ControlCounter.NEIGHBOURS_FAILED)).isEqualTo(1);
    }

    @Test
    void shouldRememberAFailureForAShortTime() {
        fail();
        wanted(1);
        assertThat(engine1.take()).containsExactly(FAILED_COMMAND);
        assertThat(engine0.take()).isEmpty();
        pass(1_000);
        assertThat(state()).isNull();
        wanted(1);
        assertThat(engine1.take()).containsExactly(ASK);
    }

    @Test
    void shouldPollByUnicastWhatIsNotConfirmedWhileEnginesGoOnUsingIt() {
        resolve();
        pass(29_999);
        assertThat(take()).isEmpty();
        pass(1);
        assertThat(take()).containsExactly(ASK_UNICAST);
        assertThat(state()).isEqualTo(PROBE);
        reply(0, PEER_MAC);
        assertThat(take()).isEmpty();
        assertThat(state()).isEqualTo(REACHABLE);
    }

    @Test
    void shouldTakeFromTheEnginesWhatShowsNoUse() {
        resolve();
        for (int i = 0; i < 10; i++) {
            pass(30_000);
            assertThat(take()).containsExactly(ASK_UNICAST);
            reply(0, PEER_MAC);
        }
        pass(30_000);
        assertThat(engine0.take()).containsExactly(FORGOTTEN);
        assertThat(engine1.take()).containsExactly(FORGOTTEN);
        assertThat(state()).isEqualTo(STALE);
    }

    @Test
    void shouldGoOnPollingWhatIsInUse() {
        resolve();
        for (int i = 0; i < 40; i++) {
            pass(30_000);
            reply(0, PEER_MAC);
            if (i % 9 == 0) {
                cache.onNeighbourConfirmed(0, PEER_LO, nowNs);
            }
            assertThat(take()).containsExactly(ASK_UNICAST);
        }
        assertThat(state()).isEqualTo(REACHABLE);
    }

    @Test
    void shouldStayReachableWhileTheTransportConfirms() {
        resolve();
        for (int i = 0; i < 10; i++) {
            pass(29_000);
            cache.onNeighbourConfirmed(0, PEER_LO, nowNs);
        }
        assertThat(take()).isEmpty();
        assertThat(state()).isEqualTo(REACHABLE);
    }

    @Test
    void shouldAnswerFromAStaleEntryAtOnceAndProbeFiveSecondsLater() {
        stale();
        wanted(1);
        assertThat(engine0.take()).containsExactly(RESOLVED);
        assertThat(engine1.take()).containsExactly(RESOLVED);
        assertThat(state()).isEqualTo(DELAY);
        pass(4_999);
        assertThat(take()).isEmpty();
        pass(1);
        assertThat(engine1.take()).containsExactly(ASK_UNICAST);
        assertThat(state()).isEqualTo(PROBE);
        reply(1, PEER_MAC);
        assertThat(state()).isEqualTo(REACHABLE);
    }

    @Test
    void shouldNotProbeWhatTheTransportConfirms() {
        stale();
        wanted(0);
        take();
        pass(4_000);
        cache.onNeighbourConfirmed(0, PEER_LO, nowNs);
        pass(5_000);
        assertThat(take()).isEmpty();
        assertThat(state()).isEqualTo(REACHABLE);
    }

    @Test
    void shouldForgetWhatDoesNotAnswerThreeProbes() {
        stale();
        wanted(0);
        take();
        pass(5_000);
        pass(1_000);
        pass(1_000);
        assertThat(engine0.take()).containsExactly(ASK_UNICAST, ASK_UNICAST);
        assertThat(engine1.take()).as("the one between").containsExactly(ASK_UNICAST);
        pass(1_000);
        assertThat(engine0.take()).containsExactly(FORGOTTEN);
        assertThat(engine1.take()).containsExactly(FORGOTTEN);
        assertThat(state()).isNull();
        wanted(0);
        assertThat(engine0.take()).as("perhaps it has another address now").containsExactly(ASK);
    }

    @Test
    void shouldRemoveAStaleEntryThatNobodyUses() {
        stale();
        pass(60_000);
        assertThat(state()).isNull();
        assertThat(cache.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldIgnoreAConfirmationOfWhatIsNotResolved() {
        cache.onNeighbourConfirmed(0, PEER_LO, nowNs);
        assertThat(state()).isNull();
        wanted(0);
        cache.onNeighbourConfirmed(0, PEER_LO, nowNs);
        assertThat(state()).isEqualTo(INCOMPLETE);
    }

    @Test
    void shouldTellOnlyTheEngineThatLostIt() {
        resolve();
        wanted(1);
        assertThat(engine1.take()).containsExactly(RESOLVED);
        assertThat(engine0.take()).isEmpty();
        assertThat(state()).isEqualTo(REACHABLE);
    }

    @Test
    void shouldShowItsEntries() {
        assertThat(cache.snapshot()).isEmpty();
        resolve();
        cache.onNeighbourWanted(0, 0, IpAddress.v4(0x0a000007), nowNs);
        assertThat(cache.snapshot().stream().map(NeighbourInfo::toString)).containsExactlyInAnyOrder(
                "10.0.0.1 lladdr 02:00:00:00:00:01 REACHABLE", "10.0.0.7 INCOMPLETE");
    }

    @Test
    void shouldAnswerRequestsForOwnAddresses() {
        cache.onArp(1, 1, PEER_MAC, PEER, US, nowNs);
        assertThat(engine1.take()).containsExactly("reply 20000000002 10.0.0.2 > 20000000001 10.0.0.1");
        assertThat(engine0.take()).isEmpty();
    }

    @Test
    void shouldNotAnswerRequestsForOtherAddresses() {
        cache.onArp(0, 1, PEER_MAC, PEER, 0x0a000003, nowNs);
        assertThat(take()).isEmpty();
        assertThat(state()).isNull();
        assertThat(counters.get(ControlCounter.ARP_IGNORED)).isEqualTo(1);
    }

    @Test
    void shouldLearnWhoAsksForUs() {
        cache.onArp(0, 1, PEER_MAC, PEER, US, nowNs);
        assertThat(state()).isEqualTo(STALE);
        take();
        wanted(0);
        assertThat(engine0.take()).containsExactly(RESOLVED);
        assertThat(state()).isEqualTo(DELAY);
    }

    @Test
    void shouldNotLearnFromAReplyThatNobodyAskedFor() {
        reply(0, PEER_MAC);
        assertThat(state()).isNull();
        assertThat(counters.get(ControlCounter.ARP_IGNORED)).isEqualTo(1);
    }

    @Test
    void shouldNotLearnAnAddressThatIsOnNoOwnPrefix() {
        cache.onArp(0, 1, PEER_MAC, 0xC0A80001, US, nowNs);
        assertThat(engine0.take()).containsExactly("reply 20000000002 10.0.0.2 > 20000000001 192.168.0.1");
        assertThat(cache.size()).isZero();
    }

    @Test
    void shouldUseARequestOfTheNeighbourThatIsAskedFor() {
        wanted(0);
        take();
        cache.onArp(0, 1, PEER_MAC, PEER, 0x0a000003, nowNs);
        assertThat(engine0.take()).containsExactly(RESOLVED);
        assertThat(state()).as("not yet known to hear us").isEqualTo(DELAY);
    }

    @Test
    void shouldBelieveANewAddressOnlyUntilItIsProbed() {
        resolve();
        cache.onArp(0, 2, OTHER_MAC, PEER, PEER, nowNs);
        assertThat(engine0.take()).containsExactly(FORGOTTEN);
        assertThat(engine1.take()).containsExactly(FORGOTTEN);
        assertThat(state()).isEqualTo(STALE);
        assertThat(counters.get(ControlCounter.NEIGHBOURS_CHANGED)).isEqualTo(1);
        wanted(0);
        assertThat(engine0.take()).containsExactly("resolved 10.0.0.1 20000000009");
        pass(5_000);
        assertThat(engine0.take()).containsExactly("request 20000000002 10.0.0.2 > 20000000009 10.0.0.1");
    }

    @Test
    void shouldTakeTheAddressOfAnAnsweredProbe() {
        stale();
        wanted(0);
        pass(5_000);
        take();
        reply(0, OTHER_MAC);
        assertThat(engine0.take()).containsExactly("resolved 10.0.0.1 20000000009");
        assertThat(state()).isEqualTo(REACHABLE);
        assertThat(counters.get(ControlCounter.NEIGHBOURS_CHANGED)).isEqualTo(1);
    }

    @Test
    void shouldNotTakeAnAnnouncementOfTheSameAddressForAnAnswer() {
        stale();
        wanted(0);
        pass(5_000);
        take();
        cache.onArp(0, 1, PEER_MAC, PEER, PEER, nowNs);
        assertThat(take()).isEmpty();
        assertThat(state()).isEqualTo(PROBE);
    }

    @Test
    void shouldLearnFromAFailedNeighbourThatComesBack() {
        fail();
        cache.onArp(0, 1, PEER_MAC, PEER, US, nowNs);
        take();
        wanted(0);
        assertThat(engine0.take()).containsExactly(RESOLVED);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 0xFFFF_FFFF_FFFFL, 0x0100_5E00_0001L})
    void shouldIgnoreASenderWithoutUnicastAddress(final long mac) {
        wanted(0);
        take();
        reply(0, mac);
        assertThat(state()).isEqualTo(INCOMPLETE);
        assertThat(counters.get(ControlCounter.ARP_INVALID)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 8, 65_535})
    void shouldIgnoreOtherOperations(final int operation) {
        wanted(0);
        take();
        cache.onArp(0, operation, PEER_MAC, PEER, US, nowNs);
        assertThat(take()).isEmpty();
        assertThat(state()).isEqualTo(INCOMPLETE);
    }

    @Test
    void shouldIgnoreItsOwnPackets() {
        cache.onArp(0, 1, OUR_MAC, US, US, nowNs);
        assertThat(take()).isEmpty();
        assertThat(counters.get(ControlCounter.ADDRESS_CONFLICTS)).isZero();
    }

    @Test
    void shouldAskTheGatewaysAddressFromTheRightSource() {
        cache.onNeighbourWanted(0, 0, IpAddress.v4(0xC0A80702), nowNs);
        assertThat(engine0.take()).containsExactly("request 20000000002 192.168.7.1 > ffffffffffff 192.168.7.2");
    }

    @Test
    void shouldFailANeighbourThatNoRouteLeadsTo() {
        cache.onNeighbourWanted(1, 0xfd00L << 48, 1, nowNs);
        assertThat(engine1.take()).containsExactly("failed fd00::1");
        assertThat(cache.size()).isZero();
    }

    @Test
    void shouldKeepPermanentNeighbours() {
        cache.addPermanent(0, PEER_LO, PEER_MAC);
        assertThat(engine0.take()).containsExactly(RESOLVED);
        assertThat(engine1.take()).containsExactly(RESOLVED);
        cache.onArp(0, 2, OTHER_MAC, PEER, US, nowNs);
        cache.onNeighbourConfirmed(0, PEER_LO, nowNs);
        pass(1_000_000);
        assertThat(take()).isEmpty();
        assertThat(state()).isEqualTo(PERMANENT);
        wanted(1);
        assertThat(engine1.take()).containsExactly(RESOLVED);
    }

    @Test
    void shouldRefuseAPermanentNeighbourThatCannotBe() {
        assertThatThrownBy(() -> cache.addPermanent(0, PEER_LO, 0xFFFF_FFFF_FFFFL))
                .hasMessage("neighbour 10.0.0.1: ffffffffffff is no unicast link-layer address");
    }

    @Test
    void shouldEvictTheOldestUnusedEntryWhereTheTableIsFull() {
        cache = cache(NeighbourSettings.DEFAULT.withCapacity(3));
        askForUs(11);
        pass(10);
        askForUs(12);
        pass(10);
        askForUs(13);
        pass(10);
        askForUs(11);
        askForUs(14);
        assertThat(cache.size()).isEqualTo(3);
        assertThat(cache.state(0, host(12))).isNull();
        assertThat(cache.state(0, host(11))).isEqualTo(STALE);
        assertThat(counters.get(ControlCounter.NEIGHBOURS_EVICTED)).isEqualTo(1);
    }

    /** The order is kept beside the entries: it must not come apart from them, whatever happens in whatever order. */
    @Test
    void shouldEvictWhatIsUnusedBeforeWhatHasNotAnsweredAndNeverWhatIsInUse() {
        cache = cache(NeighbourSettings.DEFAULT.withCapacity(4));
        cache.doWork(nowNs);
        cache.onNeighbourWanted(0, 0, host(11), nowNs);
        cache.onNeighbourWanted(0, 0, host(12), nowNs);
        askForUs(13);
        cache.onNeighbourWanted(0, 0, host(14), nowNs);
        cache.onArp(0, 2, OTHER_MAC, 0x0a000000 + 14, US, nowNs);
        askForUs(15);
        assertThat(cache.state(0, host(13))).as("unused, though younger").isNull();
        cache.onNeighbourWanted(0, 0, host(15), nowNs);
        askForUs(16);
        assertThat(cache.state(0, host(11))).as("has not answered, the older").isNull();
        cache.onArp(0, 2, OTHER_MAC, 0x0a000000 + 12, US, nowNs);
        askForUs(17);
        assertThat(cache.state(0, host(16))).isNull();
        assertThat(cache.state(0, host(12))).isEqualTo(REACHABLE);
        assertThat(cache.state(0, host(14))).isEqualTo(REACHABLE);
        assertThat(cache.state(0, host(15))).isEqualTo(DELAY);
        assertThat(cache.size()).isEqualTo(4);
        // every one of them ends, once nobody answers
        for (int second = 0; second < 1_000; second++) {
            pass(1_000);
        }
        assertThat(cache.size()).isZero();
    }

    @Test
    void shouldRefuseANewcomerWhereAllAreInUse() {
        cache = cache(NeighbourSettings.DEFAULT.withCapacity(2));
        cache.doWork(nowNs);
        for (int host = 11; host <= 12; host++) {
            cache.onNeighbourWanted(0, 0, host(host), nowNs);
            cache.onArp(0, 2, OTHER_MAC, 0x0a000000 + host, US, nowNs);
        }
        take();
        cache.onNeighbourWanted(0, 0, host(13), nowNs);
        assertThat(engine0.take()).containsExactly("failed 10.0.0.13");
        assertThat(counters.get(ControlCounter.NEIGHBOUR_CACHE_FULL)).isEqualTo(1);
        askForUs(14);
        assertThat(engine0.take()).as("answered, though not remembered")
                .containsExactly("reply 20000000002 10.0.0.2 > 20000000001 10.0.0.14");
        assertThat(cache.size()).isEqualTo(2);
    }

    @Test
    void shouldKeepNeighboursInUseUnderAFloodOfStrangersWhoAsk() {
        cache = cache(NeighbourSettings.DEFAULT.withCapacity(16));
        resolve();
        final SplittableRandom flood = new SplittableRandom(7);
        for (int i = 0; i < 10_000; i++) {
            cache.onArp(0, 1, OTHER_MAC, 0x0a000000 + flood.nextInt(3, 255), US, nowNs);
        }
        assertThat(cache.size()).isEqualTo(16);
        assertThat(state()).isEqualTo(REACHABLE);
        assertThat(engine0.take()).doesNotContain(FORGOTTEN, FAILED_COMMAND);
    }

    @Test
    void shouldStillFindANewNeighbourWhileWeAreMadeToAskForMany() {
        cache = cache(NeighbourSettings.DEFAULT.withCapacity(16));
        resolve();
        for (int host = 10; host < 110; host++) {
            cache.onNeighbourWanted(0, 0, host(host), nowNs);
        }
        assertThat(engine0.take()).contains("failed 10.0.0.10").doesNotContain("failed 10.0.0.109", FAILED_COMMAND);
        assertThat(state()).isEqualTo(REACHABLE);
        cache.onArp(0, 2, OTHER_MAC, 0x0a000000 + 109, US, nowNs);
        assertThat(engine0.take()).contains("resolved 10.0.0.109 20000000009");
        assertThat(cache.size()).isEqualTo(16);
    }

    @Test
    void shouldGiveAnAddressUpAtOnceWhereConfigured() {
        cache = cache(NeighbourSettings.DEFAULT.with(OwnAddressSettings.DEFAULT.with(ConflictPolicy.GIVE_UP)));
        cache.onArp(0, 2, OTHER_MAC, US, US, nowNs);
        assertThat(conflicts).containsExactly("10.0.0.2 20000000009 GIVEN_UP");
        assertThat(routes.current().isOwn(0, IpAddress.v4(US))).isFalse();
        cache.onArp(0, 1, OTHER_MAC, PEER, US, nowNs);
        assertThat(take()).as("nobody answers for it any more").isEmpty();
        assertThat(counters.get(ControlCounter.ADDRESSES_GIVEN_UP)).isEqualTo(1);
    }

    @Test
    void shouldGiveAnAddressUpAtTheSecondClaimWithinTenSeconds() {
        cache = cache(NeighbourSettings.DEFAULT.with(OwnAddressSettings.DEFAULT.with(ConflictPolicy.DEFEND_ONCE)));
        cache.onArp(0, 2, OTHER_MAC, US, US, nowNs);
        pass(10_000);
        cache.onArp(0, 2, OTHER_MAC, US, US, nowNs);
        assertThat(routes.current().isOwn(0, IpAddress.v4(US))).isTrue();
        pass(9_999);
        cache.onArp(0, 2, OTHER_MAC, US, US, nowNs);
        assertThat(conflicts).containsExactly("10.0.0.2 20000000009 KEPT", "10.0.0.2 20000000009 KEPT",
                "10.0.0.2 20000000009 GIVEN_UP");
        assertThat(routes.current().isOwn(0, IpAddress.v4(US))).isFalse();
    }

    @Test
    void shouldUseATentativeAddressOnceNobodyAnsweredThreeProbes() {
        routes.addAddress(OwnAddress.of(Cidr.parse("10.0.0.9/24")).in(OwnAddress.State.TENTATIVE));
        final List<Long> probed = new ArrayList<>();
        final long startNs = nowNs;
        while (!routes.current().isOwn(0, host(9))) {
            nowNs = cache.nextDeadlineNs() == Long.MIN_VALUE ? nowNs : cache.nextDeadlineNs();
            cache.doWork(nowNs);
            engine0.take().forEach(packet -> {
                assertThat(packet).isEqualTo("request 20000000002 0.0.0.0 > ffffffffffff 10.0.0.9");
                probed.add(TimeUnit.NANOSECONDS.toMillis(nowNs - startNs));
            });
        }
        assertThat(probed).hasSize(3);
        assertThat(probed.get(0)).isBetween(0L, 1_000L);
        assertThat(probed.get(1) - probed.get(0)).isBetween(1_000L, 2_000L);
        assertThat(probed.get(2) - probed.get(1)).isBetween(1_000L, 2_000L);
        assertThat(TimeUnit.NANOSECONDS.toMillis(nowNs - startNs) - probed.get(2)).isEqualTo(2_000);
        cache.doWork(nowNs);
        assertThat(engine0.take()).containsExactly("request 20000000002 10.0.0.9 > ffffffffffff 10.0.0.9");
    }

    @ParameterizedTest
    @CsvSource({"2, 10.0.0.9, 10.0.0.2", "1, 10.0.0.9, 10.0.0.2", "1, 0.0.0.0, 10.0.0.9"})
    void shouldNotUseATentativeAddressThatAnotherHasOrWants(final int operation, final String sender,
            final String target) {
        routes.addAddress(OwnAddress.of(Cidr.parse("10.0.0.9/24")).in(OwnAddress.State.TENTATIVE));
        cache.doWork(nowNs);
        cache.onArp(0, operation, OUR_MAC, v4(sender), v4(target), nowNs);
        assertThat(conflicts).as("our own probe, come back").isEmpty();
        cache.onArp(0, operation, OTHER_MAC, v4(sender), v4(target), nowNs);
        assertThat(conflicts).containsExactly("10.0.0.9 20000000009 NOT_TAKEN");
        pass(60_000);
        assertThat(engine0.take()).noneMatch(packet -> packet.contains("10.0.0.9"));
        assertThat(routes.current().isOwn(0, host(9))).isFalse();
        assertThat(counters.get(ControlCounter.DUPLICATE_ADDRESSES)).isEqualTo(1);
    }

    @Test
    void shouldAnnounceAnAddressThatComesIntoUseLater() {
        routes.addAddress(Cidr.parse("10.0.0.9/24"));
        assertThat(cache.nextDeadlineNs()).isEqualTo(Long.MIN_VALUE);
        cache.doWork(nowNs);
        pass(2_000);
        assertThat(engine0.take()).containsExactly("request 20000000002 10.0.0.9 > ffffffffffff 10.0.0.9",
                "request 20000000002 10.0.0.9 > ffffffffffff 10.0.0.9");
        routes.removeAddress(InetAddress.ofLiteral("10.0.0.9"));
        pass(10_000);
        assertThat(take()).isEmpty();
    }

    private static int v4(final String address) {
        return IpAddress.toV4(IpAddress.lo(InetAddress.ofLiteral(address)));
    }

    @Test
    void shouldDoNothingWhileNothingIsDue() {
        resolve();
        assertThat(cache.doWork(nowNs)).isZero();
        assertThat(cache.nextDeadlineNs()).isEqualTo(nowNs + TimeUnit.SECONDS.toNanos(30));
        pass(1_000);
        assertThat(cache.nextDeadlineNs()).isEqualTo(nowNs + TimeUnit.SECONDS.toNanos(29));
    }

    @Test
    void shouldAnnounceItsAddressesTwiceAtStart() {
        cache = cache(NeighbourSettings.DEFAULT);
        cache.doWork(nowNs);
        final String[] announcements = {"request 20000000002 10.0.0.2 > ffffffffffff 10.0.0.2",
                "request 20000000002 192.168.7.1 > ffffffffffff 192.168.7.1"};
        assertThat(engine0.take()).containsExactly(announcements);
        pass(1_999);
        assertThat(take()).isEmpty();
        pass(1);
        assertThat(engine0.take()).containsExactly(announcements);
        pass(10_000);
        assertThat(take()).isEmpty();
    }

    @Test
    void shouldDefendAnAddressOnceInTenSeconds() {
        cache.onArp(0, 1, OTHER_MAC, US, PEER, nowNs);
        assertThat(engine0.take()).containsExactly("request 20000000002 10.0.0.2 > ffffffffffff 10.0.0.2");
        assertThat(conflicts).containsExactly("10.0.0.2 20000000009 KEPT");
        cache.onArp(0, 2, OTHER_MAC, US, US, nowNs);
        pass(9_999);
        cache.onArp(0, 1, OTHER_MAC, US, PEER, nowNs);
        assertThat(take()).isEmpty();
        pass(1);
        cache.onArp(0, 1, OTHER_MAC, US, PEER, nowNs);
        assertThat(take()).hasSize(1);
        assertThat(conflicts).hasSize(2);
        assertThat(counters.get(ControlCounter.ADDRESS_CONFLICTS)).isEqualTo(4);
        assertThat(cache.size()).isZero();
    }

    @Test
    void shouldAnswerAProbeForAnOwnAddress() {
        cache.onArp(0, 1, OTHER_MAC, 0, US, nowNs);
        assertThat(engine0.take()).containsExactly("reply 20000000002 10.0.0.2 > 20000000009 0.0.0.0");
        assertThat(cache.size()).isZero();
    }

    @Test
    void shouldAnswerForEveryAddressOfAnOwnPrefix() {
        cache.onArp(0, 1, OTHER_MAC, PEER, 0x0a000080, nowNs);
        cache.onArp(0, 1, OTHER_MAC, PEER, 0x0a0000fe, nowNs);
        cache.onArp(0, 1, OTHER_MAC, PEER, 0x0a0000ff, nowNs);
        cache.onArp(0, 1, OTHER_MAC, PEER, 0x0a00007f, nowNs);
        assertThat(engine0.take()).containsExactly("reply 20000000002 10.0.0.128 > 20000000009 10.0.0.1",
                "reply 20000000002 10.0.0.254 > 20000000009 10.0.0.1");
    }

    @Test
    void shouldDefendTheAddressesOfAnOwnPrefixNoOftenerThanOne() {
        cache.onArp(0, 2, OTHER_MAC, 0x0a000081, US, nowNs);
        cache.onArp(0, 2, OTHER_MAC, 0x0a000082, US, nowNs);
        assertThat(conflicts).containsExactly("10.0.0.129 20000000009 KEPT");
        cache.onArp(0, 2, OTHER_MAC, US, US, nowNs);
        assertThat(conflicts).hasSize(2);
        pass(10_000);
        cache.onArp(0, 2, OTHER_MAC, 0x0a000082, US, nowNs);
        assertThat(conflicts).hasSize(3).endsWith("10.0.0.130 20000000009 KEPT");
    }

    private NeighbourCache cache(final NeighbourSettings settings) {
        routes = new PublishedRoutes(
                RouteTable.of(List.of(Cidr.parse("10.0.0.2/24"), Cidr.parse("192.168.7.1/24")),
                        List.of(Cidr.parse("10.0.0.128/25")),
                        List.of(RouteTable.defaultVia(InetAddress.ofLiteral("192.168.7.2"))), 64));
        final NeighbourCache made = new NeighbourCache(settings, new EngineCommands[]{engine0, engine1}, OUR_MAC,
                routes.link(0),
                (address, mac, outcome) -> conflicts
                        .add(IpAddress.toString(address) + " " + Long.toHexString(mac) + " " + outcome),
                new SplittableRandom(1), counters);
        caches.add(made);
        return made;
    }

    private void wanted(final int engine) {
        cache.onNeighbourWanted(engine, 0, PEER_LO, nowNs);
    }

    private void reply(final int engine, final long mac) {
        cache.onArp(engine, 2, mac, PEER, US, nowNs);
    }

    private void askForUs(final int host) {
        cache.onArp(0, 1, PEER_MAC, 0x0a000000 + host, US, nowNs);
    }

    private static long host(final int host) {
        return IpAddress.v4(0x0a000000 + host);
    }

    private void resolve() {
        wanted(0);
        reply(0, PEER_MAC);
        take();
    }

    private void stale() {
        cache.onArp(0, 1, PEER_MAC, PEER, US, nowNs);
        take();
        assertThat(state()).isEqualTo(STALE);
    }

    private void fail() {
        wanted(0);
        pass(1_000);
        pass(1_000);
        pass(1_000);
        take();
        assertThat(state()).isEqualTo(FAILED);
    }

    private void pass(final long ms) {
        nowNs += TimeUnit.MILLISECONDS.toNanos(ms);
        cache.doWork(nowNs);
    }

    private List<String> take() {
        final List<String> all = new ArrayList<>(engine0.take());
        all.addAll(engine1.take());
        return all;
    }

    private NeighbourState state() {
        return cache.state(0, PEER_LO);
    }
}
