package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.Scenario;
import io.millrace.fastpath.testing.StackDriver;
import io.millrace.fastpath.wire.IpAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * A peer that says nothing any more: within the time that the settings name everything that it held comes back: the record,
 * its place in the flow table, its timers, its port, the memory for what was sent and received, its frames.
 */
@OverBothFamilies
class DeadPeerTest {
    private static final int PEER_PORT = 40_000;

    private static long seconds(final long seconds) {
        return TimeUnit.SECONDS.toNanos(seconds);
    }

    private static Scenario in(final TcpState state, final UnaryOperator<TcpSettings.Builder> settings) {
        return Scenario.in(state, settings.apply(TcpSettings.DEFAULT.toBuilder()).build());
    }

    /** Text waits in both directions, some of it out of order: rings, a block of ranges, a flight, held frames. */
    private static void loadBothWays(final Scenario at) {
        at.stack().send(at.handle(), new byte[50_000]);
        at.peer().send("A", "read this");
        at.peer().sendAt("A", at.rcvNxt() + 100, at.sndNxt(), new byte[10]);
        assertThat(at.stack().engine().slabInUse()).isPositive();
    }

    private static void assertEverythingBackWithin(final Scenario at, final long ns) {
        final StackDriver stack = at.stack();
        assertThat(stack.engine().connections()).isEqualTo(1);
        stack.advance(ns);
        assertThat(stack.engine().connections()).as("records").isZero();
        assertThat(stack.engine().slabInUse()).as("bytes of the slab").isZero();
        assertThat(stack.nextTimerNs()).as("timers").isEqualTo(Long.MAX_VALUE);
        assertThat(stack.engine().isPortInUse(Scenario.PORT)).as("port").isFalse();
        assertThat(stack.engine().state(0, IpAddress.v4(Packet.address(StackDriver.ADDRESS)), 0,
                IpAddress.v4(Packet.address(
                        Peer.ADDRESS)),
                Scenario.PORT << 16 | PEER_PORT))
                .as("place in the flow table").isEqualTo(TcpState.CLOSED);
        stack.allSent();
        assertThat(stack.port().available()).as("frames").isEqualTo(stack.port().frames());
    }

    @Test
    void shouldBeGivenUpByRetransmission() {
        try (Scenario at = in(TcpState.ESTABLISHED, tcp -> tcp.retries(5))) {
            loadBothWays(at);
            // the RTO is 1 s at the most, and doubles: 1 + 2 + 4 + 8 + 16 + 32
            assertEverythingBackWithin(at, seconds(64));
        }
    }

    @Test
    void shouldBeGivenUpByTheUserTimeout() {
        try (Scenario at = in(TcpState.ESTABLISHED, tcp -> tcp.userTimeoutNs(seconds(20)))) {
            loadBothWays(at);
            assertEverythingBackWithin(at, seconds(20) + 1_000_000);
        }
    }

    @Test
    void shouldBeGivenUpByKeepalive() {
        try (Scenario at = in(TcpState.ESTABLISHED, tcp -> tcp.keepAlive(true).keepAliveIdleNs(seconds(30))
                .keepAliveIntervalNs(seconds(5)).keepAliveProbes(3))) {
            at.peer().send("A", "read this");
            at.peer().sendAt("A", at.rcvNxt() + 100, at.sndNxt(), new byte[10]);
            assertEverythingBackWithin(at, seconds(45) + 1_000_000);
        }
    }

    @Test
    void shouldBeGivenUpByTheIdleTimeout() {
        try (Scenario at = in(TcpState.ESTABLISHED, tcp -> tcp.idleTimeoutNs(seconds(30)))) {
            at.peer().send("A", "read this");
            assertEverythingBackWithin(at, seconds(30) + 4_000_000);
        }
    }

    @Test
    void shouldBeGivenUpBehindAClosedWindow() {
        try (Scenario at = in(TcpState.ESTABLISHED, tcp -> tcp.userTimeoutNs(seconds(20)))) {
            at.peer().window(0).ack(at.sndNxt());
            at.stack().send(at.handle(), new byte[50_000]);
            assertEverythingBackWithin(at, seconds(20) + 1_000_000);
        }
    }

    @Test
    void shouldBeForgottenInFinWait2() {
        try (Scenario at = in(TcpState.FIN_WAIT_2, tcp -> tcp.finWait2TimeoutNs(seconds(15)))) {
            at.stack().tcp().close(at.handle());
            at.stack().run();
            assertEverythingBackWithin(at, seconds(15) + 1_000_000);
        }
    }

    /** Nobody waits for what an orphan still has to send: fewer tries, whatever the settings say. */
    @Test
    void shouldBeGivenUpSoonerByAnOrphan() {
        try (Scenario at = in(TcpState.ESTABLISHED, tcp -> tcp.retries(15))) {
            at.stack().send(at.handle(), new byte[50_000]);
            at.stack().tcp().close(at.handle());
            at.stack().run();
            // 8 tries from an RTO of 1 s at the most, the last of them of 120 s
            assertEverythingBackWithin(at, seconds(1 + 2 + 4 + 8 + 16 + 32 + 64 + 120 + 120));
        }
    }

    @Test
    void shouldBeGivenUpWhereItNeverAnswersASyn() {
        try (Scenario at = in(TcpState.SYN_SENT, tcp -> tcp.synRetries(3))) {
            assertEverythingBackWithin(at, seconds(1 + 2 + 4 + 8) + 1_000_000);
        }
    }

    @Test
    void shouldBeForgottenWhereItNeverAnswersASynAck() {
        try (Scenario at = in(TcpState.SYN_RECEIVED, tcp -> tcp.synAckRetries(3))) {
            assertEverythingBackWithin(at, seconds(1 + 2 + 4 + 8) + 1_000_000);
            assertThat(at.listener().syns()).as("places in the SYN queue").isZero();
        }
    }

    @Test
    void shouldHoldNothingInTimeWaitBeyondTwiceTheSegmentLifetime() {
        try (Scenario at = in(TcpState.TIME_WAIT, tcp -> tcp.mslNs(seconds(10)))) {
            assertThat(at.stack().engine().timeWaits()).isEqualTo(1);
            at.stack().advance(seconds(20) + 1_000_000);
            assertThat(at.stack().engine().timeWaits()).isZero();
            assertThat(at.stack().nextTimerNs()).isEqualTo(Long.MAX_VALUE);
        }
    }
}
