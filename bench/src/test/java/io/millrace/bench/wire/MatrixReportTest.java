package io.millrace.bench.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.millrace.bench.machine.Environment;
import io.millrace.config.IdleMode;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

class MatrixReportTest {
    private static final WireSettings SETTINGS = new WireSettings(200_000_000, 131_072, 1_000_000, 1 << 24,
            4_000_000_000L, 300, 3_000_000_000L, 1_500, 1, "cubic", "newreno", IdleMode.BACKOFF);
    private static final Environment WHERE = new Environment("2026-11-26T07:00:00Z", "2 × CPU", "6.18", "25", "0.1");
    private static final Fairness.Shares CONTROL = new Fairness.Shares(90e6, 110e6, new long[]{1}, new long[]{2}, 30,
            40);
    private static final Fairness.Shares SHARES = new Fairness.Shares(80e6, 120e6, new long[]{5_000_000, 5_000_000},
            new long[]{7_000_000, 8_000_000}, 10, 20);

    @Test
    void shouldTakeTheMedianOfTheRounds() {
        final CellResult odd = result(0, 90, 10, 50);
        assertThat(odd.goodput(Contender.KERNEL_TO_KERNEL)).isEqualTo(50);
        assertThat(odd.least(Contender.KERNEL_TO_KERNEL)).isEqualTo(10);
        assertThat(odd.most(Contender.KERNEL_TO_KERNEL)).isEqualTo(90);
        assertThat(result(0, 90, 10, 50, 60).goodput(Contender.KERNEL_TO_KERNEL)).isEqualTo(55);
    }

    @Test
    void shouldCompareWithTheKernel() {
        final CellResult result = result(0, 100);
        result.add(Contender.MILLRACE_TO_KERNEL, sample(93, 0));
        assertThat(result.ratio(Contender.MILLRACE_TO_KERNEL)).isCloseTo(0.93, within(1e-9));
        assertThat(page(result)).contains("**×0.93**");

        final CellResult paired = result(0, 100, 10);
        paired.add(Contender.MILLRACE_TO_KERNEL, sample(50, 0));
        paired.add(Contender.MILLRACE_TO_KERNEL, sample(20, 0));
        assertThat(paired.ratio(Contender.MILLRACE_TO_KERNEL)).isCloseTo(1, within(1e-9));
        assertThat(paired.ratioError(Contender.MILLRACE_TO_KERNEL)).isCloseTo(Math.log(2), within(1e-9));
        assertThat(page(paired)).contains("×1.00 ± 0.69");

        final CellResult better = result(0, 100);
        better.add(Contender.MILLRACE_TO_KERNEL, sample(96, 0));
        assertThat(page(better)).contains(" ×0.96 ").doesNotContain("**×");

        final CellResult alone = new CellResult(new Cell(0, 20, 0));
        alone.add(Contender.MILLRACE_TO_KERNEL, sample(96, 0));
        assertThat(alone.ratio(Contender.MILLRACE_TO_KERNEL)).isNaN();
        assertThat(alone.ratioText(Contender.MILLRACE_TO_KERNEL)).isEmpty();
        assertThat(better.ratioText(Contender.MILLRACE_TO_KERNEL)).isEqualTo("×0.96");
        assertThat(paired.ratioText(Contender.MILLRACE_TO_KERNEL)).isEqualTo("×1.00 ± 0.69");
        assertThat(page(alone)).contains("96.0 (96.0–96.0) R 7").doesNotContain("×0");
    }

    @Test
    void shouldTellOfStalls() {
        final CellResult result = result(1, 100);
        result.add(Contender.MILLRACE_TO_KERNEL, sample(96, 3_100_000_000L));
        assertThat(result.stalls(Contender.MILLRACE_TO_KERNEL, SETTINGS.stallNs())).isEqualTo(1);
        assertThat(page(result)).contains("**1 stalls**");
    }

    @Test
    void shouldWriteEveryTransferAsJson() {
        final Config json = ConfigFactory.parseString(JsonReport.render(report(result(0.1, 90, 10, 50))));
        final Config cell = json.getConfigList("cells").getFirst();
        assertThat(cell.getDouble("lossPercent")).isEqualTo(0.1);
        final Config contender = cell.getConfigList("contenders").getFirst();
        assertThat(contender.getString("contender")).isEqualTo("KERNEL_TO_KERNEL");
        assertThat(contender.getConfigList("samples")).hasSize(3);
        assertThat(json.getConfigList("shares").getFirst().getDouble("millraceShare")).isEqualTo(0.6);
        assertThat(json.getString("settings.millraceCongestion")).isEqualTo("newreno");
    }

    @Test
    void shouldTellHowALinkWasShared() {
        assertThat(page(result(0, 1))).contains("| 80.0 | 120.0 | 40:60 | 10, 20 |",
                "| 90.0 | 110.0 | 45:55 | 30, 40 |");
    }

    @Test
    void shouldDrawADotForEachCellAndContender() throws Exception {
        final Document plot = xml(GoodputPlot.render(report(result(0, 190), result(1, 12), result(10, 0))));
        // One more in the legend.
        assertThat(plot.getElementsByTagName("circle").getLength()).isEqualTo(4);
        assertThat(plot.getDocumentElement().getTextContent()).contains("RTT 20 ms", "kernel → kernel", "10 %");
        assertThat(xml(SharesPlot.render(SETTINGS, SHARES)).getDocumentElement().getTextContent())
                .contains("kernel (cubic)", "Millrace (newreno)");
    }

    @Test
    void shouldWatchManyRoundTrips() {
        assertThat(SETTINGS.durationNs(0)).isEqualTo(4_000_000_000L);
        assertThat(SETTINGS.durationNs(20)).isEqualTo(6_000_000_000L);
    }

    @Test
    void shouldQueueARoundTripAtTheBottleneck() {
        assertThat(new Cell(0, 100, 0).queueBytes(SETTINGS)).isEqualTo(2_500_000);
        assertThat(new Cell(0, 0, 0).queueBytes(SETTINGS)).isEqualTo(131_072);
        assertThat(new Cell(1, 20, 5).faults(SETTINGS).toString()).isEqualTo("1 % lost, 5 % held back by up to 1 ms,"
                + " 200 Mbit/s with a queue of 500000 bytes, delay 10 ms");
    }

    private static String page(final CellResult result) {
        return MarkdownReport.render(report(result), "plot.svg", "shares.svg", "command");
    }

    private static MatrixReport report(final CellResult... results) {
        return new MatrixReport(SETTINGS, WHERE, 1, List.of(results), List.of(SHARES), List.of(CONTROL));
    }

    private static CellResult result(final double loss, final double... kernel) {
        final CellResult result = new CellResult(new Cell(loss, 20, 0));
        for (final double megabits : kernel) {
            result.add(Contender.KERNEL_TO_KERNEL, sample(megabits, 0));
        }
        return result;
    }

    private static Sample sample(final double megabits, final long silenceNs) {
        return new Sample(4_000_000_000L, megabits * 1e6, 7, silenceNs, 1_000, 10, 0, 0, 0);
    }

    private static Document xml(final String text) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder()
                .parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }
}
