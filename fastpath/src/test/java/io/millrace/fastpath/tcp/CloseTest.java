package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Scenario;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Closing in good order (RFC 9293 §3.6): who closes first, at once, with text, and who waits for whom. */
@OverBothFamilies
class CloseTest {
    private static final TcpSettings REPEATING = TcpSettings.DEFAULT.toBuilder()
            .finInClosing(TcpSettings.FinInClosing.EVERY_ACK).build();

    @Test
    void shouldGoThroughFinWaitToTimeWaitWhereWeCloseFirst() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            at.stack().tcp().shutdownOutput(at.handle());
            assertThat(at.state()).isEqualTo(TcpState.FIN_WAIT_1);
            at.stack().run();
            final Packet fin = at.stack().sent();
            assertThat(fin.is("FA")).isTrue();
            assertThat(fin.seq()).isEqualTo(at.sndNxt());
            at.peer().ack(fin.seq() + 1);
            assertThat(at.state()).isEqualTo(TcpState.FIN_WAIT_2);
            assertThat(at.application().took(ConnectionHandler.OUTPUT_ACKNOWLEDGED)).isTrue();
            at.peer().send("FA", "");
            assertThat(at.state()).isEqualTo(TcpState.TIME_WAIT);
            final Packet ack = at.stack().sent();
            assertThat(ack.is("A")).isTrue();
            assertThat(ack.seq()).isEqualTo(fin.seq() + 1);
            assertThat(ack.ack()).isEqualTo(at.peer().seq());
            assertThat(at.application().took(ConnectionHandler.CLOSED)).isTrue();
            assertThat(at.stack().allSent()).isEmpty();
        }
    }

    @Test
    void shouldStayInCloseWaitUntilTheApplicationCloses() {
        try (Scenario at = Scenario.in(TcpState.CLOSE_WAIT)) {
            at.stack().advance(TimeUnit.HOURS.toNanos(3));
            assertThat(at.state()).isEqualTo(TcpState.CLOSE_WAIT);
            assertThat(at.stack().allSent()).isEmpty();
            at.stack().tcp().close(at.handle());
            at.stack().run();
            final Packet fin = at.stack().sent();
            assertThat(fin.is("FA")).isTrue();
            assertThat(at.stack().engine().connections()).isEqualTo(1);
            at.peer().ack(fin.seq() + 1);
            assertThat(at.stack().engine().connections()).isZero();
            assertThat(at.stack().engine().timeWaits()).isZero();
            assertThat(at.stack().engine().isPortInUse(Scenario.PORT)).isFalse();
        }
    }

    @Test
    void shouldTellClosedWhereThePeerAcknowledgesTheLastFin() {
        try (Scenario at = Scenario.in(TcpState.LAST_ACK)) {
            at.application().took(-1 & ~ConnectionHandler.CLOSED);
            at.peer().ack(at.sndNxt());
            assertThat(at.application().took(ConnectionHandler.CLOSED)).isTrue();
            assertThat(at.application().failure()).isEqualTo(TcpFailure.NONE);
            assertThat(at.stack().engine().connections()).isZero();
        }
    }

    @Test
    void shouldCloseAtOnceThroughClosing() {
        try (Scenario at = Scenario.in(TcpState.FIN_WAIT_1)) {
            // the peer's FIN crosses ours: it acknowledges everything but our FIN
            at.peer().send("FA", "");
            assertThat(at.state()).isEqualTo(TcpState.CLOSING);
            assertThat(at.stack().sent().ack()).isEqualTo(at.peer().seq());
            at.peer().ack(at.sndNxt());
            assertThat(at.state()).isEqualTo(TcpState.TIME_WAIT);
            assertThat(at.application().took(ConnectionHandler.CLOSED)).isTrue();
            // RFC 9293 §3.6, figure 13: the acknowledgement of our FIN is not answered
            assertThat(at.stack().allSent()).isEmpty();
        }
    }

    @Test
    void shouldRetransmitTheFinInClosing() {
        try (Scenario at = Scenario.in(TcpState.CLOSING)) {
            final Packet again = at.stack().awaitSent();
            assertThat(again.is("FA")).isTrue();
            assertThat(again.seq()).isEqualTo(at.sndNxt() - 1);
            assertThat(again.ack()).isEqualTo(at.peer().seq());
        }
    }

    @Test
    void shouldRepeatTheFinWithEveryAcknowledgementInClosingWhereToldSo() {
        try (Scenario at = Scenario.in(TcpState.FIN_WAIT_1, REPEATING)) {
            at.peer().send("FA", "");
            assertThat(at.state()).isEqualTo(TcpState.CLOSING);
            assertThat(at.stack().sent()).satisfies(packet -> isFinAgain(packet, at));
            // the peer has seen neither our FIN nor its acknowledgement
            at.peer().seq(at.peer().seq() - 1).send("FA", "");
            assertThat(at.stack().sent()).satisfies(packet -> isFinAgain(packet, at));
            assertThat(at.stack().awaitSent()).as("by the timer").satisfies(packet -> isFinAgain(packet, at));
            at.peer().ack(at.sndNxt());
            assertThat(at.state()).isEqualTo(TcpState.TIME_WAIT);
            assertThat(at.stack().allSent()).isEmpty();
        }
    }

    private static void isFinAgain(final Packet packet, final Scenario at) {
        assertThat(packet.is("FA")).isTrue();
        assertThat(packet.seq()).isEqualTo(at.sndNxt() - 1);
        assertThat(packet.ack()).isEqualTo(at.peer().seq());
        assertThat(packet.length()).isZero();
    }

    @Test
    void shouldNotAnswerAPeerForEverThatRepeatsItsFinToo() {
        try (Scenario at = Scenario.in(TcpState.CLOSING, REPEATING)) {
            // the answer of such a peer to our FIN: its own again, and the acknowledgement
            at.peer().seq(at.peer().seq() - 1).expect(at.sndNxt()).send("FA", "");
            assertThat(at.state()).isEqualTo(TcpState.TIME_WAIT);
            final Packet answer = at.stack().sent();
            assertThat(answer.is("A")).isTrue();
            assertThat(answer.seq()).isEqualTo(at.sndNxt());
            assertThat(answer.ack()).isEqualTo(at.peer().seq());
            assertThat(at.stack().allSent()).isEmpty();
        }
    }

    @Test
    void shouldNotRepeatAFinThatLiesBeyondTheWindow() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED, REPEATING)) {
            at.stack().send(at.handle(), new byte[4]);
            at.stack().tcp().shutdownOutput(at.handle());
            at.stack().run().allSent();
            final int first = at.peer().ack();
            // the peer takes back what it had offered, but for two bytes
            at.peer().window(2).send("FA", "");
            assertThat(at.state()).isEqualTo(TcpState.CLOSING);
            final Packet answer = at.stack().sent();
            assertThat(answer.is("A")).isTrue();
            assertThat(answer.seq()).isEqualTo(first + 2);
        }
    }

    @Test
    void shouldAcknowledgeAFinInTheSameTurnAsTheAckOfOurs() {
        try (Scenario at = Scenario.in(TcpState.FIN_WAIT_1)) {
            at.peer().expect(at.sndNxt()).send("FA", "");
            assertThat(at.state()).isEqualTo(TcpState.TIME_WAIT);
            assertThat(at.stack().sent().ack()).isEqualTo(at.peer().seq());
            assertThat(at.stack().allSent()).isEmpty();
        }
    }

    @Test
    void shouldSendTheFinWithTheLastText() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            final byte[] text = new byte[2_000];
            at.stack().tcp().cork(at.handle(), true);
            at.stack().send(at.handle(), text);
            at.stack().allSent();
            at.stack().tcp().close(at.handle());
            at.stack().run();
            final Packet last = at.stack().sent();
            assertThat(last.is("FA")).isTrue();
            assertThat(last.length()).isEqualTo(540);
            at.peer().ack(last.seq() + last.length() + 1);
            at.peer().send("FA", "");
            assertThat(at.stack().engine().connections()).isZero();
            assertThat(at.stack().engine().timeWaits()).isEqualTo(1);
            assertThat(at.stack().engine().slabInUse()).isZero();
        }
    }

    @Test
    void shouldDeliverTextThatComesWithTheFin() {
        try (Scenario at = Scenario.in(TcpState.FIN_WAIT_2)) {
            at.peer().send("FA", "end");
            assertThat(at.state()).isEqualTo(TcpState.TIME_WAIT);
            // the connection is gone, what it brought is not
            assertThat(at.application().took(ConnectionHandler.CLOSED)).isFalse();
            assertThat(at.stack().tcp().state(at.handle())).isEqualTo(TcpState.TIME_WAIT);
            at.stack().advance(TimeUnit.MINUTES.toNanos(10));
            assertThat(at.stack().tcp().available(at.handle())).isEqualTo(3);
            assertThat(at.stack().receive(at.handle(), 2)).isEqualTo("en".getBytes());
            assertThat(at.application().took(ConnectionHandler.CLOSED)).isFalse();
            assertThat(at.stack().receive(at.handle(), 2)).isEqualTo("d".getBytes());
            assertThat(at.application().took(ConnectionHandler.CLOSED)).isTrue();
            assertThat(at.stack().engine().connections()).isZero();
            assertThat(at.stack().engine().slabInUse()).isZero();
            assertThat(at.stack().receive(at.handle(), 2)).isNull();
        }
    }

    @Test
    void shouldTellTheEndOfTheInputOnceAndClosedOnce() {
        try (Scenario at = Scenario.in(TcpState.FIN_WAIT_2)) {
            final int calls = at.application().calls();
            at.peer().send("FA", "");
            assertThat(at.application().calls()).isEqualTo(calls + 1);
            assertThat(at.application().took(ConnectionHandler.PEER_CLOSED | ConnectionHandler.CLOSED)).isTrue();
            at.peer().seq(at.peer().seq() - 1).send("FA", "");
            at.stack().advance(TimeUnit.MINUTES.toNanos(10));
            assertThat(at.application().calls()).isEqualTo(calls + 1);
        }
    }

    @Test
    void shouldForgetAnOrphanInFinWait2AfterItsTimeout() {
        try (Scenario at = Scenario.in(TcpState.FIN_WAIT_2)) {
            at.stack().tcp().close(at.handle());
            at.stack().advanceMs(59_900);
            assertThat(at.stack().engine().connections()).isEqualTo(1);
            at.stack().advanceMs(200);
            assertThat(at.stack().engine().connections()).isZero();
            assertThat(at.stack().counter(Counter.TCP_FIN_WAIT_2_TIMED_OUT)).isEqualTo(1);
            assertThat(at.stack().allSent()).isEmpty();
            at.peer().expect(at.sndNxt()).send("FA", "");
            assertThat(at.stack().sent().is("R")).isTrue();
        }
    }

    @Test
    void shouldStartTheTimeoutOfAnOrphanWhenItsFinIsAcknowledged() {
        try (Scenario at = Scenario.in(TcpState.FIN_WAIT_1)) {
            at.stack().tcp().close(at.handle());
            at.peer().ack(at.sndNxt());
            at.stack().advanceMs(59_900);
            assertThat(at.stack().engine().connections()).isEqualTo(1);
            at.stack().advanceMs(200);
            assertThat(at.stack().engine().connections()).isZero();
        }
    }

    @Test
    void shouldWaitForTheFinAsLongAsTheApplicationDoes() {
        try (Scenario at = Scenario.in(TcpState.FIN_WAIT_2)) {
            at.stack().advance(TimeUnit.HOURS.toNanos(3));
            assertThat(at.state()).isEqualTo(TcpState.FIN_WAIT_2);
            at.peer().send("PA", "still here");
            assertThat(at.stack().receive(at.handle(), 20)).isEqualTo("still here".getBytes());
        }
    }

    @Test
    void shouldNeverCallTheApplicationAfterClose() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            at.stack().tcp().close(at.handle());
            at.stack().run();
            final Packet fin = at.stack().sent();
            at.peer().ack(fin.seq() + 1);
            at.peer().send("FA", "");
            at.stack().advance(TimeUnit.MINUTES.toNanos(5));
            assertThat(at.application().calls()).isZero();
        }
    }

    @Test
    void shouldGiveUpTheFinOfAnOrphanThatNobodyAcknowledges() {
        try (Scenario at = Scenario.in(TcpState.LAST_ACK, TcpSettings.DEFAULT.toBuilder().retries(3).build())) {
            at.stack().tcp().close(at.handle());
            at.stack().untilIdle();
            assertThat(at.stack().engine().connections()).isZero();
            assertThat(at.stack().allSent()).hasSize(3).allMatch(packet -> packet.is("FA"));
        }
    }
}
