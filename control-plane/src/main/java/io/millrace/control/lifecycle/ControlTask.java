package io.millrace.control.lifecycle;

/** A part of the control plane with timers, done in each turn of the agent. Thread: the agent's. */
public interface ControlTask {
    /** Does what is due at this time of the agent's clock; returns the number of things done. */
    int doWork(long nowNs);

    /**
     * Before this time {@link #doWork} has nothing to do; {@link Long#MIN_VALUE}: now; {@link Long#MAX_VALUE}: never. May
     * be early, never late.
     */
    long nextDeadlineNs();
}
