package io.millrace.control.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.millrace.config.Cidr;
import io.millrace.control.RecordingCommands;
import io.millrace.control.address.PublishedRoutes;
import io.millrace.control.address.RouteTable;
import io.millrace.control.channel.EngineEventRing;
import io.millrace.control.channel.PatientCommands;
import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.control.multicast.GroupMembership;
import io.millrace.control.multicast.IgmpSettings;
import io.millrace.control.neighbour.NeighbourCache;
import io.millrace.control.neighbour.NeighbourSettings;
import io.millrace.control.neighbour.OwnAddressSettings;
import io.millrace.fastpath.wire.IpAddress;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.CachedNanoClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ControlAgentTest {
    private static final long PEER = IpAddress.v4(0x0a000001);

    private final CachedNanoClock clock = new CachedNanoClock();
    private final ControlCounters counters = new ControlCounters();
    private final RecordingCommands engine0 = new RecordingCommands();
    private final RecordingCommands engine1 = new RecordingCommands();
    private final PatientCommands[] commands = {new PatientCommands(() -> engine0, counters),
            new PatientCommands(() -> engine1, counters)};
    private final EngineEventRing[] rings = {new EngineEventRing(1_024), new EngineEventRing(1_024)};
    private final PublishedRoutes routes = new PublishedRoutes(
            RouteTable.of(List.of(Cidr.parse("10.0.0.2/24")), List.of()));
    private final NeighbourCache neighbours = new NeighbourCache(
            new NeighbourSettings(8, TimeUnit.SECONDS.toNanos(1), 3, TimeUnit.SECONDS.toNanos(30), 1, 1,
                    OwnAddressSettings.DEFAULT.withAnnouncements(0)),
            commands,
            2, routes.link(0),
            (address, mac, outcome) -> {
                throw new IllegalStateException("expected by the test");
            }, new SplittableRandom(2), counters);
    private final GroupMembership groups = new GroupMembership(IgmpSettings.DEFAULT, commands[0], routes.link(0),
            new SplittableRandom(1), counters);
    private final ControlAgent agent = new ControlAgent(clock, rings, commands,
            List.of(new Link("memory:0", neighbours, groups, null)), counters);

    @AfterEach
    void close() {
        rings[0].close();
        rings[1].close();
        groups.close();
        neighbours.close();
    }

    @Test
    void shouldReportTheGroupsThatAreJoined() {
        groups.listen(this, 0, IpAddress.v4(0xEF010203), false);
        assertThat(agent.nextDeadlineNs()).isEqualTo(Long.MIN_VALUE);
        assertThat(agent.doWork()).isEqualTo(1);
        assertThat(engine0.take()).containsExactly("igmp 10.0.0.2 > 224.0.0.22: v3 report to_ex(239.1.2.3)");
        assertThat(agent.nextDeadlineNs()).isBetween(1L, TimeUnit.SECONDS.toNanos(1));
    }

    @Test
    void shouldMakeNoGarbageWhileNothingIsDue() {
        agent.doWork();
        engine0.take();
        engine1.take();
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        threads.getCurrentThreadAllocatedBytes();
        final long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            agent.doWork();
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
    }

    @Test
    void shouldServeTheEventsOfEveryEngine() {
        rings[1].proxy().onNeighbourWanted(0, 0, PEER);
        assertThat(agent.doWork()).isEqualTo(1);
        assertThat(engine1.take()).containsExactly("request 2 10.0.0.2 > ffffffffffff 10.0.0.1");
        rings[0].proxy().onArp(0, 2, 0x10, 0x0a000001, 0x0a000002);
        assertThat(agent.doWork()).isEqualTo(1);
        assertThat(engine0.take()).containsExactly("resolved 10.0.0.1 10");
        assertThat(engine1.take()).containsExactly("resolved 10.0.0.1 10");
        rings[0].proxy().onNeighbourConfirmed(0, 0, PEER);
        assertThat(agent.doWork()).isEqualTo(1);
        assertThat(agent.doWork()).isZero();
    }

    @Test
    void shouldRunTheTimersOnItsClock() {
        rings[0].proxy().onNeighbourWanted(0, 0, PEER);
        agent.doWork();
        engine0.take();
        clock.update(TimeUnit.SECONDS.toNanos(1));
        assertThat(agent.doWork()).isEqualTo(1);
        assertThat(engine0.take()).as("the question again, by another engine").isEmpty();
        assertThat(engine1.take()).hasSize(1);
    }

    @Test
    void shouldServeEventsAtOnceWithinTheTurnsOfAnEngineAndLookAtTimersNowAndThen() {
        final AgentInTurns inTurns = new AgentInTurns(agent);
        inTurns.doWork(1_000_000);
        groups.listen(this, 0, IpAddress.v4(0xEF010203), false);
        assertThat(inTurns.doWork(1_000_001)).isZero();
        final long dueNs = inTurns.nextDeadlineNs();
        assertThat(dueNs).isBetween(1_000_001L, 1_100_000L);
        rings[1].proxy().onNeighbourWanted(0, 0, PEER);
        assertThat(inTurns.nextDeadlineNs()).isEqualTo(Long.MIN_VALUE);
        assertThat(inTurns.doWork(1_000_002)).as("the event, and what else is due by then").isEqualTo(2);
        groups.listen(this, 0, IpAddress.v4(0xEF010204), false);
        assertThat(inTurns.doWork(dueNs - 1)).isZero();
        assertThat(inTurns.doWork(dueNs + 2)).isEqualTo(1);
        groups.listen(this, 0, IpAddress.v4(0xEF010205), false);
        assertThat(inTurns.doWork(dueNs + 2)).as("the same time again: virtual time stands still").isEqualTo(1);
    }

    @Test
    void shouldTryCommandsAgainThatFoundARingFull() {
        engine1.full(true);
        commands[1].abort(7);
        assertThat(agent.doWork()).isZero();
        engine1.full(false);
        assertThat(agent.doWork()).isEqualTo(1);
        assertThat(engine1.take()).containsExactly("abort 7");
    }

    @Test
    void shouldGoOnAfterAnException() {
        rings[0].proxy().onArp(0, 1, 0x10, 0x0a000002, 0x0a000001);
        rings[0].proxy().onNeighbourWanted(0, 0, PEER);
        agent.doWork();
        agent.doWork();
        assertThat(counters.get(ControlCounter.CONTROL_EXCEPTIONS)).isEqualTo(1);
        assertThat(engine0.take()).contains("request 2 10.0.0.2 > ffffffffffff 10.0.0.1");
    }
}
