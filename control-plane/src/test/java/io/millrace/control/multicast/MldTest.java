package io.millrace.control.multicast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.config.Cidr;
import io.millrace.control.RecordingCommands;
import io.millrace.control.address.OwnAddress;
import io.millrace.control.address.PublishedRoutes;
import io.millrace.control.address.RouteTable;
import io.millrace.control.autoconf.SolicitedNodeGroups;
import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.MldMessage;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** MLD's host side in virtual time (RFC 3810 §6, §8; RFC 2710 §4); what it shares with IGMP is in GroupMembershipTest. */
class MldTest {
    private static final String GROUP = "ff05::1:3";
    private static final String OTHER = "ff05::1:4";
    private static final String ROUTER = "fe80::1";
    private static final String V2 = "icmpv6 fe80::2 > ff02::16 0 1 alert: v2 report ";
    private static final String JOINED = V2 + "to_ex(ff05::1:3)";
    private static final String LEFT = V2 + "to_in(ff05::1:3)";
    private static final String IS_EX = V2 + "is_ex(ff05::1:3)";
    private static final String V1_REPORT = "icmpv6 fe80::2 > ff05::1:3 0 1 alert: v1 report "
            + "ff05::1:3";
    private static final String V1_DONE = "icmpv6 fe80::2 > ff02::2 0 1 alert: v1 done "
            + "ff05::1:3";

    private final RecordingCommands engine = new RecordingCommands();
    private final ControlCounters counters = new ControlCounters();
    private final PublishedRoutes routes = new PublishedRoutes(
            RouteTable.of(List.of(Cidr.parse("fd00::2/64"), Cidr.parse("fe80::2/64")), List.of()));
    private final long bytesBefore = MemoryRegion.bytesInUse();
    private final MemoryRegion message = MemoryRegion.allocate("test message", 4_096);
    private final GroupMembership membership = new GroupMembership(IgmpSettings.DEFAULT.withMaxGroups(4), engine,
            routes.link(0), new SplittableRandom(7), counters);
    private long nowNs = TimeUnit.DAYS.toNanos(1);

    @AfterEach
    void shouldLeaveNoMemoryBehind() {
        membership.close();
        message.close();
        assertThat(MemoryRegion.bytesInUse()).isEqualTo(bytesBefore);
    }

    @Test
    void shouldReportAJoinAndALeaveTwiceEach() {
        join(GROUP);
        assertThat(isJoined(GROUP)).isTrue();
        assertThat(pass(0)).containsExactly(JOINED);
        assertThat(pass(1_000)).containsExactly(JOINED);
        assertThat(pass(100_000)).isEmpty();
        leave(GROUP);
        assertThat(isJoined(GROUP)).isFalse();
        assertThat(pass(10_000)).containsExactly(LEFT, LEFT);
        assertThat(counters.get(ControlCounter.MLD_REPORTS_SENT)).isEqualTo(4);
    }

    @Test
    void shouldReportTheSourcesThatAreWanted() {
        listen(GROUP, true, "fd00::5", "fd00::6");
        assertThat(pass(0)).containsExactly(V2 + "allow(ff05::1:3: fd00::5, fd00::6)");
        listen(GROUP, false, "fd00::7");
        assertThat(pass(0)).containsExactly(V2 + "to_ex(ff05::1:3: fd00::7)");
    }

    @Test
    void shouldAnswerAGeneralQueryWithinItsTime() {
        joinQuietly(GROUP);
        joinQuietly(OTHER);
        query(ROUTER, 1, "82000000" + "2710" + "0000" + "0".repeat(32) + "02" + "7d" + "0000");
        final long atNs = membership.nextDeadlineNs();
        assertThat(atNs - nowNs).isBetween(1L, TimeUnit.SECONDS.toNanos(10));
        assertThat(pass(10_000)).containsExactly(IS_EX + " is_ex(ff05::1:4)");
        assertThat(counters.get(ControlCounter.MLD_QUERIES_RECEIVED)).isEqualTo(1);
    }

    @Test
    void shouldAnswerAQueryAboutAGroupAndAboutSourcesOfIt() {
        joinQuietly(GROUP);
        query(ROUTER, 1, "82000000" + "03e8" + "0000" + hex(GROUP) + "02" + "7d" + "0000");
        assertThat(pass(1_000)).containsExactly(IS_EX);
        query(ROUTER, 1, "82000000" + "03e8" + "0000" + hex(GROUP) + "02" + "7d" + "0001" + hex("fd00::9"));
        assertThat(pass(1_000)).containsExactly(V2 + "is_in(ff05::1:3: fd00::9)");
        query(ROUTER, 1, "82000000" + "03e8" + "0000" + hex(OTHER) + "02" + "7d" + "0000");
        assertThat(pass(10_000)).isEmpty();
    }

    @Test
    void shouldSpeakVersion1WhileAnOlderRouterAsks() {
        joinQuietly(GROUP);
        query(ROUTER, 1, "82000000" + "03e8" + "0000" + "0".repeat(32));
        assertThat(pass(1_000)).containsExactly(V1_REPORT);
        leave(GROUP);
        assertThat(pass(1_000)).containsExactly(V1_DONE);
        assertThat(counters.get(ControlCounter.MLD_DONES_SENT)).isEqualTo(1);
        // robustness (2) times the query interval (125 s), and a response interval (RFC 3810 §9.12)
        pass(260_000);
        join(GROUP);
        assertThat(pass(0)).containsExactly(JOINED);
    }

    @Test
    void shouldBeSparedAReportThatAnotherHostSent() {
        joinQuietly(GROUP);
        query(ROUTER, 1, "82000000" + "03e8" + "0000" + "0".repeat(32));
        MldMessage.write(message.address(), MldMessage.V1_REPORT, hi(GROUP), lo(GROUP));
        membership.onMld(hi("fe80::9"), lo("fe80::9"), 1, message.address(), MldMessage.V1_LENGTH, nowNs);
        assertThat(pass(10_000)).isEmpty();
        assertThat(counters.get(ControlCounter.MLD_REPORTS_HEARD)).isEqualTo(1);
    }

    /** From beyond the link; from a global address; shorter than a message; longer than version 1 but no version 2. */
    @ParameterizedTest
    @CsvSource({"fe80::1, 2, ''", "fd00::1, 1, ''", "fe80::1, 1, 00", "fe80::1, 1, 02007d0001"})
    void shouldIgnoreAQueryThatIsNotFromTheLinkOrMalformed(final String source, final int hopLimit, final String rest) {
        joinQuietly(GROUP);
        query(source, hopLimit, "82000000" + "03e8" + "0000" + "0".repeat(32) + rest);
        assertThat(pass(10_000)).isEmpty();
        assertThat(counters.get(ControlCounter.MLD_IGNORED)).isEqualTo(1);
    }

    @Test
    void shouldReadLongResponseTimesAsFloatingPoint() {
        final MldMessage read = new MldMessage();
        put("82000000" + "8000" + "0000" + "0".repeat(32) + "02" + "8f" + "0000");
        assertThat(read.wrap(message.address(), MldMessage.V2_QUERY_LENGTH)).isTrue();
        assertThat(read.maxResponseMs()).isEqualTo(0x1000 << 3);
        assertThat(read.queryIntervalSeconds()).isEqualTo(0x1f << 3);
        assertThat(read.wrap(message.address(), MldMessage.V1_LENGTH)).isTrue();
        assertThat(read.maxResponseMs()).as("version 1").isEqualTo(0x8000);
        assertThat(read.wrap(message.address(), MldMessage.V1_LENGTH - 1)).isFalse();
    }

    @Test
    void shouldNeverReportGroupsThatStayOnTheHostOrThatEveryHostHas() {
        join("ff02::1");
        join("ff01::5");
        assertThat(pass(10_000)).isEmpty();
        query(ROUTER, 1, "82000000" + "03e8" + "0000" + "0".repeat(32) + "02" + "7d" + "0000");
        assertThat(pass(10_000)).isEmpty();
        assertThat(isJoined("ff01::5")).isTrue();
    }

    @Test
    void shouldReportFromNoAddressWhileTheLinkLocalOneIsTentative() {
        routes.state(InetAddress.ofLiteral("fe80::2"), OwnAddress.State.TENTATIVE);
        join(GROUP);
        assertThat(pass(0)).containsExactly(JOINED.replace("fe80::2", "::"));
    }

    @Test
    void shouldReportTheSolicitedNodeGroupsOfItsAddressesAlsoWhereItsTableIsFull() {
        for (int i = 0; i < 4; i++) {
            joinQuietly("ff05::2:" + i);
        }
        assertThatThrownBy(() -> join(GROUP)).hasMessage("more than 4 multicast groups");
        final SolicitedNodeGroups solicited = new SolicitedNodeGroups(routes.link(0), membership);
        assertThat(solicited.nextDeadlineNs()).isEqualTo(Long.MIN_VALUE);
        assertThat(solicited.doWork(nowNs)).as("one for both addresses").isEqualTo(1);
        assertThat(pass(0)).containsExactly(V2 + "to_ex(ff02::1:ff00:2)");
        routes.addAddress(OwnAddress.of(Cidr.parse("fd00::abcd:1234/64")).in(OwnAddress.State.TENTATIVE));
        solicited.doWork(nowNs);
        assertThat(pass(0)).contains(V2 + "to_ex(ff02::1:ffcd:1234)");
        routes.removeAddress(InetAddress.ofLiteral("fd00::abcd:1234"));
        solicited.doWork(nowNs);
        assertThat(pass(0)).contains(V2 + "to_in(ff02::1:ffcd:1234)");
        assertThat(solicited.nextDeadlineNs()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldKeepTheFamiliesApart() {
        assertThatThrownBy(() -> listen(GROUP, true, "10.0.0.1"))
                .hasMessage("no source of an IPv6 group: 10.0.0.1");
        membership.listen(this, 0, IpAddress.v4(0xEF01_0203), false);
        join(GROUP);
        assertThat(pass(0)).containsExactly("igmp 0.0.0.0 > 224.0.0.22: v3 report to_ex(239.1.2.3)", JOINED);
        assertThat(isJoined("239.1.2.3")).isTrue();
        assertThat(isJoined(GROUP)).isTrue();
    }

    private void joinQuietly(final String group) {
        join(group);
        pass(100_000);
    }

    private void join(final String group) {
        listen(group, false);
    }

    private void leave(final String group) {
        listen(group, true);
    }

    private void listen(final String group, final boolean include, final String... sources) {
        membership.listen(this, hi(group), lo(group), include,
                Arrays.stream(sources).flatMapToLong(source -> LongStream.of(hi(source), lo(source))).toArray());
    }

    private boolean isJoined(final String group) {
        return routes.current().isJoined(hi(group), lo(group));
    }

    private void query(final String source, final int hopLimit, final String hex) {
        membership.onMld(hi(source), lo(source), hopLimit, message.address(), put(hex), nowNs);
    }

    private int put(final String hex) {
        final byte[] bytes = HexFormat.of().parseHex(hex);
        for (int i = 0; i < bytes.length; i++) {
            Memory.putByte(message.address() + i, bytes[i]);
        }
        return bytes.length;
    }

    /** What is sent until so much later. */
    private List<String> pass(final long millis) {
        final long untilNs = nowNs + TimeUnit.MILLISECONDS.toNanos(millis);
        final List<String> sent = new ArrayList<>();
        do {
            membership.doWork(nowNs);
            sent.addAll(engine.take());
            nowNs = Math.clamp(membership.nextDeadlineNs(), nowNs, untilNs);
        } while (nowNs < untilNs);
        membership.doWork(nowNs);
        sent.addAll(engine.take());
        return sent;
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
