package io.millrace.bench.compare.report;

import static io.millrace.bench.compare.report.SomeResults.few;
import static io.millrace.bench.compare.report.SomeResults.gigabits;
import static io.millrace.bench.compare.report.SomeResults.latencies;
import static io.millrace.bench.compare.report.SomeResults.messages;
import static io.millrace.bench.compare.report.SomeResults.operation;
import static io.millrace.bench.compare.result.Contender.EPOLL;
import static io.millrace.bench.compare.result.Contender.EPOLL_BUSY;
import static io.millrace.bench.compare.result.Contender.IO_URING;
import static io.millrace.bench.compare.result.Contender.MILLRACE_AF_PACKET;
import static io.millrace.bench.compare.result.Contender.MILLRACE_AF_XDP;
import static io.millrace.bench.compare.result.Contender.MILLRACE_MEMORY;
import static io.millrace.bench.compare.result.Contender.MILLRACE_SHM;
import static io.millrace.bench.compare.result.Contender.MILLRACE_TAP;
import static io.millrace.bench.compare.result.Contender.NIO;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.Contender;
import io.millrace.bench.compare.result.Placement;
import io.millrace.bench.compare.result.Workload;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rows by number: their order is that of the table, which does not change. */
class TargetsTest {
    private static final int SEGMENT = 0;
    private static final int TWO_THREADS = 3;
    private static final int KERNEL_CLIENT = 4;
    private static final int OFFLOADED = 6;
    private static final int PLAIN = 7;
    private static final int HTTP = 8;
    private static final int PIPELINED = 10;
    private static final int SHORT = 11;
    private static final int IDLE = 12;
    private static final int ALLOCATION = 13;

    private final SomeResults run = new SomeResults();

    private Target row(final int number) {
        return Targets.of(run.build()).get(number);
    }

    @Test
    void shouldHaveARowForEachOfTheTableAndMeetNoneThatWasNotMeasured() {
        final List<Target> rows = Targets.of(run.build());

        assertThat(rows).hasSize(14).allMatch(row -> row.met() == null && Double.isNaN(row.ratio()))
                .allMatch(row -> row.value().contains("not measured: not part of this run"));
    }

    @Test
    void shouldTakeTheMedianAndTheWorstPart() {
        run.add(Workload.SEGMENT_1, Placement.ENGINE, MILLRACE_MEMORY, operation(500), operation(40), operation(50))
                .add(Workload.SEGMENT_100K, Placement.ENGINE, MILLRACE_MEMORY, operation(160));

        assertThat(row(SEGMENT).ratio()).isEqualTo(1, within(0.01));
        assertThat(row(SEGMENT).parts().getFirst().ratio()).isEqualTo(80.0 / 50, within(0.01));
        assertThat(row(SEGMENT).met()).isTrue();
        assertThat(row(SEGMENT).value()).contains("1 connection 50.0 ns", "100,000 connections 160 ns", "0 B");
    }

    @Test
    void shouldNotMeetARowOfWhichAPartFallsShortWhateverElseIsMissing() {
        run.add(Workload.PING_PONG_64, Placement.TWO_LOOPS, MILLRACE_MEMORY, latencies(1_600, 9_000, 0));

        assertThat(row(TWO_THREADS).met()).isFalse();
        assertThat(row(TWO_THREADS).value()).contains("threads: p50 1.60 µs", "not measured: threads, epoll busy-wait");
    }

    @Test
    void shouldCompareWithEpollOfTheSamePlacement() {
        for (final Placement placement : List.of(Placement.TWO_LOOPS, Placement.PROCESSES)) {
            run.add(Workload.PING_PONG_64, placement,
                    placement == Placement.PROCESSES ? MILLRACE_SHM : MILLRACE_MEMORY, latencies(1_000, 2_000, 0))
                    .add(Workload.PING_PONG_64, placement, EPOLL_BUSY, latencies(6_600, 9_000, 0));
        }

        assertThat(row(TWO_THREADS).met()).isTrue();
        assertThat(row(TWO_THREADS).ratio()).isEqualTo(1.1, within(0.01));
        assertThat(row(TWO_THREADS).value()).contains("6.60 ×");
    }

    @Test
    void shouldAskEveryPortForP50AndP99BesideEpoll() {
        run.add(Workload.PING_PONG_64, Placement.NAMESPACES, EPOLL_BUSY, latencies(10_000, 20_000, 0))
                .add(Workload.PING_PONG_64, Placement.NAMESPACES, MILLRACE_TAP, latencies(6_000, 20_000, 0))
                .add(Workload.PING_PONG_64, Placement.NAMESPACES, MILLRACE_AF_PACKET, latencies(6_000, 20_000, 0));

        assertThat(row(KERNEL_CLIENT).met()).isNull();

        run.add(Workload.PING_PONG_64, Placement.NAMESPACES, MILLRACE_AF_XDP, latencies(6_000, 40_000, 0));

        assertThat(row(KERNEL_CLIENT).met()).as("a p99 twice as long").isFalse();
        assertThat(row(KERNEL_CLIENT).ratio()).isEqualTo(0.5, within(0.01));
    }

    @Test
    void shouldAskOnePortForBothDirectionsOfAStream() {
        stream(Placement.NAMESPACES_PLAIN, MILLRACE_TAP, 20, 5);
        stream(Placement.NAMESPACES_PLAIN, MILLRACE_AF_XDP, 9, 7);

        assertThat(row(PLAIN).met()).isFalse();
        assertThat(row(PLAIN).value()).contains("millrace af-xdp 9.00 Gbit/s", "millrace af-xdp 7.00 Gbit/s");

        stream(Placement.NAMESPACES, MILLRACE_TAP, 50, 44);
        stream(Placement.NAMESPACES, EPOLL, 40, 40);
        stream(Placement.NAMESPACES, IO_URING, 40, 44);

        assertThat(row(OFFLOADED).met()).as("epoll that polls was not measured").isNull();
        stream(Placement.NAMESPACES, EPOLL_BUSY, 30, 30);
        assertThat(row(OFFLOADED).met()).isTrue();
        assertThat(row(OFFLOADED).value()).contains("1.25 × ", "1.00 × io_uring's");
    }

    private void stream(final Placement placement, final Contender contender,
            final double in, final double out) {
        run.add(Workload.STREAM_IN_1, placement, contender, gigabits(in)).add(Workload.STREAM_OUT_1, placement,
                contender, gigabits(out));
    }

    @Test
    void shouldCompareTheBestWithTheBest() {
        run.add(Workload.PIPELINE_64, Placement.TWO_LOOPS, MILLRACE_MEMORY, messages(6_000_000, 0))
                .add(Workload.PIPELINE_64, Placement.TWO_LOOPS, NIO, messages(1_000_000, 0))
                .add(Workload.PIPELINE_64, Placement.TWO_LOOPS, IO_URING, messages(2_500_000, 0));

        assertThat(row(PIPELINED).met()).as("2.4 times io_uring").isFalse();
        assertThat(row(PIPELINED).ratio()).isEqualTo(2.4 / 2.5, within(0.01));
    }

    @Test
    void shouldNotCallARowMetWhereATransportOfTheKernelIsMissing() {
        run.add(Workload.PIPELINE_64, Placement.TWO_LOOPS, MILLRACE_MEMORY, messages(6_000_000, 0))
                .add(Workload.PIPELINE_64, Placement.TWO_LOOPS, NIO, messages(1_000_000, 0))
                .add(Workload.PIPELINE_64, Placement.TWO_LOOPS, EPOLL, messages(1_000_000, 0))
                .add(Workload.PIPELINE_64, Placement.TWO_LOOPS, IO_URING, messages(1_000_000, 0))
                .skip(Workload.PIPELINE_64, Placement.TWO_LOOPS, EPOLL_BUSY, "it hung");
        assertThat(row(PIPELINED).met()).isNull();
        assertThat(row(PIPELINED).missing()).contains("ahead of [epoll busy-wait]", "it hung");
    }

    @Test
    void shouldNotCallARowMetThatRestsOnDisturbedRounds() {
        run.disturbed(Workload.PING_PONG_64, Placement.ONE_LOOP, MILLRACE_MEMORY, latencies(500, 900, 0));
        assertThat(row(2).met()).isNull();
        assertThat(row(2).disturbed()).isTrue();
    }

    @Test
    void shouldNotCallARowMetBecauseTheOtherSideDidNothing() {
        assertThat(Part.atLeast("a", 5.0 / 0, 1, String::valueOf).isMet()).isFalse();
    }

    @Test
    void shouldAskForTailsOfHttpToo() {
        run.add(Workload.HTTP, Placement.NAMESPACES, MILLRACE_TAP, latencies(1_000, 8_000, 0))
                .add(Workload.HTTP, Placement.NAMESPACES, EPOLL, latencies(1_000, 4_000, 0));

        assertThat(row(HTTP).met()).isFalse();
        assertThat(row(HTTP).ratio()).isEqualTo(0.5, within(0.01));
        assertThat(row(HTTP).parts()).hasSize(2);
    }

    @Test
    void shouldCompareTheTailOfHttpWithTheShorterOfEpolls() {
        run.add(Workload.HTTP, Placement.NAMESPACES, MILLRACE_TAP, latencies(1_000, 3_000, 0))
                .add(Workload.HTTP, Placement.NAMESPACES, EPOLL_BUSY, latencies(1_000, 4_000, 0));
        assertThat(row(HTTP).parts().getLast().missing()).as("epoll that sleeps was not measured").isNotNull();

        run.add(Workload.HTTP, Placement.NAMESPACES, EPOLL, latencies(1_000, 2_000, 0));
        assertThat(row(HTTP).parts().getLast().ratio()).isEqualTo(2.0 / 3, within(0.01));
        assertThat(row(HTTP).parts().getLast().text()).contains("1.50 × epoll's");
    }

    @Test
    void shouldMarkWhatRestsOnDisturbedRounds() {
        run.disturbed(Workload.PING_PONG_64, Placement.TWO_LOOPS, EPOLL_BUSY, latencies(9_000, 9_000, 0))
                .add(Workload.PING_PONG_64, Placement.TWO_LOOPS, MILLRACE_MEMORY, latencies(1_000, 9_000, 0));

        assertThat(row(TWO_THREADS).parts()).extracting(Part::disturbed).containsExactly(false, true, false, false);
        assertThat(row(TWO_THREADS).value()).contains("epoll busy-wait 9.01 µs, 9.01 × †;");
    }

    @Test
    void shouldSayWhyAPartIsMissing() {
        run.skip(Workload.SHORT_CLIENT_CLOSES, Placement.NAMESPACES, MILLRACE_TAP, "needs root")
                .skip(Workload.SHORT_CLIENT_CLOSES, Placement.NAMESPACES, MILLRACE_AF_PACKET, "needs root")
                .skip(Workload.SHORT_CLIENT_CLOSES, Placement.NAMESPACES, MILLRACE_AF_XDP, "needs root");

        assertThat(row(SHORT).missing()).contains("veth, client closes (needs root)");
    }

    private void idle(final int connections, final double ns) {
        run.add(new Cell(Workload.IDLE_MANY, Placement.ENGINE, MILLRACE_MEMORY, connections), operation(ns));
    }

    @Test
    void shouldTakeTheWorstCountOfIdleConnections() {
        run.add(Workload.IDLE_10, Placement.ENGINE, MILLRACE_MEMORY, operation(40));
        idle(1_000, 40);
        idle(100_000, 50);
        idle(10_000_000, 44);

        assertThat(row(IDLE).met()).isFalse();
        assertThat(row(IDLE).value()).contains("100,000 connections 50.0 ns", "10,000,000 connections 44.0 ns",
                "the most of these against 10: 1.25 ×");
        assertThat(row(IDLE).ratio()).isEqualTo(1.2 / 1.25, within(0.01));
    }

    @Test
    void shouldNotCallIdleTurnsUnchangedWithoutTenMillionConnections() {
        run.add(Workload.IDLE_10, Placement.ENGINE, MILLRACE_MEMORY, operation(40));
        idle(1_000_000, 41);
        assertThat(row(IDLE).met()).isNull();
        assertThat(row(IDLE).missing()).contains("10,000,000 connections (not part of this run)");

        idle(10_000_000, 44);
        assertThat(row(IDLE).met()).isTrue();
    }

    @Test
    void shouldNotCallIdleTurnsUnchangedWhereACountOfTheRunFailed() {
        run.add(Workload.IDLE_10, Placement.ENGINE, MILLRACE_MEMORY, operation(40));
        run.skip(new Cell(Workload.IDLE_MANY, Placement.ENGINE, MILLRACE_MEMORY, 100_000), "it ended");
        idle(10_000_000, 44);

        assertThat(row(IDLE).met()).isNull();
        assertThat(row(IDLE).missing()).isEqualTo("not measured: 100,000 connections (it ended)");
    }

    @Test
    void shouldSayWhichDirectionIsMissing() {
        run.add(Workload.STREAM_IN_1, Placement.NAMESPACES_PLAIN, MILLRACE_TAP, gigabits(11));

        assertThat(row(PLAIN).missing()).isEqualTo("not measured: not part of this run");
    }

    @Test
    void shouldAskForEveryTransportOfTheKernelThatTheRunHasAStreamOf() {
        stream(Placement.NAMESPACES, MILLRACE_TAP, 50, 44);
        stream(Placement.NAMESPACES, EPOLL, 40, 40);
        stream(Placement.NAMESPACES, EPOLL_BUSY, 40, 40);
        run.skip(Workload.STREAM_OUT_1, Placement.NAMESPACES, IO_URING, "it hung");

        assertThat(row(OFFLOADED).met()).isNull();
        assertThat(row(OFFLOADED).missing()).contains("ahead of [io_uring]", "it hung");
    }

    @Test
    void shouldTakeAHundredthOfAByteForNothing() {
        final long operations = Math.round(operation(50).messages());
        run.add(Workload.SEGMENT_1, Placement.ENGINE, MILLRACE_MEMORY, messages(operations, operations / 110))
                .add(Workload.SEGMENT_100K, Placement.ENGINE, MILLRACE_MEMORY, messages(operations, operations / 90));

        assertThat(row(ALLOCATION).parts().get(0).isMet()).isTrue();
        assertThat(row(ALLOCATION).parts().get(1).isMet()).isFalse();
    }

    @Test
    void shouldNotCompareTailsOfTooFewMessages() {
        run.add(Workload.HTTP, Placement.NAMESPACES, MILLRACE_TAP, few())
                .add(Workload.HTTP, Placement.NAMESPACES, EPOLL, latencies(1_000, 4_000, 0));

        assertThat(row(HTTP).parts().getLast().missing()).isEqualTo("too few messages of millrace tap");
    }

    @Test
    void shouldTakeEpollThatAllocatesLess() {
        run.add(Workload.PING_PONG_64, Placement.PROCESSES, MILLRACE_SHM, latencies(1_000, 1_000, 30_000))
                .add(Workload.PING_PONG_64, Placement.PROCESSES, EPOLL, latencies(1_000, 1_000, 40_000))
                .add(Workload.PING_PONG_64, Placement.PROCESSES, EPOLL_BUSY, latencies(1_000, 1_000, 15_000));

        assertThat(row(ALLOCATION).met()).isFalse();
        assertThat(row(ALLOCATION).value()).contains("ping-pong 30.0 B, epoll busy-wait 15.0 B");
        assertThat(row(ALLOCATION).ratio()).isEqualTo(0.5, within(0.01));
    }
}
