package io.millrace.bench.compare.work;

/** What is done between start and stop. Thread: the event loop of its channels. */
interface Work {
    /** Messages begin. */
    void start();

    /** No further ones begin. */
    void stop();

    /** Whether none is under way. */
    boolean isIdle();
}
