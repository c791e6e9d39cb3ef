package io.millrace.bench.compare.report;

import static io.millrace.bench.compare.result.Contender.EPOLL_BUSY;
import static io.millrace.bench.compare.result.Contender.MILLRACE_MEMORY;
import static io.millrace.bench.compare.result.Contender.MILLRACE_SHM;
import static io.millrace.bench.compare.result.Placement.ENGINE;
import static io.millrace.bench.compare.result.Placement.NAMESPACES;
import static io.millrace.bench.compare.result.Placement.NAMESPACES_PLAIN;
import static io.millrace.bench.compare.result.Placement.ONE_LOOP;
import static io.millrace.bench.compare.result.Placement.PROCESSES;
import static io.millrace.bench.compare.result.Placement.TWO_LOOPS;

import io.millrace.bench.compare.result.Results;
import io.millrace.bench.compare.result.Workload;
import java.util.List;

/** The table of targets, filled in from a run. Pure functions. */
public final class Targets {
    private static final double EXCHANGES = 1e5;

    private final Conditions check;

    private Targets(final Results results) {
        check = new Conditions(new Figures(results));
    }

    /** All rows, in the order of the table. */
    public static List<Target> of(final Results results) {
        final Targets targets = new Targets(results);
        return List.of(targets.segment(), targets.connection(), targets.oneLoop(), targets.twoThreads(),
                targets.kernelClient(), targets.sharedMemoryStream(), targets.offloadedStream(), targets.plainStream(),
                targets.http(), targets.engineStream(), targets.pipelined(), targets.shortConnections(), targets.idle(),
                targets.allocation());
    }

    private Target segment() {
        return new Target(
                "established data segment in, delivered, ACK out (JMH, engine only, one connection and 100,000"
                        + " random ones)",
                "≤ 80 ns and ≤ 200 ns, 0 B/op",
                List.of(check.latency("1 connection", Workload.SEGMENT_1, ENGINE, MILLRACE_MEMORY, 80),
                        check.latency("100,000 connections", Workload.SEGMENT_100K, ENGINE, MILLRACE_MEMORY, 200),
                        check.noAllocation("1 connection", Workload.SEGMENT_1),
                        check.noAllocation("100,000 connections", Workload.SEGMENT_100K)));
    }

    private Target connection() {
        return new Target("whole handshake, 1-byte exchange and close, both ends, engine only",
                "≤ 2 µs, so ≥ 500,000 a second a core",
                List.of(check.latency("a connection", Workload.CONNECTION, ENGINE, MILLRACE_MEMORY, 2_000)));
    }

    private Target oneLoop() {
        return new Target("ping-pong 64 B, Netty pipeline to Netty pipeline, both ends on one loop (memory link)",
                "p50 ≤ 1 µs",
                List.of(check.latency("two stacks, one thread: p50", Workload.PING_PONG_64, ONE_LOOP,
                        MILLRACE_MEMORY, 1_000)));
    }

    private Target twoThreads() {
        return new Target("the same between two threads, and between two processes over shared memory",
                "p50 ≤ 1.5 µs; at least 6 times better than epoll busy-wait over loopback in the same run",
                List.of(check.latency("threads: p50", Workload.PING_PONG_64, TWO_LOOPS, MILLRACE_MEMORY, 1_500),
                        check.faster("threads, epoll busy-wait", Workload.PING_PONG_64, TWO_LOOPS, MILLRACE_MEMORY,
                                EPOLL_BUSY, 6),
                        check.latency("processes: p50", Workload.PING_PONG_64, PROCESSES, MILLRACE_SHM, 1_500),
                        check.faster("processes, epoll busy-wait", Workload.PING_PONG_64, PROCESSES, MILLRACE_SHM,
                                EPOLL_BUSY, 6)));
    }

    private Target kernelClient() {
        return new Target(
                "ping-pong with a spinning kernel client, server on Millrace (TAP, AF_PACKET, AF_XDP), against"
                        + " the server on epoll busy-wait over veth",
                "p50 at most 0.7 of epoll's, p99 no worse",
                check.kernelClient());
    }

    private Target sharedMemoryStream() {
        return new Target("stream, two processes over shared memory",
                "at least the kernel's loopback stream, one copy a side",
                List.of(check.aheadOfKernel("1 connection", Workload.STREAM_IN_1, PROCESSES, MILLRACE_SHM, 1),
                        check.aheadOfKernel("8 connections", Workload.STREAM_IN_8, PROCESSES, MILLRACE_SHM, 1)));
    }

    private Target offloadedStream() {
        return new Target(
                "stream with a kernel peer over veth or TAP with segmentation offload, both directions",
                "at least kernel ↔ kernel over veth in the same run", check.streamsAheadOfKernel(NAMESPACES));
    }

    private Target plainStream() {
        return new Target("the same without offloads, MTU 1500",
                "at least 10 in / 6 out Gbit/s, ahead of F-Stack and smoltcp",
                check.streamsAtLeast(NAMESPACES_PLAIN, 10e9, 6e9));
    }

    private Target http() {
        return new Target("HTTP/1.1 plaintext, wrk (kernel client), server on Millrace",
                "at least 1.3 times Netty epoll's requests/s at 64 connections, and p99 no worse", check.http(1.3));
    }

    private Target engineStream() {
        return new Target("stream, both ends in one thread on the memory link, MTU 1500, checksums on",
                "at least 40 Gbit/s without segmentation offload, ahead of every other userspace stack measured",
                List.of(check.atLeast("engine to engine", Workload.ENGINE_STREAM, ENGINE, MILLRACE_MEMORY, 40e9)));
    }

    private Target pipelined() {
        return new Target("pipelined 64 B echo on 64 connections, memory link",
                "≥ 5 M messages/s, at least 2.5 times the best kernel transport",
                List.of(check.atLeast("millrace memory", Workload.PIPELINE_64, TWO_LOOPS, MILLRACE_MEMORY, 5e6),
                        check.aheadOfKernel("kernel", Workload.PIPELINE_64, TWO_LOOPS, MILLRACE_MEMORY, 2.5)));
    }

    private Target shortConnections() {
        return new Target("connect-request-response-close",
                "at least 5 times epoll on loopback over shared memory (100,000/s); better than epoll's with a kernel"
                        + " client over veth",
                List.of(check.atLeast("shm, client closes", Workload.SHORT_CLIENT_CLOSES, PROCESSES, MILLRACE_SHM,
                        EXCHANGES),
                        check.aheadOfEpoll("epoll, client closes", Workload.SHORT_CLIENT_CLOSES, PROCESSES,
                                MILLRACE_SHM, 5),
                        check.atLeast("shm, server closes", Workload.SHORT_SERVER_CLOSES, PROCESSES, MILLRACE_SHM,
                                EXCHANGES),
                        check.aheadOfEpoll("epoll, server closes", Workload.SHORT_SERVER_CLOSES, PROCESSES,
                                MILLRACE_SHM, 5),
                        check.bestPortAheadOfEpoll("veth, client closes", Workload.SHORT_CLIENT_CLOSES),
                        check.bestPortAheadOfEpoll("veth, server closes", Workload.SHORT_SERVER_CLOSES)));
    }

    private Target idle() {
        return new Target("idle cost",
                "poll turn ≤ 50 ns with nothing to do; unchanged within 20 % from 10 to 10,000,000 idle connections",
                check.idle(50, 1.2));
    }

    private Target allocation() {
        return new Target("allocation on the fast path",
                "0 B per segment; per message through the Netty pipeline no more than epoll's",
                List.of(check.noAllocation("a segment, 1 connection", Workload.SEGMENT_1),
                        check.noAllocation("a segment, 100,000 connections", Workload.SEGMENT_100K),
                        check.allocatesNoMore("ping-pong", Workload.PING_PONG_64, PROCESSES, MILLRACE_SHM),
                        check.allocatesNoMore("pipelined echo", Workload.PIPELINE_64, TWO_LOOPS, MILLRACE_MEMORY)));
    }
}
