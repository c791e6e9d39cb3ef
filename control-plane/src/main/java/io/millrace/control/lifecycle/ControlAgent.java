package io.millrace.control.lifecycle;

import io.millrace.control.channel.EngineEventAdapter;
import io.millrace.control.channel.EngineEventRing;
import io.millrace.control.channel.PatientCommands;
import io.millrace.control.counters.ControlCounters;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.CachedNanoClock;
import org.agrona.concurrent.NanoClock;

/**
 * The control plane's duty cycle: the engines' events, commands that had to wait, timers. Runs on a thread of its own or
 * within the turns of the first engine. An exception ends a step, never the agent.
 * Thread: the agent's.
 */
public final class ControlAgent implements Agent {
    private static final int EVENTS_PER_TURN = 64;

    private final NanoClock clock;
    private final CachedNanoClock turnClock = new CachedNanoClock();
    private final EngineEventAdapter[] events;
    private final PatientCommands[] commands;
    private final ControlTask[] tasks;
    private final Defects defects;

    /**
     * @param clock    read once a turn.
     * @param rings    the engines' event rings, in the order of the engines.
     * @param commands the way to each engine.
     * @param links    the stack's links, in the order of their numbers.
     * @param tasks    what else is done in each turn, in this order.
     */
    public ControlAgent(final NanoClock clock, final EngineEventRing[] rings, final PatientCommands[] commands,
            final List<Link> links, final ControlCounters counters, final ControlTask... tasks) {
        this.clock = clock;
        this.commands = commands.clone();
        final List<ControlTask> all = new ArrayList<>();
        links.forEach(link -> all.addAll(link.tasks()));
        all.addAll(List.of(tasks));
        this.tasks = all.toArray(ControlTask[]::new);
        defects = Defects.ofControlPlane(counters);
        events = new EngineEventAdapter[rings.length];
        for (int engine = 0; engine < rings.length; engine++) {
            events[engine] = rings[engine].adapter(new AgentEvents(engine, links, turnClock));
        }
    }

    @Override
    public int doWork() {
        return doWork(clock.nanoTime());
    }

    /** The same, at a time of its clock that the caller has read. */
    int doWork(final long nowNs) {
        turnClock.update(nowNs);
        return pollEvents() + retryCommands() + runTasks(nowNs);
    }

    /**
     * When the agent must run next, in nanoseconds of its clock: {@link Long#MIN_VALUE} where something waits now,
     * {@link Long#MAX_VALUE} where nothing does. May be early, never late.
     */
    public long nextDeadlineNs() {
        return isWaiting() ? Long.MIN_VALUE : nextTaskNs();
    }

    /** True where an engine's events, or commands to one, wait. */
    boolean isWaiting() {
        for (int engine = 0; engine < events.length; engine++) {
            if (events[engine].hasEvents() || commands[engine].isWaiting()) {
                return true;
            }
        }
        return false;
    }

    /** {@link #nextDeadlineNs} of the tasks alone. */
    long nextTaskNs() {
        long next = Long.MAX_VALUE;
        for (final ControlTask task : tasks) {
            next = Math.min(next, task.nextDeadlineNs());
        }
        return next;
    }

    /** In how many nanoseconds that is; {@link Long#MIN_VALUE} and {@link Long#MAX_VALUE} as there. */
    long untilDeadlineNs() {
        final long deadlineNs = nextDeadlineNs();
        return deadlineNs == Long.MIN_VALUE || deadlineNs == Long.MAX_VALUE
                ? deadlineNs
                : deadlineNs - clock.nanoTime();
    }

    @Override
    public String roleName() {
        return "millrace-control";
    }

    private int pollEvents() {
        int done = 0;
        for (final EngineEventAdapter adapter : events) {
            try {
                done += adapter.drain(EVENTS_PER_TURN);
            } catch (final RuntimeException e) {
                defects.onException(e);
                done++;
            }
        }
        return done;
    }

    private int retryCommands() {
        int done = 0;
        for (final PatientCommands engine : commands) {
            try {
                done += engine.doWork();
            } catch (final RuntimeException e) {
                defects.onException(e);
            }
        }
        return done;
    }

    private int runTasks(final long nowNs) {
        int done = 0;
        for (final ControlTask task : tasks) {
            try {
                done += task.doWork(nowNs);
            } catch (final RuntimeException e) {
                defects.onException(e);
            }
        }
        return done;
    }
}
