package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.testing.Application;
import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.Scenario;
import io.millrace.fastpath.testing.StackDriver;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** TIME_WAIT (RFC 9293 §3.6.1, RFC 1337): a compact record that waits 2 MSL, whatever arrives. */
@OverBothFamilies
class TimeWaitTest {
    private static final byte[] NOTHING = {};
    private static final long TWO_MSL = 2 * TcpSettings.DEFAULT.mslNs();

    @Test
    void shouldWaitTwoMslAndHoldNoConnection() {
        try (Scenario at = Scenario.in(TcpState.TIME_WAIT)) {
            assertThat(at.stack().engine().connections()).isZero();
            assertThat(at.stack().engine().slabInUse()).isZero();
            at.stack().advance(TWO_MSL - 1);
            assertThat(at.stack().engine().timeWaits()).isEqualTo(1);
            assertThat(at.stack().engine().isPortInUse(Scenario.PORT)).isTrue();
            // ends are kept in microseconds, rounded up
            at.stack().advance(1_024);
            assertThat(at.stack().engine().timeWaits()).isZero();
            assertThat(at.stack().engine().isPortInUse(Scenario.PORT)).isFalse();
            assertThat(at.stack().nextTimerNs()).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void shouldAcknowledgeARetransmittedFinAndStartAnew() {
        try (Scenario at = Scenario.in(TcpState.TIME_WAIT)) {
            at.stack().advance(TWO_MSL - TimeUnit.SECONDS.toNanos(1));
            at.peer().sendAt("FA", at.rcvNxt() - 1, at.sndNxt(), NOTHING);
            final Packet ack = at.stack().sent();
            assertThat(ack.is("A")).isTrue();
            assertThat(ack.seq()).isEqualTo(at.sndNxt());
            assertThat(ack.ack()).isEqualTo(at.rcvNxt());
            assertThat(at.stack().counter(Counter.TIME_WAIT_RESTARTED)).isEqualTo(1);
            at.stack().advance(TWO_MSL - 1);
            assertThat(at.stack().engine().timeWaits()).isEqualTo(1);
            // the wait of a restart is kept in a byte, rounded up by a 16th at the most
            at.stack().advance(TWO_MSL / 16);
            assertThat(at.stack().engine().timeWaits()).isZero();
        }
    }

    @Test
    void shouldStartAnewForAFinRetransmittedWithItsText() {
        try (Scenario at = Scenario.in(TcpState.FIN_WAIT_2)) {
            at.peer().send("FA", "text");
            at.stack().receive(at.handle(), 10);
            at.stack().allSent();
            at.peer().sendAt("FA", at.rcvNxt() - 5, at.sndNxt(), "text".getBytes());
            assertThat(at.stack().sent().ack()).isEqualTo(at.rcvNxt());
            assertThat(at.stack().counter(Counter.TIME_WAIT_RESTARTED)).isEqualTo(1);
        }
    }

    @Test
    void shouldNotStartAnewForAFinThatIsNotThePeers() {
        try (Scenario at = Scenario.in(TcpState.TIME_WAIT)) {
            at.peer().sendAt("FA", at.rcvNxt() - 1_000, at.sndNxt(), NOTHING);
            at.peer().sendAt("F", at.rcvNxt() - 1, 0, NOTHING);
            at.peer().sendAt("SFA", at.rcvNxt() - 2, at.sndNxt(), NOTHING);
            assertThat(at.stack().counter(Counter.TIME_WAIT_RESTARTED)).isZero();
            assertThat(at.stack().counter(Counter.TCP_CHALLENGE_ACKS)).isEqualTo(3);
        }
    }

    @Test
    void shouldIgnoreARst() {
        try (Scenario at = Scenario.in(TcpState.TIME_WAIT)) {
            at.peer().sendAt("R", at.rcvNxt(), 0, NOTHING);
            at.peer().sendAt("RA", at.rcvNxt(), at.sndNxt(), NOTHING);
            assertThat(at.stack().engine().timeWaits()).isEqualTo(1);
            assertThat(at.stack().counter(Counter.TIME_WAIT_RESETS_IGNORED)).isEqualTo(2);
            assertThat(at.stack().allSent()).isEmpty();
        }
    }

    @Test
    void shouldChallengeASynAndTakeItWhenTheWaitIsOver() {
        final TcpSettings settings = TcpSettings.DEFAULT.toBuilder().timeWaitReuse(false).build();
        try (Scenario at = Scenario.in(TcpState.TIME_WAIT, settings)) {
            at.peer().sendAt("S", at.rcvNxt() + 100_000, 0, NOTHING);
            final Packet challenge = at.stack().sent();
            assertThat(challenge.is("A")).isTrue();
            assertThat(challenge.ack()).isEqualTo(at.rcvNxt());
            // the peer's answer to the challenge does not end the wait (RFC 1337)
            at.peer().sendAt("R", challenge.ack(), 0, NOTHING);
            assertThat(at.stack().engine().timeWaits()).isEqualTo(1);
            at.stack().advance(TWO_MSL + 1_024);
            at.peer().sendAt("S", at.rcvNxt() + 100_000, 0, NOTHING);
            assertThat(at.stack().sent().is("SA")).isTrue();
        }
    }

    @Test
    void shouldNotAnswerAnAcknowledgement() {
        try (Scenario at = Scenario.in(TcpState.TIME_WAIT)) {
            at.peer().ack(at.sndNxt());
            assertThat(at.stack().allSent()).isEmpty();
        }
    }

    @Test
    void shouldBoundItsAnswers() {
        try (Scenario at = Scenario.in(TcpState.TIME_WAIT)) {
            for (int i = 0; i < 500; i++) {
                at.peer().sendAt("A", at.rcvNxt() + 1 + i, at.sndNxt(), "old".getBytes());
            }
            // a tenth of a second's worth of 1,000
            assertThat(at.stack().allSent()).hasSize(100);
            assertThat(at.stack().counter(Counter.TCP_CHALLENGE_ACKS_SUPPRESSED)).isEqualTo(400);
        }
    }

    @Test
    void shouldRefuseTheSame4TupleUntilTheWaitIsOver() {
        try (Scenario at = Scenario.in(TcpState.SYN_SENT)) {
            at.peer().send("SA", NOTHING, 1_460, -1);
            at.stack().tcp().close(at.handle());
            at.stack().run();
            at.peer().seq(Scenario.PEER_ISS + 1).ack(at.sndNxt() + 1).send("FA", "");
            assertThat(at.stack().engine().timeWaits()).isEqualTo(1);
            assertThat(connect(at, 49_152)).isZero();
            assertThat(at.stack().tcp().failure(0)).isEqualTo(TcpFailure.ADDRESS_IN_USE);
            assertThat(connect(at, 49_153)).isPositive();
            at.stack().advance(TWO_MSL + 1_024);
            assertThat(connect(at, 49_152)).isPositive();
        }
    }

    private static long connect(final Scenario at, final int localPort) {
        final long handle = at.stack().tcp().connect(0, 0, localPort, Family.current().hi(),
                Family.current().lo(Packet.address(Peer.ADDRESS)),
                Scenario.PORT, TcpSettings.DEFAULT, at.application());
        at.stack().run();
        return handle;
    }

    @Test
    void shouldPassOverPortsThatWait() {
        try (Scenario at = Scenario.in(TcpState.SYN_SENT)) {
            at.peer().send("SA", NOTHING, 1_460, -1);
            at.stack().tcp().close(at.handle());
            at.stack().run();
            at.peer().seq(Scenario.PEER_ISS + 1).ack(at.sndNxt() + 1).send("FA", "");
            at.stack().allSent();
            at.stack().nextEphemeral(49_152);
            assertThat(at.stack().connect(Peer.ADDRESS, Scenario.PORT, TcpSettings.DEFAULT, at.application()))
                    .isPositive();
            assertThat(at.stack().sent().sourcePort()).isEqualTo(49_153);
        }
    }

    @Test
    void shouldEndTheOldestWaitEarlyWhereTheTableIsFull() {
        final EngineSettings settings = new EngineSettings(64, 16, 1 << 20, 16, 1 << 16, 16, 4, 1_000);
        try (StackDriver stack = new StackDriver(settings, 1_500)) {
            final StackDriver.Listener listener = stack.listen(80, 8, TcpSettings.DEFAULT);
            for (int i = 0; i < 20; i++) {
                final Peer peer = new Peer(stack, 40_000 + i, 80, 5_000);
                peer.open(1_460);
                stack.tcp().close(listener.accept(stack, new Application(stack)));
                stack.run();
                peer.ack(stack.sent().seq() + 1).send("FA", "");
                stack.allSent();
                stack.advanceMs(10);
            }
            assertThat(stack.engine().timeWaits()).isEqualTo(16);
            assertThat(stack.counter(Counter.TIME_WAIT_OVERFLOW)).isEqualTo(4);
            // the oldest is gone, the next is not
            new Peer(stack, 40_003, 80, 5_001).sendAt("FA", 5_001, 1_002, NOTHING);
            assertThat(stack.sent().is("R")).isTrue();
            new Peer(stack, 40_004, 80, 5_001).sendAt("FA", 5_001, 1_002, NOTHING);
            assertThat(stack.sent().is("A")).isTrue();
        }
    }

    @Test
    void shouldAnswerWithTheWindowOfTheConnection() {
        try (Scenario at = Scenario.in(TcpState.FIN_WAIT_2)) {
            at.peer().send("FA", "");
            final Packet last = at.stack().sent();
            at.peer().sendAt("FA", at.rcvNxt() - 1, at.sndNxt(), NOTHING);
            assertThat(at.stack().sent()).isEqualTo(last);
        }
    }
}
