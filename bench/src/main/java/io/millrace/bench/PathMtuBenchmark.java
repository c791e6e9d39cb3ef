package io.millrace.bench;

import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.ip.PathMtuSettings;
import io.millrace.fastpath.ip.PathMtus;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What is known of paths, with as many narrow ones as there is room for: each call is about another host. */
@State(Scope.Thread)
public class PathMtuBenchmark extends OffHeapBenchmark {
    private static final int HOSTS = PathMtuSettings.DEFAULT.entries();
    private static final int FIRST_HOST = 0x0A01_0000;
    private static final int LINK_MTU = 1_500;
    private static final int NARROW = 1_400;
    private static final int BASE = 1_280;
    private static final int THRESHOLD = 8;
    private static final long TURN_NS = TimeUnit.SECONDS.toNanos(1);

    /** Of all addresses. */
    @Param({"IPV4", "IPV6"})
    public Family family;

    private EngineCounters counters;
    private PathMtus paths;
    private int index;
    private long nowNs;

    /** The table is full. */
    @Setup(Level.Trial)
    public void open() {
        counters = new EngineCounters();
        paths = new PathMtus(PathMtuSettings.DEFAULT, counters, 42);
        for (int host = 0; host < HOSTS; host++) {
            paths.onTooLong(family.hi(), lo(host), NARROW, LINK_MTU);
        }
    }

    @TearDown(Level.Trial)
    public void close() {
        counters.close();
    }

    /** A connection to a host behind a narrow path is about to send. */
    @Benchmark
    public int known() {
        return paths.mtu(family.hi(), lo(next()), LINK_MTU);
    }

    /** One to any other host. */
    @Benchmark
    public int unknown() {
        return paths.mtu(family.hi(), lo(HOSTS + next()), LINK_MTU);
    }

    /** A router tells of a host that nothing is known of; the host that was told of longest ago makes room. */
    @Benchmark
    public boolean tooLong() {
        index++;
        return paths.onTooLong(family.hi(), lo(HOSTS + (index & 0xFFFFF)), NARROW, LINK_MTU);
    }

    /** A probe is chosen and lost, the next one of that size arrives. */
    @Benchmark
    public int probes() {
        final long lo = lo(next());
        final int size = paths.nextProbe(family.hi(), lo, BASE, LINK_MTU, THRESHOLD);
        paths.onProbeLost(family.hi(), lo, size, BASE);
        paths.onProbeArrived(family.hi(), lo, size);
        return size;
    }

    /** News of one host, and a turn in which what is old is forgotten. */
    @Benchmark
    public int tooLongAndForgotten() {
        nowNs += TURN_NS;
        final boolean news = tooLong();
        return paths.onTurn(nowNs) + (news ? 1 : 0);
    }

    private int next() {
        index = index * 0x915F77F5 + 0x6A09E667;
        return index >>> 8 & HOSTS - 1;
    }

    private long lo(final int host) {
        return family.lo(FIRST_HOST + host);
    }
}
