package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long data may stay unacknowledged: R2 of RFC 9293 §3.8.3 as a time, RFC 5482 without its option. */
class UserTimeoutTest {
    private static final long MS = 1_000_000;
    private static final long TICK = 65_536;
    private final List<TcpFailure> reasons = new ArrayList<>();

    private Wire open(final long timeoutMs, final int retries) {
        final Wire wire = Wire.open(Wire.settings().userTimeoutNs(timeoutMs * MS).retries(retries).build());
        wire.tcp.attach(wire.handle, (connection, events) -> {
            if ((events & ConnectionHandler.FAILED) != 0) {
                reasons.add(wire.tcp.failure(connection));
            }
        });
        return wire;
    }

    /** Lets time pass until the connection is given up; returns how long it took, in ns. */
    private long untilGivenUp(final Wire wire) {
        final long startNs = wire.stack.nowNs();
        while (reasons.isEmpty()) {
            wire.stack.toNextTimer();
        }
        return wire.stack.nowNs() - startNs;
    }

    @Test
    void shouldGiveUpWhatIsUnacknowledgedForSoLong() {
        try (Wire wire = open(5_000, 15)) {
            wire.send(100);
            assertThat(untilGivenUp(wire)).isBetween(5_000 * MS, 5_000 * MS + TICK);
            assertThat(reasons).containsExactly(TcpFailure.TIMED_OUT);
            assertThat(wire.sent()).startsWith("0+100", "0+100", "0+100").endsWith("100+0R");
        }
    }

    @Test
    void shouldTakeThePlaceOfTheNumberOfRetransmissions() {
        try (Wire wire = open(30_000, 2)) {
            wire.send(100);
            assertThat(untilGivenUp(wire)).isBetween(30_000 * MS, 30_000 * MS + TICK);
            assertThat(wire.sent()).hasSizeGreaterThan(5);
        }
    }

    @Test
    void shouldCountFromTheLastProgress() {
        try (Wire wire = open(5_000, 15)) {
            wire.send(200);
            wire.stack.advanceMs(4_000);
            wire.ackBytes(100);
            assertThat(untilGivenUp(wire)).isBetween(5_000 * MS, 5_000 * MS + TICK);
        }
    }

    @Test
    void shouldGiveUpAWindowThatStaysClosed() {
        try (Wire wire = open(5_000, 15)) {
            wire.peer.window(0);
            wire.ackBytes(0);
            wire.send(100);
            assertThat(untilGivenUp(wire)).isBetween(5_000 * MS, 5_000 * MS + TICK);
            assertThat(reasons).containsExactly(TcpFailure.TIMED_OUT);
        }
    }

    @Test
    void shouldNotLimitSilence() {
        try (Wire wire = open(5_000, 15)) {
            wire.send(100);
            wire.ackBytes(100);
            wire.stack.advanceMs(3_600_000);
            assertThat(wire.tcp.state(wire.handle)).isEqualTo(TcpState.ESTABLISHED);
        }
    }
}
