package io.millrace.bench.compare.work;

/** What is done between start and stop. Thread: the event loop of its channels. */
interface Work {
    /** Messages begin. */
    void start();

    /** No further ones begin. */
    void stop();

    /** The figures are taken: whoever knows of what has not come back yet counts it now. */
    default void onMark() {}

    /** Whether none is under way. */
    boolean isIdle();
}
