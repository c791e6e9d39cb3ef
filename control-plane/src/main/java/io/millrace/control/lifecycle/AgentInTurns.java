package io.millrace.control.lifecycle;

import io.millrace.fastpath.engine.Companion;
import java.util.concurrent.TimeUnit;

/**
 * The agent within the turns of an engine, which may be as short as a look at an empty ring: events and commands that wait
 * are served in the next turn, and timers are looked at once in {@value #PERIOD_US} µs. Thread: the engine's.
 */
public final class AgentInTurns implements Companion {
    /** Far below what any timer of the control plane is exact to. */
    private static final long PERIOD_US = 20;
    private static final long PERIOD_NS = TimeUnit.MICROSECONDS.toNanos(PERIOD_US);

    private final ControlAgent agent;
    private long nextNs = Long.MIN_VALUE;
    private long lastNs = Long.MIN_VALUE;

    public AgentInTurns(final ControlAgent agent) {
        this.agent = agent;
    }

    @Override
    public int doWork(final long nowNs) {
        // a clock that stands still, as virtual time does between steps, does not say how much has been left undone
        final boolean early = nowNs != lastNs && nowNs < nextNs;
        lastNs = nowNs;
        if (early && !agent.isWaiting()) {
            return 0;
        }
        nextNs = nowNs + PERIOD_NS;
        return agent.doWork(nowNs);
    }

    @Override
    public long nextDeadlineNs() {
        return agent.isWaiting() ? Long.MIN_VALUE : Math.max(nextNs, agent.nextTaskNs());
    }
}
