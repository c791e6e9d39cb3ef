package io.millrace.services.iperf;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** The part of a CPU that a thread used. Thread: that one. */
final class CpuUse {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final boolean supported = THREADS.isCurrentThreadCpuTimeSupported();
    private long wallNs;
    private long allNs;
    private long userNs;

    void begin() {
        wallNs = System.nanoTime();
        allNs = supported ? THREADS.getCurrentThreadCpuTime() : 0;
        userNs = supported ? THREADS.getCurrentThreadUserTime() : 0;
    }

    /** Since {@link #begin}. */
    void end() {
        wallNs = Math.max(1, System.nanoTime() - wallNs);
        allNs = supported ? THREADS.getCurrentThreadCpuTime() - allNs : 0;
        userNs = supported ? Math.min(allNs, THREADS.getCurrentThreadUserTime() - userNs) : 0;
    }

    double totalPercent() {
        return 100.0 * allNs / wallNs;
    }

    double userPercent() {
        return 100.0 * userNs / wallNs;
    }
}
