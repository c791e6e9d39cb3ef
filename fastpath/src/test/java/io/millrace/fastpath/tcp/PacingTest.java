package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Segments leave at a rate, on a port that leaves segmentation to the stack. */
@OverBothFamilies
class PacingTest {
    private static final long MS = 1_000_000;
    private static final int ALL = 4_000_000;

    private static Wire paced(final long bytesPerSecond) {
        return Wire.open(Wire.settings().sendBuffer(ALL).initialWindow(10_000).maxPacingRate(bytesPerSecond).build(), 7,
                65_535);
    }

    @ParameterizedTest
    @ValueSource(longs = {1_000_000, 20_000_000, 50_000_000, 200_000_000})
    void shouldKeepTheRateHoweverShortTheTimeOfASegmentIs(final long rate) {
        try (Wire wire = paced(rate)) {
            wire.send(ALL);
            final long startNs = wire.stack.nowNs();
            long bytes = 0;
            while (wire.stack.nowNs() - startNs < 15 * MS) {
                bytes += wire.stack.allSent().stream().mapToLong(Packet::length).sum();
                wire.stack.toNextTimer();
            }
            // a tick of the timer wheel is longer than a segment takes at all but the first of these rates
            assertThat(bytes * 1e9 / (wire.stack.nowNs() - startNs)).isBetween(0.9 * rate, 1.4 * rate);
        }
    }

    @Test
    void shouldSendAgainAtATimeoutThoughTheRateWouldWait() {
        try (Wire wire = Wire.open(
                Wire.settings().initialWindow(10).tailLossProbe(false).maxPacingRate(500).build(), 7, 65_535)) {
            wire.send(10 * Wire.MSS);
            assertThat(wire.sent()).as("then nothing for three seconds").containsExactly("0+1460");
            assertThat(wire.untilSent()).isLessThan(1_000 * MS);
            assertThat(wire.sent()).containsExactly("0+1460");
            assertThat(wire.stack.counter(Counter.TCP_TIMEOUTS)).isEqualTo(1);
        }
    }
}
