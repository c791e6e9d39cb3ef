package io.millrace.bench.compare.node;

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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalArenasTest {
    private static final long ROUND_NS = 50_000_000;

    private static final String IDLE = "millrace.threading.idle";

    private final LocalArenas arenas = new LocalArenas(50);

    /** Spinning loops would keep each other from the processor where there are few. */
    @BeforeAll
    static void letLoopsSleep() {
        System.setProperty(IDLE, "adaptive");
    }

    @AfterAll
    static void forget() {
        System.clearProperty(IDLE);
    }

    @ParameterizedTest
    @CsvSource({
            "PING_PONG_64, ONE_LOOP, MILLRACE_MEMORY, 0, true", "PING_PONG_1K, TWO_LOOPS, NIO, 0, true",
            "OPEN_LOOP, ONE_LOOP, EPOLL_BUSY, 2000, true", "STREAM_IN_1, PROCESSES, MILLRACE_SHM, 0, false",
            "STREAM_OUT_8, ONE_LOOP, EPOLL, 0, false", "PIPELINE_64, TWO_LOOPS, IO_URING, 8, false",
            "SHORT_CLIENT_CLOSES, ONE_LOOP, MILLRACE_MEMORY, 0, true",
            "SHORT_SERVER_CLOSES, PROCESSES, MILLRACE_SHM, 0, true", "CROWD, ONE_LOOP, MILLRACE_MEMORY, 300, true"})
    void shouldMeasureTwice(final Workload workload, final Placement placement, final Contender contender,
            final int rate, final boolean timed) throws Exception {
        final Cell cell = new Cell(workload, placement, contender, rate);
        try (Arena arena = arenas.open(cell)) {
            for (int round = 0; round < 2; round++) {
                assertThat(arena.pids()).hasSize(placement == Placement.PROCESSES ? 2 : 1)
                        .allSatisfy(pid -> assertThat(isStopped(pid)).isTrue());
                arena.resume();
                Sample sample = arena.round(ROUND_NS);
                while (sample.bytes() == 0) {
                    sample = arena.round(ROUND_NS);
                }
                arena.pause();
                assertThat(sample.cpuNs()).isPositive();
                if (timed) {
                    assertThat(sample.latencyNs()).isNotNull();
                    // of an open loop what is due and not back counts too
                    assertThat(sample.latencyNs().getTotalCount()).isPositive()
                            .isGreaterThanOrEqualTo(sample.messages());
                    if (workload != Workload.OPEN_LOOP) {
                        assertThat(sample.latencyNs().getTotalCount()).isEqualTo(sample.messages());
                    }
                } else {
                    assertThat(sample.latencyNs()).isNull();
                }
            }
        }
    }

    @Test
    void shouldLeaveNoSharedMemoryBehind() throws Exception {
        final String own = "millrace-bench-" + ProcessHandle.current().pid() + "-";
        final Path left = Files.writeString(Path.of("/dev/shm/millrace-bench-999999999-1.wake0-0"), "");
        try (Arena arena = arenas.open(new Cell(Workload.PING_PONG_64, Placement.PROCESSES,
                Contender.MILLRACE_SHM))) {
            assertThat(shared(own)).isPositive();
            arena.resume();
            arena.pause();
        }
        assertThat(shared(own)).isZero();
        SharedFile.sweep();
        assertThat(left).doesNotExist();
    }

    private static long shared(final String prefix) throws Exception {
        try (Stream<Path> files = Files.list(Path.of("/dev/shm"))) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix)).count();
        }
    }

    /** One that every process shows of itself. */
    private static boolean isStopped(final long pid) throws Exception {
        final String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
        return stat.startsWith(") T", stat.lastIndexOf(')'));
    }

    /** Whatever this machine's default is. */
    @ParameterizedTest
    @CsvSource({"TWO_LOOPS, NIO", "PROCESSES, EPOLL"})
    @RequiresNetworkNamespaces
    void shouldSendWithCubic(final Placement placement, final Contender contender) throws Exception {
        try (Arena arena = arenas.open(new Cell(Workload.PING_PONG_64, placement, contender))) {
            assertThat(arena.pids()).allSatisfy(pid -> assertThat(connectionsWhere(pid)).isNotEmpty()
                    .allMatch(connection -> connection.contains(" cubic ")));
            assertThat(LocalArenas.congestionControl()).isEqualTo("cubic");
        }
    }

    /** What ss says of each connection in the namespace of a process. */
    static List<String> connectionsWhere(final long pid) throws Exception {
        final Process ss = new ProcessBuilder("nsenter", "-t", String.valueOf(pid), "-n", "ss", "-tinHO").start();
        final List<String> lines = ss.inputReader().lines().toList();
        assertThat(ss.waitFor()).isZero();
        return lines;
    }

    @Test
    void shouldSkipWhatNeedsMoreSocketsThanAProcessMayHave() {
        assertThatThrownBy(
                () -> arenas.open(new Cell(Workload.CROWD, Placement.TWO_LOOPS, Contender.NIO, 1_000_000_000)))
                .isInstanceOf(SkippedCellException.class).hasMessageContaining("2000000400 open files");
    }

    @Test
    void shouldSkipWhatJoinsNoEndsHere() {
        assertThatThrownBy(() -> arenas.open(new Cell(Workload.PING_PONG_64, Placement.PROCESSES,
                Contender.MILLRACE_TAP))).isInstanceOf(SkippedCellException.class);
    }

    @Test
    void shouldSayWhyAProcessFailed() throws Exception {
        try (NodeProcess node = NodeProcess.start(new NodeSpec(Role.CLIENT,
                new Cell(Workload.PING_PONG_64, Placement.PROCESSES, Contender.NIO)), List.of())) {
            // nobody can listen there without a service
            assertThatThrownBy(() -> node.connect("127.0.0.1", 1, 1)).isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot connect").hasMessageContaining("CLIENT");
        }
    }
}
