package io.millrace.fastpath.engine;

/** What is run within the turns of an engine: the control plane in threading mode {@code shared}. Thread: the engine's. */
public interface Companion {
    /**
     * Called in every turn, so it shall cost next to nothing where nothing is due.
     *
     * @param nowNs the engine's clock.
     * @return the number of things done.
     */
    int doWork(long nowNs);

    /** When it must run next, as {@link StackEngine#nextDeadlineNs} says it of the engine. */
    long nextDeadlineNs();
}
