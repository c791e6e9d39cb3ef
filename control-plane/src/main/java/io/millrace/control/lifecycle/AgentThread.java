package io.millrace.control.lifecycle;

import io.millrace.control.channel.EngineEventProxy;
import io.millrace.control.channel.EngineEventRing;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.engine.StackEngine;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.CompositeAgent;
import org.agrona.concurrent.IdleStrategy;

/**
 * The control plane's own thread (threading {@code dedicated}): a daemon that runs the agent, cares for engines that
 * nobody drives, and sleeps in between, 1 ms at the most; the first event of an engine wakes it at once.
 * Thread: any may start and close.
 */
public final class AgentThread implements AutoCloseable {
    private static final long MIN_PARK_NS = TimeUnit.MICROSECONDS.toNanos(50);
    private static final long MAX_PARK_NS = TimeUnit.MILLISECONDS.toNanos(1);

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
        final IdleStrategy idle = new BackoffIdleStrategy(1, 1, MIN_PARK_NS, MAX_PARK_NS);
        final Defects defects = Defects.ofControlPlane(counters);
        final AgentRunner runner = new AgentRunner(idle, thrown -> {
            if (thrown instanceof InternalError lost) {
                memoryLost.accept(lost);
            } else {
                defects.onException(thrown);
            }
        }, null,
                new CompositeAgent(agent, new EngineCaretaker(engines, counters)));
        final Thread thread = AgentRunner.startOnThread(runner,
                body -> Thread.ofPlatform().daemon().name(agent.roleName()).unstarted(body));
        for (final EngineEventRing ring : rings) {
            final EngineEventProxy proxy = ring.proxy();
            proxy.onFirstEvent(() -> LockSupport.unpark(thread));
        }
        return new AgentThread(runner);
    }

    /** Stops the thread and waits for its end. */
    @Override
    public void close() {
        runner.close();
    }
}
