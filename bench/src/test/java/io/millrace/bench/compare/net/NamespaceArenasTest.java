package io.millrace.bench.compare.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.Contender;
import io.millrace.bench.compare.result.Placement;
import io.millrace.bench.compare.result.Sample;
import io.millrace.bench.compare.result.Workload;
import io.millrace.bench.compare.run.Arena;
import io.millrace.bench.compare.run.SkippedCellException;
import io.millrace.nativeports.RequiresNetworkNamespaces;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That a round takes place at all with the kernel's client, and leaves nothing behind. */
@RequiresNetworkNamespaces
@Timeout(120)
class NamespaceArenasTest {
    private static final long ROUND_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private final NamespaceArenas arenas = new NamespaceArenas(50);

    @ParameterizedTest
    @CsvSource({"PING_PONG_64, NAMESPACES, MILLRACE_TAP", "STREAM_IN_1, NAMESPACES_PLAIN, MILLRACE_AF_PACKET",
            "SHORT_CLIENT_CLOSES, NAMESPACES, MILLRACE_AF_XDP", "STREAM_OUT_1, NAMESPACES_PLAIN, EPOLL"})
    void shouldMeasureAServerAndLeaveNothingBehind(final Workload workload, final Placement placement,
            final Contender contender) throws IOException, SkippedCellException {
        final Set<Long> pids;
        try (Arena arena = arenas.open(new Cell(workload, placement, contender))) {
            pids = arena.pids();
            assertThat(pids).hasSize(2);
            final Sample sample = roundInWhichSomethingArrives(arena);
            assertThat(sample.value(workload.unit())).isPositive();
            assertThat(sample.serverCpuNs()).isPositive();
            if (workload != Workload.SHORT_CLIENT_CLOSES) {
                assertThat(connectionsOf(pids)).as("of the kernels").isNotEmpty()
                        .allMatch(connection -> connection.contains(" cubic "));
            }
        }
        assertThat(pids).noneMatch(pid -> ProcessHandle.of(pid).isPresent());
        assertThat(Path.of("/run/netns").toFile().list()).as("namespaces of this process")
                .noneMatch(name -> name.startsWith("millrace-" + ProcessHandle.current().pid() + "-"));
    }

    /** What ss says of each in the namespaces of these processes. */
    private static List<String> connectionsOf(final Set<Long> pids) throws IOException {
        final List<String> lines = new ArrayList<>();
        for (final long pid : pids) {
            final Process ss = new ProcessBuilder("nsenter", "-t", String.valueOf(pid), "-n", "ss", "-tinHO").start();
            lines.addAll(ss.inputReader().lines().toList());
        }
        return lines;
    }

    @Test
    void shouldMeasureHttpByWrk() throws IOException {
        try (Arena arena = arenas.open(new Cell(Workload.HTTP, Placement.NAMESPACES, Contender.EPOLL))) {
            final Sample sample = roundInWhichSomethingArrives(arena);
            assertThat(sample.bytes()).isGreaterThan(sample.messages() * "Hello, World!".length());
            assertThat(sample.latencyNs(50)).isPositive();
        } catch (final SkippedCellException e) {
            assertThat(e).hasMessageContaining("apt-get install wrk");
        }
    }

    /** Where others take the machine a round may pass in which nothing comes: another one is tried. */
    private static Sample roundInWhichSomethingArrives(final Arena arena) throws IOException {
        Sample sample;
        do {
            arena.resume();
            sample = arena.round(ROUND_NS);
            arena.pause();
        } while (sample.messages() == 0);
        return sample;
    }

    @Test
    void shouldRefuseWhatTalksToNoKernel() {
        assertThatThrownBy(
                () -> arenas.open(new Cell(Workload.HTTP, Placement.NAMESPACES, Contender.MILLRACE_MEMORY)))
                .isInstanceOf(SkippedCellException.class).hasMessageContaining("millrace memory");
        assertThatThrownBy(() -> arenas.open(new Cell(Workload.HTTP, Placement.PROCESSES, Contender.EPOLL)))
                .isInstanceOf(SkippedCellException.class).hasMessageContaining("two processes");
    }
}
