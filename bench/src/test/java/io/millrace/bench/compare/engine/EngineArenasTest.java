package io.millrace.bench.compare.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.Contender;
import io.millrace.bench.compare.result.Placement;
import io.millrace.bench.compare.result.Sample;
import io.millrace.bench.compare.result.Workload;
import io.millrace.bench.compare.run.Arena;
import io.millrace.bench.compare.run.SkippedCellException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class EngineArenasTest {
    private static final long ROUND_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final EngineArenas arenas = new EngineArenas();

    @Test
    void shouldMeasureARoundInAProcessOfItsOwn() throws IOException, SkippedCellException {
        assumeThat(getClass().getResource("/META-INF/BenchmarkList")).as("of JMH's annotation processor").isNotNull();
        final long pid;
        try (Arena arena = arenas.open(engine(Workload.IDLE_10, 0))) {
            arena.resume();
            pid = arena.pids().iterator().next();
            final Sample sample = arena.round(ROUND_NS);
            assertThat(sample.durationNs()).isEqualTo(ROUND_NS);
            assertThat(sample.messages()).isPositive();
            assertThat(sample.cpuNs()).isPositive();
            assertThat(sample.value(Workload.Unit.LATENCY)).isPositive();
            arena.pause();
        }
        assertThat(ProcessHandle.of(pid)).isEmpty();
    }

    /** As it is where that has been killed. */
    @Test
    void shouldEndAmidAMeasurementWhenNobodyHoldsItsInput() throws Exception {
        assumeThat(getClass().getResource("/META-INF/BenchmarkList")).as("of JMH's annotation processor").isNotNull();
        final Process process = new ProcessBuilder(
                EngineProcess.command(EngineCase.of(engine(Workload.IDLE_10, 0)).benchmark()))
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        process.outputWriter().append("1\n").flush();
        assertThat(process.inputReader().readLine()).as("it measures").matches("[\\d. ]+");
        process.outputWriter().append("600000\n").flush();
        process.outputWriter().close();
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void shouldNotWaitWithoutEndForAnAnswer() throws IOException {
        final Process silent = new ProcessBuilder("sleep", "1000").start();
        try (EngineProcess engine = new EngineProcess("sleeper", silent, 1)) {
            assertThatThrownBy(engine::warm).isInstanceOf(IOException.class)
                    .hasMessage("sleeper: no answer within 1 ms");
        }
        assertThat(silent.isAlive()).isFalse();
    }

    @Test
    void shouldHaveABenchmarkForEveryWorkloadOfTheEngine() {
        for (final Workload workload : Workload.values()) {
            if (workload.compareTo(Workload.SEGMENT_1) >= 0) {
                assertThat(EngineCase.of(engine(workload, 0)).benchmark().arguments()).isNotEmpty();
            } else {
                assertThatThrownBy(() -> EngineCase.of(engine(workload, 0)))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Test
    void shouldSayHowMuchMemoryIsMissing() {
        assertThatThrownBy(() -> arenas.open(engine(Workload.IDLE_MANY, Integer.MAX_VALUE)))
                .isInstanceOf(SkippedCellException.class).hasMessageContaining("2,147,483,647 connections need");
    }

    @Test
    void shouldCarryFiguresFromOneProcessToTheOther() throws IOException {
        final EngineFigures figures = new EngineFigures(20e6, 0.5, 60, 3, 7);
        assertThat(EngineFigures.parse(figures.toString())).isEqualTo(figures);
        assertThatThrownBy(() -> EngineFigures.parse("20 x 1 1 1")).isInstanceOf(IOException.class);
        final Sample segments = figures.messages(TimeUnit.SECONDS.toNanos(2));
        assertThat(segments.value(Workload.Unit.LATENCY)).isEqualTo(50);
        assertThat(segments.allocatedPerMessage()).isEqualTo(0.5);
        assertThat(segments.cpuNsPerMessage()).isEqualTo(60);
        assertThat(segments.gcPauseNs()).isEqualTo(7_000_000);
        final Sample stream = figures.bytes(TimeUnit.SECONDS.toNanos(1));
        assertThat(stream.bitsPerSecond()).isEqualTo(160e6);
    }

    private static Cell engine(final Workload workload, final int connections) {
        return new Cell(workload, Placement.ENGINE, Contender.MILLRACE_MEMORY, connections);
    }
}
