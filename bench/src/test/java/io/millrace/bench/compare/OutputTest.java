package io.millrace.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.CellResult;
import io.millrace.bench.compare.result.Contender;
import io.millrace.bench.compare.result.Placement;
import io.millrace.bench.compare.result.Results;
import io.millrace.bench.compare.result.Workload;
import io.millrace.bench.machine.Environment;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputTest {
    private static final Cell CELL = new Cell(Workload.CROWD, Placement.PROCESSES, Contender.NIO);

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private Output output(final Path json) {
        return new Output(new PrintWriter(out), new PrintWriter(err, true), true, json, folder.resolve("run.md"),
                folder.resolve("run.html"));
    }

    private static Results results(final CellResult cell) {
        return new Results("./millrace bench", 1, 1, new Environment("today", "a cpu", "6", "25", "none"), "cubic",
                List.of(cell));
    }

    @Test
    void shouldNotLoseFilesBecauseAnotherCannotBeWritten() {
        final Path gone = folder.resolve("gone").resolve("run.json");

        assertThat(output(gone).unwritable()).contains(gone);
        assertThat(output(gone).put(results(CellResult.skipped(CELL, "needs root")))).isFalse();
        assertThat(folder.resolve("run.md")).content().contains("needs root");
        assertThat(folder.resolve("run.html")).content().contains("needs root");
        assertThat(err.toString()).contains("cannot write to " + gone);
    }

    @Test
    void shouldSayWhatHasFailed() {
        final Output output = output(folder.resolve("run.json"));

        assertThat(output.unwritable()).isEmpty();
        assertThat(output.put(results(CellResult.skipped(CELL, "needs root")))).as("nothing has failed").isTrue();
        assertThat(output.put(results(CellResult.failed(CELL, "it hung")))).isFalse();
        assertThat(err.toString().strip()).isEqualTo("nio failed: it hung");
        assertThat(out.toString()).contains("not measured: nio: needs root", "not measured: nio failed: it hung");
    }
}
