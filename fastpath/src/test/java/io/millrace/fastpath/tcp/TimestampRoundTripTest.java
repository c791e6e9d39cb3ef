package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.testing.OverBothFamilies;
import io.millrace.fastpath.testing.Packet;
import org.junit.jupiter.api.Test;

/** Round trips by timestamps: RFC 7323 §4.1. */
@OverBothFamilies
class TimestampRoundTripTest {
    private int echo;

    private Wire open() {
        return Wire.open(Wire.settings().build(), packet -> packet.withTimestamps(1, echo));
    }

    private static long rtoMs(final Wire wire) {
        final TcpInfo info = new TcpInfo();
        wire.tcp.info(wire.handle, info);
        return info.rtoNs() / 1_000_000;
    }

    /** The echo tells which of the two was received, so that the RTO need not stay backed off. */
    @Test
    void shouldMeasureWhatWasSentTwice() {
        try (Wire wire = open()) {
            wire.send(100);
            wire.stack.allSent();
            wire.untilSent();
            final Packet again = wire.stack.sent();
            assertThat(rtoMs(wire)).as("backed off").isEqualTo(400);
            wire.stack.advanceMs(50);
            echo = again.extras().tsVal();
            wire.ackBytes(100);
            assertThat(rtoMs(wire)).isBetween(200L, 260L);
        }
    }

    @Test
    void shouldMeasureNothingWhereNothingNewIsAcknowledged() {
        try (Wire wire = open()) {
            wire.send(100);
            echo = wire.stack.sent().extras().tsVal();
            final long before = rtoMs(wire);
            wire.stack.advanceMs(150);
            wire.ackBytes(0);
            assertThat(rtoMs(wire)).isEqualTo(before);
        }
    }
}
