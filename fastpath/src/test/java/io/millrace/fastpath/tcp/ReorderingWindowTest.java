package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.OverBothFamilies;
import org.junit.jupiter.api.Test;

/** RFC 8985 §3.3.2: however many duplicates are reported, RACK waits no longer than a smoothed round trip. */
@OverBothFamilies
class ReorderingWindowTest {
    private static final int DUPLICATES = 8;

    /** A recovery that was none; a D-SACK tells. */
    private static int spurious(final Flow flow, final int first) {
        flow.send(6);
        flow.passRoundTrip().ack(first, first + 1, first + 4);
        flow.pass(1).ack(first + 5);
        flow.ackBytes((first + 5) * flow.mss, first * flow.mss, (first + 1) * flow.mss);
        flow.pass(5).ack(first + 6);
        flow.sent();
        return first + 6;
    }

    @Test
    void shouldWaitNoLongerThanASmoothedRoundTrip() {
        try (Flow flow = Flow.open(Flow.settings().tailLossProbe(false).rtoMinNs(1_000_000_000L))) {
            int next = 0;
            for (int i = 0; i < DUPLICATES; i++) {
                next = spurious(flow, next);
            }
            assertThat(flow.counter(Counter.TCP_DSACKS_RECEIVED)).isEqualTo(DUPLICATES);

            flow.send(1).pass(1).send(1).sent();
            flow.pass(Flow.RTT_MS - 1).ack(next, next + 1, next + 2);
            final long waited = flow.untilSent() + 1;

            assertThat(flow.sent()).containsExactly(next);
            final long smoothedMs = flow.info().srttNs() / 1_000_000;
            assertThat(waited).as("not the %d quarters of the smallest", DUPLICATES + 1)
                    .isBetween(smoothedMs - 1, smoothedMs + 2);
        }
    }
}
