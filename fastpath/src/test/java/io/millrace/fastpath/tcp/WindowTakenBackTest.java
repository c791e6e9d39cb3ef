package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.testing.OverBothFamilies;
import org.junit.jupiter.api.Test;

/** A peer that takes back the window that it offered: RFC 9293 §3.8.6, RFC 7323 §2.4. */
@OverBothFamilies
class WindowTakenBackTest {
    private static final int MSS = Wire.MSS;

    @Test
    void shouldNotGiveUpWhatLiesBeyondTheWindowOfAPeerThatAnswers() {
        try (Wire wire = Wire.open(Wire.settings().retries(3).build())) {
            wire.send(4 * MSS);
            wire.peer.window(0);
            for (int i = 0; i < 10; i++) {
                wire.untilSent();
                wire.ackBytes(0);
            }
            assertThat(wire.tcp.state(wire.handle)).isEqualTo(TcpState.ESTABLISHED);
        }
    }

    @Test
    void shouldSendNothingNewAndRepeatWhatStillLiesWithin() {
        try (Wire wire = Wire.open()) {
            wire.send(4 * MSS);
            wire.sent();
            wire.peer.window(2 * MSS);
            wire.ackBytes(0);
            wire.send(MSS);
            assertThat(wire.sent()).isEmpty();
            wire.untilSent();
            assertThat(wire.sent()).containsExactly("0+" + MSS);
            wire.ackBytes(MSS);
            assertThat(wire.sent()).containsExactly(MSS + "+" + MSS, 2 * MSS + "+" + MSS);
            wire.ackBytes(4 * MSS);
            assertThat(wire.sent()).containsExactly(4 * MSS + "+" + MSS);
        }
    }
}
