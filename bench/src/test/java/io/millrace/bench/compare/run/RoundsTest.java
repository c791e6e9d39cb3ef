package io.millrace.bench.compare.run;

import static io.millrace.bench.compare.result.Contender.EPOLL;
import static io.millrace.bench.compare.result.Contender.MILLRACE_SHM;
import static io.millrace.bench.compare.result.Contender.NIO;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.bench.compare.result.CellResult;
import io.millrace.bench.compare.result.Contender;
import io.millrace.bench.compare.result.Disturbance;
import io.millrace.bench.compare.result.Placement;
import io.millrace.bench.compare.result.Sample;
import io.millrace.bench.compare.result.Workload;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RoundsTest {
    private static final long ROUND_NS = 100;
    private static final int ONE_JVM = Integer.MAX_VALUE;
    private static final long NEVER = Long.MAX_VALUE;
    private static final Disturbance MUCH = new Disturbance(0.5, 0);

    private final FakeArenas arenas = new FakeArenas();
    private final Load load = new Load();

    /** Says what it is told, and nothing after that. */
    private static final class Load implements LoadMeter {
        private final Deque<Disturbance> next = new ArrayDeque<>();

        @Override
        public void begin() {}

        @Override
        public Disturbance end(final Set<Long> ours) {
            assertThat(ours).hasSize(1);
            return next.isEmpty() ? Disturbance.NONE : next.remove();
        }
    }

    private List<CellResult> run(final Effort effort, final long deadlineNs, final Contender... contenders) {
        return new Rounds(arenas, effort, load, () -> arenas.nowNs).run(
                Group.of(Workload.PIPELINE_64, Placement.PROCESSES, 0, List.of(contenders)), deadlineNs);
    }

    private List<String> rounds() {
        return arenas.events.stream().filter(event -> event.startsWith("round")).toList();
    }

    private static List<Long> messages(final CellResult result) {
        return result.kept().stream().map(Sample::messages).toList();
    }

    @Test
    void shouldMeasureInTurnAndBeginEachRoundWithAnother() {
        final List<CellResult> results = run(new Effort(3, 3, 0, ONE_JVM, ROUND_NS, 0), NEVER, MILLRACE_SHM, NIO,
                EPOLL);

        assertThat(rounds()).containsExactly("round MILLRACE_SHM", "round NIO", "round EPOLL", "round NIO",
                "round EPOLL", "round MILLRACE_SHM", "round EPOLL", "round MILLRACE_SHM", "round NIO");
        assertThat(results).allMatch(result -> result.kept().size() == 3 && !result.disturbed());
        assertThat(results.getFirst().value()).isEqualTo(2 * 1e9 / ROUND_NS);
    }

    @Test
    void shouldLetOnlyOneRunAtATime() {
        run(new Effort(2, 2, 0, ONE_JVM, ROUND_NS, 0), NEVER, MILLRACE_SHM, NIO);

        assertThat(arenas.events).containsExactly("open MILLRACE_SHM", "open NIO", "resume MILLRACE_SHM",
                "round MILLRACE_SHM", "pause MILLRACE_SHM", "resume NIO", "round NIO", "pause NIO", "resume NIO",
                "round NIO", "pause NIO", "resume MILLRACE_SHM", "round MILLRACE_SHM", "pause MILLRACE_SHM",
                "close NIO", "close MILLRACE_SHM");
    }

    @Test
    void shouldRepeatDisturbedRoundsOfTheOneThatLacksThem() {
        load.next.add(Disturbance.NONE);
        load.next.add(MUCH);

        final List<CellResult> results = run(new Effort(2, 2, 2, ONE_JVM, ROUND_NS, 0), NEVER, MILLRACE_SHM, NIO);

        assertThat(rounds()).containsExactly("round MILLRACE_SHM", "round NIO", "round NIO", "round MILLRACE_SHM",
                "round NIO");
        assertThat(results.getFirst().rejected()).isZero();
        assertThat(results.getLast().rejected()).isEqualTo(1);
        assertThat(messages(results.getLast())).containsExactly(2L, 3L);
        assertThat(results.getLast().disturbed()).isFalse();
    }

    @Test
    void shouldKeepTheLeastDisturbedWhereThereIsNothingBetterAndSayIt() {
        for (final double cores : new double[]{0.9, 0.2, 0.7, 0.1}) {
            load.next.add(new Disturbance(cores, 0));
        }

        final CellResult result = run(new Effort(2, 2, 2, ONE_JVM, ROUND_NS, 0), NEVER, NIO).getFirst();

        assertThat(result.disturbed()).isTrue();
        assertThat(messages(result)).as("in the order in which they were").containsExactly(2L, 4L);
        assertThat(result.rejected()).isEqualTo(2);
        assertThat(result.kept()).extracting(Sample::disturbance).contains(new Disturbance(0.1, 0));
    }

    @Test
    void shouldStopAtTheDeadlineButNotBeforeTheLeastRounds() {
        final List<CellResult> results = run(new Effort(9, 2, 5, ONE_JVM, ROUND_NS, 0), 1, NIO, EPOLL);

        assertThat(results).allMatch(result -> result.kept().size() == 2);
        assertThat(run(new Effort(9, 2, 5, ONE_JVM, ROUND_NS, 0), arenas.nowNs + 6 * ROUND_NS, NIO, EPOLL))
                .allMatch(result -> result.kept().size() == 3);
    }

    @Test
    void shouldOpenAllAnewAfterSomeRoundsAndTellTheirJvmsApart() {
        final List<CellResult> results = run(new Effort(5, 5, 0, 2, ROUND_NS, 0), NEVER, NIO, EPOLL);

        assertThat(arenas.events.stream().filter(event -> event.startsWith("open") || event.startsWith("close")))
                .containsExactly("open NIO", "open EPOLL", "close EPOLL", "close NIO", "open NIO", "open EPOLL",
                        "close EPOLL", "close NIO", "open NIO", "open EPOLL", "close EPOLL", "close NIO");
        assertThat(results).allSatisfy(result -> {
            assertThat(result.kept()).extracting(Sample::jvm).containsExactly(0, 0, 1, 1, 2);
            // of messages 1 and 2, 1 and 2, 1
            assertThat(result.ofEachJvm()).containsExactly(1.5e7, 1.5e7, 1e7);
            assertThat(result.least()).isEqualTo(1e7);
            assertThat(result.most()).isEqualTo(2e7);
        });
    }

    @Test
    void shouldNotOpenThoseAnewThatHaveTheirRounds() {
        load.next.add(Disturbance.NONE);
        load.next.add(MUCH);

        run(new Effort(1, 1, 1, 1, ROUND_NS, 0), NEVER, MILLRACE_SHM, NIO);

        assertThat(arenas.events.stream().filter(event -> event.startsWith("open"))).containsExactly(
                "open MILLRACE_SHM",
                "open NIO", "open NIO");
    }

    @Test
    void shouldTellWhatCannotBeMeasuredFromWhatFailed() {
        arenas.refused.put(MILLRACE_SHM, new SkippedCellException("needs root"));
        arenas.refused.put(NIO, new IOException("no memory"));
        arenas.failsInRound.put(EPOLL, 2);

        final List<CellResult> results = run(new Effort(3, 3, 0, ONE_JVM, ROUND_NS, 0), NEVER, MILLRACE_SHM, NIO, EPOLL,
                Contender.IO_URING);

        assertThat(results).extracting(CellResult::skipped).containsExactly("needs root", "no memory", "gone", null);
        assertThat(results).extracting(CellResult::failed).containsExactly(false, true, true, false);
        assertThat(results.getLast().kept()).hasSize(3);
        assertThat(arenas.events).containsOnlyOnce("close EPOLL").containsOnlyOnce("close IO_URING");
    }

    @Test
    void shouldNotCountARoundInWhichNothingArrived() {
        arenas.silentInRound.put(EPOLL, 2);

        final List<CellResult> results = run(new Effort(3, 3, 0, ONE_JVM, ROUND_NS, 0), NEVER, NIO, EPOLL);

        assertThat(results).extracting(CellResult::skipped).containsExactly(null, "nothing arrived in a whole round");
        assertThat(results).extracting(CellResult::failed).containsExactly(false, true);
    }
}
