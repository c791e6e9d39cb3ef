package io.millrace.control.lifecycle;

import io.millrace.fastpath.idle.HostThreads;
import io.millrace.fastpath.idle.IdleSource;
import io.millrace.fastpath.idle.IdleTimes;
import io.millrace.fastpath.idle.Idling;
import io.millrace.fastpath.idle.LoopIdle;
import io.millrace.fastpath.port.Sleeper;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.IdleStrategy;
import org.jspecify.annotations.Nullable;

/**
 * What the control plane's own thread runs, and how it idles: it sleeps until the next timer, and an event of an engine
 * wakes it. For what other threads ask of it, and other processes, it looks every 20 ms; for packets of an engine that
 * nobody else drives, every millisecond. Thread: the agent's, but for {@link #wakeup}.
 */
final class AgentIdle implements Agent, IdleStrategy {
    private static final IdleTimes TIMES = new IdleTimes(0, 0, TimeUnit.MILLISECONDS.toNanos(1),
            TimeUnit.MILLISECONDS.toNanos(20));

    private final ControlAgent agent;
    private final EngineCaretaker caretaker;
    private final LoopIdle idle = Idling.sleeping(HostThreads.PLAIN, TIMES).newLoop();
    private final IdleSource source;

    AgentIdle(final ControlAgent agent, final EngineCaretaker caretaker) {
        this.agent = agent;
        this.caretaker = caretaker;
        source = new Source(caretaker);
    }

    /** Ends a sleep. Thread: any. */
    void wakeup() {
        idle.wakeup();
    }

    @Override
    public void onStart() {
        idle.begin();
        idle.start(source);
    }

    @Override
    public int doWork() {
        idle.onTurn();
        return agent.doWork() + caretaker.doWork();
    }

    @Override
    public String roleName() {
        return agent.roleName();
    }

    @Override
    public void idle(final int workCount) {
        if (workCount > 0) {
            reset();
        } else {
            idle();
        }
    }

    @Override
    public void idle() {
        idle.idle(System.nanoTime(), agent.untilDeadlineNs());
    }

    @Override
    public void reset() {
        idle.onWork();
    }

    private record Source(EngineCaretaker caretaker) implements IdleSource {
        @Override
        public int descriptors() {
            return 0;
        }

        @Override
        public int descriptor(final int index) {
            throw new IndexOutOfBoundsException(index);
        }

        @Override
        public void sleeper(final @Nullable Sleeper sleeper) {
            // events wake it
        }

        @Override
        public boolean wakesSleeper() {
            return !caretaker.isDriving();
        }

        @Override
        public boolean prepareToBlock() {
            return true;
        }

        @Override
        public void onWoken(final boolean slept, final boolean early) {
            // nothing is counted
        }
    }
}
