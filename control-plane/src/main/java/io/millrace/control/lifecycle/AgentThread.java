package io.millrace.control.lifecycle;

import io.millrace.control.channel.EngineEventRing;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.engine.StackEngine;
import java.util.function.Consumer;
import org.agrona.concurrent.AgentRunner;

/**
 * The control plane's own thread (threading {@code dedicated}): a daemon that runs the agent, cares for engines that
 * nobody drives, and sleeps in between; an event of an engine wakes it at once.
 * Thread: any may start and close.
 */
public final class AgentThread implements AutoCloseable {
    private final AgentRunner runner;

    private AgentThread(final AgentRunner runner) {
        this.runner = runner;
    }

    /**
     * Starts the thread.
     *
     * @param memoryLost told of an {@link InternalError}: memory that the agent writes is lost.
     */
    public static AgentThread start(final ControlAgent agent, final StackEngine[] engines,
            final EngineEventRing[] rings, final ControlCounters counters,
            final Consumer<InternalError> memoryLost) {
        final AgentIdle idle = new AgentIdle(agent, new EngineCaretaker(engines, counters));
        final Defects defects = Defects.ofControlPlane(counters);
        final AgentRunner runner = new AgentRunner(idle, thrown -> {
            if (thrown instanceof InternalError lost) {
                memoryLost.accept(lost);
            } else {
                defects.onException(thrown);
            }
        }, null, idle);
        for (final EngineEventRing ring : rings) {
            ring.proxy().onEvent(idle::wakeup);
        }
        AgentRunner.startOnThread(runner,
                body -> Thread.ofPlatform().daemon().name(agent.roleName()).unstarted(body));
        return new AgentThread(runner);
    }

    /** Stops the thread and waits for its end. */
    @Override
    public void close() {
        runner.close();
    }
}
