package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.StackDriver;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A port that throws once where a connection sends something: what was to be sent is sent later, by a timer. */
@OverBothFamilies
class FailingOutputTest {
    private static final long SECOND_NS = 1_000_000_000L;

    /** The port gives no frame until it was asked for one by a timer. */
    private static void failOnce(final StackDriver stack) {
        stack.port().outputBroken(true);
        while (stack.counter(Counter.EXCEPTIONS) == 0) {
            stack.toNextTimer();
        }
        recover(stack);
    }

    private static void recover(final StackDriver stack) {
        stack.port().outputBroken(false);
        stack.expectExceptions(1);
        assertThat(stack.counter(Counter.EXCEPTIONS)).isEqualTo(1);
    }

    @Test
    void shouldSendTheSynAgain() {
        try (StackDriver stack = new StackDriver()) {
            stack.connect(Peer.ADDRESS, 80, TcpSettings.DEFAULT, (connection, events) -> {});
            assertThat(stack.sent().is("S")).isTrue();
            failOnce(stack);
            assertThat(stack.awaitSent().is("S")).isTrue();
        }
    }

    @Test
    void shouldNotKeepAConnectionWhoseOpenThrew() {
        try (StackDriver stack = new StackDriver()) {
            stack.port().outputBroken(true);
            assertThatIllegalStateException().isThrownBy(
                    () -> stack.connect(Peer.ADDRESS, 80, TcpSettings.DEFAULT, (connection, events) -> {}));
            stack.port().outputBroken(false);
            assertThat(stack.engine().connections()).isZero();
        }
    }

    @Test
    void shouldSendTheAnswerToASynAgain() {
        try (StackDriver stack = new StackDriver()) {
            stack.listen(80, 16, TcpSettings.DEFAULT);
            stack.port().outputBroken(true);
            new Peer(stack, 40_000, 80, 5_000).send("S", "");
            recover(stack);
            assertThat(stack.awaitSent().is("SA")).isTrue();
        }
    }

    @Test
    void shouldSendTheDelayedAcknowledgement() {
        try (Wire wire = Wire.open()) {
            wire.dataAt(0, 100);
            failOnce(wire.stack);
            wire.untilSent();
            assertThat(wire.acks()).containsExactly(100);
        }
    }

    @Test
    void shouldProbeAWindowThatStaysClosed() {
        try (Wire wire = Wire.open(Wire.settings().build(), -1, 0)) {
            wire.send(100);
            failOnce(wire.stack);
            wire.untilSent();
            assertThat(wire.sent()).containsExactly("0+1");
        }
    }

    @Test
    void shouldProbeASilentPeer() {
        try (Wire wire = Wire.open(Wire.settings().keepAlive(true).keepAliveIdleNs(10 * SECOND_NS).build())) {
            failOnce(wire.stack);
            assertThat(wire.stack.awaitSent().is("A")).isTrue();
        }
    }

    @Test
    void shouldRetransmit() {
        try (Wire wire = Wire.open()) {
            wire.send(100);
            assertThat(wire.sent()).containsExactly("0+100");
            failOnce(wire.stack);
            wire.untilSent();
            assertThat(wire.sent()).containsExactly("0+100");
        }
    }

    @Test
    void shouldSendWhatIsNewThoughNothingIsOutstanding() {
        try (Wire wire = Wire.open()) {
            wire.stack.port().outputBroken(true);
            wire.send(100);
            recover(wire.stack);
            wire.untilSent();
            assertThat(wire.sent()).containsExactly("0+100");
        }
    }

    /** The first segment has left and nothing more may: its peer has taken the window back. */
    @Test
    void shouldRetransmitWhatHadLeftBefore() {
        try (Wire wire = Wire.open()) {
            wire.stack.port().outputBreaksAfter(1);
            wire.send(3 * Wire.MSS);
            recover(wire.stack);
            assertThat(wire.sent()).containsExactly("0+1460");
            wire.peer.window(0);
            wire.ackBytes(0);
            wire.untilSent();
            assertThat(wire.sent()).containsExactly("0+1460");
        }
    }

    /** Else the connection would stay in FIN_WAIT_2 for ever: the peer says no more than its FIN. */
    @Test
    void shouldReachTimeWaitThoughTheFinCannotBeAcknowledged() {
        try (Wire wire = Wire.open()) {
            wire.tcp.close(wire.handle);
            wire.stack.run();
            wire.peer.ack(Wire.ISS + 2);
            wire.stack.allSent();
            wire.stack.port().outputBroken(true);
            wire.peer.send("FA", "");
            recover(wire.stack);
            assertThat(wire.stack.engine().connections()).isZero();
            assertThat(wire.stack.engine().timeWaits()).isEqualTo(1);
            wire.peer.sendAt("FA", wire.first(), Wire.ISS + 2, new byte[0]);
            assertThat(wire.acks()).containsExactly(1);
        }
    }

    /** RFC 2883: what a segment that was not sent would have reported is none of the next one's business. */
    @Test
    void shouldNotReportADuplicateWithAnotherAcknowledgement() {
        try (Wire wire = Wire.open(Wire.settings().build(), Packet::withSackPermitted)) {
            wire.dataAt(0, 100);
            wire.stack.port().outputBroken(true);
            wire.dataAt(0, 100);
            recover(wire.stack);
            wire.dataAt(200, 100);
            assertThat(wire.stack.sent().sack()).containsExactly(wire.first() + 200, wire.first() + 300);
        }
    }

    /** What is lost is seen when the stack is closed. */
    @Test
    void shouldNotLoseTheFrameOfASegmentThatCannotBeWritten() {
        try (Wire wire = Wire.open(Wire.settings().build(), packet -> packet.withTimestamps(1, 0))) {
            failToAnswerTimeWait(wire);
            wire.peer.sendAt("FA", wire.first(), Wire.ISS + 2, new byte[0]);
            assertThat(wire.stack.sent().is("A")).isTrue();
        }
    }

    /** As above, where nothing is sent behind it. */
    @Test
    void shouldNotLoseTheFrameOfTheLastSegmentEither() {
        try (Wire wire = Wire.open(Wire.settings().build(), packet -> packet.withTimestamps(1, 0))) {
            failToAnswerTimeWait(wire);
        }
    }

    private static void failToAnswerTimeWait(final Wire wire) {
        wire.tcp.close(wire.handle);
        wire.stack.run();
        wire.peer.ack(Wire.ISS + 2);
        wire.peer.send("FA", "");
        assertThat(wire.stack.engine().timeWaits()).isEqualTo(1);
        wire.stack.allSent();
        wire.stack.hashBroken(true);
        wire.peer.sendAt("FA", wire.first(), Wire.ISS + 2, new byte[0]);
        wire.stack.hashBroken(false);
        recover(wire.stack);
    }

    /** The application must not wait for ever because its peer could not be told. */
    @Test
    void shouldFailAConnectionThatCannotBeReset() {
        final List<TcpFailure> reasons = new ArrayList<>();
        try (Wire wire = Wire.open(Wire.settings().userTimeoutNs(5 * SECOND_NS).build())) {
            wire.tcp.attach(wire.handle, (connection, events) -> reasons.add(wire.tcp.failure(connection)));
            wire.send(100);
            wire.stack.port().outputBroken(true);
            wire.stack.advanceMs(5_001);
            wire.stack.port().outputBroken(false);
            wire.stack.expectExceptions(wire.stack.counter(Counter.EXCEPTIONS));
            assertThat(reasons).containsExactly(TcpFailure.TIMED_OUT);
            assertThat(wire.stack.engine().connections()).isZero();
        }
    }
}
