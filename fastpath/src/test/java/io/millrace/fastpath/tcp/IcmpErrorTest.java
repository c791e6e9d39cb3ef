package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.IcmpErrors;
import io.millrace.fastpath.testing.IcmpErrors.Kind;
import io.millrace.fastpath.testing.IpPacket;
import io.millrace.fastpath.testing.Ipv6Packet;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.Scenario;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.wire.IpProtocol;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ICMP errors about our segments (RFC 9293 §3.9.2.2, RFC 5927, RFC 5461, RFC 1191, RFC 8201). */
@OverBothFamilies
class IcmpErrorTest {
    @ParameterizedTest
    @EnumSource(names = {"PROTOCOL_UNREACHABLE", "PORT_UNREACHABLE"})
    void shouldRefuseAnOpenWhosePortIsUnreachable(final Kind kind) {
        try (Scenario at = Scenario.in(TcpState.SYN_SENT)) {
            error(at, kind, at.sndNxt() - 1);
            assertThat(at.application().failure()).isEqualTo(TcpFailure.REFUSED);
            assertThat(at.stack().engine().connections()).isZero();
        }
    }

    @Test
    void shouldForgetAHalfOpenConnectionWhosePortIsUnreachable() {
        try (Scenario at = Scenario.in(TcpState.SYN_RECEIVED)) {
            error(at, Kind.PORT_UNREACHABLE, at.sndNxt() - 1);
            assertThat(at.state()).isEqualTo(TcpState.LISTEN);
            assertThat(at.stack().engine().connections()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-2, 0, 1, 100_000, Integer.MIN_VALUE})
    void shouldIgnoreWhatIsNotAboutASegmentInFlight(final int offset) {
        try (Scenario at = Scenario.in(TcpState.SYN_SENT)) {
            error(at, Kind.PORT_UNREACHABLE, at.sndNxt() + offset);
            assertThat(at.state()).isEqualTo(TcpState.SYN_SENT);
            assertThat(at.stack().counter(Counter.ICMP_IGNORED)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NETWORK_UNREACHABLE", "HOST_UNREACHABLE", "PROHIBITED", "TIME_EXCEEDED"})
    void shouldGoOnAfterASoftErrorAndNameItWhenItGivesUp(final Kind kind) {
        try (Scenario at = Scenario.in(TcpState.SYN_SENT)) {
            error(at, kind, at.sndNxt() - 1);
            assertThat(at.state()).isEqualTo(TcpState.SYN_SENT);
            assertThat(at.application().calls()).isZero();
            assertThat(at.stack().awaitSent().is("S")).isTrue();
            at.stack().untilIdle();
            assertThat(at.application().failure()).isEqualTo(TcpFailure.NETWORK_UNREACHABLE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldNotLetAnErrorEndAnEstablishedConnection(final Kind kind) {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            at.stack().send(at.handle(), "text".getBytes());
            at.stack().allSent();
            error(at, kind, at.sndNxt());
            assertThat(at.state()).isEqualTo(TcpState.ESTABLISHED);
            assertThat(at.application().calls()).isZero();
            assertThat(at.stack().awaitSent().payload()).isEqualTo("text".getBytes());
        }
    }

    @Test
    void shouldForgetASoftErrorWhenThePathWorksAgain() {
        final TcpSettings settings = TcpSettings.DEFAULT.toBuilder().retries(3).build();
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED, settings)) {
            at.stack().send(at.handle(), "one".getBytes());
            error(at, Kind.HOST_UNREACHABLE, at.sndNxt());
            at.peer().ack(at.sndNxt() + 3);
            at.stack().send(at.handle(), "two".getBytes());
            at.stack().untilIdle();
            assertThat(at.application().failure()).isEqualTo(TcpFailure.TIMED_OUT);
        }
    }

    @Test
    void shouldSendSmallerSegmentsAgainWhereTheyAreTooLongForThePath() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            at.stack().send(at.handle(), new byte[2_920]);
            assertThat(at.stack().allSent()).extracting(Packet::length).containsExactly(1_460, 1_460);
            tooLarge(at, 1_300, at.sndNxt());
            assertThat(at.stack().tcp().sendMss(at.handle())).isEqualTo(1_260);
            assertThat(at.stack().counter(Counter.TCP_PATH_MTU_REDUCED)).isEqualTo(1);
            final List<Packet> again = at.stack().allSent();
            assertThat(again).extracting(Packet::length).containsExactly(1_260, 1_260, 400);
            assertThat(again.getFirst().seq()).isEqualTo(at.sndNxt());
            assertThat(at.application().calls()).isZero();
        }
    }

    /** RFC 5681 §3.1: by the ratio of the segments, lest more of them leave at once. */
    @Test
    void shouldReduceTheCongestionWindowWithTheSegments() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            at.stack().send(at.handle(), new byte[30_000]);
            assertThat(at.stack().allSent()).hasSize(10);
            tooLarge(at, 1_300, at.sndNxt());
            assertThat(at.stack().allSent()).extracting(Packet::length).hasSize(10).containsOnly(1_260);
        }
    }

    @ParameterizedTest
    @CsvSource({"68, 512, true", "1, 512, true", "551, 512, true", "552, 512, false", "576, 536, false"})
    void shouldBoundTheSegmentsBelowAndLetRoutersFragmentInstead(final int mtu, final int mss,
            final boolean fragments) {
        assumeTrue(Family.current() == Family.V4, "routers of IPv6 fragment nothing");
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            at.stack().send(at.handle(), new byte[1_000]);
            at.stack().allSent();
            tooLarge(at, mtu, at.sndNxt());
            assertThat(at.stack().tcp().sendMss(at.handle())).isEqualTo(mss);
            final IpPacket again = IpPacket.of(at.stack().port().poll());
            assertThat(again.payload()).hasSize(20 + mss);
            assertThat(again.flagsAndOffset()).isEqualTo(fragments ? 0 : 0x4000);
        }
    }

    /** RFC 8201 §4: every link takes 1,280 bytes, so who tells less is not believed. */
    @ParameterizedTest
    @CsvSource({"1280, 1220", "1279, 1460", "576, 1460", "0, 1460"})
    void shouldBelieveNoRouterThatTakesLessThanEveryLinkOfIpv6(final int mtu, final int mss) {
        assumeTrue(Family.current() == Family.V6, "IPv6 alone has such a bound");
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            at.stack().send(at.handle(), new byte[1_000]);
            tooLarge(at, mtu - 20, at.sndNxt());
            assertThat(at.stack().tcp().sendMss(at.handle())).isEqualTo(mss);
            assertThat(at.stack().counter(Counter.ICMP_IGNORED)).isEqualTo(mss == 1_460 ? 1 : 0);
            at.stack().allSent();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1_500, 9_000, 65_535})
    void shouldIgnoreAnMtuThatIsNotSmaller(final int mtu) {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            at.stack().send(at.handle(), new byte[1_000]);
            at.stack().allSent();
            tooLarge(at, mtu, at.sndNxt());
            assertThat(at.stack().tcp().sendMss(at.handle())).isEqualTo(1_460);
            assertThat(at.stack().allSent()).isEmpty();
            assertThat(at.stack().counter(Counter.ICMP_IGNORED)).isEqualTo(1);
        }
    }

    /** RFC 1191 §5 and §7.1: the next plateau below the length of the packet that is quoted. */
    @ParameterizedTest
    @CsvSource({"1460, 1492", "1452, 1006", "1000, 1006", "966, 552"})
    void shouldGuessWhereARouterOfBeforeTellsNoMtu(final int text, final int mtu) {
        assumeTrue(Family.current() == Family.V4, "every router of IPv6 tells it");
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            at.stack().send(at.handle(), new byte[1_460]);
            at.stack().inject(IcmpErrors.tooLarge(segment(at, at.sndNxt(), new byte[text]), 0));
            assertThat(at.stack().tcp().sendMss(at.handle())).isEqualTo(mtu - 40);
        }
    }

    @Test
    void shouldIgnoreAnMtuForASyn() {
        try (Scenario at = Scenario.in(TcpState.SYN_SENT)) {
            tooLarge(at, 1_300, at.sndNxt() - 1);
            at.peer().send("SA", new byte[0], 1_460, -1);
            assertThat(at.stack().tcp().sendMss(at.handle())).isEqualTo(1_460);
            assertThat(at.stack().counter(Counter.ICMP_IGNORED)).isEqualTo(1);
        }
    }

    @Test
    void shouldIgnoreErrorsInTimeWaitAndForNoConnection() {
        try (Scenario at = Scenario.in(TcpState.TIME_WAIT)) {
            error(at, Kind.PORT_UNREACHABLE, at.sndNxt() - 1);
            assertThat(at.stack().engine().timeWaits()).isEqualTo(1);
            assertThat(at.stack().counter(Counter.ICMP_IGNORED)).isEqualTo(1);
        }
        try (Scenario at = Scenario.in(TcpState.CLOSED)) {
            error(at, Kind.PORT_UNREACHABLE, 0);
            assertThat(at.stack().counter(Counter.ICMP_IGNORED)).isEqualTo(1);
            assertThat(at.stack().port().poll()).isNull();
        }
    }

    @Test
    void shouldIgnoreAQuoteOfAnotherHostOrProtocol() {
        final boolean v4 = Family.current() == Family.V4;
        try (Scenario at = Scenario.in(TcpState.SYN_SENT)) {
            final byte[] foreign = quote(at, at.sndNxt() - 1);
            foreign[v4 ? 15 : 23] = 9;
            at.stack().inject(IcmpErrors.of(Kind.PORT_UNREACHABLE, foreign));
            final byte[] udp = quote(at, at.sndNxt() - 1);
            udp[v4 ? 9 : 6] = IpProtocol.UDP;
            at.stack().inject(IcmpErrors.of(Kind.PORT_UNREACHABLE, udp));
            assertThat(at.state()).isEqualTo(TcpState.SYN_SENT);
            assertThat(at.stack().counter(Counter.ICMP_IGNORED)).isEqualTo(2);
        }
    }

    @Test
    void shouldDropAQuoteThatIsCutShort() {
        try (Scenario at = Scenario.in(TcpState.SYN_SENT)) {
            final byte[] quote = quote(at, at.sndNxt() - 1);
            for (int length = 0; length < quote.length; length++) {
                at.stack().inject(IcmpErrors.of(Kind.PORT_UNREACHABLE, Arrays.copyOf(quote, length)));
            }
            // options, or an extension header, where the ports should be
            if (Family.current() == Family.V4) {
                quote[0] = 0x46;
            } else {
                quote[6] = Ipv6Packet.DESTINATION;
            }
            at.stack().inject(IcmpErrors.of(Kind.TIME_EXCEEDED, quote));
            assertThat(at.stack().counter(Counter.ICMP_MALFORMED)).isEqualTo(quote.length + 1);
            assertThat(at.state()).isEqualTo(TcpState.SYN_SENT);
        }
    }

    private static void error(final Scenario at, final Kind kind, final int sequence) {
        at.stack().inject(IcmpErrors.of(kind, quote(at, sequence)));
    }

    /** @param mtu as one of IPv4: over IPv6 it is 20 bytes more. */
    private static void tooLarge(final Scenario at, final int mtu, final int sequence) {
        at.stack().inject(IcmpErrors.tooLarge(segment(at, sequence, new byte[0]), mtu));
    }

    /** IP header and 8 bytes of a segment that the stack sent. */
    private static byte[] quote(final Scenario at, final int sequence) {
        return IcmpErrors.quote(segment(at, sequence, new byte[0]));
    }

    private static Packet segment(final Scenario at, final int sequence, final byte[] text) {
        final boolean active = at.listener() == null;
        return new Packet(Packet.address(StackDriver.ADDRESS), active ? 49_152 : Scenario.PORT,
                Packet.address(Peer.ADDRESS), active ? Scenario.PORT : 40_000, sequence, 0, 0, 0, 0, -1, -1, text);
    }
}
