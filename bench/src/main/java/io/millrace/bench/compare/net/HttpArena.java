package io.millrace.bench.compare.net;

import io.millrace.bench.compare.node.NodeProcess;
import io.millrace.bench.compare.node.Report;
import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.Sample;
import io.millrace.bench.compare.run.Arena;
import io.millrace.bench.compare.work.Loops;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;

/**
 * A server of HTTP/1.1, and wrk, which connects anew in each round. A round lasts whole seconds. What is allocated counts of
 * the server alone.
 */
final class HttpArena implements Arena {
    private static final String URL = "http://" + Loops.SERVER + "/plaintext";
    private static final int CONNECTIONS = 64;
    private static final long WARM_NS = TimeUnit.SECONDS.toNanos(1);

    private final Cell cell;
    private final Topology topology;
    private final NodeProcess server;
    private final Wrk wrk;

    /** Takes over what it is given. */
    HttpArena(final Cell cell, final Topology topology, final NodeProcess server, final Wrk wrk) {
        this.cell = cell;
        this.topology = topology;
        this.server = server;
        this.wrk = wrk;
    }

    /**
     * Runs the load until the server's compilers have nothing more to do, as good as, and pauses.
     *
     * @param mostNs for so long at the most, and for a second at the least.
     */
    void warm(final long mostNs) throws IOException {
        final long beganNs = System.nanoTime();
        final Warmth warmth = new Warmth();
        do {
            load(WARM_NS);
        } while (!warmth.onLook(server.compilersNs()) && System.nanoTime() - beganNs < mostNs);
        pause();
    }

    @Override
    public Cell cell() {
        return cell;
    }

    /** The server's; wrk is a child of this process. */
    @Override
    public Set<Long> pids() {
        return Set.of(server.pid());
    }

    @Override
    public Sample round(final long ns) throws IOException {
        final Report before = server.mark();
        final WrkFigures figures = load(ns);
        final Report after = server.mark();
        final long serverCpuNs = after.cpuNs() - before.cpuNs();
        return new Sample(figures.durationNs(), figures.requests(), figures.bytes(), figures.latencyNs(),
                serverCpuNs + figures.cpuNs(), serverCpuNs, after.allocatedBytes() - before.allocatedBytes(),
                after.gcPauses() - before.gcPauses(), after.gcPauseNs() - before.gcPauseNs());
    }

    private WrkFigures load(final long ns) throws IOException {
        return wrk.run(topology.client(), URL, ns, cell.rate() == 0 ? CONNECTIONS : cell.rate());
    }

    @Override
    public void resume() throws IOException {
        server.resume();
    }

    @Override
    public void pause() throws IOException {
        server.pause();
    }

    @Override
    public void close() {
        CloseHelper.closeAll(server, topology, wrk);
    }
}
