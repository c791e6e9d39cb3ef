package io.millrace.bench;

import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.timer.TimerHandler;
import io.millrace.fastpath.timer.TimerNodes;
import io.millrace.fastpath.timer.TimerWheel;
import java.util.concurrent.TimeUnit;
import org.agrona.DeadlineTimerWheel;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The timer wheel with a million armed timers, and with few, four to a record of 512 bytes; and, by the side, Agrona's
 * {@link DeadlineTimerWheel} where its design differs: timers that cluster in the current tick, and a stall.
 */
public class TimerWheelBenchmark extends OffHeapBenchmark {
    private static final long TICK_NS = 1 << 20;
    private static final long SECOND_NS = 1_000_000_000;
    private static final int CLUSTER = 1000;

    /** Armed timers, the even ones; the odd ones are for starting and cancelling. */
    @State(Scope.Thread)
    public static class Million implements TimerHandler {
        /** How many, a power of two. */
        @Param({"16", "1048576"})
        public int timers;

        MemoryRegion records;
        TimerWheel wheel;
        long nowNs;
        int index;

        @Setup(Level.Iteration)
        public void open() {
            records = MemoryRegion.allocate("connections", timers / 2 * 512L);
            wheel = new TimerWheel(new TimerNodes(records.address(), 512, 128, 2), TICK_NS, 0);
            nowNs = 0;
            for (int i = 0; i < timers; i++) {
                wheel.schedule(2 * next(), SECOND_NS / 5 + (long) i * 1000);
            }
        }

        @TearDown(Level.Iteration)
        public void close() {
            wheel.close();
            records.close();
        }

        int next() {
            index = index * 0x915F77F5 + 0x6A09E667 & timers - 1;
            return index ^ index >>> 10;
        }

        @Override
        public void onTimer(final int node, final long now) {
            wheel.schedule(node, now + SECOND_NS);
        }
    }

    /** Each wheel with a thousand timers that are due at the end of the present tick. */
    @State(Scope.Thread)
    public static class Cluster implements TimerHandler, DeadlineTimerWheel.TimerHandler {
        MemoryRegion records;
        TimerWheel wheel;
        DeadlineTimerWheel agrona;
        int fired;

        @Setup(Level.Iteration)
        public void open() {
            records = MemoryRegion.allocate("connections", CLUSTER * 512L);
            wheel = new TimerWheel(new TimerNodes(records.address(), 512, 128, 0), TICK_NS, 0);
            agrona = new DeadlineTimerWheel(TimeUnit.NANOSECONDS, 0, TICK_NS, 1024);
            for (int i = 0; i < CLUSTER; i++) {
                wheel.schedule(i, TICK_NS - 1);
                agrona.scheduleTimer(TICK_NS - 1);
            }
        }

        @TearDown(Level.Iteration)
        public void close() {
            wheel.close();
            records.close();
        }

        @Override
        public void onTimer(final int node, final long now) {
            fired++;
        }

        @Override
        public boolean onTimerExpiry(final TimeUnit timeUnit, final long now, final long timerId) {
            fired++;
            return true;
        }
    }

    /** Each wheel with one timer, which comes due during a stall of a second. */
    @State(Scope.Thread)
    public static class Stall extends Cluster {
        long nowNs;

        @Override
        @Setup(Level.Iteration)
        public void open() {
            nowNs = 0;
            records = MemoryRegion.allocate("connections", 512);
            wheel = new TimerWheel(new TimerNodes(records.address(), 512, 128, 0), TICK_NS, 0);
            agrona = new DeadlineTimerWheel(TimeUnit.NANOSECONDS, 0, TICK_NS, 1024);
        }
    }

    /** The restart of a retransmission timer on an acknowledgement, of a random connection. */
    @Benchmark
    public void restartLater(final Million million) {
        million.nowNs += 10;
        million.wheel.schedule(2 * million.next(), million.nowNs + 2 * SECOND_NS);
    }

    /** The same of one connection, without the cache misses. */
    @Benchmark
    public void restartLaterInCache(final Million million) {
        million.nowNs += 10;
        million.wheel.schedule(2, million.nowNs + 2 * SECOND_NS);
    }

    @Benchmark
    public int pollNothingDue(final Million million) {
        return million.wheel.poll(TICK_NS, million, Integer.MAX_VALUE);
    }

    /** A timer of a random connection started and cancelled, among a million others. */
    @Benchmark
    public void scheduleAndCancel(final Million million) {
        final int node = 2 * million.next() + 1;
        million.nowNs += 10;
        million.wheel.schedule(node, million.nowNs + SECOND_NS / 5);
        million.wheel.cancel(node);
    }

    /** One tick of time, in which about a thousand timers of a million fire and are started again. */
    @Benchmark
    public int fireAndRestartATickOfAThousand(final Million million) {
        million.nowNs += TICK_NS;
        return million.wheel.poll(million.nowNs, million, Integer.MAX_VALUE);
    }

    @Benchmark
    public int pollClusterMillrace(final Cluster cluster) {
        return cluster.wheel.poll(TICK_NS / 2, cluster, Integer.MAX_VALUE);
    }

    @Benchmark
    public int pollClusterAgrona(final Cluster cluster) {
        return cluster.agrona.poll(TICK_NS / 2, cluster, Integer.MAX_VALUE);
    }

    /** From the end of a stall of a second until the timer that came due in it has fired. */
    @Benchmark
    public int stallMillrace(final Stall stall) {
        stall.nowNs += SECOND_NS;
        stall.wheel.schedule(0, stall.nowNs - TICK_NS);
        int polls = 1;
        while (stall.wheel.poll(stall.nowNs, stall, Integer.MAX_VALUE) == 0) {
            polls++;
        }
        return polls;
    }

    @Benchmark
    public int stallAgrona(final Stall stall) {
        stall.nowNs += SECOND_NS;
        stall.agrona.scheduleTimer(stall.nowNs - TICK_NS);
        int polls = 1;
        while (stall.agrona.poll(stall.nowNs, stall, Integer.MAX_VALUE) == 0) {
            polls++;
        }
        return polls;
    }
}
