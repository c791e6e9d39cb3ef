package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.testing.OverBothFamilies;
import org.junit.jupiter.api.Test;

/** An acknowledgement counts from when it reached the port, however late the stack comes to it. */
@OverBothFamilies
class IngressTimeTest {
    private static final long LATE_MS = 30;
    private static final long MS = 1_000_000;

    /** The stack stands still while the acknowledgement of everything waits. */
    private static void ackLate(final Flow flow, final int upTo) {
        flow.pass(Flow.RTT_MS + LATE_MS);
        flow.stack.port().waited(LATE_MS * MS);
        flow.ack(upTo);
    }

    @Test
    void shouldMeasureRoundTripsToTheArrivalAtThePort() {
        try (Flow flow = Flow.open()) {
            flow.send(4);
            ackLate(flow, 4);
            assertThat(flow.info().srttNs()).isEqualTo(Flow.RTT_NS);
            assertThat(flow.info().rttvarNs()).as("as steady as after the handshake").isLessThan(Flow.RTT_NS / 2);
        }
    }

    /** As above, where the acknowledgement comes with the peer's next text. */
    @Test
    void shouldMeasureTheRoundTripOfAnAnswerToItsArrivalAtThePort() {
        try (Flow flow = Flow.open()) {
            flow.send(1);
            flow.pass(Flow.RTT_MS + LATE_MS);
            flow.stack.port().waited(LATE_MS * MS);
            flow.peer.expect(flow.peer.ack() + flow.mss).data(new byte[]{1});
            assertThat(flow.info().srttNs()).isEqualTo(Flow.RTT_NS);
        }
    }

    @Test
    void shouldMeasureTheDeliveryRateToTheArrivalAtThePort() {
        try (Flow flow = Flow.open()) {
            flow.send(10);
            ackLate(flow, 10);
            assertThat(flow.info().deliveryRate()).isBetween(rate(flow, Flow.RTT_MS) - 2_048, rate(flow, Flow.RTT_MS));
        }
    }

    private static long rate(final Flow flow, final long ms) {
        return 10L * flow.mss * 1_000 / ms;
    }

    @Test
    void shouldStartTheTimerFromTheArrivalAtThePort() {
        try (Flow flow = Flow.open(Flow.settings().tailLossProbe(false))) {
            flow.send(2);
            ackLate(flow, 1);
            flow.stack.allSent();
            final long rtoMs = flow.info().rtoNs() / MS;
            assertThat(flow.untilSent()).isBetween(rtoMs - LATE_MS, rtoMs - LATE_MS + 1);
            assertThat(flow.sent()).containsExactly(1);
        }
    }
}
