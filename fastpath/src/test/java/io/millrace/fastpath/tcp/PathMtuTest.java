package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.fastpath.testing.Application;
import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.IcmpErrors;
import io.millrace.fastpath.testing.IpPacket;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.Scenario;
import org.junit.jupiter.api.Test;

/** What ICMP told of a path, and how long it holds (RFC 1191 §6, RFC 8201 §4). */
@OverBothFamilies
class PathMtuTest {
    private static final long EXPIRY_MS = 600_000;

    /** Sends, and has a router answer the first segment. */
    private static void tooLong(final Scenario at, final int mtu) {
        at.stack().send(at.handle(), new byte[1_460]);
        at.stack().inject(IcmpErrors.tooLarge(at.stack().sent(), mtu));
        at.stack().allSent();
        at.peer().ack(at.sndNxt() + 1_460);
        at.stack().allSent();
    }

    @Test
    void shouldBeginNewConnectionsWithWhatIsKnown() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            tooLong(at, 1_300);
            final Peer second = new Peer(at.stack(), 40_001, Scenario.PORT, 9_000);
            second.send("S", new byte[0], 1_460, -1);
            final Packet answer = at.stack().sent();
            assertThat(answer.mss()).as("what we take is another matter").isEqualTo(1_460);
            second.seq(9_001).ack(answer.seq() + 1);
            final Application application = new Application(at.stack());
            final long connection = at.listener().accept(at.stack(), application);
            assertThat(at.stack().tcp().sendMss(connection)).isEqualTo(1_260);
        }
    }

    @Test
    void shouldTryLongerSegmentsAgainAfterTenMinutes() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            tooLong(at, 1_300);
            at.stack().advanceMs(EXPIRY_MS - 1);
            at.stack().send(at.handle(), new byte[100]);
            assertThat(at.stack().tcp().sendMss(at.handle())).isEqualTo(1_260);
            at.peer().ack(at.sndNxt() + 1_560);
            at.stack().allSent();
            at.stack().advanceMs(1);
            at.stack().send(at.handle(), new byte[1_460]);
            assertThat(at.stack().allSent()).extracting(Packet::length).containsExactly(1_460);
        }
    }

    /** RFC 4861 §6.3.4, RFC 2132 §5.1: what is told of the link holds for connections that there are, too. */
    @Test
    void shouldSendNothingLongerThanTheLinkIsToldToTake() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            linkMtu(at, 1_400);
            at.stack().send(at.handle(), new byte[2 * 1_360]);
            assertThat(at.stack().allSent()).extracting(Packet::length).containsExactly(1_360, 1_360);
            at.peer().ack(at.sndNxt() + 2 * 1_360);
            linkMtu(at, 1_500);
            at.stack().send(at.handle(), new byte[1_460]);
            assertThat(at.stack().allSent()).extracting(Packet::length).containsExactly(1_460);
        }
    }

    /** Also for a text that would be one segment else, with nothing in flight. */
    @Test
    void shouldCutATextThatIsAloneAsIsToldOfTheLink() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            at.stack().send(at.handle(), new byte[10]);
            at.peer().ack(at.sndNxt() + 10);
            at.stack().allSent();
            linkMtu(at, 1_300);
            at.stack().send(at.handle(), new byte[1_400]);
            assertThat(at.stack().allSent().getFirst().length()).isEqualTo(1_260);
        }
    }

    private static void linkMtu(final Scenario at, final int mtu) {
        final boolean told = Family.current() == Family.V4
                ? at.stack().engine().commands().linkMtuV4(0, mtu)
                : at.stack().engine().commands().linkMtuV6(0, Family.V6.mtu(mtu));
        assertThat(told).isTrue();
        at.stack().advanceMs(1);
    }

    /** Once more forbidden to fragment, too. */
    @Test
    void shouldForbidFragmentsAgainAfterTenMinutes() {
        assumeTrue(Family.current() == Family.V4, "routers of IPv6 fragment nothing");
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            tooLong(at, 100);
            at.stack().advanceMs(EXPIRY_MS);
            at.stack().send(at.handle(), new byte[1_460]);
            final IpPacket packet = IpPacket.of(at.stack().port().poll());
            assertThat(packet.flagsAndOffset()).isEqualTo(0x4000);
            assertThat(packet.payload()).hasSize(1_480);
        }
    }
}
