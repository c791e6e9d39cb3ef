package io.millrace.bench.many;

import java.lang.management.ManagementFactory;

/**
 * How long something took.
 *
 * @param count how many.
 * @param ns    for all of them.
 * @param cpuNs processor time of the thread: where other programs run on the machine it says more than the time that passes.
 */
public record Phase(long count, long ns, long cpuNs) {
    private static final double SECOND = 1e9;
    private static final double MICROSECOND = 1e3;

    /** A phase that begins now. */
    static Phase begin() {
        return new Phase(0, System.nanoTime(), cpuTime());
    }

    /** The same, over now. */
    Phase end(final long done) {
        return new Phase(done, System.nanoTime() - ns, cpuTime() - cpuNs);
    }

    private static long cpuTime() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /** So many a second. */
    double rate() {
        return count * SECOND / ns;
    }

    /** So many in a second of processor time. */
    double cpuRate() {
        return count * SECOND / cpuNs;
    }

    double seconds() {
        return ns / SECOND;
    }

    /** Microseconds of processor time of one. */
    double cpuMicros() {
        return cpuNs / MICROSECOND / count;
    }
}
