package io.millrace.bench.ratio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.millrace.bench.compare.engine.JmhCase;
import io.millrace.fastpath.memory.MemoryRegion;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.TreeSet;
import java.util.Comparator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jmh.runner.RunnerException;

/** What of the baseline of ratios a build can look at without a clock: that it is written as one, and that its benchmarks run. */
class RatioBaselineTest {
    private static final Path BASELINE = Path.of("baseline", "ratios.txt");

    @TempDir
    private Path folder;

    private RatioBaseline read(final String text) throws IOException {
        return RatioBaseline.read(Files.writeString(folder.resolve("ratios.txt"), text));
    }

    @Test
    @Timeout(120)
    void shouldNameBenchmarksThatRun() throws IOException, RunnerException {
        assumeThat(getClass().getResource("/META-INF/BenchmarkList")).as("of JMH's annotation processor").isNotNull();
        final Set<JmhCase> benchmarks = new TreeSet<>(Comparator.comparing(JmhCase::toString));
        RatioBaseline.read(BASELINE).ratios().forEach(ratio -> {
            benchmarks.add(ratio.one());
            benchmarks.add(ratio.other());
        });
        final long before = MemoryRegion.bytesInUse();
        for (final JmhCase benchmark : benchmarks) {
            assertThat(benchmark.runHere().nsPerOperation()).as(benchmark.toString()).isPositive().isFinite();
            assertThat(MemoryRegion.bytesInUse()).as("what stays of " + benchmark).isEqualTo(before);
        }
    }

    /** Which this build must not fail for. */
    @Test
    @Timeout(120)
    void shouldRunBesideAnotherRunOfJmh() throws IOException, RunnerException {
        assumeThat(getClass().getResource("/META-INF/BenchmarkList")).as("of JMH's annotation processor").isNotNull();
        final Path lock = Path.of(System.getProperty("java.io.tmpdir"), "jmh.lock");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            // null where another run has it in truth, which does as well
            channel.tryLock();
            assertThat(RatioBaseline.read(BASELINE).ratios().getFirst().one().runHere().operations()).isPositive();
        }
    }

    @Test
    void shouldBeWrittenAsItIsRead() throws IOException {
        for (final Ratio ratio : RatioBaseline.read(BASELINE).ratios()) {
            assertThat(Ratio.parse(ratio.toString())).isEqualTo(ratio);
        }
        final Ratio ratio = read("# a comment\n\nA.b / C.d(y=2,x=1) = 3, 2.5 to 4\n").ratios().getFirst();
        assertThat(ratio.one().parameters()).isEmpty();
        assertThat(ratio.other()).hasToString("C.d(x=1,y=2)");
        assertThat(ratio).hasToString("A.b / C.d(x=1,y=2) = 3.000, 2.500 to 4.000");
        assertThat(ratio.holds(2.5)).isTrue();
        assertThat(ratio.holds(4.1)).isFalse();
        assertThat(ratio.holds(Double.NaN)).isFalse();
    }

    @Test
    void shouldSayInWhichLineItIsWrong() {
        assertThatThrownBy(() -> read("#\nA.b / C.d = 1\n")).isInstanceOf(IOException.class)
                .hasMessageContaining("line 2: no ratio");
        assertThatThrownBy(() -> read("A.b / C.d(x=1 = 1, 0.5 to 2\n")).hasMessageContaining("no benchmark");
        assertThatThrownBy(() -> read("A.b / C = 1, 0.5 to 2\n")).hasMessageContaining("no benchmark: \"C\"");
        assertThatThrownBy(() -> read("A.b / C.d = 3, 0.5 to 2\n")).hasMessageContaining("is not within");
        assertThatThrownBy(() -> read("A.b / A.b = 1, 0.5 to 2\n")).hasMessageContaining("against itself");
        assertThatThrownBy(() -> read("A.b / C.d = 1, 0.5 to 2\nA.b / C.d = 1, 0.5 to 3\n"))
                .hasMessageContaining("is there twice");
        assertThatThrownBy(() -> read("# nothing\n")).hasMessageContaining("there is no ratio");
    }
}
