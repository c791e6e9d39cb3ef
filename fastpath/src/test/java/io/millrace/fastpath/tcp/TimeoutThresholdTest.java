package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.testing.OverBothFamilies;
import org.junit.jupiter.api.Test;

/** What a retransmission timeout makes of the slow start threshold: RFC 5681 §3.1. */
@OverBothFamilies
class TimeoutThresholdTest {
    private static final int MSS = Wire.MSS;

    private static int threshold(final Wire wire) {
        final TcpInfo info = new TcpInfo();
        wire.tcp.info(wire.handle, info);
        return info.slowStartThreshold();
    }

    @Test
    void shouldHalveTheFlightAndHoldItWhereTheTimerExpiresAgain() {
        try (Wire wire = Wire.open(Wire.settings().congestionControl("newreno").build(), -1, 65_535)) {
            wire.send(8 * MSS);
            wire.untilSent();
            assertThat(threshold(wire)).isEqualTo(4 * MSS);
            wire.untilSent();
            wire.untilSent();
            assertThat(threshold(wire)).isEqualTo(4 * MSS);
        }
    }
}
