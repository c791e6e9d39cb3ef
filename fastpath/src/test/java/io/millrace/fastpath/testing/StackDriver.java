package io.millrace.fastpath.testing;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.tcp.TcpCalls;
import io.millrace.fastpath.tcp.TcpSettings;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A whole stack in virtual time, without link layer and control plane: inject an IP packet at a time, collect what the
 * stack sends, ask for its next timer, advance the clock, make user calls. Everything is deterministic. Thread: one.
 */
public final class StackDriver implements AutoCloseable {
    /** The stack's own address. */
    public static final String ADDRESS = "10.0.0.1";
    /** The directed broadcast of the stack's network. */
    public static final String BROADCAST = "10.0.0.255";
    /** The Fast Open cookie of a client is this, exclusive or the lower half of its address. */
    public static final long COOKIE = 0x1122_3344_5566_7788L;
    /** Largest IP packet unless said otherwise. */
    public static final int MTU = 1500;

    private static final int MAX_TURNS = 10_000;
    private static final Set<Counter> TOTALS = EnumSet.of(Counter.FRAMES_RECEIVED, Counter.FRAMES_TRANSMITTED,
            Counter.BYTES_RECEIVED, Counter.BYTES_TRANSMITTED);

    private final QueuePort port;
    private final StackEngine engine;
    private final StandInIss iss = new StandInIss(1_000, 0);
    private final StandInPorts ephemeralPorts = new StandInPorts(49_152, 65_535);
    private final StandInRoutes routes = StandInRoutes.of(Packet.address(ADDRESS))
            .withBroadcast(Packet.address(BROADCAST));
    private final StandInControl control = new StandInControl(routes, iss, ephemeralPorts, new StandInCookies(COOKIE));
    private final MemoryRegion scratch = MemoryRegion.allocate("test scratch", 1 << 20);
    private long nowNs;
    private int listenerIds;
    private long expectedExceptions;

    public StackDriver() {
        this(EngineSettings.DEFAULT, MTU);
    }

    public StackDriver(final EngineSettings settings, final int mtu) {
        this(settings, new QueuePort(Family.current().mtu(mtu)));
    }

    /** A stack whose clock begins at this time, which may be negative. */
    public StackDriver(final long startNs) {
        this(EngineSettings.DEFAULT, new QueuePort(Family.current().mtu(MTU)), startNs);
    }

    /** A stack on a port, which is closed with it. */
    public StackDriver(final EngineSettings settings, final QueuePort port) {
        this(settings, port, 1_000_000_000L);
    }

    private StackDriver(final EngineSettings settings, final QueuePort port, final long startNs) {
        nowNs = startNs;
        this.port = port;
        engine = new StackEngine(0, settings, port, control, () -> nowNs);
    }

    /** The user calls. */
    public TcpCalls tcp() {
        return engine.tcp();
    }

    public StackEngine engine() {
        return engine;
    }

    public QueuePort port() {
        return port;
    }

    /** What the engine asks. */
    public StandInControl control() {
        return control;
    }

    /** The stack's addresses, of both families, and the groups it joined. */
    public StandInRoutes routes() {
        return routes;
    }

    /** The stack loses its address, and the engine is told. */
    public StackDriver removeAddress() {
        routes.removeAddresses();
        engine.commands().addressesRemoved();
        return run();
    }

    /** Virtual time in nanoseconds. */
    public long nowNs() {
        return nowNs;
    }

    /** The ISS of the connections that follow. */
    public void nextIss(final int next) {
        iss.next(next);
    }

    /** While true the control plane throws where it is asked for an offset of timestamps. */
    public void hashBroken(final boolean value) {
        iss.hashBroken(value);
    }

    /** The local port of the next active open that leaves the choice to the stack. */
    public void nextEphemeral(final int localPort) {
        ephemeralPorts.from(localPort);
    }

    /** The last local port that active opens may choose. */
    public void lastEphemeral(final int localPort) {
        ephemeralPorts.to(localPort);
    }

    public long counter(final Counter counter) {
        return engine.counters().get(counter);
    }

    /** Every counter that counted anything, but for the totals of frames and bytes. */
    public Map<Counter, Long> counters() {
        final Map<Counter, Long> counted = new EnumMap<>(Counter.class);
        for (final Counter counter : Counter.values()) {
            if (!TOTALS.contains(counter) && counter(counter) != 0) {
                counted.put(counter, counter(counter));
            }
        }
        return counted;
    }

    /** Runs turns until the stack has nothing to do now. */
    public StackDriver run() {
        for (int turn = 0; turn < MAX_TURNS; turn++) {
            if (engine.doWork() == 0 && engine.nextDeadlineNs() > nowNs) {
                return this;
            }
        }
        throw new AssertionError("the stack is never done: livelock");
    }

    /** Gives the stack a packet and runs it. */
    public StackDriver inject(final Packet packet) {
        return inject(packet.toBytes());
    }

    /** Gives the stack an IP packet and runs it. */
    public StackDriver inject(final byte[] packet) {
        port.inject(packet);
        return run();
    }

    /** The next packet that the stack sent; fails where there is none. */
    public Packet sent() {
        final byte[] packet = port.poll();
        if (packet == null) {
            throw new AssertionError("the stack sent nothing");
        }
        return Packet.of(packet);
    }

    /** Everything that the stack sent and nobody took. */
    public List<Packet> allSent() {
        final List<Packet> all = new ArrayList<>();
        for (byte[] packet = port.poll(); packet != null; packet = port.poll()) {
            all.add(Packet.of(packet));
        }
        return all;
    }

    /** When the stack wants to run next; {@link Long#MAX_VALUE} where nothing is armed. */
    public long nextTimerNs() {
        return engine.nextDeadlineNs();
    }

    /** Lets virtual time pass, running each timer on the way at its time. */
    public StackDriver advance(final long durationNs) {
        final long untilNs = nowNs + durationNs;
        while (engine.nextDeadlineNs() <= untilNs) {
            nowNs = Math.max(nowNs, engine.nextDeadlineNs());
            run();
        }
        nowNs = untilNs;
        return run();
    }

    public StackDriver advanceMs(final long milliseconds) {
        return advance(milliseconds * 1_000_000L);
    }

    /** Lets time pass until the next timer and runs it; fails where none is armed. Returns how long it took, in ns. */
    public long toNextTimer() {
        final long deadlineNs = engine.nextDeadlineNs();
        if (deadlineNs == Long.MAX_VALUE) {
            throw new AssertionError("no timer is armed");
        }
        final long passed = deadlineNs <= nowNs ? 0 : deadlineNs - nowNs;
        advance(passed);
        return passed;
    }

    /** Lets time pass, timer by timer, until the stack sends something; returns it. Fails where it never will. */
    public Packet awaitSent() {
        byte[] packet = port.poll();
        while (packet == null) {
            toNextTimer();
            packet = port.poll();
        }
        return Packet.of(packet);
    }

    /** Lets time pass, timer by timer, until the stack sends a segment, which is not taken. Returns how long it took, in ns. */
    public long untilSent() {
        final long startNs = nowNs;
        final long before = counter(Counter.TCP_SEGMENTS_SENT);
        while (counter(Counter.TCP_SEGMENTS_SENT) == before) {
            toNextTimer();
        }
        return nowNs - startNs;
    }

    /** Lets time pass, timer by timer, until none is armed. */
    public StackDriver untilIdle() {
        while (engine.nextDeadlineNs() != Long.MAX_VALUE) {
            toNextTimer();
        }
        return this;
    }

    /** Opens a listener. */
    public Listener listen(final int localPort, final int backlog, final TcpSettings settings) {
        final Listener listener = new Listener(++listenerIds, backlog, settings);
        control.listen(localPort, listener);
        return listener;
    }

    /** Closes a listener as the control plane does. */
    public void unlisten(final int localPort) {
        final Listener listener = (Listener) control.unlisten(localPort);
        listener.close();
        engine.commands().listenerClosed(listener.id());
        for (long waiting = listener.poll(); waiting != 0; waiting = listener.poll()) {
            engine.commands().abort(waiting);
        }
        run();
    }

    /** Active open to a peer; the handle, or 0. */
    public long connect(final String peer, final int peerPort, final TcpSettings settings,
            final ConnectionHandler handler) {
        final long handle = tcp().connect(0, 0, 0, Family.current().hi(), Family.current().lo(Packet.address(peer)),
                peerPort, settings, handler);
        run();
        return handle;
    }

    /** SEND of bytes, and flush; how many were accepted. */
    public int send(final long connection, final byte[] bytes) {
        int accepted = 0;
        while (accepted < bytes.length) {
            final int length = (int) Math.min(scratch.length(), bytes.length - accepted);
            Memory.copyFromArray(bytes, accepted, scratch.address(), length);
            final int taken = tcp().send(connection, scratch.address(), length);
            if (taken <= 0) {
                if (taken < 0 && accepted == 0) {
                    return -1;
                }
                break;
            }
            accepted += taken;
        }
        tcp().flush(connection);
        run();
        return accepted;
    }

    /** RECEIVE of at most so many bytes, then the stack runs; null at the end of the input. */
    public byte[] receive(final long connection, final int most) {
        final byte[] bytes = received(connection, most);
        run();
        return bytes;
    }

    /** Off-heap bytes for a handler to send from: 1 MiB. */
    public long scratch() {
        return scratch.address();
    }

    /** RECEIVE of at most so many bytes, as a handler does it: within a turn. */
    public byte[] received(final long connection, final int most) {
        final int received = tcp().receive(connection, scratch.address(), (int) Math.min(most, scratch.length()));
        if (received < 0) {
            return null;
        }
        final byte[] bytes = new byte[received];
        Memory.copyToArray(scratch.address(), bytes, 0, received);
        return bytes;
    }

    /** Says that so many exceptions of handlers are part of the test; any other fails {@link #close}. */
    public void expectExceptions(final long number) {
        expectedExceptions = number;
    }

    /**
     * Closes the stack; fails where the duty cycle caught an exception, a frame is lost, or a byte of off-heap memory is
     * left. Several stacks are closed in the reverse order of their making.
     */
    @Override
    public void close() {
        final long exceptions = engine.isClosed() ? expectedExceptions : counter(Counter.EXCEPTIONS);
        engine.requestClose();
        final int lost = port.frames() - port.available();
        port.close();
        scratch.close();
        final long left = MemoryRegion.bytesInUse() - port.bytesBefore();
        if (exceptions != expectedExceptions || lost != 0 || left != 0) {
            throw new AssertionError("closed with " + exceptions + " exceptions, " + lost + " frames lost, " + left
                    + " bytes of memory left");
        }
    }

    /** A listener whose connections a test accepts. */
    public static final class Listener extends StandInListener {
        Listener(final int id, final int backlog, final TcpSettings settings) {
            super(id, backlog, settings);
        }

        /** The next established connection, attached to the handler; 0 where there is none. */
        public long accept(final StackDriver driver, final ConnectionHandler handler) {
            final long connection = poll();
            if (connection != 0) {
                driver.tcp().attach(connection, handler);
                driver.run();
            }
            return connection;
        }
    }
}
