package io.millrace.control.lifecycle;

import io.millrace.control.channel.EngineEventAdapter;
import io.millrace.control.channel.EngineEventRing;
import io.millrace.control.channel.PatientCommands;
import io.millrace.control.counters.ControlCounters;
import io.millrace.control.multicast.GroupMembership;
import io.millrace.control.neighbour.NeighbourCache;
import io.millrace.control.observe.ObservationDesk;
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
    private final NeighbourCache neighbours;
    private final GroupMembership groups;
    private final ObservationDesk desk;
    private final Defects defects;

    /**
     * @param clock    read once a turn.
     * @param rings    the engines' event rings, in the order of the engines.
     * @param commands the way to each engine.
     * @param desk     where others look in.
     */
    public ControlAgent(final NanoClock clock, final EngineEventRing[] rings, final PatientCommands[] commands,
            final NeighbourCache neighbours, final GroupMembership groups, final ObservationDesk desk,
            final ControlCounters counters) {
        this.clock = clock;
        this.commands = commands.clone();
        this.neighbours = neighbours;
        this.groups = groups;
        this.desk = desk;
        defects = Defects.ofControlPlane(counters);
        events = new EngineEventAdapter[rings.length];
        for (int engine = 0; engine < rings.length; engine++) {
            events[engine] = rings[engine].adapter(new AgentEvents(engine, neighbours, groups, turnClock));
        }
    }

    @Override
    public int doWork() {
        final long nowNs = clock.nanoTime();
        turnClock.update(nowNs);
        return pollEvents() + retryCommands() + pollNeighbours(nowNs) + pollGroups(nowNs)
                + pollDesk(nowNs);
    }

    /**
     * When the agent must run next, in nanoseconds of its clock: {@link Long#MIN_VALUE} where something waits now,
     * {@link Long#MAX_VALUE} where nothing does. May be early, never late.
     */
    public long nextDeadlineNs() {
        if (desk.isAsked()) {
            return Long.MIN_VALUE;
        }
        for (int engine = 0; engine < events.length; engine++) {
            if (events[engine].hasEvents() || commands[engine].isWaiting()) {
                return Long.MIN_VALUE;
            }
        }
        return Math.min(neighbours.nextDeadlineNs(), groups.nextDeadlineNs());
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

    private int pollNeighbours(final long nowNs) {
        try {
            return neighbours.doWork(nowNs);
        } catch (final RuntimeException e) {
            defects.onException(e);
            return 0;
        }
    }

    private int pollGroups(final long nowNs) {
        try {
            return groups.doWork(nowNs);
        } catch (final RuntimeException e) {
            defects.onException(e);
            return 0;
        }
    }

    private int pollDesk(final long nowNs) {
        try {
            return desk.doWork(nowNs);
        } catch (final RuntimeException e) {
            defects.onException(e);
            return 0;
        }
    }
}
