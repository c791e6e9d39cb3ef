package io.millrace.bench.compare.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.compare.result.Disturbance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against files that look like those of Linux. */
class DisturbanceMeterTest {
    private static final long SELF = 100;
    private static final long ARENA = 200;
    private static final long OTHER = 300;
    private static final int PROCESS_FLAGS = 0x400000;
    private static final int KERNEL_FLAGS = 0x208040;

    @TempDir
    private Path proc;
    private long nowNs;
    private DisturbanceMeter meter;

    @BeforeEach
    void makeProc() throws IOException {
        meter = new DisturbanceMeter(proc, SELF, () -> nowNs);
        stolen(7);
        process(1, 0, PROCESS_FLAGS, 50, 0);
        process(SELF, 1, PROCESS_FLAGS, 10, 0);
        process(ARENA, 1, PROCESS_FLAGS, 10, 0);
        process(OTHER, 1, PROCESS_FLAGS, 10, 0);
        Files.createDirectories(proc.resolve("sys"));
    }

    private void stolen(final long ticks) throws IOException {
        Files.writeString(proc.resolve("stat"), "cpu  1 2 3 4 5 6 7 " + ticks + " 0 0\ncpu0 1 2 3 4 5 6 7 9 0 0\n");
    }

    private void process(final long pid, final long parent, final int flags, final long ticks,
            final long ticksOfChildren) throws IOException {
        Files.createDirectories(proc.resolve(Long.toString(pid)));
        Files.writeString(proc.resolve(pid + "/stat"), "%d (a ) b (c) S %d 1 1 0 -1 %d 0 0 0 0 %d %d %d %d 20 0 1 0"
                .formatted(pid, parent, flags, ticks, 1, ticksOfChildren, 0));
    }

    private Disturbance afterASecond() throws IOException {
        nowNs += TimeUnit.SECONDS.toNanos(1);
        return meter.end(Set.of(ARENA));
    }

    @Test
    void shouldCountOthersButNotOursNorTheKernels() throws IOException {
        process(2, 0, KERNEL_FLAGS, 0, 0);
        meter.begin();
        process(2, 0, KERNEL_FLAGS, 90, 0);
        process(SELF, 1, PROCESS_FLAGS, 100, 0);
        process(ARENA, 1, PROCESS_FLAGS, 110, 30);
        process(ARENA + 1, ARENA, PROCESS_FLAGS, 40, 0);
        process(SELF + 1, SELF, PROCESS_FLAGS, 20, 0);
        process(OTHER, 1, PROCESS_FLAGS, 13, 0);

        final Disturbance disturbance = afterASecond();

        assertThat(disturbance.otherCores()).isEqualTo(0.03);
        assertThat(disturbance.stolen()).isZero();
        assertThat(disturbance.isTooMuch()).isFalse();
    }

    @Test
    void shouldCountAProcessThatCameAndWentByItsParent() throws IOException {
        process(OTHER + 1, OTHER, PROCESS_FLAGS, 30, 0);
        meter.begin();
        Files.delete(proc.resolve((OTHER + 1) + "/stat"));
        process(OTHER, 1, PROCESS_FLAGS, 10, 41);

        assertThat(afterASecond().otherCores()).isEqualTo(0.1);
    }

    @Test
    void shouldCountOthersThoughAnOldProcessHasGoneForWhichNobodyWaited() throws IOException {
        process(OTHER + 1, OTHER, PROCESS_FLAGS, 5_000, 0);
        meter.begin();
        Files.delete(proc.resolve((OTHER + 1) + "/stat"));
        process(OTHER, 1, PROCESS_FLAGS, 60, 0);

        assertThat(afterASecond().otherCores()).as("its parent, too").isEqualTo(0.5);
    }

    @Test
    void shouldCountWhatIsNewWhereAParentHasGoneWithItsChild() throws IOException {
        process(OTHER + 1, OTHER, PROCESS_FLAGS, 70, 0);
        process(OTHER + 2, OTHER + 1, PROCESS_FLAGS, 5_000, 0);
        meter.begin();
        Files.delete(proc.resolve((OTHER + 1) + "/stat"));
        Files.delete(proc.resolve((OTHER + 2) + "/stat"));
        process(OTHER, 1, PROCESS_FLAGS, 10, (5_000 + 1) + (70 + 1) + 4);

        assertThat(afterASecond().otherCores()).isEqualTo(0.04);
    }

    @Test
    void shouldCountWhatTheHostTookAway() throws IOException {
        meter.begin();
        stolen(17);

        assertThat(afterASecond()).isEqualTo(new Disturbance(0, 0.1));
    }

    @Test
    void shouldReadThisMachine() throws IOException {
        final DisturbanceMeter real = new DisturbanceMeter();
        real.begin();

        assertThat(real.end(Set.of()).total()).isNotNegative().isFinite();
    }
}
