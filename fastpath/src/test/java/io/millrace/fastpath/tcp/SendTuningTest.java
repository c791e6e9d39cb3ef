package io.millrace.fastpath.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.testing.OverBothFamilies;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The send buffer grows with the congestion window, as Linux. */
@OverBothFamilies
class SendTuningTest {
    private static final int INITIAL = 32_768;
    private static final TcpSettings SETTINGS = Wire.settings().autotune(true).initialSendBuffer(INITIAL)
            .sendBuffer(1 << 19).build();

    private final TcpInfo info = new TcpInfo();
    private int acknowledged;

    private TcpInfo info(final Wire wire) {
        wire.tcp.info(wire.handle, info);
        return info;
    }

    /** The application gives what is taken; the peer acknowledges all that was sent, a round trip later. */
    private void rounds(final Wire wire, final int rounds) {
        for (int i = 0; i < rounds; i++) {
            wire.send(wire.tcp.sendSpace(wire.handle));
            wire.stack.advanceMs(20);
            acknowledged += wire.stack.allSent().stream().mapToInt(packet -> packet.length()).sum();
            wire.ackBytes(acknowledged);
        }
    }

    @Test
    void shouldBeginSmallAndGrowWithTheWindow() {
        try (Wire wire = Wire.open(SETTINGS, 7, 65_535)) {
            assertThat(wire.send(100_000)).isEqualTo(INITIAL);
            assertThat(info(wire).sendBuffer()).isEqualTo(INITIAL);
            rounds(wire, 4);
            assertThat(info(wire).sendBuffer()).isGreaterThan(INITIAL)
                    .isGreaterThanOrEqualTo(Math.min(3 * info.congestionWindow(), 1 << 19));
            rounds(wire, 10);
            assertThat(info(wire).sendBuffer()).isEqualTo(1 << 19);
            assertThat(wire.stack.counter(Counter.TCP_SEND_BUFFER_GROWN)).isPositive();
        }
    }

    @Test
    void shouldNotLimitTheWindow() {
        assertThat(windows(SETTINGS)).isEqualTo(windows(SETTINGS.toBuilder().autotune(false).build()));
    }

    /** Congestion windows, round trip by round trip. */
    private List<Integer> windows(final TcpSettings settings) {
        final List<Integer> windows = new ArrayList<>();
        acknowledged = 0;
        try (Wire wire = Wire.open(settings, 7, 65_535)) {
            for (int i = 0; i < 12; i++) {
                rounds(wire, 1);
                windows.add(info(wire).congestionWindow());
            }
        }
        return windows;
    }

    @Test
    void shouldNotTuneWhereTuningIsOff() {
        try (Wire wire = Wire.open(SETTINGS.toBuilder().autotune(false).build(), 7, 65_535)) {
            assertThat(info(wire).sendBuffer()).isEqualTo(1 << 19);
        }
    }

    @Test
    void shouldLeaveABufferThatTheApplicationHasSet() {
        try (Wire wire = Wire.open(SETTINGS, 7, 65_535)) {
            wire.tcp.sendBuffer(wire.handle, 40_000);
            rounds(wire, 14);
            assertThat(info(wire).sendBuffer()).isEqualTo(40_000);
            assertThat(wire.stack.counter(Counter.TCP_SEND_BUFFER_GROWN)).isZero();
        }
    }
}
