package io.millrace.fastpath.simulation;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.port.FaultInjectionPort;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PcapngWriter;
import io.millrace.fastpath.tcp.TcpInvariants;
import io.millrace.fastpath.testing.BalancePort;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One stack with its applications and its link to the router. A step is a turn of the engine and of everything that
 * runs on the host; after each that did something the invariants hold. Thread: the simulation's.
 */
final class SimulatedHost implements AutoCloseable {
    private static final EngineSettings ENGINE = new EngineSettings(16, 16, 1 << 20, 64, 1 << 16, 16, 4, 1_000);
    private static final int PAUSE_ODDS = 200;
    private static final int LONGEST_PAUSE_NS = 300_000_000;

    private final int number;
    private final HostPlan plan;
    private final Random random;
    private final MemoryLink link;
    private final BalancePort port;
    private final StackEngine engine;
    private final SimulatedControl control;
    private final TcpInvariants invariants;
    private final List<SimulatedApplication> applications = new ArrayList<>();
    private final List<SimulatedListener> listeners = new ArrayList<>();
    private final List<Runnable> offers = new ArrayList<>();
    private long pausedUntilNs = Long.MIN_VALUE;

    SimulatedHost(final int number, final HostPlan plan, final Random random, final LongSupplier nowNs,
            final @Nullable PcapngWriter capture) {
        this.number = number;
        this.plan = plan;
        this.random = random;
        link = MemoryLink.builder().ethernet(false).mtu(plan.mtu()).framesPerSide(plan.frames())
                .offloads(plan.offloads()).build();
        final PacketPort wire = link.side(0).queue(0);
        final PacketPort faulty = plan.offloads()
                ? wire
                : new FaultInjectionPort(wire, plan.down(), plan.up(), random.nextLong());
        port = new BalancePort(capture == null ? faulty : new CaptureTap(faulty, capture));
        control = new SimulatedControl(address(), random);
        engine = new StackEngine(0, ENGINE, port, control, nowNs::getAsLong);
        invariants = new TcpInvariants(engine.tcp());
    }

    /** In host order. */
    int address() {
        return SimulatedRouter.address(number);
    }

    StackEngine engine() {
        return engine;
    }

    TcpInvariants invariants() {
        return invariants;
    }

    /** The router's end of the link. */
    PacketPort routerPort() {
        return link.side(1).queue(0);
    }

    HostPlan plan() {
        return plan;
    }

    void run(final SimulatedApplication application) {
        applications.add(application);
    }

    void listen(final SimulatedConnection connection) {
        final SimulatedListener listener = new SimulatedListener(this, connection, connection.passiveSettings(),
                random);
        listeners.add(listener);
        control.listen(connection.port(), listener);
    }

    /** A listener's connection is ready to be accepted, which happens after the turn. */
    void offered(final SimulatedConnection connection, final long handle) {
        offers.add(() -> connection.accept(handle));
    }

    /** One step; returns the number of things done. */
    int step(final long nowNs) {
        if (nowNs < pausedUntilNs) {
            return 0;
        }
        int work = 0;
        for (final SimulatedApplication application : applications) {
            work += application.act(nowNs);
        }
        work += engine.doWork() + offers.size();
        offers.forEach(Runnable::run);
        offers.clear();
        if (work > 0) {
            assertInvariants();
            if (plan.sluggish() && random.nextInt(PAUSE_ODDS) == 0) {
                pausedUntilNs = nowNs + random.nextInt(LONGEST_PAUSE_NS);
            }
        }
        return work;
    }

    /** When it wants to run next, whatever arrives. */
    long deadlineNs() {
        long deadlineNs = engine.nextDeadlineNs();
        for (final SimulatedApplication application : applications) {
            deadlineNs = Math.min(deadlineNs, application.deadlineNs());
        }
        return Math.max(deadlineNs, pausedUntilNs);
    }

    private void assertInvariants() {
        invariants.check();
        final Throwable defect = control.defect();
        if (defect != null) {
            throw new AssertionError("exception in the engine: " + defect, defect);
        }
        // frames that it neither sends nor needs
        check(engine.nextDeadlineNs() == Long.MIN_VALUE || port.held() == engine.frames().lent(),
                "frames held: " + port.held() + ", lent " + engine.frames().lent());
    }

    /** Asserts that nothing at all is left. */
    void assertAtRest() {
        check(engine.connections() == 0, "connections are left: " + engine.connections());
        check(engine.timeWaits() == 0, "TIME_WAIT records are left: " + engine.timeWaits());
        check(engine.slabInUse() == 0, "slab in use: " + engine.slabInUse());
        check(engine.nextDeadlineNs() == Long.MAX_VALUE, "a timer is armed");
        check(engine.counters().get(Counter.EXCEPTIONS) == 0, "exceptions were caught");
        check(engine.frames().lent() == 0, "frames are lent still: " + engine.frames().lent());
        check(listeners.stream().allMatch(listener -> listener.syns() == 0), "places in SYN queues are left taken");
        check(available(port) == plan.frames() && available(routerPort()) == plan.frames(), "frames are missing");
    }

    private int available(final PacketPort of) {
        final List<Long> all = new ArrayList<>();
        for (long frame = of.acquire(); frame != 0; frame = of.acquire()) {
            all.add(frame);
        }
        all.forEach(of::release);
        return all.size();
    }

    private void check(final boolean condition, final String message) {
        if (!condition) {
            throw new AssertionError(this + ": " + message);
        }
    }

    /** What it is like, and its TCBs. */
    String describe() {
        return this + ": " + plan + invariants;
    }

    @Override
    public void close() {
        engine.requestClose();
        port.close();
        link.close();
    }

    @Override
    public String toString() {
        return "host " + number;
    }
}
