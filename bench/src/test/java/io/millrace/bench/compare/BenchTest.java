package io.millrace.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.compare.node.NodeProcess;
import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.Contender;
import io.millrace.bench.compare.result.Placement;
import io.millrace.bench.compare.result.Workload;
import io.millrace.bench.compare.run.Group;
import io.millrace.bench.compare.run.Plan;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BenchTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @AfterEach
    void forgetJvmOptions() {
        System.clearProperty(NodeProcess.OPTIONS_PROPERTY);
    }

    private int run(final String... arguments) {
        final CommandLine command = Bench.commandLine();
        command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return command.execute(arguments);
    }

    @Test
    void shouldListWhatItWouldMeasure() {
        assertThat(run("--list", "--quick", "--only", "ping_pong_64,HTTP", "--placements", "namespaces",
                "--contenders", "epoll-busy,MILLRACE_TAP", "--rounds", "2", "--seconds", "0.1")).isZero();
        assertThat(out.toString().lines()).containsExactly("PING_PONG_64 NAMESPACES: millrace tap, epoll busy-wait",
                "HTTP NAMESPACES: millrace tap, epoll busy-wait",
                "4 cells, at most 2 rounds of 0.1 s each; about 0 h 1 min, longer where other load disturbs rounds");
    }

    @Test
    void shouldRefuseWhatCannotBe() {
        assertThat(run("--only", "COFFEE")).isEqualTo(2);
        assertThat(run("--rounds", "0")).isEqualTo(2);
        assertThat(run("--only", "HTTP", "--placements", "ENGINE")).isEqualTo(2);
        assertThat(run("--quick", "--json", "/nonexistent/folder/file.json")).isEqualTo(2);
        assertThat(err.toString()).contains("there is no COFFEE\nTry", "nothing is left to measure", "cannot write to");
    }

    @Test
    void shouldStartTheJvmsOfContendersWithFurtherOptions() {
        assertThat(run("--only", "PING_PONG_64", "--placements", "ONE_LOOP", "--contenders", "MILLRACE_MEMORY",
                "--rounds", "1",
                "--seconds", "0.01", "--jvm-options", "-Xmx300m -XX:+NoSuchOption")).isEqualTo(1);
        assertThat(err.toString()).contains("NoSuchOption");
    }

    @Test
    void shouldAddFurtherOptionsToThoseOfTheProperty() {
        System.setProperty(NodeProcess.OPTIONS_PROPERTY, "-XX:+NoSuchOption");

        assertThat(run("--only", "PING_PONG_64", "--placements", "ONE_LOOP", "--contenders", "MILLRACE_MEMORY",
                "--rounds", "1", "--seconds", "0.01", "--jvm-options", "-Xmx300m")).isEqualTo(1);
        assertThat(err.toString()).contains("NoSuchOption");
        assertThat(System.getProperty(NodeProcess.OPTIONS_PROPERTY)).isEqualTo("-XX:+NoSuchOption -Xmx300m");
    }

    @Test
    void shouldRefuseABaselineThatIsNone(@TempDir final Path folder) throws IOException {
        final Path file = Files.writeString(folder.resolve("ratios.txt"), "A.b / C.d = 2\n");

        assertThat(run("--baseline", file.toString())).isEqualTo(1);
        assertThat(run("--baseline", folder.resolve("none").toString())).isEqualTo(1);
        assertThat(run("--baseline", file.toString(), "--quick")).isEqualTo(2);
        assertThat(err.toString()).contains("line 1: no ratio", "goes with no other option");
    }

    @Test
    void shouldOpenJvmsAnewInTheFullRunAndHaveTenMillionIdleConnectionsInBoth() {
        assertThat(Plans.full().effort().sameJvm()).isLessThan(Plans.full().effort().rounds());
        for (final Plan plan : List.of(Plans.quick(), Plans.full())) {
            assertThat(plan.groups()).filteredOn(group -> group.cells().stream()
                    .anyMatch(cell -> cell.workload() == Workload.IDLE_MANY)).singleElement()
                    .satisfies(group -> assertThat(group.cells()).extracting(Cell::rate).contains(0, 10_000_000));
        }
    }

    @Test
    void shouldCompareOurSpinningLoopsWithEpollThatSpins() {
        for (final Plan plan : List.of(Plans.quick(), Plans.full())) {
            assertThat(plan.groups()).filteredOn(group -> group.cells().stream()
                    .anyMatch(cell -> !cell.contender().isMillrace())).isNotEmpty()
                    .allSatisfy(group -> assertThat(group.cells()).extracting(Cell::contender)
                            .contains(Contender.EPOLL_BUSY));
        }
    }

    @Test
    void shouldMeasureEveryCellOnlyOnce() {
        for (final Plan plan : List.of(Plans.quick(), Plans.full())) {
            final List<Cell> cells = plan.groups().stream().flatMap(group -> group.cells().stream()).toList();
            assertThat(cells).doesNotHaveDuplicates().hasSize(plan.cells());
        }
    }

    @Test
    void shouldMeasureEverythingInFullThatTheQuickRunDoesButForRates() {
        assertThat(Plans.full().groups().stream().flatMap(group -> group.cells().stream()).filter(BenchTest::hasNoRate))
                .containsAll(Plans.quick().groups().stream().flatMap(group -> group.cells().stream())
                        .filter(BenchTest::hasNoRate).toList());
        assertThat(Plans.full().groups()).flatExtracting(Group::cells).extracting(Cell::workload)
                .contains(Workload.values());
        assertThat(Plans.full().groups()).flatExtracting(Group::cells).extracting(Cell::placement)
                .contains(Placement.values());
    }

    private static boolean hasNoRate(final Cell cell) {
        return cell.rate() == 0;
    }

    @Test
    void shouldNameWorkloadsAsTheyAreTyped() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString().toUpperCase(Locale.ROOT)).contains("PING_PONG_64", "MILLRACE_AF_XDP",
                "NAMESPACES_PLAIN");
    }
}
