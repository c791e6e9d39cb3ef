package io.millrace.bench.compare.work;

import java.io.IOException;

/** One end of a workload: a service with its connections, or a client with its. Thread: one. */
public interface End extends AutoCloseable {
    /** Messages begin. Those who only answer have nothing to do. */
    void start() throws IOException;

    /**
     * No further messages begin; returns when those under way are over.
     *
     * @throws IOException where they do not end, or something failed before.
     */
    void stop() throws IOException;

    /**
     * What has arrived here until now, and the latencies since the last mark.
     *
     * @throws IOException where something has failed: what and why in one sentence.
     */
    Mark mark() throws IOException;

    /** Closes its connections. */
    @Override
    void close();
}
