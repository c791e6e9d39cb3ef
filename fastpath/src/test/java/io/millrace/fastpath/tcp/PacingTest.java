package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.testing.Packet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Segments leave at a rate, a quantum at once, on a port that leaves segmentation to the stack. */
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
    void shouldSendAQuantumAtOnceThenPause() {
        try (Wire wire = paced(50_000_000)) {
            wire.send(ALL);
            assertThat(wire.sent()).as("what the rate makes in a 1,024th of a second")
                    .hasSize(1 + 50_000_000 / 1_024 / 1_460);
            assertThat(wire.stack.nextTimerNs() - wire.stack.nowNs()).isBetween(MS / 4, MS);
        }
    }

    @Test
    void shouldSendTwoSegmentsAtOnceAtALowRate() {
        try (Wire wire = paced(100_000)) {
            wire.send(ALL);
            assertThat(wire.sent()).hasSize(2);
        }
    }
}
