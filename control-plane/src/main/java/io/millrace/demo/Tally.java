package io.millrace.demo;

import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Counts what clients saw. Thread: any. */
final class Tally {
    private static final long LONGEST_NS = TimeUnit.MINUTES.toNanos(2);
    private static final double NS_PER_MS = 1e6;

    private final Histogram latencyNs = new Histogram(LONGEST_NS, 3);
    private final CountDownLatch connections;
    private long responses;
    private long bytes;
    private long wrong;
    private long broken;
    private @Nullable Throwable firstFailure;

    Tally(final int connections) {
        this.connections = new CountDownLatch(connections);
    }

    synchronized void onResponse(final long durationNs, final long length, final boolean right) {
        latencyNs.recordValue(Math.min(durationNs, LONGEST_NS));
        responses++;
        bytes += length;
        wrong += right ? 0 : 1;
    }

    synchronized void onFailure(final Throwable cause) {
        if (firstFailure == null) {
            firstFailure = cause;
        }
    }

    /** A connection is closed; {@code complete} where it had every answer. */
    void onConnectionOver(final boolean complete) {
        synchronized (this) {
            broken += complete ? 0 : 1;
        }
        connections.countDown();
    }

    /** Waits until every connection is over; false where that takes longer. */
    boolean await(final long seconds) throws InterruptedException {
        return connections.await(seconds, TimeUnit.SECONDS);
    }

    /** True where there were so many answers, and every byte of each was right. */
    synchronized boolean isRight(final long expectedResponses) {
        return wrong == 0 && broken == 0 && responses == expectedResponses;
    }

    /** One sentence; says that bytes were wrong only where some were. */
    synchronized String verdict(final long expectedResponses) {
        if (isRight(expectedResponses)) {
            return "Every byte was right.";
        }
        return wrong > 0 ? "NOT every byte was right." : "NOT every request was answered.";
    }

    synchronized void print(final PrintWriter out, final long expectedResponses) {
        out.printf("  requests   %,d of %,d answered, %,d bytes, %,d answers wrong, %,d connections broken%n",
                responses,
                expectedResponses, bytes, wrong, broken);
        if (firstFailure != null) {
            out.println("  failure    " + firstFailure);
        }
        if (latencyNs.getTotalCount() > 0) {
            out.printf("  latency    p50 %.3f ms, p90 %.3f ms, p99 %.3f ms, p99.9 %.3f ms, longest %.3f ms%n", ms(50),
                    ms(90), ms(99), ms(99.9), ms(100));
        }
    }

    private double ms(final double percentile) {
        return latencyNs.getValueAtPercentile(percentile) / NS_PER_MS;
    }
}
