package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.IpPacket;
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
import org.junit.jupiter.params.provider.ValueSource;

/** ICMP errors about our segments (RFC 9293 §3.9.2.2, RFC 5927, RFC 5461, RFC 1191). */
class IcmpErrorTest {
    private static final int UNREACHABLE = 3;
    private static final int TIME_EXCEEDED = 11;
    private static final int FRAGMENTATION_NEEDED = 4;

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void shouldRefuseAnOpenWhosePortIsUnreachable(final int code) {
        try (Scenario at = Scenario.in(TcpState.SYN_SENT)) {
            error(at, UNREACHABLE, code, 0, at.sndNxt() - 1);
            assertThat(at.application().failure()).isEqualTo(TcpFailure.REFUSED);
            assertThat(at.stack().engine().connections()).isZero();
        }
    }

    @Test
    void shouldForgetAHalfOpenConnectionWhosePortIsUnreachable() {
        try (Scenario at = Scenario.in(TcpState.SYN_RECEIVED)) {
            error(at, UNREACHABLE, 3, 0, at.sndNxt() - 1);
            assertThat(at.state()).isEqualTo(TcpState.LISTEN);
            assertThat(at.stack().engine().connections()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-2, 0, 1, 100_000, Integer.MIN_VALUE})
    void shouldIgnoreWhatIsNotAboutASegmentInFlight(final int offset) {
        try (Scenario at = Scenario.in(TcpState.SYN_SENT)) {
            error(at, UNREACHABLE, 3, 0, at.sndNxt() + offset);
            assertThat(at.state()).isEqualTo(TcpState.SYN_SENT);
            assertThat(at.stack().counter(Counter.ICMP_IGNORED)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"3, 0, NETWORK_UNREACHABLE", "3, 1, NETWORK_UNREACHABLE", "3, 13, NETWORK_UNREACHABLE",
            "11, 0, NETWORK_UNREACHABLE"})
    void shouldGoOnAfterASoftErrorAndNameItWhenItGivesUp(final int type, final int code, final TcpFailure failure) {
        try (Scenario at = Scenario.in(TcpState.SYN_SENT)) {
            error(at, type, code, 0, at.sndNxt() - 1);
            assertThat(at.state()).isEqualTo(TcpState.SYN_SENT);
            assertThat(at.application().calls()).isZero();
            assertThat(at.stack().awaitSent().is("S")).isTrue();
            at.stack().untilIdle();
            assertThat(at.application().failure()).isEqualTo(failure);
        }
    }

    @ParameterizedTest
    @CsvSource({"3, 0", "3, 1", "3, 2", "3, 3", "11, 0"})
    void shouldNotLetAnErrorEndAnEstablishedConnection(final int type, final int code) {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            at.stack().send(at.handle(), "text".getBytes());
            at.stack().allSent();
            error(at, type, code, 0, at.sndNxt());
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
            error(at, UNREACHABLE, 1, 0, at.sndNxt());
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
            error(at, UNREACHABLE, FRAGMENTATION_NEEDED, 1_000, at.sndNxt());
            assertThat(at.stack().tcp().sendMss(at.handle())).isEqualTo(960);
            assertThat(at.stack().counter(Counter.TCP_PATH_MTU_REDUCED)).isEqualTo(1);
            final List<Packet> again = at.stack().allSent();
            assertThat(again).extracting(Packet::length).containsExactly(960, 960, 960, 40);
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
            error(at, UNREACHABLE, FRAGMENTATION_NEEDED, 1_000, at.sndNxt());
            assertThat(at.stack().allSent()).extracting(Packet::length).hasSize(10).containsOnly(960);
        }
    }

    @ParameterizedTest
    @CsvSource({"68, 512, true", "1, 512, true", "551, 512, true", "552, 512, false", "576, 536, false"})
    void shouldBoundTheSegmentsBelowAndLetRoutersFragmentInstead(final int mtu, final int mss,
            final boolean fragments) {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            at.stack().send(at.handle(), new byte[1_000]);
            at.stack().allSent();
            error(at, UNREACHABLE, FRAGMENTATION_NEEDED, mtu, at.sndNxt());
            assertThat(at.stack().tcp().sendMss(at.handle())).isEqualTo(mss);
            final IpPacket again = IpPacket.of(at.stack().port().poll());
            assertThat(again.payload()).hasSize(20 + mss);
            assertThat(again.flagsAndOffset()).isEqualTo(fragments ? 0 : 0x4000);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1_500, 9_000, 65_535})
    void shouldIgnoreAnMtuThatIsNotSmaller(final int mtu) {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            at.stack().send(at.handle(), new byte[1_000]);
            at.stack().allSent();
            error(at, UNREACHABLE, FRAGMENTATION_NEEDED, mtu, at.sndNxt());
            assertThat(at.stack().tcp().sendMss(at.handle())).isEqualTo(1_460);
            assertThat(at.stack().allSent()).isEmpty();
            assertThat(at.stack().counter(Counter.ICMP_IGNORED)).isEqualTo(1);
        }
    }

    /** RFC 1191 §5 and §7.1: the next plateau below the length of the packet that is quoted. */
    @ParameterizedTest
    @CsvSource({"1460, 1492", "1452, 1006", "1000, 1006", "966, 552"})
    void shouldGuessWhereARouterOfBeforeTellsNoMtu(final int text, final int mtu) {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            at.stack().send(at.handle(), new byte[1_460]);
            inject(at, UNREACHABLE, FRAGMENTATION_NEEDED, 0, quote(at, at.sndNxt(), new byte[text]));
            assertThat(at.stack().tcp().sendMss(at.handle())).isEqualTo(mtu - 40);
        }
    }

    @Test
    void shouldIgnoreAnMtuForASyn() {
        try (Scenario at = Scenario.in(TcpState.SYN_SENT)) {
            error(at, UNREACHABLE, FRAGMENTATION_NEEDED, 100, at.sndNxt() - 1);
            at.peer().send("SA", new byte[0], 1_460, -1);
            assertThat(at.stack().tcp().sendMss(at.handle())).isEqualTo(1_460);
            assertThat(at.stack().counter(Counter.ICMP_IGNORED)).isEqualTo(1);
        }
    }

    @Test
    void shouldIgnoreErrorsInTimeWaitAndForNoConnection() {
        try (Scenario at = Scenario.in(TcpState.TIME_WAIT)) {
            error(at, UNREACHABLE, 3, 0, at.sndNxt() - 1);
            assertThat(at.stack().engine().timeWaits()).isEqualTo(1);
            assertThat(at.stack().counter(Counter.ICMP_IGNORED)).isEqualTo(1);
        }
        try (Scenario at = Scenario.in(TcpState.CLOSED)) {
            error(at, UNREACHABLE, 3, 0, 0);
            assertThat(at.stack().counter(Counter.ICMP_IGNORED)).isEqualTo(1);
            assertThat(at.stack().port().poll()).isNull();
        }
    }

    @Test
    void shouldIgnoreAQuoteOfAnotherHostOrProtocol() {
        try (Scenario at = Scenario.in(TcpState.SYN_SENT)) {
            final byte[] foreign = quote(at, at.sndNxt() - 1);
            foreign[15] = 9;
            inject(at, UNREACHABLE, 3, 0, foreign);
            final byte[] udp = quote(at, at.sndNxt() - 1);
            udp[9] = IpProtocol.UDP;
            inject(at, UNREACHABLE, 3, 0, udp);
            assertThat(at.state()).isEqualTo(TcpState.SYN_SENT);
            assertThat(at.stack().counter(Counter.ICMP_IGNORED)).isEqualTo(2);
        }
    }

    @Test
    void shouldDropAQuoteThatIsCutShort() {
        try (Scenario at = Scenario.in(TcpState.SYN_SENT)) {
            final byte[] quote = quote(at, at.sndNxt() - 1);
            for (int length = 0; length < 28; length++) {
                inject(at, UNREACHABLE, 3, 0, Arrays.copyOf(quote, length));
            }
            quote[0] = 0x46;
            inject(at, TIME_EXCEEDED, 0, 0, quote);
            assertThat(at.stack().counter(Counter.ICMP_MALFORMED)).isEqualTo(29);
            assertThat(at.state()).isEqualTo(TcpState.SYN_SENT);
        }
    }

    private static void error(final Scenario at, final int type, final int code, final int mtu, final int sequence) {
        inject(at, type, code, mtu, quote(at, sequence));
    }

    private static void inject(final Scenario at, final int type, final int code, final int mtu, final byte[] quote) {
        at.stack().inject(IpPacket.toStack(IpProtocol.ICMP, IpPacket.icmp(type, code, mtu, quote)).toBytes());
    }

    /** IP header and 8 bytes of a segment that the stack sent. */
    private static byte[] quote(final Scenario at, final int sequence) {
        return quote(at, sequence, new byte[0]);
    }

    private static byte[] quote(final Scenario at, final int sequence, final byte[] text) {
        final boolean active = at.listener() == null;
        final Packet segment = new Packet(Packet.address(StackDriver.ADDRESS), active ? 49_152 : Scenario.PORT,
                Packet.address(Peer.ADDRESS), active ? Scenario.PORT : 40_000, sequence, 0, 0, 0, 0, -1, -1,
                text);
        return Arrays.copyOf(segment.toBytes(), 28);
    }
}
