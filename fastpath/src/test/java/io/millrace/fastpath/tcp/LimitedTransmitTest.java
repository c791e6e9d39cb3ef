package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.testing.OverBothFamilies;
import org.junit.jupiter.api.Test;

/** New data on the first two duplicates: RFC 3042 §2. Without SACK it is in {@link CongestionTest}. */
@OverBothFamilies
class LimitedTransmitTest {
    private static final int MSS = Wire.MSS;

    private static Wire open() {
        return Wire.open(Wire.settings().congestionControl("newreno").build(),
                packet -> packet.is("S") ? packet.withSackPermitted() : packet);
    }

    @Test
    void shouldSendNewDataForNewSelectiveAcknowledgements() {
        try (Wire wire = open()) {
            wire.send(200_000);
            assertThat(wire.sent()).hasSize(10);
            for (int i = 1; i <= 2; i++) {
                final int right = Wire.ISS + 1 + (i + 1) * MSS;
                wire.peer.with(packet -> packet.withSack(Wire.ISS + 1 + MSS, right));
                wire.ackBytes(0);
                assertThat(wire.sent()).containsExactly((9 + i) * MSS + "+" + MSS);
            }
            final TcpInfo info = new TcpInfo();
            wire.tcp.info(wire.handle, info);
            assertThat(info.congestionWindow()).as("RFC 3042 §2: not changed by it").isEqualTo(10 * MSS);
        }
    }

    @Test
    void shouldSendNothingForDuplicatesThatTellNothingNew() {
        try (Wire wire = open()) {
            wire.send(200_000);
            assertThat(wire.sent()).hasSize(10);
            for (int i = 0; i < 5; i++) {
                wire.ackBytes(0);
            }
            assertThat(wire.sent()).isEmpty();
        }
    }
}
