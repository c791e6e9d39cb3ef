package io.millrace.bench.compare.report;

import static io.millrace.bench.compare.report.SomeResults.gigabits;
import static io.millrace.bench.compare.report.SomeResults.latencies;
import static io.millrace.bench.compare.report.SomeResults.messages;
import static io.millrace.bench.compare.report.SomeResults.operation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.Contender;
import io.millrace.bench.compare.result.Placement;
import io.millrace.bench.compare.result.Results;
import io.millrace.bench.compare.result.Workload;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

class ReportsTest {
    private static final Results RUN = new SomeResults()
            .add(Workload.PING_PONG_64, Placement.ONE_LOOP, Contender.MILLRACE_MEMORY, latencies(800, 3_000, 12))
            .add(Workload.PING_PONG_64, Placement.ONE_LOOP, Contender.EPOLL, latencies(9_000, 30_000, 500))
            .add(Workload.PIPELINE_64, Placement.PROCESSES, Contender.EPOLL, messages(2_000_000, 0))
            .add(new Cell(Workload.PIPELINE_64, Placement.PROCESSES, Contender.EPOLL, 512), messages(1_000_000, 0))
            .add(Workload.IDLE_10, Placement.ENGINE, Contender.MILLRACE_MEMORY, operation(40))
            .skip(Workload.HTTP, Placement.NAMESPACES, Contender.MILLRACE_TAP, "wrk is not there: <apt> install wrk")
            .build();

    @Test
    void shouldWriteARowForEachTargetAsJson() {
        final Config json = ConfigFactory.parseString(JsonReport.render(RUN),
                ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON));
        final List<? extends Config> rows = json.getConfigList("rows");

        assertThat(rows).hasSize(14).allMatch(row -> row.root().keySet()
                .containsAll(List.of("name", "target", "value", "ratio", "met")));
        assertThat(rows.get(2).getBoolean("met")).isTrue();
        assertThat(rows.get(2).getDouble("ratio")).isEqualTo(1.25, within(0.01));
        assertThat(rows.get(0).getIsNull("ratio")).as("not measured").isTrue();
        assertThat(rows.get(0).getIsNull("met")).isTrue();
        assertThat(json.getString("environment.date")).isEqualTo("2026-11-26T10:00:00Z");
        assertThat(json.getString("environment.congestionControl")).isEqualTo("the kernel cubic");
        assertThat(json.getConfigList("cells")).hasSize(6);
        assertThat(json.getConfigList("cells").getFirst().getDouble("p50Ns")).isEqualTo(800, within(1.0));
        assertThat(json.getConfigList("cells").getFirst().getDouble("p99Ns")).isEqualTo(3_000, within(3.0));
        assertThat(json.getConfigList("cells").getFirst().getIsNull("\"p99.9Ns\"")).as("too few messages").isTrue();
        assertThat(json.getConfigList("cells").getFirst().getDoubleList("ofEachJvm")).hasSize(1);
        assertThat(json.getConfigList("cells").getFirst().getConfigList("rounds").getFirst().getDouble("p50Ns"))
                .isEqualTo(800, within(1.0));
    }

    @Test
    void shouldWriteEveryCellAsMarkdown() {
        final String page = MarkdownReport.render(RUN);

        assertThat(page).contains("./millrace bench --quick", "2 × some <cpu>", "| what | target |",
                "| 1.25 | yes |", "## ping-pong 64 B; one loop", "| epoll | 9.01 µs |",
                "## pipelined 64 B echo, 512 connections; two processes", "p99.99",
                "congestion control: the kernel cubic",
                "Not measured: millrace tap: wrk is not there");
        assertThat(page.lines().filter(line -> line.startsWith("| ")).map(line -> line.replace("\\|", "").split("\\|"))
                .map(fields -> fields.length).distinct()).as("columns of the tables").hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void shouldWriteOneHtmlPageThatNeedsNothingElse() throws ParserConfigurationException, IOException, SAXException {
        final String page = HtmlReport.render(RUN);

        assertThat(page).contains("<svg", "2 × some &lt;cpu&gt;", "&lt;apt&gt;", "p99.9",
                "pipelined 64 B echoes by connections")
                .doesNotContain("<script", "src=", "href=", "url(", "@import", "<link", "NaN", "Infinity");
        assertThat(page.replace("xmlns=\"http://www.w3.org/2000/svg\"", "")).doesNotContain("http://", "https://");
        final String body = page.substring(page.indexOf("<body>"), page.indexOf("</body>") + "</body>".length());
        assertThat(
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(body)))
                        .getElementsByTagName("polyline").getLength())
                .as("curves").isEqualTo(4);
    }

    @Test
    void shouldPrintATableThatFitsItsColumns() {
        final String text = TextReport.render(RUN);

        assertThat(text.lines()).allMatch(line -> line.length() <= 150);
        assertThat(text).contains("p50 800 ns", "1.25   yes", "5 rounds count; 5 were disturbed");
    }

    @Test
    void shouldPrintTheCellsOfAPartAndOnlyTheRowsThatTheyHaveAPartIn() {
        final String text = TextReport.renderCells(RUN);

        assertThat(text).contains("ping-pong 64 B; one loop\n  contender        median",
                "\n  millrace memory  800 ns   800 ns to 800 ns", "\n  epoll            9.01 µs  9.01 µs to 9.01 µs",
                "  not measured: millrace tap: wrk is not there", "p50 800 ns", "idle cost",
                "Congestion control: the kernel cubic.")
                .doesNotContain("pipelined 64 B echo on 64 connections, memory");
        assertThat(TextReport.renderCells(new SomeResults()
                .add(Workload.CROWD, Placement.PROCESSES, Contender.EPOLL, messages(7, 0)).build()))
                .contains("  epoll", "No row of the table");
    }

    /** A contender has one colour: where two placements met in a plot, curves could not be told apart. */
    @Test
    void shouldPlotEachPlacementByItself() {
        final SomeResults run = new SomeResults();
        streams(run, Placement.TWO_LOOPS, Contender.MILLRACE_MEMORY, Contender.EPOLL);
        streams(run, Placement.PROCESSES, Contender.MILLRACE_SHM, Contender.EPOLL);
        streams(run, Placement.NAMESPACES, Contender.MILLRACE_TAP, Contender.MILLRACE_AF_PACKET,
                Contender.MILLRACE_AF_XDP, Contender.NIO, Contender.EPOLL, Contender.EPOLL_BUSY, Contender.IO_URING);

        assertThat(Charts.byConnections(run.build())).hasSize(3).allSatisfy(chart -> assertThat(chart.curves())
                .extracting(Chart.Curve::colour).doesNotHaveDuplicates()).extracting(Chart::title)
                .containsExactly("streams by connections; two loops", "streams by connections; two processes",
                        "streams by connections; namespaces");
    }

    private static void streams(final SomeResults run, final Placement placement, final Contender... contenders) {
        for (final Contender contender : contenders) {
            run.add(Workload.STREAM_IN_1, placement, contender, gigabits(40)).add(Workload.STREAM_IN_8, placement,
                    contender, gigabits(50));
        }
    }

    @Test
    void shouldNotShowAsJustMetWhatFallsShortByLessThanIsShown() {
        final Results run = new SomeResults().add(Workload.PING_PONG_64, Placement.ONE_LOOP, Contender.MILLRACE_MEMORY,
                latencies(1_004, 3_000, 0)).build();

        assertThat(TextReport.met(Targets.of(run).get(2))).isEqualTo("no");
        assertThat(TextReport.ratio(Targets.of(run).get(2))).isEqualTo("0.99");
        assertThat(List.of(Quantity.ratio(1), Quantity.ratio(0.984), Quantity.ratio(12.34))).containsExactly("1.00",
                "0.98", "12.3");
    }

    @Test
    void shouldSayInWhatTheJvmsDiffer() {
        final String flags = "-XX:MaxInlineLevel=20 -XX:FreqInlineSize=150 -XX:-UseCompressedOops";

        assertThat(List.of(TextReport.render(RUN), MarkdownReport.render(RUN), HtmlReport.render(RUN),
                JsonReport.render(RUN))).allMatch(report -> report.contains(flags));
    }

    @Test
    void shouldShowThreeDigitsAndAUnit() {
        assertThat(List.of(Quantity.time(61.234), Quantity.time(1_449), Quantity.time(12_345_678),
                Quantity.bits(41.23e9), Quantity.bits(5e8), Quantity.rate(104_321), Quantity.rate(5_123_000),
                Quantity.bytes(0.01), Quantity.bytes(99.96))).containsExactly("61.2 ns", "1.45 µs", "12.3 ms",
                        "41.2 Gbit/s", "500 Mbit/s", "104,321/s", "5.12 M/s", "0 B", "100 B");
    }
}
