package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Scenario;
import io.millrace.fastpath.testing.StackDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections over which nothing goes: reset after the time that the settings give them, and no sooner. */
@OverBothFamilies
class IdleTimeoutTest {
    private static final long IDLE_MS = 10_000;
    /** Three units of the stamp, and a tick of the timer. */
    private static final long LATE_MS = 5;

    private static TcpSettings.Builder settings() {
        return TcpSettings.DEFAULT.toBuilder().idleTimeoutNs(IDLE_MS * 1_000_000);
    }

    private static void assertOver(final Scenario at) {
        assertThat(at.application().failure()).isEqualTo(TcpFailure.IDLE);
        assertThat(at.stack().counter(Counter.TCP_IDLE_TIMED_OUT)).isEqualTo(1);
        assertThat(at.stack().allSent().getLast().is("R")).isTrue();
        assertThat(at.stack().engine().connections()).isZero();
        assertThat(at.stack().nextTimerNs()).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @EnumSource(value = TcpState.class, names = {"ESTABLISHED", "CLOSE_WAIT", "FIN_WAIT_2"})
    void shouldResetWhereNothingGoes(final TcpState state) {
        try (Scenario at = Scenario.in(state, settings().build())) {
            at.stack().advanceMs(IDLE_MS - 1);
            assertThat(at.state()).isEqualTo(state);
            at.stack().advanceMs(LATE_MS);
            assertOver(at);
        }
    }

    @Test
    void shouldTellTheReasonInWords() {
        assertThat(TcpFailure.IDLE.text()).isEqualTo("connection was idle for longer than its idle timeout");
    }

    @Test
    void shouldCountFromTheLastTextThatArrived() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED, settings().build())) {
            for (int i = 0; i < 5; i++) {
                at.stack().advanceMs(IDLE_MS - 100);
                at.peer().send("A", "x");
            }
            at.stack().advanceMs(IDLE_MS - 1);
            assertThat(at.state()).isEqualTo(TcpState.ESTABLISHED);
            at.stack().receive(at.handle(), 100);
            at.stack().advanceMs(LATE_MS);
            assertOver(at);
        }
    }

    @Test
    void shouldCountFromTheLastTextThatWasSent() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED, settings().build())) {
            int sent = 0;
            for (int i = 0; i < 5; i++) {
                at.stack().advanceMs(IDLE_MS - 100);
                sent += at.stack().send(at.handle(), "x".getBytes());
                at.peer().ack(at.sndNxt() + sent);
            }
            at.stack().advanceMs(IDLE_MS - 1);
            assertThat(at.state()).isEqualTo(TcpState.ESTABLISHED);
            at.stack().advanceMs(LATE_MS);
            assertOver(at);
        }
    }

    /** They keep a connection alive that somebody wants; who says how long it may be idle does not. */
    @Test
    void shouldNotCountKeepaliveProbesNorTheirAnswers() {
        final TcpSettings settings = settings().keepAlive(true).keepAliveIdleNs(3_000_000_000L)
                .keepAliveIntervalNs(1_000_000_000L).build();
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED, settings)) {
            for (int i = 0; i < 3; i++) {
                at.stack().advanceMs(3_001);
                assertThat(at.stack().allSent()).hasSize(1);
                at.peer().ack(at.sndNxt());
            }
            at.stack().advanceMs(IDLE_MS - 9_003 + LATE_MS);
            assertOver(at);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldFindADeadPeerByKeepaliveAsBefore(final boolean idleToo) {
        final TcpSettings.Builder settings = idleToo ? settings().idleTimeoutNs(20_000_000_000L) : settings();
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED, settings.idleTimeoutNs(idleToo ? 20_000_000_000L : 0)
                .keepAlive(true).keepAliveIdleNs(3_000_000_000L).keepAliveIntervalNs(1_000_000_000L)
                .keepAliveProbes(3).build())) {
            at.stack().advanceMs(6_100);
            assertThat(at.application().failure()).isEqualTo(TcpFailure.TIMED_OUT);
            assertThat(at.stack().counter(Counter.TCP_KEEPALIVE_PROBES)).isEqualTo(3);
        }
    }

    /** Retransmission gives up by itself, and a peer that answers late is none that has nothing to say. */
    @Test
    void shouldLeaveWhatIsInFlightToRetransmission() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED, settings().build())) {
            at.stack().send(at.handle(), new byte[100]);
            at.stack().advanceMs(5 * IDLE_MS);
            assertThat(at.state()).isEqualTo(TcpState.ESTABLISHED);
        }
    }

    /** A peer that answers probes for ever, but never opens its window. */
    @Test
    void shouldResetBehindAClosedWindow() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED, settings().build())) {
            at.peer().window(0).ack(at.sndNxt());
            at.stack().send(at.handle(), new byte[100]);
            final StackDriver stack = at.stack();
            final long endNs = stack.nowNs() + 2 * IDLE_MS * 1_000_000;
            while (stack.nowNs() < endNs && stack.nextTimerNs() != Long.MAX_VALUE) {
                stack.toNextTimer();
                if (!stack.allSent().isEmpty() && at.application().calls() == 0) {
                    at.peer().ack(at.sndNxt());
                }
            }
            assertThat(at.application().failure()).isEqualTo(TcpFailure.IDLE);
        }
    }

    @Test
    void shouldFollowSettingsThatChange() {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED)) {
            assertThat(at.stack().nextTimerNs()).isEqualTo(Long.MAX_VALUE);
            at.stack().advanceMs(6_000);
            at.stack().tcp().settings(at.handle(), settings().build());
            at.stack().advanceMs(4_000 - 1);
            assertThat(at.state()).isEqualTo(TcpState.ESTABLISHED);
            at.stack().advanceMs(LATE_MS);
            assertOver(at);
        }
    }

    @Test
    void shouldNotEndAHandshake() {
        try (Scenario at = Scenario.in(TcpState.SYN_SENT, settings().build())) {
            at.stack().advanceMs(2 * IDLE_MS);
            assertThat(at.state()).isEqualTo(TcpState.SYN_SENT);
        }
    }
}
