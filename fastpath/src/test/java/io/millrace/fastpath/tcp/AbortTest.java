package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.Scenario;
import io.millrace.fastpath.testing.StackDriver;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Abortive release (RFC 9293 §3.10.5, RFC 1122 §4.2.2.13, RFC 2525 §2.17), and both calls in every state. */
@OverBothFamilies
class AbortTest {
    private static final byte[] NOTHING = {};

    @ParameterizedTest
    @EnumSource(names = {"ESTABLISHED", "FIN_WAIT_1", "FIN_WAIT_2", "CLOSE_WAIT"})
    void shouldResetThePeerOnAbort(final TcpState state) {
        try (Scenario at = Scenario.in(state)) {
            at.stack().tcp().abort(at.handle());
            at.stack().run();
            final Packet reset = at.stack().sent();
            assertThat(reset.is("R")).isTrue();
            assertThat(reset.seq()).isEqualTo(at.sndNxt());
            assertGone(at);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SYN_SENT", "CLOSING", "LAST_ACK"})
    void shouldEndInSilenceOnAbortWhereThePeerWaitsForNothing(final TcpState state) {
        try (Scenario at = Scenario.in(state)) {
            at.stack().tcp().abort(at.handle());
            at.stack().run();
            assertGone(at);
        }
    }

    private static void assertGone(final Scenario at) {
        assertThat(at.stack().allSent()).isEmpty();
        assertThat(at.stack().engine().connections()).isZero();
        assertThat(at.stack().engine().timeWaits()).isZero();
        assertThat(at.stack().engine().slabInUse()).isZero();
        assertThat(at.stack().nextTimerNs()).isEqualTo(Long.MAX_VALUE);
        assertThat(at.application().took(ConnectionHandler.FAILED)).isFalse();
        assertThat(at.stack().engine().isPortInUse(Scenario.PORT)).isFalse();
    }

    @Test
    void shouldResetInLastAckWhileTextWaitsBeforeTheFin() {
        try (Scenario at = Scenario.in(TcpState.CLOSE_WAIT)) {
            at.peer().window(0).ack(at.sndNxt());
            at.stack().send(at.handle(), "never sent".getBytes());
            at.stack().tcp().shutdownOutput(at.handle());
            at.stack().run();
            assertThat(at.state()).isEqualTo(TcpState.LAST_ACK);
            at.stack().tcp().abort(at.handle());
            at.stack().run();
            assertThat(at.stack().sent().is("R")).isTrue();
        }
    }

    @Test
    void shouldThrowAwayWhatIsQueuedOnAbort() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            at.peer().window(1_460).ack(at.sndNxt());
            at.stack().send(at.handle(), new byte[100_000]);
            at.stack().allSent();
            at.stack().tcp().abort(at.handle());
            at.stack().run();
            final Packet reset = at.stack().sent();
            assertThat(reset.is("R")).isTrue();
            assertThat(reset.seq()).isEqualTo(at.sndNxt() + 1_460);
            assertGone(at);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldSendWhatWasFlushedInTheSameTurnBeforeTheReset(final boolean abort) {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            at.peer().window(1_460).send("PA", "request");
            at.stack().allSent();
            final TcpCalls tcp = at.stack().tcp();
            tcp.send(at.handle(), at.stack().scratch(), 10_000);
            tcp.flush(at.handle());
            if (abort) {
                tcp.abort(at.handle());
            } else {
                tcp.close(at.handle());
            }
            at.stack().run();
            final Packet text = at.stack().sent();
            assertThat(text.length()).isEqualTo(1_460);
            final Packet reset = at.stack().sent();
            assertThat(reset.is("R")).isTrue();
            assertThat(reset.seq()).isEqualTo(text.seq() + 1_460);
            assertGone(at);
        }
    }

    @Test
    void shouldSendWhatWasFlushedBeforeTheResetWhereTheStackIsClosed() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            at.peer().window(1_460).send("PA", "request");
            at.stack().allSent();
            final TcpCalls tcp = at.stack().tcp();
            tcp.send(at.handle(), at.stack().scratch(), 10_000);
            tcp.flush(at.handle());
            at.stack().engine().onClose();
            final Packet text = at.stack().sent();
            assertThat(text.length()).isEqualTo(1_460);
            final Packet reset = at.stack().sent();
            assertThat(reset.is("R")).isTrue();
            assertThat(reset.seq()).isEqualTo(text.seq() + 1_460);
        }
    }

    /** Each fails by itself: who comes after the first one is reached too. */
    @Test
    void shouldResetEveryConnectionWhereTheStackIsClosedThoughOneFails() {
        try (StackDriver stack = new StackDriver()) {
            final StackDriver.Listener listener = stack.listen(80, 4, TcpSettings.DEFAULT);
            for (int i = 0; i < 3; i++) {
                new Peer(stack, 40_000 + i, 80, 5_000).open(1_460);
                listener.accept(stack, (connection, events) -> {});
            }
            stack.port().broken(true);
            stack.engine().onClose();
            stack.port().broken(false);
            assertThat(stack.counter(Counter.EXCEPTIONS)).as("every reset was tried").isEqualTo(3);
        }
    }

    @Test
    void shouldResetWithinAClosedWindow() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            at.peer().window(0).ack(at.sndNxt());
            at.stack().send(at.handle(), "x".getBytes());
            // the probe is one byte beyond the window: the RST must not be
            assertThat(at.stack().awaitSent().length()).isEqualTo(1);
            at.stack().tcp().abort(at.handle());
            at.stack().run();
            final Packet reset = at.stack().sent();
            assertThat(reset.is("R")).isTrue();
            assertThat(reset.seq()).isEqualTo(at.sndNxt());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ESTABLISHED", "FIN_WAIT_1", "FIN_WAIT_2"})
    void shouldResetWhereClosedWithUnreadText(final TcpState state) {
        try (Scenario at = Scenario.in(state)) {
            at.peer().send("PA", "unread");
            at.stack().allSent();
            at.stack().tcp().close(at.handle());
            at.stack().run();
            assertThat(at.stack().sent().is("R")).isTrue();
            assertThat(at.stack().counter(Counter.TCP_CLOSED_WITH_UNREAD)).isEqualTo(1);
            assertThat(at.stack().engine().connections()).isZero();
            assertThat(at.stack().engine().slabInUse()).isZero();
        }
    }

    @Test
    void shouldResetInCloseWaitWhereClosedWithUnreadText() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            at.peer().send("FA", "unread");
            at.stack().allSent();
            at.stack().tcp().close(at.handle());
            at.stack().run();
            assertThat(at.stack().sent().is("R")).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ESTABLISHED", "FIN_WAIT_1", "FIN_WAIT_2"})
    void shouldResetWhereTextArrivesAfterClose(final TcpState state) {
        try (Scenario at = Scenario.in(state)) {
            at.stack().tcp().close(at.handle());
            at.stack().run();
            at.stack().allSent();
            at.peer().send("PA", "too late");
            final Packet reset = at.stack().sent();
            assertThat(reset.is("R")).isTrue();
            assertThat(at.stack().counter(Counter.TCP_DATA_AFTER_CLOSE)).isEqualTo(1);
            assertThat(at.stack().engine().connections()).isZero();
        }
    }

    @Test
    void shouldCloseInGoodOrderWhereReadTextIsRepeatedWithTheFin() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            at.peer().send("PA", "read");
            at.stack().receive(at.handle(), 10);
            at.stack().tcp().close(at.handle());
            at.stack().run();
            at.stack().allSent();
            // the acknowledgement was lost: the peer sends its text again, now with its FIN
            at.peer().sendAt("FPA", at.peer().seq() - 4, at.sndNxt() + 1, "read".getBytes());
            assertThat(at.stack().sent().is("A")).isTrue();
            assertThat(at.state()).isEqualTo(TcpState.TIME_WAIT);
        }
    }

    @Test
    void shouldAcknowledgeReadTextThatIsRepeatedAfterClose() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            at.peer().send("PA", "read");
            at.stack().receive(at.handle(), 10);
            at.stack().tcp().close(at.handle());
            at.stack().run();
            at.stack().allSent();
            at.peer().sendAt("PA", at.peer().seq() - 4, at.sndNxt(), "read".getBytes());
            assertThat(at.stack().sent().is("A")).isTrue();
            assertThat(at.stack().engine().connections()).isEqualTo(1);
        }
    }

    @ParameterizedTest(name = "{0}: {1}, then {2}")
    @CsvSource({"SYN_SENT, '', CLOSED", "ESTABLISHED, FA, FIN_WAIT_1", "FIN_WAIT_1, '', FIN_WAIT_1",
            "FIN_WAIT_2, '', FIN_WAIT_2", "CLOSE_WAIT, FA, LAST_ACK", "CLOSING, '', CLOSING", "LAST_ACK, '', LAST_ACK"})
    void shouldFinishInTheBackgroundOnClose(final TcpState state, final String sent, final TcpState next) {
        try (Scenario at = Scenario.in(state)) {
            at.stack().tcp().close(at.handle());
            at.stack().run();
            final List<Packet> packets = at.stack().allSent();
            assertThat(packets).hasSize(sent.isEmpty() ? 0 : 1).allMatch(packet -> packet.is(sent));
            assertThat(at.stack().tcp().state(at.handle())).isEqualTo(TcpState.CLOSED);
            assertThat(at.stack().engine().connections()).isEqualTo(next == TcpState.CLOSED ? 0 : 1);
            // a second call is one on a stale handle
            at.stack().tcp().close(at.handle());
            at.stack().tcp().abort(at.handle());
            at.stack().run();
            assertThat(at.stack().allSent()).isEmpty();
            assertThat(at.stack().engine().connections()).isEqualTo(next == TcpState.CLOSED ? 0 : 1);
        }
    }

    @Test
    void shouldAnswerTheChallengeOfAPeerThatTheResetDidNotReach() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            at.stack().send(at.handle(), "lost".getBytes());
            at.stack().tcp().abort(at.handle());
            at.stack().run();
            at.stack().allSent();
            // the peer did not get the text, so the RST is inside of its window but not at its edge (RFC 5961 §3.2)
            at.peer().ack(at.sndNxt());
            final Packet exact = at.stack().sent();
            assertThat(exact.is("R")).isTrue();
            assertThat(exact.seq()).isEqualTo(at.sndNxt());
        }
    }

    @Test
    void shouldResetEveryConnectionWhenTheStackCloses() {
        final List<Packet> sent;
        final Scenario at = Scenario.in(TcpState.ESTABLISHED);
        try (at) {
            at.peer().sendAt("A", at.rcvNxt(), at.sndNxt(), NOTHING);
            at.stack().engine().requestClose();
            sent = at.stack().allSent();
            assertThat(at.application().failure()).isEqualTo(TcpFailure.ABORTED);
        }
        assertThat(sent).singleElement().matches(packet -> packet.is("R"));
    }
}
