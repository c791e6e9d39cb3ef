package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.OverBothFamilies;
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
