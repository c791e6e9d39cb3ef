package io.millrace.bench.compare.node;

import io.millrace.bench.compare.result.Cell;
import io.millrace.bench.compare.result.Sample;
import io.millrace.bench.compare.result.Workload.Unit;
import io.millrace.bench.compare.run.Arena;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.jspecify.annotations.Nullable;

/** An arena of child processes: one that is both ends, or a server and a client. */
public final class NodeArena implements Arena {
    /** From its start a load runs so long before it is measured. */
    private static final long WARM_AGAIN_MS = 100;
    private static final long LOOK_MS = 2;
    private static final long LOAD_MS = 130;
    private static final long REST_MS = 40;
    private static final int QUIET_LOOKS = 2;
    /** What is not called so often may wait for its compiler yet. */
    private static final long LEAST_MESSAGES = 20_000;
    private static final long SETTLED_MS = 10_000;
    private static final long COMPILING_NS = 5_000_000;

    private final Cell cell;
    private final NodeProcess server;
    private final @Nullable NodeProcess client;
    private final boolean fixedClient;
    private final Runnable afterwards;
    private boolean paused;

    /**
     * Takes processes over that serve and are connected.
     *
     * @param client      null where the server is both.
     * @param fixedClient whether the client is the same for all contenders: then what is allocated counts of the server
     *                    alone.
     * @param afterwards  takes back what was set up for them; called when they have ended.
     */
    public NodeArena(final Cell cell, final NodeProcess server, final @Nullable NodeProcess client,
            final boolean fixedClient, final Runnable afterwards) {
        this.cell = cell;
        this.server = server;
        this.client = client;
        this.fixedClient = fixedClient;
        this.afterwards = afterwards;
    }

    /**
     * Runs the load until its code is compiled, and pauses: that is when the compilers of all processes had nothing to do for
     * a while, and {@value #LEAST_MESSAGES} messages have come (where messages count, not bytes). The load runs for a moment
     * at a time; then all loops rest until the compilers are done with what it has given them: two loops that spin, on two
     * cores, leave the compilers next to nothing, and these then take the time of the rounds.
     *
     * @param mostMs as long at the most.
     */
    public void warm(final long mostMs) throws IOException {
        begin();
        final long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(mostMs);
        long before = 0;
        int quiet = 0;
        while (System.nanoTime() - endNs < 0 && (quiet < QUIET_LOOKS || !manyHaveCome())) {
            Looks.sleep(LOAD_MS);
            final long now = letCompile(endNs);
            quiet = isIdle(before, now) ? quiet + 1 : 0;
            before = now;
        }
        pause();
    }

    /** Returns what the compilers have taken until now. */
    private long letCompile(final long endNs) throws IOException {
        long before;
        long now = compilersNs();
        do {
            rest();
            before = now;
            now = compilersNs();
        } while (!isIdle(before, now) && System.nanoTime() - endNs < 0);
        return now;
    }

    /** A sum that is less than before lacks a thread that has ended, and says nothing of the others. */
    private static boolean isIdle(final long beforeNs, final long nowNs) {
        return Math.abs(nowNs - beforeNs) <= COMPILING_NS;
    }

    private long compilersNs() throws IOException {
        long sum = 0;
        for (final NodeProcess node : nodes()) {
            sum += node.compilersNs();
        }
        return sum;
    }

    private boolean manyHaveCome() throws IOException {
        return cell.workload().unit() == Unit.BYTES
                || mark().get(counting()).mark().messages() >= LEAST_MESSAGES;
    }

    private void rest() throws IOException {
        for (final NodeProcess node : nodes()) {
            node.rest(REST_MS);
        }
        for (final NodeProcess node : nodes()) {
            node.rested();
        }
    }

    @Override
    public Cell cell() {
        return cell;
    }

    @Override
    public Set<Long> pids() {
        final Set<Long> pids = new HashSet<>();
        nodes().forEach(node -> pids.add(node.pid()));
        return pids;
    }

    private List<NodeProcess> nodes() {
        return client == null ? List.of(server) : List.of(server, client);
    }

    @Override
    public Sample round(final long ns) throws IOException {
        final List<Report> before = mark();
        Looks.sleep(TimeUnit.NANOSECONDS.toMillis(ns));
        return sample(before, mark());
    }

    private List<Report> mark() throws IOException {
        for (final NodeProcess node : nodes()) {
            node.askMark();
        }
        final List<Report> reports = new ArrayList<>();
        for (final NodeProcess node : nodes()) {
            reports.add(node.answeredMark());
        }
        return reports;
    }

    private Sample sample(final List<Report> before, final List<Report> after) {
        final int counting = counting();
        final Report from = before.get(counting);
        final Report to = after.get(counting);
        long cpuNs = 0;
        long allocated = 0;
        long pauses = 0;
        long pauseNs = 0;
        for (int i = 0; i < after.size(); i++) {
            cpuNs += after.get(i).cpuNs() - before.get(i).cpuNs();
            if (i == 0 || !fixedClient) {
                allocated += after.get(i).allocatedBytes() - before.get(i).allocatedBytes();
                pauses += after.get(i).gcPauses() - before.get(i).gcPauses();
                pauseNs += after.get(i).gcPauseNs() - before.get(i).gcPauseNs();
            }
        }
        final long serverCpuNs = client == null ? -1 : after.get(0).cpuNs() - before.get(0).cpuNs();
        return new Sample(to.mark().ns() - from.mark().ns(), to.mark().messages() - from.mark().messages(),
                to.mark().bytes() - from.mark().bytes(), to.mark().latencyNs(), cpuNs, serverCpuNs, allocated, pauses,
                pauseNs);
    }

    /** Which of the nodes counts. */
    private int counting() {
        return client == null || Node.serverCounts(cell.workload()) ? 0 : 1;
    }

    @Override
    public void resume() throws IOException {
        for (final NodeProcess node : nodes()) {
            node.resume();
        }
        paused = false;
        begin();
        Looks.sleep(WARM_AGAIN_MS);
    }

    private void begin() throws IOException {
        for (final NodeProcess node : nodes()) {
            node.begin();
        }
    }

    @Override
    public void pause() throws IOException {
        if (paused) {
            return;
        }
        for (final NodeProcess node : nodes().reversed()) {
            node.end();
        }
        settle();
        for (final NodeProcess node : nodes()) {
            node.pause();
        }
        paused = true;
    }

    /** Until nothing arrives any more: what is under way when its receiver stops would be sent again. */
    private void settle() throws IOException {
        final long[] before = {-1};
        Looks.until(() -> {
            final long now = arrived();
            final boolean same = now == before[0];
            before[0] = now;
            return same;
        }, LOOK_MS, SETTLED_MS, cell + ": messages do not end");
    }

    private long arrived() throws IOException {
        return mark().get(counting()).mark().bytes();
    }

    @Override
    public void close() {
        try {
            CloseHelper.closeAll(client, server);
        } finally {
            afterwards.run();
        }
    }
}
