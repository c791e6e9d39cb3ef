package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.testing.OverBothFamilies;
import org.junit.jupiter.api.Test;

/** Bytes taken from the application that are not sent yet are bounded (Linux: TCP_NOTSENT_LOWAT). */
@OverBothFamilies
class NotSentTest {
    private static final int LIMIT = 10_000;

    private static Wire open() {
        return Wire.open(Wire.settings().notSentLowWater(LIMIT).build());
    }

    @Test
    void shouldTakeNoMoreThanTheLimitBeyondWhatIsSent() {
        try (Wire wire = open()) {
            assertThat(wire.tcp.sendSpace(wire.handle)).isEqualTo(LIMIT);
            // within a turn nothing leaves
            assertThat(wire.tcp.send(wire.handle, wire.stack.scratch(), LIMIT + 1)).isEqualTo(LIMIT);
            assertThat(wire.tcp.send(wire.handle, wire.stack.scratch(), 1)).isZero();
            wire.tcp.flush(wire.handle);
            wire.stack.run();
            assertThat(wire.events.took(ConnectionHandler.WRITABLE)).as("all of it is sent").isTrue();
            assertThat(wire.tcp.sendSpace(wire.handle)).isEqualTo(LIMIT);
        }
    }

    @Test
    void shouldTellWhenMoreThanHalfOfItHasLeft() {
        try (Wire wire = open()) {
            wire.send(LIMIT);
            wire.send(LIMIT);
            // three segments of the second are within the initial window of ten
            assertThat(wire.tcp.sendSpace(wire.handle)).isEqualTo(3 * Wire.MSS);
            assertThat(wire.send(LIMIT)).as("short").isEqualTo(3 * Wire.MSS);
            assertThat(wire.events.took(ConnectionHandler.WRITABLE)).isFalse();
            // in slow start two segments leave for one that was acknowledged
            wire.ackBytes(Wire.MSS);
            assertThat(wire.events.took(ConnectionHandler.WRITABLE)).as("7,080 are left").isFalse();
            wire.ackBytes(2 * Wire.MSS);
            assertThat(wire.events.took(ConnectionHandler.WRITABLE)).as("4,160 are left").isTrue();
            assertThat(wire.tcp.sendSpace(wire.handle)).isEqualTo(LIMIT - 4_160);
        }
    }

    @Test
    void shouldBeLimitedByTheSendBufferAlone() {
        try (Wire wire = Wire.open(Wire.settings().sendBuffer(50_000).build())) {
            assertThat(wire.tcp.sendSpace(wire.handle)).isEqualTo(50_000);
            assertThat(wire.send(60_000)).isEqualTo(50_000);
            wire.tcp.settings(wire.handle, Wire.settings().sendBuffer(50_000).notSentLowWater(1).build());
            assertThat(wire.tcp.sendSpace(wire.handle)).isZero();
        }
    }

    @Test
    void shouldSendAllWithALimitOfOneByte() {
        try (Wire wire = Wire.open(Wire.settings().notSentLowWater(1).build())) {
            for (int i = 0; i < 20; i++) {
                assertThat(wire.send(2)).isEqualTo(1);
                assertThat(wire.events.took(ConnectionHandler.WRITABLE)).isTrue();
            }
            assertThat(wire.sent()).last().isEqualTo("19+1");
        }
    }

    @Test
    void shouldLimitWhatIsHeldAndWhatIsWrittenIntoTheRing() {
        try (Wire wire = open()) {
            final byte[] text = Wire.bytes(0, 2 * LIMIT);
            assertThat(wire.tcp.sendHeld(wire.handle, text, 0, text.length, held -> {}, text)).isEqualTo(LIMIT);
            assertThat(wire.tcp.claim(wire.handle, 1)).isZero();
            wire.tcp.flush(wire.handle);
            wire.stack.run();
            assertThat(wire.events.took(ConnectionHandler.WRITABLE)).as("all of it is sent").isTrue();
            final int claim = wire.tcp.claim(wire.handle, 2 * LIMIT);
            assertThat(claim).isPositive().isLessThanOrEqualTo(LIMIT);
            wire.tcp.commit(wire.handle, claim);
        }
    }
}
