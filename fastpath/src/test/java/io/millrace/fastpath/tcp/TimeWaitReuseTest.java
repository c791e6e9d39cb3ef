package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Peer;
import io.millrace.fastpath.testing.StackDriver;
import org.junit.jupiter.api.Test;

/** A SYN in the place of a connection in TIME_WAIT: RFC 6191, RFC 9293 §3.10.7.4. */
@OverBothFamilies
class TimeWaitReuseTest {
    private static final byte[] NOTHING = {};
    private static final int VALUE = 5_000;
    private static final int CONNECTIONS = 16;

    private final StackDriver stack = new StackDriver(
            new EngineSettings(CONNECTIONS, 16, 1 << 20, 16, 1 << 16, 16, 4, 1_000), 1_500);
    private final Peer peer = new Peer(stack, 40_000, 80, 5_000);
    private int value = VALUE;
    private int old;
    private int rcvNxt;

    /** Drives a connection to TIME_WAIT. */
    private void wait(final TcpSettings settings, final boolean timestamps) {
        final StackDriver.Listener listener = stack.listen(80, 1, settings);
        peer.with(packet -> timestamps ? packet.withTimestamps(value, 0) : packet);
        peer.open(1_460);
        final long handle = listener.accept(stack, new Peer.Events());
        stack.tcp().close(handle);
        stack.run();
        old = stack.sent().seq() + 1;
        peer.ack(old).send("FA", "");
        rcvNxt = peer.seq();
        stack.allSent();
        assertThat(stack.engine().timeWaits()).isEqualTo(1);
    }

    private Packet answerTo(final int sequence, final int timestamp) {
        value = timestamp;
        peer.sendAt("S", sequence, 0, NOTHING);
        return stack.sent();
    }

    @Test
    void shouldOpenForALaterTimestamp() {
        try (stack) {
            wait(TcpSettings.DEFAULT, true);
            final Packet synAck = answerTo(rcvNxt - 10_000, VALUE + 1);
            assertThat(synAck.is("SA")).isTrue();
            assertThat(synAck.ack()).isEqualTo(rcvNxt - 9_999);
            assertThat(synAck.seq() - old).as("above the old sequence numbers").isPositive();
            assertThat(stack.engine().timeWaits()).isZero();
            assertThat(stack.counter(Counter.TIME_WAIT_REOPENED)).isEqualTo(1);
            peer.sendAt("A", rcvNxt - 9_999, synAck.seq() + 1, NOTHING);
            assertThat(stack.counter(Counter.TCP_ESTABLISHED)).isEqualTo(2);
        }
    }

    @Test
    void shouldChallengeAnEarlierTimestamp() {
        try (stack) {
            wait(TcpSettings.DEFAULT, true);
            final Packet challenge = answerTo(rcvNxt + 10_000, VALUE - 1);
            assertThat(challenge.is("A")).isTrue();
            assertThat(challenge.extras().tsEcr()).isEqualTo(VALUE);
            assertThat(challenge.extras().tsVal()).isEqualTo((int) (stack.nowNs() / 1_000_000));
            assertThat(stack.engine().timeWaits()).isEqualTo(1);
        }
    }

    @Test
    void shouldLetTheSequenceNumberDecideWhereTimestampsAreEqual() {
        try (stack) {
            wait(TcpSettings.DEFAULT, true);
            assertThat(answerTo(rcvNxt - 1, VALUE).is("A")).isTrue();
            assertThat(answerTo(rcvNxt, VALUE).is("SA")).isTrue();
        }
    }

    @Test
    void shouldLetTheSequenceNumberDecideWithoutTimestamps() {
        try (stack) {
            wait(TcpSettings.DEFAULT, false);
            assertThat(answerTo(rcvNxt - 1, 0).is("A")).isTrue();
            assertThat(answerTo(rcvNxt + 1, 0).is("SA")).isTrue();
        }
    }

    @Test
    void shouldKeepWaitingWhereReuseIsOff() {
        try (stack) {
            wait(TcpSettings.DEFAULT.toBuilder().timeWaitReuse(false).build(), true);
            assertThat(answerTo(rcvNxt + 10_000, VALUE + 1_000).is("A")).isTrue();
            assertThat(stack.engine().timeWaits()).isEqualTo(1);
        }
    }

    @Test
    void shouldKeepWaitingWhereNobodyListensAnyMore() {
        try (stack) {
            wait(TcpSettings.DEFAULT, true);
            stack.unlisten(80);
            assertThat(answerTo(rcvNxt + 10_000, VALUE + 1_000).is("A")).isTrue();
        }
    }

    @Test
    void shouldKeepWaitingWhereTheSynQueueIsFull() {
        try (stack) {
            wait(TcpSettings.DEFAULT, true);
            new Peer(stack, 40_001, 80, 1).send("S", NOTHING, 1_460, -1);
            stack.allSent();
            value = VALUE + 1_000;
            peer.sendAt("S", rcvNxt, 0, NOTHING);
            assertThat(stack.allSent()).isEmpty();
            assertThat(stack.engine().timeWaits()).isEqualTo(1);
        }
    }

    @Test
    void shouldNotOpenForASynWithAnAcknowledgement() {
        try (stack) {
            wait(TcpSettings.DEFAULT, true);
            value = VALUE + 1_000;
            peer.sendAt("SA", rcvNxt, old, NOTHING);
            assertThat(stack.sent().is("A")).isTrue();
        }
    }

    @Test
    void shouldRememberTheTimestampOfARetransmittedFin() {
        try (stack) {
            wait(TcpSettings.DEFAULT, true);
            value = VALUE + 100;
            peer.sendAt("FA", rcvNxt - 1, old, NOTHING);
            assertThat(stack.sent().extras().tsEcr()).isEqualTo(VALUE + 100);
            assertThat(answerTo(rcvNxt - 10_000, VALUE + 50).is("A")).isTrue();
        }
    }

    @Test
    void shouldNotStartAnewForAFinWithAnOldTimestamp() {
        try (stack) {
            wait(TcpSettings.DEFAULT, true);
            value = VALUE - 1;
            peer.sendAt("FA", rcvNxt - 1, old, NOTHING);
            assertThat(stack.sent().is("A")).isTrue();
            assertThat(stack.counter(Counter.TIME_WAIT_RESTARTED)).isZero();
        }
    }

    @Test
    void shouldWaitOnWhereThereIsNoRoomForTheNewConnection() {
        try (stack) {
            wait(TcpSettings.DEFAULT, true);
            stack.listen(81, 64, TcpSettings.DEFAULT);
            for (int port = 50_000; port < 50_000 + CONNECTIONS; port++) {
                new Peer(stack, port, 81, 7_000).send("S", "");
                stack.allSent();
            }
            value = VALUE + 1;
            peer.sendAt("S", rcvNxt, 0, NOTHING);
            assertThat(stack.allSent()).isEmpty();
            assertThat(stack.engine().timeWaits()).isEqualTo(1);
            assertThat(stack.counter(Counter.TCP_TABLE_FULL)).isEqualTo(1);
        }
    }
}
