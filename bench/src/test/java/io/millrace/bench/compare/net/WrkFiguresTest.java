package io.millrace.bench.compare.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class WrkFiguresTest {
    @Test
    void shouldReadWhatTheScriptPrints() throws IOException {
        final WrkFigures figures = WrkFigures.parse("""
                Running 1s test @ http://10.77.0.2:8080/
                    latency is no figure here
                Requests/sec:   1018.27
                figures 1010537 100 20300 0 0.082597
                latency 285 98
                latency 303 1
                latency 76081 1
                """);
        assertThat(figures.durationNs()).isEqualTo(1_010_537_000);
        assertThat(figures.requests()).isEqualTo(100);
        assertThat(figures.bytes()).isEqualTo(20_300);
        assertThat(figures.cpuNs()).isEqualTo(82_597_000);
        assertThat(figures.latencyNs().getTotalCount()).isEqualTo(100);
        assertThat(figures.latencyNs().getValueAtPercentile(50)).isCloseTo(285_000, Percentage.withPercentage(0.1));
        assertThat(figures.latencyNs().getValueAtPercentile(99)).isCloseTo(303_000, Percentage.withPercentage(0.1));
        assertThat(figures.latencyNs().getMaxValue()).isCloseTo(76_081_000, Percentage.withPercentage(0.1));
    }

    @Test
    void shouldFailWhereRequestsHaveFailed() {
        assertThatThrownBy(() -> WrkFigures.parse("figures 1010537 100 20300 3 0.08\n")).isInstanceOf(IOException.class)
                .hasMessageContaining("3 errors");
    }

    @Test
    void shouldSayWhatWrkSays() {
        assertThatThrownBy(() -> WrkFigures.parse("unable to connect to 10.77.0.2:80 Connection refused\n"))
                .isInstanceOf(IOException.class).hasMessageContaining("Connection refused");
    }
}
