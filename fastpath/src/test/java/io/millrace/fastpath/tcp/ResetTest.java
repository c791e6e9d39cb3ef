package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.Scenario;
import io.millrace.fastpath.testing.StackDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** RST segments: what calls for one (RFC 9293 §3.5.2), and which are believed (RFC 5961 §3). */
@OverBothFamilies
class ResetTest {
    private static final byte[] NOTHING = {};

    @Test
    void shouldCountWhatCallsForAReset() {
        try (Scenario at = Scenario.in(TcpState.CLOSED)) {
            at.peer().send("S", NOTHING, 1_460, -1);
            final Packet reset = at.stack().sent();
            assertThat(reset.is("RA")).isTrue();
            assertThat(reset.sourcePort()).isEqualTo(Scenario.PORT);
            assertThat(reset.destinationPort()).isEqualTo(40_000);
            assertThat(reset.window()).isZero();
            assertThat(reset.length()).isZero();
            at.peer().send("R", "");
            assertThat(at.stack().counter(Counter.TCP_NO_CONNECTION)).isEqualTo(2);
            assertThat(at.stack().counter(Counter.TCP_RESETS_SENT)).isEqualTo(1);
        }
    }

    @Test
    void shouldWrapTheAcknowledgementOfAReset() {
        try (Scenario at = Scenario.in(TcpState.CLOSED)) {
            at.peer().sendAt("SF", -1, 0, new byte[3]);
            assertThat(at.stack().sent().ack()).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ESTABLISHED", "FIN_WAIT_1", "FIN_WAIT_2", "CLOSE_WAIT", "CLOSING", "LAST_ACK"})
    void shouldBelieveAResetOnlyAtTheExactSequenceNumber(final TcpState state) {
        try (Scenario at = Scenario.in(state)) {
            final int right = state == TcpState.ESTABLISHED || state == TcpState.FIN_WAIT_1
                    || state == TcpState.FIN_WAIT_2 ? 65_534 : 65_533;
            at.peer().sendAt("R", at.rcvNxt() - 1, 0, NOTHING);
            at.peer().sendAt("R", at.rcvNxt() + 65_535, 0, NOTHING);
            assertThat(at.stack().allSent()).isEmpty();
            assertThat(at.stack().counter(Counter.TCP_OUT_OF_WINDOW)).isEqualTo(2);
            at.peer().sendAt("R", at.rcvNxt() + 1, 0, NOTHING);
            at.peer().sendAt("R", at.rcvNxt() + right, 0, NOTHING);
            assertThat(at.stack().allSent()).hasSize(2)
                    .allMatch(packet -> packet.is("A") && packet.ack() == at.rcvNxt() && packet.seq() == at.sndNxt());
            assertThat(at.stack().counter(Counter.TCP_RESETS_IGNORED)).isEqualTo(4);
            assertThat(at.stack().counter(Counter.TCP_CHALLENGE_ACKS)).isEqualTo(2);
            assertThat(at.state()).isEqualTo(state);
            at.peer().sendAt("R", at.rcvNxt(), 0, NOTHING);
            assertThat(at.stack().allSent()).isEmpty();
            assertThat(at.application().failure()).isEqualTo(TcpFailure.RESET);
            assertThat(at.stack().engine().connections()).isZero();
            assertThat(at.stack().counter(Counter.TCP_RESETS_RECEIVED)).isEqualTo(1);
            assertThat(at.stack().nextTimerNs()).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void shouldBelieveTheResetThatAnswersAChallenge() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            // the peer has started anew and opens the same connection (RFC 9293 §3.5.1)
            at.peer().sendAt("S", at.rcvNxt() + 1_000_000, 0, NOTHING);
            final Packet challenge = at.stack().sent();
            assertThat(challenge.is("A")).isTrue();
            at.peer().sendAt("R", challenge.ack(), 0, NOTHING);
            assertThat(at.application().failure()).isEqualTo(TcpFailure.RESET);
        }
    }

    @Test
    void shouldBelieveAResetAtTheEdgeOfAClosedWindow() {
        final TcpSettings small = TcpSettings.DEFAULT.toBuilder().receiveBuffer(4_096).build();
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED, small)) {
            at.peer().data(new byte[1_460]).data(new byte[1_460]).data(new byte[1_176]);
            at.peer().sendAt("R", at.rcvNxt() + 1, 0, NOTHING);
            assertThat(at.state()).isEqualTo(TcpState.ESTABLISHED);
            at.peer().sendAt("R", at.rcvNxt(), 0, NOTHING);
            assertThat(at.application().failure()).isEqualTo(TcpFailure.RESET);
            assertThat(at.application().rest()).hasSize(4_096);
        }
    }

    @Test
    void shouldLetTheApplicationReceiveWhatCameBeforeTheReset() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            at.peer().send("PA", "before");
            at.peer().send("R", "");
            assertThat(at.application().failure()).isEqualTo(TcpFailure.RESET);
            assertThat(at.application().rest()).isEqualTo("before");
            assertThat(at.stack().engine().connections()).isZero();
            assertThat(at.stack().engine().slabInUse()).isZero();
        }
    }

    @Test
    void shouldFreeAnOrphanThatIsReset() {
        try (Scenario at = Scenario.in(TcpState.FIN_WAIT_2)) {
            at.stack().tcp().close(at.handle());
            final int calls = at.application().calls();
            at.peer().send("R", "");
            assertThat(at.stack().engine().connections()).isZero();
            assertThat(at.application().calls()).isEqualTo(calls);
        }
    }

    @Test
    void shouldBoundChallengeAcks() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            for (int i = 0; i < 300; i++) {
                at.peer().sendAt("S", at.rcvNxt() + i, 0, NOTHING);
            }
            assertThat(at.stack().allSent()).hasSize(10);
            assertThat(at.stack().counter(Counter.TCP_CHALLENGE_ACKS)).isEqualTo(10);
            assertThat(at.stack().counter(Counter.TCP_CHALLENGE_ACKS_SUPPRESSED)).isEqualTo(290);
            at.stack().advanceMs(4_900);
            at.peer().sendAt("S", at.rcvNxt(), 0, NOTHING);
            assertThat(at.stack().allSent()).isEmpty();
            at.stack().advanceMs(300);
            for (int i = 0; i < 300; i++) {
                at.peer().sendAt("S", at.rcvNxt() + i, 0, NOTHING);
            }
            assertThat(at.stack().allSent()).hasSize(10);
            assertThat(at.state()).isEqualTo(TcpState.ESTABLISHED);
        }
    }

    @Test
    void shouldNotTellOneConnectionHowOftenAnotherIsChallenged() {
        try (StackDriver stack = new StackDriver()) {
            stack.listen(80, 200, TcpSettings.DEFAULT);
            for (int i = 0; i < 200; i++) {
                final Peer peer = new Peer(stack, 40_000 + i, 80, 5_000);
                peer.open(1_460);
                for (int j = 0; j < 10; j++) {
                    peer.sendAt("S", 5_001, 0, NOTHING);
                }
                assertThat(stack.allSent()).hasSize(10);
            }
        }
    }

    @Test
    void shouldAnswerKeepAliveProbesWhateverElseIsChallenged() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            for (int i = 0; i < 300; i++) {
                at.peer().sendAt("S", at.rcvNxt(), 0, NOTHING);
            }
            at.stack().allSent();
            at.peer().sendAt("A", at.rcvNxt() - 1, at.sndNxt(), NOTHING);
            final Packet answer = at.stack().sent();
            assertThat(answer.is("A")).isTrue();
            assertThat(answer.ack()).isEqualTo(at.rcvNxt());
        }
    }

    @Test
    void shouldBoundAnswersWhateverTheClockSays() {
        try (StackDriver stack = new StackDriver(0L)) {
            stack.listen(80, 1, TcpSettings.DEFAULT);
            final Peer peer = new Peer(stack, 40_000, 80, 5_000);
            peer.open(1_460);
            assertThat(stack.nowNs()).isZero();
            for (int i = 0; i < 10; i++) {
                peer.sendAt("A", 5_000, peer.ack(), NOTHING);
            }
            assertThat(stack.allSent()).hasSize(1);
        }
    }

    @Test
    void shouldAnswerSegmentsWithoutTextOutsideOfTheWindowTwiceASecond() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            for (int i = 0; i < 10; i++) {
                at.peer().sendAt("A", at.rcvNxt() - 1, at.sndNxt(), NOTHING);
            }
            assertThat(at.stack().allSent()).hasSize(1);
            assertThat(at.stack().counter(Counter.TCP_CHALLENGE_ACKS_SUPPRESSED)).isEqualTo(9);
            at.stack().advanceMs(500);
            at.peer().sendAt("A", at.rcvNxt() - 1, at.sndNxt(), NOTHING);
            assertThat(at.stack().allSent()).hasSize(1);
            // text that is repeated is always acknowledged: the peer waits for it
            at.peer().sendAt("PA", at.rcvNxt() - 1, at.sndNxt(), new byte[1]);
            at.peer().sendAt("PA", at.rcvNxt() - 1, at.sndNxt(), new byte[1]);
            assertThat(at.stack().allSent()).hasSize(2);
        }
    }

    @Test
    void shouldChallengeAcknowledgementsOfWhatWasNeverSentAndOfLongAgo() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            at.peer().sendAt("PA", at.rcvNxt(), at.sndNxt() + 1, "injected".getBytes());
            at.peer().sendAt("PA", at.rcvNxt(), at.sndNxt() - 65_536, "injected".getBytes());
            assertThat(at.stack().allSent()).hasSize(2).allMatch(packet -> packet.is("A")
                    && packet.ack() == at.rcvNxt() && packet.seq() == at.sndNxt());
            assertThat(at.stack().counter(Counter.TCP_BAD_ACK)).isEqualTo(2);
            assertThat(at.stack().tcp().available(at.handle())).isZero();
            at.peer().sendAt("PA", at.rcvNxt(), at.sndNxt() - 65_535, "late but right".getBytes());
            assertThat(at.stack().tcp().available(at.handle())).isEqualTo(14);
        }
    }
}
