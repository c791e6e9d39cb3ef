package io.millrace.bench.compare;

import static io.millrace.bench.compare.result.Contender.EPOLL;
import static io.millrace.bench.compare.result.Contender.EPOLL_BUSY;
import static io.millrace.bench.compare.result.Contender.IO_URING;
import static io.millrace.bench.compare.result.Contender.MILLRACE_AF_PACKET;
import static io.millrace.bench.compare.result.Contender.MILLRACE_AF_XDP;
import static io.millrace.bench.compare.result.Contender.MILLRACE_MEMORY;
import static io.millrace.bench.compare.result.Contender.MILLRACE_SHM;
import static io.millrace.bench.compare.result.Contender.MILLRACE_TAP;
import static io.millrace.bench.compare.result.Contender.NIO;
import static io.millrace.bench.compare.result.Placement.ENGINE;
import static io.millrace.bench.compare.result.Placement.NAMESPACES;
import static io.millrace.bench.compare.result.Placement.NAMESPACES_PLAIN;
import static io.millrace.bench.compare.result.Placement.ONE_LOOP;
import static io.millrace.bench.compare.result.Placement.PROCESSES;
import static io.millrace.bench.compare.result.Placement.TWO_LOOPS;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.Contender;
import io.millrace.bench.compare.result.Placement;
import io.millrace.bench.compare.result.Workload;
import io.millrace.bench.compare.run.Effort;
import io.millrace.bench.compare.run.Group;
import io.millrace.bench.compare.run.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** What {@code --quick} and the full run measure: cells that targets ask for first. Pure functions. */
final class Plans {
    private static final List<Contender> KERNEL = List.of(NIO, EPOLL, EPOLL_BUSY, IO_URING);
    private static final List<Contender> PORTS = List.of(MILLRACE_TAP, MILLRACE_AF_PACKET, MILLRACE_AF_XDP);
    private static final List<Contender> WIRE = with(PORTS, NIO, EPOLL, EPOLL_BUSY, IO_URING);
    private static final List<Contender> SHM_AND_EPOLL = List.of(MILLRACE_SHM, EPOLL, EPOLL_BUSY);

    private static final int ONE_JVM = Integer.MAX_VALUE;
    private static final Effort QUICK = new Effort(5, 3, 2, ONE_JVM, TimeUnit.MILLISECONDS.toNanos(500), 12_000);
    private static final Effort FULL = new Effort(9, 9, 9, 3, TimeUnit.SECONDS.toNanos(2), 20_000);
    private static final long QUICK_BUDGET_NS = TimeUnit.SECONDS.toNanos(570);
    private static final long FULL_BUDGET_NS = TimeUnit.HOURS.toNanos(12);

    private static final int[] QUICK_IDLE = {1_000_000, 10_000_000};
    private static final int[] FULL_IDLE = {1_000, 100_000, 1_000_000, 10_000_000};
    private static final int[] QUICK_CONNECTIONS = {1, 512};
    private static final int[] FULL_CONNECTIONS = {1, 4, 16, 256, 1_024};
    private static final int[] QUICK_RATES = {20_000};
    private static final int[] FULL_RATES = {1_000, 10_000, 40_000, 80_000};

    private Plans() {}

    /** Within ten minutes: few and short rounds, whom targets compare with, and further cells as far as there is time. */
    static Plan quick() {
        final List<Group> groups = engine(QUICK_IDLE);
        add(groups, ONE_LOOP, List.of(MILLRACE_MEMORY), Workload.PING_PONG_64);
        add(groups, TWO_LOOPS, List.of(MILLRACE_MEMORY, EPOLL_BUSY), Workload.PING_PONG_64);
        add(groups, PROCESSES, SHM_AND_EPOLL, Workload.PING_PONG_64);
        add(groups, NAMESPACES, with(PORTS, EPOLL_BUSY), Workload.PING_PONG_64);
        add(groups, TWO_LOOPS, with(KERNEL, MILLRACE_MEMORY), Workload.PIPELINE_64);
        add(groups, PROCESSES, with(KERNEL, MILLRACE_SHM), Workload.STREAM_IN_1, Workload.STREAM_IN_8);
        // AF_XDP has no segmentation offload
        add(groups, NAMESPACES, List.of(MILLRACE_TAP, MILLRACE_AF_PACKET, EPOLL, EPOLL_BUSY, IO_URING),
                Workload.STREAM_IN_1, Workload.STREAM_OUT_1);
        // until a server of HTTP is warm takes longer than all of its rounds: of the ports the one that is ahead
        add(groups, NAMESPACES, List.of(MILLRACE_TAP, EPOLL, EPOLL_BUSY), Workload.HTTP);
        add(groups, PROCESSES, SHM_AND_EPOLL, Workload.SHORT_CLIENT_CLOSES, Workload.SHORT_SERVER_CLOSES);
        add(groups, NAMESPACES, List.of(MILLRACE_TAP, EPOLL, EPOLL_BUSY),
                Workload.SHORT_CLIENT_CLOSES, Workload.SHORT_SERVER_CLOSES);
        add(groups, NAMESPACES_PLAIN, PORTS, Workload.STREAM_IN_1, Workload.STREAM_OUT_1);
        // a loop of Millrace's spins: beside it epoll that does, not epoll that sleeps
        further(groups, QUICK_RATES, QUICK_CONNECTIONS, List.of(MILLRACE_SHM, EPOLL_BUSY));
        return new Plan(groups, QUICK, QUICK_BUDGET_NS);
    }

    /** Everything. */
    static Plan full() {
        final List<Group> groups = targets(FULL_IDLE);
        add(groups, NAMESPACES_PLAIN, WIRE, Workload.STREAM_IN_1, Workload.STREAM_OUT_1, Workload.PING_PONG_64);
        add(groups, PROCESSES, with(KERNEL, MILLRACE_SHM), Workload.PIPELINE_64);
        further(groups, FULL_RATES, FULL_CONNECTIONS, with(KERNEL, MILLRACE_SHM));
        add(groups, ONE_LOOP, with(KERNEL, MILLRACE_MEMORY), Workload.PING_PONG_1K, Workload.STREAM_IN_1);
        add(groups, TWO_LOOPS, with(KERNEL, MILLRACE_MEMORY), Workload.PING_PONG_1K, Workload.STREAM_IN_1,
                Workload.STREAM_IN_8, Workload.SHORT_CLIENT_CLOSES, Workload.SHORT_SERVER_CLOSES, Workload.CROWD);
        add(groups, PROCESSES, with(KERNEL, MILLRACE_SHM), Workload.STREAM_OUT_1, Workload.STREAM_OUT_8);
        add(groups, NAMESPACES, WIRE, Workload.PING_PONG_1K, Workload.STREAM_IN_8, Workload.STREAM_OUT_8,
                Workload.PIPELINE_64, Workload.CROWD);
        return new Plan(groups, FULL, FULL_BUDGET_NS);
    }

    /** What the table of targets asks for. */
    private static List<Group> targets(final int... idle) {
        final List<Group> groups = engine(idle);
        add(groups, ONE_LOOP, with(KERNEL, MILLRACE_MEMORY), Workload.PING_PONG_64);
        add(groups, TWO_LOOPS, with(KERNEL, MILLRACE_MEMORY), Workload.PING_PONG_64, Workload.PIPELINE_64);
        add(groups, PROCESSES, with(KERNEL, MILLRACE_SHM), Workload.PING_PONG_64, Workload.STREAM_IN_1,
                Workload.STREAM_IN_8, Workload.SHORT_CLIENT_CLOSES, Workload.SHORT_SERVER_CLOSES);
        add(groups, NAMESPACES, WIRE, Workload.PING_PONG_64, Workload.STREAM_IN_1, Workload.STREAM_OUT_1,
                Workload.HTTP, Workload.SHORT_CLIENT_CLOSES, Workload.SHORT_SERVER_CLOSES);
        return groups;
    }

    private static List<Group> engine(final int... idle) {
        final List<Group> groups = new ArrayList<>();
        add(groups, ENGINE, List.of(MILLRACE_MEMORY), Workload.SEGMENT_1, Workload.SEGMENT_100K, Workload.CONNECTION,
                Workload.ENGINE_STREAM);
        final List<Cell> turns = new ArrayList<>(List.of(new Cell(Workload.IDLE_10, ENGINE, MILLRACE_MEMORY)));
        for (final int connections : idle) {
            turns.add(new Cell(Workload.IDLE_MANY, ENGINE, MILLRACE_MEMORY, connections));
        }
        groups.add(new Group(turns));
        return groups;
    }

    /** What shows how latency and cost grow. */
    private static void further(final List<Group> groups, final int[] rates, final int[] connections,
            final List<Contender> contenders) {
        for (final int rate : rates) {
            groups.add(Group.of(Workload.OPEN_LOOP, PROCESSES, rate, contenders));
        }
        add(groups, PROCESSES, contenders, Workload.CROWD, Workload.PING_PONG_1K);
        for (final int count : connections) {
            groups.add(Group.of(Workload.PIPELINE_64, PROCESSES, count, contenders));
        }
    }

    /** Ours first. */
    private static List<Contender> with(final List<Contender> some, final Contender... others) {
        return Stream.concat(some.stream(), Stream.of(others)).sorted().toList();
    }

    private static void add(final List<Group> groups, final Placement placement, final List<Contender> contenders,
            final Workload... workloads) {
        for (final Workload workload : workloads) {
            groups.add(Group.of(workload, placement, 0, contenders));
        }
    }
}
