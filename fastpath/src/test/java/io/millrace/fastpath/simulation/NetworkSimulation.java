package io.millrace.fastpath.simulation;

import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.PcapngWriter;
import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.wire.Ipv6Header;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Two to eight whole stacks in virtual time, joined by a router over links with bandwidth, queue, delay, loss at random
 * and in bursts, reordering, duplication, corruption and MTU, over IPv4 or IPv6, all of it from one seed: connections are opened between
 * random pairs, bytes flow both ways, ends are closed, half-closed and aborted. {@link #run} asserts the invariants of
 * every TCB after every step, that every byte arrives in order or the connection fails with a reason, that the whole
 * thing comes to rest, and that nothing is left behind. Thread: one.
 */
public final class NetworkSimulation {
    private static final int MAX_HOSTS = 8;
    private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;
    private static final int MAX_CONNECTIONS = 6;
    private static final int CROWD = 10;
    private static final int MAX_ROUNDS = 3_000_000;
    private static final long TURN_NS = 2_000;
    private static final long SLOW_TURN_NS = 100_000;
    /** A frame that left its port in this round is in the router's hands in the next, and received in the third. */
    private static final int IDLE_ROUNDS = 3;
    /** A day: on a bad network the RTO stays backed off (Karn) until a segment that was sent once is acknowledged. */
    private static final long MAX_NS = 24L * 3_600 * 1_000_000_000L;
    private static final int LATEST_START_NS = 2_000_000_000;

    private final long seed;
    private final Family family;
    private final int largest;
    private final Random random;
    private final List<SimulatedHost> hosts = new ArrayList<>();
    private final List<SimulatedConnection> connections = new ArrayList<>();
    private final List<HostPlan> plans = new ArrayList<>();
    private final boolean crowded;
    private final long turnNs;
    private Interference interference = (host, step) -> {};
    private @Nullable PcapngWriter capture;
    private long nowNs = 1_000_000_000L;
    private long steps;
    private Tally tally = new Tally();

    /** @param largest bytes that one side sends at the most. */
    public NetworkSimulation(final long seed, final int largest) {
        this.seed = seed;
        this.largest = largest;
        this.random = new Random(seed);
        // of the seed, and of nothing that is drawn: seeds of IPv4 do what they always did
        this.family = (seed * GOLDEN >>> 62) == 0 ? Family.V6 : Family.V4;
        final int count = random.nextInt(3) == 0 ? 3 + random.nextInt(MAX_HOSTS - 2) : 2;
        final boolean clean = random.nextInt(10) == 0;
        final boolean offloads = clean && random.nextBoolean();
        for (int i = 0; i < count; i++) {
            plans.add(clean
                    ? HostPlan.clean(offloads)
                    : HostPlan.draw(random, family == Family.V4 ? 0 : Ipv6Header.MIN_MTU));
        }
        // many connections with large buffers: the slab is too small for all of them
        crowded = random.nextInt(12) == 0;
        // without a frame to send in a stack turns in vain: the turns must not be too many
        turnNs = plans.stream().anyMatch(plan -> plan.frames() < 100) ? SLOW_TURN_NS : TURN_NS;
    }

    /** Called after each step of a host, to do harm: for tests of the simulation itself. */
    public interface Interference {
        /** @param step counts from 1. */
        void onStep(SimulatedHost host, long step);
    }

    NetworkSimulation interfere(final Interference with) {
        interference = with;
        return this;
    }

    /** What every host receives and sends is written there; not closed. */
    NetworkSimulation capture(final PcapngWriter writer) {
        capture = writer;
        return this;
    }

    /** What happens is added there. */
    NetworkSimulation tally(final Tally to) {
        tally = to;
        return this;
    }

    /**
     * Runs the simulation to its end.
     *
     * @throws AssertionError where anything is not as it should be.
     */
    public void run() {
        final long before = MemoryRegion.bytesInUse();
        Family.use(family);
        try (MemoryRegion scratch = MemoryRegion.allocate("simulation", 1 << 16)) {
            run(scratch);
        } finally {
            Family.use(Family.V4);
        }
        if (MemoryRegion.bytesInUse() != before) {
            throw new AssertionError("off-heap bytes are left: " + (MemoryRegion.bytesInUse() - before));
        }
    }

    private void run(final MemoryRegion scratch) {
        try {
            plans.forEach(plan -> hosts.add(new SimulatedHost(hosts.size(), plan, random, () -> nowNs, capture)));
            connect(scratch);
            comeToRest(new SimulatedRouter(hosts.stream().map(SimulatedHost::routerPort).toList(),
                    plans.stream().mapToInt(HostPlan::pathMtu).toArray()));
            connections.forEach(SimulatedConnection::assertOutcome);
            hosts.forEach(SimulatedHost::assertAtRest);
            connections.forEach(tally::add);
            hosts.forEach(host -> tally.add(host.engine().counters()));
            tally.addSteps(steps);
        } catch (final RuntimeException | AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + this, e);
        } finally {
            hosts.forEach(SimulatedHost::close);
        }
    }

    private void connect(final MemoryRegion scratch) {
        final int count = crowded ? CROWD : 1 + random.nextInt(MAX_CONNECTIONS);
        for (int i = 0; i < count; i++) {
            final SimulatedHost active = hosts.get(random.nextInt(hosts.size()));
            final SimulatedHost passive = other(active);
            final int least = crowded ? 1 << 19 : 0;
            final SimulatedConnection.Ends ends = new SimulatedConnection.Ends(active, passive,
                    SettingsDraw.draw(random, least), SettingsDraw.draw(random, least));
            final SimulatedConnection connection = new SimulatedConnection(i, ends,
                    application("client " + i, active, scratch), application("server " + i, passive, scratch),
                    random.nextInt(10) == 0, nowNs + (random.nextBoolean() ? 0 : random.nextInt(LATEST_START_NS)));
            connections.add(connection);
            // with Fast Open an old SYN may rightly bring its text to the next connection (RFC 7413 §6.1)
            if (random.nextInt(5) == 0 && !ends.passiveSettings().fastOpen()) {
                connections.add(connection.again(application("client " + i, active, scratch),
                        application("server " + i, passive, scratch), random.nextInt(1 << random.nextInt(10, 31))));
            }
        }
    }

    /** The host itself, one in twenty times. */
    private SimulatedHost other(final SimulatedHost host) {
        final int step = random.nextInt(20) == 0 ? 0 : 1 + random.nextInt(hosts.size() - 1);
        return hosts.get((hosts.indexOf(host) + step) % hosts.size());
    }

    private SimulatedApplication application(final String name, final SimulatedHost host, final MemoryRegion scratch) {
        final SimulatedApplication application = new SimulatedApplication(name + " on " + host, host.engine().tcp(),
                host.engine().frames(),
                scratch, random, crowded ? largest / 2 : 0, largest);
        host.run(application);
        return application;
    }

    private void comeToRest(final SimulatedRouter router) {
        int idle = 0;
        for (int rounds = 0; rounds < MAX_ROUNDS && nowNs < MAX_NS; rounds++) {
            final int work = round(router);
            idle = work > 0 ? 0 : idle + 1;
            nowNs += work > 0 ? turnNs : 0;
            if (idle == IDLE_ROUNDS) {
                idle = 0;
                final long nextNs = nextNs();
                if (nextNs == Long.MAX_VALUE && !giveUp()) {
                    return;
                }
                nowNs = nextNs == Long.MAX_VALUE ? nowNs : Math.max(nowNs, nextNs);
            }
        }
        throw new AssertionError("it never comes to rest; " + router);
    }

    private boolean giveUp() {
        boolean some = false;
        for (final SimulatedConnection connection : connections) {
            some |= connection.giveUp();
        }
        return some;
    }

    /** A step of every host, and the router; returns how many things were done. */
    private int round(final SimulatedRouter router) {
        int work = 0;
        for (final SimulatedConnection connection : connections) {
            work += connection.start(nowNs);
        }
        for (final SimulatedHost host : hosts) {
            final int done = host.step(nowNs);
            if (done > 0) {
                work += done;
                interference.onStep(host, ++steps);
            }
        }
        if (work > 0) {
            connections.forEach(SimulatedConnection::assertEndsAgree);
        }
        return work + router.turn(nowNs);
    }

    private long nextNs() {
        long nextNs = Long.MAX_VALUE;
        for (final SimulatedHost host : hosts) {
            nextNs = Math.min(nextNs, host.deadlineNs());
        }
        for (final SimulatedConnection connection : connections) {
            nextNs = Math.min(nextNs, connection.deadlineNs());
        }
        return nextNs;
    }

    @Override
    public String toString() {
        return "seed " + seed + ", step " + steps + ", " + nowNs + " ns, " + family + "\n"
                + hosts.stream().map(host -> "  " + host.describe()).collect(Collectors.joining("\n")) + "\n"
                + connections.stream().map(connection -> "  " + connection).collect(Collectors.joining("\n"));
    }
}
