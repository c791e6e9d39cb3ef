package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.testing.OverBothFamilies;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Times that the RFCs ask for where nobody has set any: RFC 9293 §3.8.3 and §3.8.4. */
@OverBothFamilies
class DefaultTimesTest {
    @Test
    void shouldTryAgainForMoreThanAHundredSecondsBeforeItGivesUp() {
        try (Wire wire = Wire.open(TcpSettings.DEFAULT)) {
            final long startNs = wire.stack.nowNs();
            wire.send(100);
            while (wire.tcp.state(wire.handle) == TcpState.ESTABLISHED) {
                wire.stack.toNextTimer();
            }
            final long seconds = TimeUnit.NANOSECONDS.toSeconds(wire.stack.nowNs() - startNs);
            assertThat(seconds).isBetween(100L, 1_000L);
        }
    }

    @Test
    void shouldProbeAfterTwoHoursOfSilence() {
        try (Wire wire = Wire.open(TcpSettings.DEFAULT.toBuilder().keepAlive(true).build())) {
            assertThat(TimeUnit.NANOSECONDS.toMinutes(wire.untilSent())).isEqualTo(120);
        }
    }
}
