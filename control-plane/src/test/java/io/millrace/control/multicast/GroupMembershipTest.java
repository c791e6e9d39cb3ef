package io.millrace.control.multicast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.config.Cidr;
import io.millrace.control.RecordingCommands;
import io.millrace.control.address.PublishedRoutes;
import io.millrace.control.address.RouteTable;
import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.wire.IgmpMessage;
import io.millrace.fastpath.wire.IpAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** IGMP's host side in virtual time (RFC 3376 §5, §7; RFC 2236 §3). */
class GroupMembershipTest {
    private static final int GROUP = 0xEF01_0203;
    private static final int OTHER = 0xEF01_0204;
    private static final int ALL_HOSTS = 0xE000_0001;
    private static final int ROUTER = 0x0A00_0001;
    private static final int NEIGHBOUR = 0x0A00_0009;
    private static final int S1 = 0x0A00_0065;
    private static final int S2 = 0x0A00_0066;
    private static final int S3 = 0x0A00_0067;
    private static final String V3 = "igmp 10.0.0.2 > 224.0.0.22: v3 report ";
    private static final String JOINED = V3 + "to_ex(239.1.2.3)";
    private static final String LEFT = V3 + "to_in(239.1.2.3)";
    private static final String IS_EX = V3 + "is_ex(239.1.2.3)";
    private static final String V2_REPORT = "igmp 10.0.0.2 > 239.1.2.3: v2 report 239.1.2.3";
    private static final String V2_LEAVE = "igmp 10.0.0.2 > 224.0.0.2: v2 leave 239.1.2.3";
    private static final String V1_REPORT = "igmp 10.0.0.2 > 239.1.2.3: v1 report 239.1.2.3";

    private final RecordingCommands engine = new RecordingCommands();
    private final ControlCounters counters = new ControlCounters();
    private final PublishedRoutes routes = new PublishedRoutes(
            RouteTable.of(List.of(Cidr.parse("10.0.0.2/24")), List.of()));
    private final long bytesBefore = MemoryRegion.bytesInUse();
    private final MemoryRegion message = MemoryRegion.allocate("test message", 4_096);
    private final GroupMembership membership = new GroupMembership(IgmpSettings.DEFAULT.withMaxGroups(4), engine,
            routes.link(0), new SplittableRandom(7), counters);
    private final Object socket = new Object();
    private final Object otherSocket = new Object();
    private long nowNs = TimeUnit.DAYS.toNanos(1);

    @AfterEach
    void shouldLeaveNoMemoryBehind() {
        membership.close();
        message.close();
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytesBefore);
    }

    @Test
    void shouldReportAJoinAtOnceAndAgainWithinASecond() {
        join(socket, GROUP);
        assertThat(run()).containsExactly(JOINED);
        assertThat(membership.nextDeadlineNs() - nowNs).isBetween(1L, TimeUnit.SECONDS.toNanos(1));
        assertThat(pass(1_000)).containsExactly(JOINED);
        assertThat(pass(1_000_000)).isEmpty();
        assertThat(membership.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
        assertThat(counters.get(ControlCounter.IGMP_REPORTS_SENT)).isEqualTo(2);
    }

    @Test
    void shouldNotCountAsSentWhatTheEngineRefuses() {
        engine.full(true);
        join(socket, GROUP);
        assertThat(run()).isEmpty();
        assertThat(counters.get(ControlCounter.IGMP_REPORTS_SENT)).isZero();
        engine.full(false);
        assertThat(pass(1_000)).as("the robustness variable's second report").containsExactly(JOINED);
        assertThat(counters.get(ControlCounter.IGMP_REPORTS_SENT)).isEqualTo(1);
    }

    @Test
    void shouldTakeTheGroupInWhileAnyoneListens() {
        assertThat(isJoined(GROUP)).isFalse();
        join(socket, GROUP);
        assertThat(isJoined(GROUP)).as("before anything was reported").isTrue();
        join(otherSocket, GROUP);
        leave(socket, GROUP);
        assertThat(isJoined(GROUP)).isTrue();
        leave(otherSocket, GROUP);
        assertThat(isJoined(GROUP)).isFalse();
        assertThat(isJoined(OTHER)).isFalse();
    }

    @Test
    void shouldReportOnlyTheFirstJoinAndTheLastLeave() {
        joinQuietly(socket, GROUP);
        join(otherSocket, GROUP);
        assertThat(run()).isEmpty();
        leave(socket, GROUP);
        assertThat(run()).isEmpty();
        leave(otherSocket, GROUP);
        assertThat(run()).containsExactly(LEFT);
        assertThat(pass(1_000)).containsExactly(LEFT);
        assertThat(pass(100_000)).isEmpty();
    }

    @Test
    void shouldReportWhatIsTrueNowWhereAChangeOvertakesAnother() {
        join(socket, GROUP);
        assertThat(run()).containsExactly(JOINED);
        leave(socket, GROUP);
        assertThat(run()).containsExactly(LEFT);
        join(socket, GROUP);
        assertThat(run()).containsExactly(JOINED);
        assertThat(pass(10_000)).containsExactly(JOINED);
    }

    @Test
    void shouldNeverReportTheGroupOfAllHosts() {
        join(socket, ALL_HOSTS);
        assertThat(pass(10_000)).isEmpty();
        assertThat(isJoined(ALL_HOSTS)).isTrue();
        query3(0, 100);
        query3(ALL_HOSTS, 10);
        assertThat(pass(20_000)).isEmpty();
        leave(socket, ALL_HOSTS);
        assertThat(pass(10_000)).isEmpty();
        assertThat(isJoined(ALL_HOSTS)).isFalse();
    }

    @Test
    void shouldAnswerAGeneralQueryWithOneReportOfAllGroupsInItsTime() {
        joinQuietly(socket, GROUP);
        joinQuietly(otherSocket, OTHER);
        query3(0, 100);
        final long waitNs = membership.nextDeadlineNs() - nowNs;
        assertThat(waitNs).isBetween(1L, TimeUnit.SECONDS.toNanos(10));
        nowNs += waitNs - 1;
        assertThat(run()).isEmpty();
        nowNs++;
        assertThat(run()).containsExactly(V3 + "is_ex(239.1.2.3) is_ex(239.1.2.4)");
        assertThat(pass(100_000)).isEmpty();
    }

    @Test
    void shouldSpreadItsAnswersOverTheTimeThatItHas() {
        joinQuietly(socket, GROUP);
        final List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            query3(0, 100);
            waits.add(TimeUnit.NANOSECONDS.toMillis(membership.nextDeadlineNs() - nowNs));
            pass(10_000);
        }
        assertThat(waits).allMatch(wait -> wait >= 0 && wait <= 10_000).anyMatch(wait -> wait < 3_000)
                .anyMatch(wait -> wait > 7_000);
    }

    @Test
    void shouldReadTimesFromAFloatingPointNumber() {
        joinQuietly(socket, GROUP);
        // 0x8F: (15 | 16) << 3 = 248 tenths
        long longest = 0;
        for (int i = 0; i < 40; i++) {
            query3(0, 0x8F);
            longest = Math.max(longest, membership.nextDeadlineNs() - nowNs);
            pass(24_800);
        }
        assertThat(longest).isBetween(TimeUnit.MILLISECONDS.toNanos(14_300), TimeUnit.MILLISECONDS.toNanos(24_800));
    }

    @Test
    void shouldAnswerAQueryAboutItsGroupAlone() {
        joinQuietly(socket, GROUP);
        joinQuietly(socket, OTHER);
        query3(GROUP, 10);
        assertThat(pass(1_000)).containsExactly(IS_EX);
        query3(0xEF09_0909, 10);
        assertThat(pass(10_000)).isEmpty();
    }

    @Test
    void shouldLetAnEarlierGeneralAnswerDo() {
        joinQuietly(socket, GROUP);
        query3(0, 1);
        query3(GROUP, 255);
        assertThat(pass(100_000)).containsExactly(IS_EX);
    }

    @Test
    void shouldAnswerOnceWhereAQueryIsRepeated() {
        joinQuietly(socket, GROUP);
        query3(GROUP, 50);
        query3(GROUP, 50, S1);
        query3(GROUP, 50);
        assertThat(pass(100_000)).containsExactly(IS_EX);
    }

    @Test
    void shouldAnswerAboutTheSourcesThatAQueryNames() {
        joinQuietly(socket, GROUP);
        query3(GROUP, 10, S1, S2);
        assertThat(pass(1_000)).containsExactly(V3 + "is_in(239.1.2.3: 10.0.0.101, 10.0.0.102)");
        listen(socket, GROUP, false, S1);
        pass(10_000);
        query3(GROUP, 10, S1);
        query3(GROUP, 10, S3);
        assertThat(pass(1_000)).containsExactly(V3 + "is_in(239.1.2.3: 10.0.0.103)");
        query3(GROUP, 10, S1);
        assertThat(pass(1_000)).as("nothing to say about it").isEmpty();
    }

    /** A source that is not answered about is one that the router stops forwarding. */
    @ParameterizedTest
    @ValueSource(ints = {65, 256})
    void shouldAnswerAboutEverySourceThatAQueryNames(final int count) {
        joinQuietly(socket, GROUP);
        query3(GROUP, 10, IntStream.range(0, count).map(i -> S1 + i).toArray());
        assertThat(pass(1_000)).singleElement().asString().startsWith(V3 + "is_in(239.1.2.3: 10.0.0.101, ")
                .endsWith(", " + IpAddress.toString(0, IpAddress.v4(S1 + count - 1)) + ")");
    }

    @Test
    void shouldAnswerAboutTheGroupWhereAQueryNamesMoreSourcesThanAreRemembered() {
        joinQuietly(socket, GROUP);
        query3(GROUP, 10, IntStream.range(0, 257).map(i -> S1 + i).toArray());
        assertThat(pass(1_000)).containsExactly(IS_EX);
    }

    @Test
    void shouldReportSourcesAsTheyComeAndGo() {
        listen(socket, GROUP, true, S1);
        assertThat(run()).containsExactly(V3 + "allow(239.1.2.3: 10.0.0.101)");
        assertThat(pass(10_000)).hasSize(1);
        listen(socket, GROUP, true, S2, S3);
        assertThat(run()).containsExactly(
                V3 + "allow(239.1.2.3: 10.0.0.102, 10.0.0.103) block(239.1.2.3: 10.0.0.101)");
        assertThat(pass(10_000)).hasSize(1);
        query3(0, 10);
        assertThat(pass(1_000)).containsExactly(V3 + "is_in(239.1.2.3: 10.0.0.102, 10.0.0.103)");
        leave(socket, GROUP);
        assertThat(run()).containsExactly(V3 + "block(239.1.2.3: 10.0.0.102, 10.0.0.103)");
        assertThat(pass(10_000)).hasSize(1);
        assertThat(isJoined(GROUP)).isFalse();
    }

    @Test
    void shouldMergeWhatSeveralListenersWant() {
        listen(socket, GROUP, true, S1, S2);
        pass(10_000);
        listen(otherSocket, GROUP, false, S2, S3);
        assertThat(run()).containsExactly(V3 + "to_ex(239.1.2.3: 10.0.0.103)");
        pass(10_000);
        listen(socket, GROUP, true, S3);
        assertThat(run()).containsExactly(V3 + "allow(239.1.2.3: 10.0.0.103) block(239.1.2.3: 10.0.0.102)");
        pass(10_000);
        leave(otherSocket, GROUP);
        assertThat(run()).containsExactly(V3 + "to_in(239.1.2.3: 10.0.0.103)");
    }

    @Test
    void shouldRepeatAChangeOfSourcesThatCameInBetween() {
        listen(socket, GROUP, true, S1);
        run();
        listen(socket, GROUP, true, S1, S2);
        assertThat(run()).containsExactly(V3 + "allow(239.1.2.3: 10.0.0.101, 10.0.0.102)");
        assertThat(pass(10_000)).containsExactly(V3 + "allow(239.1.2.3: 10.0.0.102)");
    }

    @Test
    void shouldSayChangesAsOftenAsTheQuerierWants() {
        query3(0, 1, 5, 0, new int[0]);
        pass(1_000);
        join(socket, GROUP);
        assertThat(pass(100_000)).hasSize(5).containsOnly(JOINED);
        query3(0, 1, 0, 0, new int[0]);
        pass(1_000);
        join(socket, OTHER);
        assertThat(pass(100_000)).hasSize(2);
    }

    @Test
    void shouldSpeakVersion2WhileAnOlderQuerierIsThere() {
        joinQuietly(socket, GROUP);
        query(0, 100);
        assertThat(pass(10_000)).containsExactly(V2_REPORT);
        join(socket, OTHER);
        assertThat(run()).containsExactly("igmp 10.0.0.2 > 239.1.2.4: v2 report 239.1.2.4");
        assertThat(pass(10_000)).hasSize(1);
        leave(socket, GROUP);
        assertThat(run()).containsExactly(V2_LEAVE);
        assertThat(pass(10_000)).isEmpty();
        assertThat(counters.get(ControlCounter.IGMP_LEAVES_SENT)).isEqualTo(1);
    }

    @Test
    void shouldSpeakVersion3AgainWhenTheOlderQuerierIsGone() {
        joinQuietly(socket, GROUP);
        query(0, 10);
        pass(1_000);
        // robustness 2, query interval 125 s, response interval 10 s
        pass(258_999);
        join(otherSocket, OTHER);
        assertThat(run()).as("after 259.999 s").containsExactly("igmp 10.0.0.2 > 239.1.2.4: v2 report 239.1.2.4");
        nowNs += TimeUnit.MILLISECONDS.toNanos(1);
        run();
        leave(socket, GROUP);
        assertThat(run()).containsExactly(LEFT);
    }

    @Test
    void shouldReportAJoinInTheVersionThatIsTrueByThen() {
        query(0, 10);
        nowNs += TimeUnit.SECONDS.toNanos(260);
        join(socket, GROUP);
        assertThat(run()).containsExactly(JOINED);
        assertThat(pass(1_000)).containsExactly(JOINED);
    }

    @Test
    void shouldTakeTheQueryIntervalFromTheQuerier() {
        query3(0, 1, 2, 10, new int[0]);
        query(0, 10);
        nowNs += TimeUnit.SECONDS.toNanos(2 * 10 + 10);
        join(socket, GROUP);
        assertThat(run()).containsExactly(JOINED);
    }

    @Test
    void shouldForgetWhatItWasAboutToSayWhereTheVersionChanges() {
        join(socket, GROUP);
        run();
        query3(GROUP, 255);
        query(0, 10);
        assertThat(pass(25_500)).containsExactly(V2_REPORT);
    }

    @Test
    void shouldKeepQuietWhereAnotherHostHasReported() {
        joinQuietly(socket, GROUP);
        query(0, 100);
        report(NEIGHBOUR, IgmpMessage.V2_REPORT, GROUP);
        assertThat(pass(20_000)).isEmpty();
        assertThat(counters.get(ControlCounter.IGMP_REPORTS_HEARD)).isEqualTo(1);
        leave(socket, GROUP);
        assertThat(pass(20_000)).as("the other host is still there").isEmpty();
    }

    @Test
    void shouldNotBeSilencedInVersion3OrByItself() {
        joinQuietly(socket, GROUP);
        query3(0, 100);
        report(NEIGHBOUR, IgmpMessage.V2_REPORT, GROUP);
        assertThat(pass(10_000)).containsExactly(IS_EX);
        query(0, 100);
        report(0x0A00_0002, IgmpMessage.V2_REPORT, GROUP);
        assertThat(pass(10_000)).containsExactly(V2_REPORT);
    }

    @Test
    void shouldAnswerSoonerWhereAnOlderQuerierIsInAHurry() {
        joinQuietly(socket, GROUP);
        query(0, 255);
        query(GROUP, 1);
        assertThat(pass(100)).containsExactly(V2_REPORT);
        query(GROUP, 1);
        query(0, 255);
        assertThat(pass(100)).as("the earlier time stays").containsExactly(V2_REPORT);
    }

    @Test
    void shouldSpeakVersion1WhereARouterKnowsNothingElse() {
        joinQuietly(socket, GROUP);
        query(0, 0);
        assertThat(pass(10_000)).containsExactly(V1_REPORT);
        leave(socket, GROUP);
        assertThat(pass(10_000)).as("version 1 has no leave").isEmpty();
        query(0, 100);
        join(socket, GROUP);
        assertThat(run()).as("version 1 while both are there").containsExactly(V1_REPORT);
        pass(259_000);
        leave(socket, GROUP);
        assertThat(run()).containsExactly(V2_LEAVE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x12, 0x13, 0x14, 0x22, 0x30, 0xFF})
    void shouldIgnoreOtherMessages(final int type) {
        joinQuietly(socket, GROUP);
        IgmpMessage.write(message.address(), type, 0);
        membership.onMessage(ROUTER, message.address(), 8, nowNs);
        assertThat(pass(100_000)).isEmpty();
        assertThat(counters.get(ControlCounter.IGMP_IGNORED)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 9, 11, 12, 16})
    void shouldIgnoreAQueryOfAWrongLength(final int length) {
        joinQuietly(socket, GROUP);
        Memory.zero(message.address(), 64);
        Memory.putByte(message.address(), IgmpMessage.QUERY);
        Memory.putByte(message.address() + 1, 10);
        // two sources, but there is room for one at the most
        Memory.putShortBE(message.address() + 10, 2);
        membership.onMessage(ROUTER, message.address(), length, nowNs);
        assertThat(pass(100_000)).isEmpty();
        assertThat(counters.get(ControlCounter.IGMP_IGNORED)).isEqualTo(1);
    }

    @Test
    void shouldRefuseMoreThanItsBounds() {
        for (int i = 0; i < 4; i++) {
            join(socket, GROUP + i);
        }
        assertThatThrownBy(() -> join(socket, GROUP + 4)).isInstanceOf(IllegalStateException.class)
                .hasMessage("more than 4 multicast groups");
        join(otherSocket, GROUP);
        leave(socket, GROUP + 3);
        pass(10_000);
        join(socket, GROUP + 4);
        assertThat(isJoined(GROUP + 4)).isTrue();
        assertThatThrownBy(() -> listen(socket, GROUP, false, new int[65])).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> join(socket, ROUTER)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("10.0.0.1 is no multicast group");
    }

    @Test
    void shouldSplitReportsThatDoNotFitAPacket() {
        for (int listener = 0; listener < 8; listener++) {
            final int from = S1 + 64 * listener;
            listen("listener " + listener, GROUP, true, IntStream.range(from, from + 64).toArray());
        }
        final List<String> reports = run();
        assertThat(reports).hasSize(2);
        assertThat(reports.get(0).split(", ")).hasSize(365);
        assertThat(reports.get(1).split(", ")).hasSize(512 - 365);
    }

    @Test
    void shouldLeaveNothingToSayAfterClose() {
        join(socket, GROUP);
        membership.close();
        assertThat(membership.doWork(nowNs)).isZero();
        leave(socket, GROUP);
        assertThat(membership.doWork(nowNs)).isZero();
        assertThat(engine.take()).isEmpty();
    }

    @Test
    void shouldBoundWhatQueriesAboutSourcesLeaveBehind() {
        joinQuietly(socket, GROUP);
        // no group is asked about for longer: 53 minutes
        for (int i = 0; i < 1_000; i++) {
            final int first = 0x0B00_0000 + i * 64;
            query3(GROUP, 255, IntStream.range(first, first + 64).toArray());
        }
        // too many to be remembered: as where it was asked about the group as a whole
        assertThat(pass(4_000_000)).containsExactly(IS_EX);
    }

    private void joinQuietly(final Object listener, final int group) {
        join(listener, group);
        pass(10_000);
    }

    private void join(final Object listener, final int group) {
        listen(listener, group, false);
    }

    private void leave(final Object listener, final int group) {
        listen(listener, group, true);
    }

    private void listen(final Object listener, final int group, final boolean include, final int... sources) {
        membership.listen(listener, 0, IpAddress.v4(group), include,
                Arrays.stream(sources).asLongStream().flatMap(source -> LongStream.of(0, IpAddress.v4((int) source)))
                        .toArray());
    }

    private boolean isJoined(final int group) {
        return routes.current().isJoined(0, IpAddress.v4(group));
    }

    /** A query of version 1 (code 0) or 2. */
    private void query(final int group, final int code) {
        IgmpMessage.write(message.address(), IgmpMessage.QUERY, group);
        Memory.putByte(message.address() + 1, code);
        membership.onMessage(ROUTER, message.address(), IgmpMessage.MIN_LENGTH, nowNs);
    }

    private void query3(final int group, final int code, final int... sources) {
        query3(group, code, 0, 0, sources);
    }

    private void query3(final int group, final int code, final int robustness, final int interval,
            final int[] sources) {
        IgmpMessage.write(message.address(), IgmpMessage.QUERY, group);
        Memory.putByte(message.address() + 1, code);
        Memory.putByte(message.address() + 8, robustness);
        Memory.putByte(message.address() + 9, interval);
        Memory.putShortBE(message.address() + 10, sources.length);
        for (int i = 0; i < sources.length; i++) {
            Memory.putIntBE(message.address() + 12 + 4L * i, sources[i]);
        }
        membership.onMessage(ROUTER, message.address(), 12 + 4 * sources.length, nowNs);
    }

    private void report(final int source, final int type, final int group) {
        IgmpMessage.write(message.address(), type, group);
        membership.onMessage(source, message.address(), IgmpMessage.MIN_LENGTH, nowNs);
    }

    /** Does what is due now; returns what was sent. */
    private List<String> run() {
        membership.doWork(nowNs);
        return engine.take();
    }

    /** Lets time pass, deadline by deadline; returns what was sent. */
    private List<String> pass(final long milliseconds) {
        final long untilNs = nowNs + TimeUnit.MILLISECONDS.toNanos(milliseconds);
        while (membership.nextDeadlineNs() <= untilNs) {
            nowNs = Math.max(nowNs, membership.nextDeadlineNs());
            membership.doWork(nowNs);
        }
        nowNs = untilNs;
        return engine.take();
    }
}
