package io.millrace.bench.flood;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.flood.FloodTrial.Listener;
import org.junit.jupiter.api.Test;

class FloodReportTest {
    @Test
    void shouldPutTheMeansSideBySide() {
        final FloodReport report = new FloodReport();
        report.add(Listener.KERNEL, false, new FloodSample(1_000, 100, 0, 0, 0));
        report.add(Listener.KERNEL, false, new FloodSample(3_000, 300, 0, 0, 0));
        report.add(Listener.MILLRACE, false, new FloodSample(4_000, 100, 0, 0, 0));
        report.add(Listener.KERNEL, true, new FloodSample(500, 100, 1, 90_000, 80_000));
        report.add(Listener.MILLRACE, true, new FloodSample(1_000, 50, 0, 90_000, 40_000));
        assertThat(report.toString().lines().map(line -> line.replaceAll(" +", " "))).containsExactly(
                " kernel Millrace ratio",
                "echoes/s, established connections 2,000 4,000 2.00",
                " under the flood 500 1,000 2.00",
                " of that without 0.25 0.25",
                "new connections/s 200 100 0.50",
                " under the flood 100 50 0.50",
                " of that without 0.50 0.50",
                " lost/s under the flood 1 0 0.00",
                "SYNs/s of the flood 90,000 90,000 1.00",
                "SYN cookies/s sent 80,000 40,000 0.50");
    }
}
