package io.millrace.fastpath.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.wire.IpAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is known of paths: its limit, its expiry, the search (RFC 1191, RFC 8201, RFC 8899 §5). */
class PathMtusTest {
    private static final int LINK = 1_500;
    private static final long EXPIRY_NS = PathMtuSettings.DEFAULT.expiryNs();
    private static final long V6_HI = 0x2001_0DB8_0000_0000L;

    private final EngineCounters counters = new EngineCounters();
    private final PathMtus paths = new PathMtus(new PathMtuSettings(16, 552, EXPIRY_NS), counters, 42);

    @AfterEach
    void close() {
        counters.close();
    }

    @Test
    void shouldTakeTheLinksMtuForAPathOfWhichNothingIsKnown() {
        assertThat(paths.mtu(0, IpAddress.v4(1), LINK)).isEqualTo(LINK);
        assertThat(paths.confirmed(0, IpAddress.v4(1))).isZero();
    }

    @Test
    void shouldNeverGrowByWhatIsTold() {
        final long lo = IpAddress.v4(1);
        assertThat(paths.onTooLong(0, lo, 1_400, LINK)).isTrue();
        assertThat(paths.onTooLong(0, lo, 1_401, LINK)).isFalse();
        assertThat(paths.onTooLong(0, lo, 1_400, LINK)).isFalse();
        assertThat(paths.mtu(0, lo, LINK)).isEqualTo(1_400);
        assertThat(paths.mtu(0, lo, 1_300)).as("of a smaller link").isEqualTo(1_300);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 68, 1_279})
    void shouldDiscardLessThanEveryLinkOfIpv6Takes(final int told) {
        assertThat(paths.onTooLong(V6_HI, 1, told, LINK)).isFalse();
        assertThat(paths.mtu(V6_HI, 1, LINK)).isEqualTo(LINK);
        assertThat(paths.onTooLong(V6_HI, 1, 1_280, LINK)).isTrue();
        assertThat(paths.mtu(V6_HI, 1, LINK)).isEqualTo(1_280);
    }

    @Test
    void shouldTellThatALinkIsAnother() {
        final int before = paths.version();
        paths.onLinkChanged();
        assertThat(paths.version()).isNotEqualTo(before);
        assertThat(paths.onTooLong(V6_HI, 1, 1_400, 1_400)).as("no news").isFalse();
    }

    /** 17 destinations in a table of 16. */
    @Test
    void shouldForgetTheOldestWhereTheTableIsFull() {
        for (int i = 1; i <= 16; i++) {
            paths.onTooLong(0, IpAddress.v4(i), 1_400, LINK);
        }
        paths.onTooLong(0, IpAddress.v4(1), 1_300, LINK);
        paths.onTooLong(0, IpAddress.v4(17), 1_400, LINK);
        assertThat(paths.size()).isEqualTo(16);
        assertThat(counters.get(Counter.PATH_MTU_EVICTED)).isEqualTo(1);
        assertThat(paths.mtu(0, IpAddress.v4(1), LINK)).as("renewed").isEqualTo(1_300);
        assertThat(paths.mtu(0, IpAddress.v4(2), LINK)).as("the oldest").isEqualTo(LINK);
    }

    @Test
    void shouldSearchTheMiddleAndThenTheWhole() {
        final long lo = IpAddress.v4(1);
        assertThat(paths.nextProbe(0, lo, 1_064, LINK, 8)).isEqualTo(1_282);
        assertThat(paths.nextProbe(0, lo, 1_493, LINK, 8)).isEqualTo(LINK);
        assertThat(paths.nextProbe(0, lo, LINK, LINK, 8)).isZero();
        assertThat(paths.nextProbe(0, lo, 1_393, 1_400, 8)).as("no more is of use").isEqualTo(1_400);
    }

    @Test
    void shouldGiveUpASizeAfterThreeProbesAreLost() {
        final long lo = IpAddress.v4(1);
        for (int i = 0; i < 2; i++) {
            paths.onProbeLost(0, lo, 1_282, 1_064);
            assertThat(paths.nextProbe(0, lo, 1_064, LINK, 8)).isEqualTo(1_282);
        }
        paths.onProbeLost(0, lo, 1_282, 1_064);
        assertThat(paths.nextProbe(0, lo, 1_064, LINK, 8)).isEqualTo(1_064 + 109);
        assertThat(paths.nextProbe(0, lo, 1_275, LINK, 8)).as("not worth it").isZero();
    }

    /** A search that has only begun, or begins anew because what was known is forgotten, says nothing to others. */
    @Test
    void shouldTakeNoPathToBeNarrowForAProbeThatArrivedOrWasLostOnce() {
        final long lo = IpAddress.v4(1);
        paths.onBlackHole(0, lo, 1_064);
        paths.onTurn(EXPIRY_NS);
        paths.onProbeArrived(0, lo, 1_282);
        assertThat(paths.mtu(0, lo, LINK)).isEqualTo(LINK);
        paths.onProbeLost(0, lo, 1_391, 1_282);
        paths.onProbeLost(0, lo, 1_391, 1_282);
        assertThat(paths.mtu(0, lo, LINK)).isEqualTo(LINK);
        assertThat(paths.confirmed(0, lo)).as("where another search may begin").isEqualTo(1_282);
        paths.onProbeLost(0, lo, 1_391, 1_282);
        assertThat(paths.mtu(0, lo, LINK)).as("given up").isEqualTo(1_282);
        paths.onProbeArrived(0, lo, 1_336);
        assertThat(paths.mtu(0, lo, LINK)).isEqualTo(1_336);
    }

    /** What one connection's segments are no longer than, the peer's other connections and datagrams may well be. */
    @Test
    void shouldTakeNoPathToBeNarrowWhereASearchEndedAtWhatIsOfUse() {
        final long lo = IpAddress.v4(1);
        paths.onProbeArrived(0, lo, 1_240);
        assertThat(paths.nextProbe(0, lo, 1_240, 1_240, 8)).isZero();
        assertThat(paths.mtu(0, lo, LINK)).isEqualTo(LINK);
    }

    /** Whatever the path takes, the search ends close below it, and at it where that is all that is of use. */
    @Property(tries = 200)
    void shouldFindWhatThePathTakes(@ForAll final Random random) {
        final EngineCounters counted = new EngineCounters();
        final PathMtus searched = new PathMtus(PathMtuSettings.DEFAULT, counted, 42);
        final int path = 1_064 + random.nextInt(LINK - 1_064 + 1);
        int arrives = 1_064;
        int probes = 0;
        for (int size = searched.nextProbe(0, 1, arrives, LINK, 8); size != 0; size = searched.nextProbe(0, 1, arrives,
                LINK, 8)) {
            assertThat(size).isBetween(arrives + 1, LINK);
            if (size <= path) {
                arrives = size;
                searched.onProbeArrived(0, 1, size);
            } else {
                searched.onProbeLost(0, 1, size, arrives);
            }
            assertThat(++probes).isLessThan(40);
        }
        assertThat(arrives).isLessThanOrEqualTo(path);
        assertThat(path - arrives).isLessThan(8);
        counted.close();
    }

    /** Against a map that does the same slowly: insertion order is the order of renewal. */
    @Property(tries = 100)
    void shouldDoAsAMapThatForgetsTheOldest(@ForAll final Random random) {
        final EngineCounters counted = new EngineCounters();
        final PathMtus table = new PathMtus(new PathMtuSettings(16, 552, 50), counted, 42);
        final Map<Long, long[]> model = new LinkedHashMap<>();
        long nowNs = 0;
        for (int step = 0; step < 400; step++) {
            nowNs += random.nextInt(4);
            final long now = nowNs;
            table.onTurn(now);
            model.values().removeIf(entry -> entry[1] <= now);
            final long lo = IpAddress.v4(random.nextInt(40));
            final int told = 600 + random.nextInt(900);
            final long[] known = model.get(lo);
            final boolean news = told < (known == null ? LINK : known[0]);
            assertThat(table.onTooLong(0, lo, told, LINK)).isEqualTo(news);
            if (news) {
                model.remove(lo);
                if (model.size() == 16) {
                    model.remove(model.keySet().iterator().next());
                }
                model.put(lo, new long[]{told, now + 50});
            }
            for (int host = 0; host < 40; host++) {
                final long[] entry = model.get(IpAddress.v4(host));
                assertThat(table.mtu(0, IpAddress.v4(host), LINK)).isEqualTo(entry == null ? LINK : (int) entry[0]);
            }
            assertThat(table.size()).isEqualTo(model.size());
        }
        counted.close();
    }
}
