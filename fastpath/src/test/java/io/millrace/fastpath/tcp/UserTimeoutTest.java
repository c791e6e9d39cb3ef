package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Scenario;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The user timeout: RFC 9293 §3.9.1.2, RFC 5482 (local only). */
@OverBothFamilies
class UserTimeoutTest {
    private static final long SECOND_NS = 1_000_000_000L;

    private final List<TcpFailure> failures = new ArrayList<>();

    private Flow open(final long seconds) {
        final Flow flow = Flow.open(Flow.settings().userTimeoutNs(seconds * SECOND_NS));
        flow.tcp.attach(flow.handle, (connection, events) -> failures.add(flow.tcp.failure(connection)));
        return flow;
    }

    @Test
    void shouldGiveUpWhatIsNotAcknowledged() {
        try (Flow flow = open(5)) {
            flow.send(3).pass(4_999);
            assertThat(failures).isEmpty();
            flow.pass(2);
            assertThat(failures).containsExactly(TcpFailure.TIMED_OUT);
            assertThat(flow.stack.engine().connections()).isZero();
        }
    }

    @Test
    void shouldCountFromTheLastProgress() {
        try (Flow flow = open(5)) {
            flow.send(3);
            for (int i = 1; i <= 3; i++) {
                flow.pass(4_900).ack(i);
            }
            assertThat(failures).isEmpty();
            flow.send(1).pass(4_900).ack(4);
            flow.pass(60_000);
            assertThat(failures).as("nothing is outstanding").isEmpty();
        }
    }

    @Test
    void shouldNotTakeADuplicateForProgress() {
        try (Flow flow = open(5)) {
            flow.send(3);
            for (int i = 0; i < 10; i++) {
                flow.pass(490).ack(0);
            }
            assertThat(failures).isEmpty();
            flow.pass(101);
            assertThat(failures).containsExactly(TcpFailure.TIMED_OUT);
        }
    }

    @Test
    void shouldTryForLongerThanTheRetriesWouldLast() {
        try (Flow flow = Flow.open(Flow.settings().retries(3).userTimeoutNs(60 * SECOND_NS))) {
            flow.send(1).pass(59_000);
            assertThat(flow.counter(Counter.TCP_TIMEOUTS)).isGreaterThan(3);
            assertThat(flow.tcp.state(flow.handle)).isEqualTo(TcpState.ESTABLISHED);
        }
    }

    @Test
    void shouldGiveUpAClosedWindow() {
        try (Flow flow = open(5)) {
            flow.peer.window(0);
            flow.ack(0);
            flow.send(3);
            for (int i = 0; i < 49; i++) {
                // the peer answers, but its window stays closed
                flow.pass(100).ack(0);
            }
            assertThat(failures).isEmpty();
            flow.pass(101);
            assertThat(failures).containsExactly(TcpFailure.TIMED_OUT);
        }
    }

    @Test
    void shouldGiveUpWhatIsInFlightWhereTheWindowIsClosedBehindIt() {
        try (Flow flow = open(5)) {
            flow.send(3);
            flow.peer.window(0);
            for (int i = 0; i < 49; i++) {
                flow.pass(100).ack(0);
            }
            assertThat(failures).isEmpty();
            flow.pass(101);
            assertThat(failures).containsExactly(TcpFailure.TIMED_OUT);
        }
    }

    @Test
    void shouldGiveUpAnOpeningThatIsNotAnswered() {
        try (Scenario at = Scenario.in(TcpState.SYN_SENT, settings(5))) {
            at.stack().advanceMs(4_999);
            assertThat(at.stack().allSent()).as("after 1 s and 3 s").hasSize(2);
            assertThat(at.state()).isEqualTo(TcpState.SYN_SENT);
            at.stack().advanceMs(2);
            assertThat(at.application().took(ConnectionHandler.FAILED)).isTrue();
            assertThat(at.application().failure()).isEqualTo(TcpFailure.TIMED_OUT);
            assertThat(at.stack().allSent()).as("RFC 9293 §3.10.8 sends no segment").isEmpty();
            assertThat(at.stack().nextTimerNs()).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void shouldForgetAHalfOpenConnection() {
        try (Scenario at = Scenario.in(TcpState.SYN_RECEIVED, settings(5))) {
            at.stack().advanceMs(4_999);
            assertThat(at.state()).isEqualTo(TcpState.SYN_RECEIVED);
            at.stack().advanceMs(2);
            assertThat(at.state()).isEqualTo(TcpState.LISTEN);
            assertThat(at.stack().engine().connections()).isZero();
            assertThat(at.stack().counter(Counter.TCP_HANDSHAKE_TIMED_OUT)).isEqualTo(1);
        }
    }

    @Test
    void shouldNotPutOffTheEndOfAnOpening() {
        try (Scenario at = Scenario.in(TcpState.SYN_SENT, settings(60).toBuilder().synRetries(2).build())) {
            at.stack().advanceMs(6_999);
            assertThat(at.state()).isEqualTo(TcpState.SYN_SENT);
            at.stack().advanceMs(100);
            assertThat(at.application().failure()).isEqualTo(TcpFailure.TIMED_OUT);
        }
    }

    private static TcpSettings settings(final long seconds) {
        return TcpSettings.DEFAULT.toBuilder().userTimeoutNs(seconds * SECOND_NS).build();
    }
}
