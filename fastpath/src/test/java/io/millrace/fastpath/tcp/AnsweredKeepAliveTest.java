package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.Scenario;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A keepalive probe that is answered counts for nothing, whatever the interval. */
@OverBothFamilies
class AnsweredKeepAliveTest {
    private static final byte[] NOTHING = {};

    @ParameterizedTest(name = "{0} probes, idle {1} ms, interval {2} ms")
    @CsvSource({"1,1000,1000", "1,1000,5000", "1,5000,1000", "2,1000,1000"})
    void shouldKeepAConnectionWhosePeerAnswers(final int probes, final long idleMs, final long intervalMs) {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED, settings(probes, idleMs, intervalMs))) {
            for (int i = 0; i < 5; i++) {
                final Packet probe = at.stack().awaitSent();
                assertThat(probe.seq()).isEqualTo(at.sndNxt() - 1);
                at.peer().sendAt("A", at.rcvNxt(), at.sndNxt(), NOTHING);
            }
            assertThat(at.state()).isEqualTo(TcpState.ESTABLISHED);
        }
    }

    @ParameterizedTest(name = "{0} probes, idle {1} ms, interval {2} ms")
    @CsvSource({"1,1000,1000", "1,1000,5000", "3,5000,1000"})
    void shouldGiveUpAPeerThatDoesNotAnswer(final int probes, final long idleMs, final long intervalMs) {
        try (Scenario at = Scenario.in(TcpState.ESTABLISHED, settings(probes, idleMs, intervalMs))) {
            for (int i = 0; i < probes; i++) {
                assertThat(at.stack().awaitSent().is("A")).isTrue();
            }
            assertThat(at.stack().awaitSent().is("R")).isTrue();
            assertThat(at.stack().counter(Counter.TCP_KEEPALIVE_TIMED_OUT)).isEqualTo(1);
        }
    }

    private static TcpSettings settings(final int probes, final long idleMs, final long intervalMs) {
        return TcpSettings.DEFAULT.toBuilder().keepAlive(true).keepAliveProbes(probes)
                .keepAliveIdleNs(TimeUnit.MILLISECONDS.toNanos(idleMs))
                .keepAliveIntervalNs(TimeUnit.MILLISECONDS.toNanos(intervalMs)).build();
    }
}
