package io.millrace.fastpath.engine;

import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.control.EngineControl;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.idle.IdleSource;
import io.millrace.fastpath.ip.ControlOutput;
import io.millrace.fastpath.ip.Icmp;
import io.millrace.fastpath.ip.IpInput;
import io.millrace.fastpath.ip.IpOutput;
import io.millrace.fastpath.ip.NeighbourTable;
import io.millrace.fastpath.ip.PathMtus;
import io.millrace.fastpath.ip.TokenBucket;
import io.millrace.fastpath.ip.SegmentInbox;
import io.millrace.fastpath.ip.TransmitQueue;
import io.millrace.fastpath.port.LentFrames;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.tcp.Tcp;
import io.millrace.fastpath.tcp.TcpCalls;
import io.millrace.fastpath.tcp.TcpState;
import io.millrace.fastpath.udp.Udp;
import io.millrace.fastpath.wire.AddressTest;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;
import org.jspecify.annotations.Nullable;

/**
 * One engine: a port queue, its connections and timers, driven by one thread. {@link #doWork} is the duty cycle.
 * <p>
 * Ownership: the engine owns everything it allocates; the port, the control plane and the clock are the caller's.
 * Thread: one at a time, who {@linkplain #tryAttachDriver attached} itself; methods that any thread may call say so.
 */
public final class StackEngine implements Agent {
    private static final int TRANSMIT_QUEUE = 4_096;
    /** Enough for a full ring, while others may go on writing into it. */
    private static final int LAST_COMMAND_TURNS = 256;

    private final int index;
    private final PacketPort port;
    private final EngineControl control;
    private final NanoClock clock;
    private final EngineWindow window;
    private final EngineCounters counters;
    private final EngineDefects defects;
    private final NeighbourTable neighbours;
    private final TransmitQueue transmitQueue;
    private final IpOutput ipOutput;
    private final Icmp icmp;
    private final IpInput ipInput;
    private final Tcp tcp;
    private final TcpCalls calls;
    private final Udp udp;
    private final SegmentInbox segments;
    private final FrameInput frameInput;
    private final ReadyPhase readyPhase;
    private final OutputPhase outputPhase;
    private final CommandRing commands;
    private final LentFrames frames;
    private final EngineSleep sleep;
    /** Held to close, and by other threads while they look into memory that closing frees. */
    private final Object lifetime = new Object();
    private final EngineDriver driver = new EngineDriver();
    private volatile boolean closeRequested;
    private volatile boolean closed;
    private volatile boolean released;
    /** What is in effect. */
    private EngineSettings settings;
    private @Nullable Companion companion;
    private @Nullable InternalError memoryLost;
    private boolean working;
    private boolean closing;
    private long nowNs;

    /**
     * @param index    which engine of the stack this is, from 0.
     * @param settings sizes and limits.
     * @param port     the port queue this engine owns; not closed with the engine.
     * @param control  the control plane as this engine sees it.
     * @param clock    read once a turn.
     */
    public StackEngine(final int index, final EngineSettings settings, final PacketPort port,
            final EngineControl control, final NanoClock clock) {
        this.index = index;
        this.port = port;
        this.control = control;
        this.clock = clock;
        this.nowNs = clock.nanoTime();
        this.settings = settings;
        window = new EngineWindow(control.observedMemory(), nowNs);
        counters = window.counters();
        sleep = new EngineSleep(port, window, clock, this);
        defects = new EngineDefects(counters, control);
        neighbours = new NeighbourTable(port, counters, settings.neighbours(), settings.neighbourQueue(),
                control.hashSeed());
        transmitQueue = new TransmitQueue(port, counters, settings.burst(), TRANSMIT_QUEUE);
        ipOutput = new IpOutput(port, control, counters, neighbours, transmitQueue,
                new PathMtus(settings.pathMtus(), counters, control.hashSeed()));
        final Tcp.Limits limits = new Tcp.Limits(settings.maxConnections(), settings.maxTimeWait(),
                settings.slabBytes(), settings.burst(), settings.timerTickNs(), settings.maxOrphans());
        frames = new LentFrames(port, settings.maxLentFrames());
        tcp = new Tcp(index, limits, control, counters, ipOutput, frames, new TokenBucket(settings.icmpPerSecond()),
                nowNs);
        calls = tcp.calls();
        udp = new Udp(control, counters, ipOutput, settings.datagramBytes());
        icmp = new Icmp(control, counters, ipOutput, neighbours, tcp.input(), udp.input(), settings.icmpPerSecond());
        ipInput = new IpInput(ipOutput.links(), control, counters, tcp.input(), udp.input(), icmp,
                settings.reassembly());
        segments = new SegmentInbox(tcp.input());
        frameInput = new FrameInput(settings.burst(), port, counters, defects, frames, ipInput, tcp, transmitQueue);
        readyPhase = new ReadyPhase(ipInput, tcp, udp);
        outputPhase = new OutputPhase(tcp);
        commands = new CommandRing(new CommandHandler(neighbours, ipOutput,
                new ControlOutput(ipOutput, control, counters), icmp, tcp, udp));
    }

    /** One turn of the duty cycle; returns the number of things done, 0 where there was nothing to do. */
    @Override
    public int doWork() {
        if (closed) {
            return 0;
        }
        working = true;
        try {
            return memoryLost == null ? turn() : turnWithoutMemory();
        } catch (final InternalError e) {
            // found out at the turn's end
            onMemoryLost(e);
            return 1;
        } finally {
            working = false;
        }
    }

    private int turn() {
        int workCount = 1;
        try {
            workCount = phases();
        } catch (final RuntimeException e) {
            defects.onDefect(e);
        } catch (final InternalError e) {
            onMemoryLost(e);
        } finally {
            workCount += endTurn();
        }
        return workCount;
    }

    /**
     * Whatever failed, and be it every turn: applications get their memory back, what is ready to be sent is sent, and the
     * engine can be closed.
     */
    private int endTurn() {
        int sent = 0;
        try {
            tcp.endTurn();
        } catch (final RuntimeException e) {
            defects.onDefect(e);
        } finally {
            sent = transmitQueue.flush(nowNs);
            if (closeRequested) {
                onClose();
            }
        }
        return sent;
    }

    /**
     * The JVM's answer to a page of a mapped file that is not there any more. It comes some steps after the access that
     * failed, so this engine's tables may contradict each other: no peer hears from it but that its connections are reset.
     * It may come after the turn, too: whoever drives the engine hands over here what he meets. Thread: the engine's.
     */
    public void onMemoryLost(final InternalError error) {
        if (memoryLost == null) {
            memoryLost = error;
            window.onMemoryLost();
            control.onMemoryLost(error);
        }
    }

    private int turnWithoutMemory() {
        if (closeRequested) {
            onClose();
        }
        return 0;
    }

    private int phases() {
        // never backwards, whoever's clock it is: timers and rates rely on it
        nowNs = Math.max(nowNs, clock.nanoTime());
        window.onTurn(nowNs, this);
        tcp.onTurn(nowNs);
        frames.onTurn();
        ipOutput.pathMtus().onTurn(nowNs);
        int workCount = runCompanion();
        workCount += commands.drain();
        workCount += udp.onTurn();
        workCount += segments.drain();
        workCount += frameInput.run(nowNs);
        workCount += readyPhase.run(nowNs);
        workCount += outputPhase.run();
        workCount += window.answer(tcp, udp, nowNs);
        return workCount;
    }

    private void take(final EngineSettings next) {
        settings = next;
        tcp.maxOrphans(next.maxOrphans());
        tcp.challengesPerSecond(next.icmpPerSecond());
        icmp.rate(next.icmpPerSecond());
        neighbours.queueLimit(next.neighbourQueue());
        ipInput.reassemblyTimeoutNs(next.reassembly().timeoutNs());
    }

    /** What there is to be seen now. */
    void show(final EngineWindow into) {
        into.show(port, frames, ipOutput);
        into.show(tcp, settings);
        into.show(udp, settings);
    }

    private int runCompanion() {
        final Companion present = companion;
        if (present == null) {
            return 0;
        }
        try {
            return present.doWork(nowNs);
        } catch (final Exception e) {
            defects.onDefect(e);
            return 0;
        }
    }

    /**
     * When the engine must run next even if no frame and no command arrives, in nanoseconds of its clock: a timer, a
     * delayed frame; {@link Long#MIN_VALUE} where something waits to be done now (frames to transmit, commands, ready
     * connections); {@link Long#MAX_VALUE} where nothing waits at all. Thread: the engine's.
     */
    public long nextDeadlineNs() {
        if (closed) {
            return Long.MAX_VALUE;
        }
        if (memoryLost == null) {
            try {
                return nextTurnNs();
            } catch (final InternalError e) {
                // of the mailbox
                onMemoryLost(e);
            }
        }
        return closeRequested ? Long.MIN_VALUE : Long.MAX_VALUE;
    }

    private long nextTurnNs() {
        if (tcp.hasWork() || udp.hasWork() || segments.isWaiting() || !transmitQueue.isEmpty() || commands.isWaiting()
                || window.isAsked()
                || closeRequested) {
            return Long.MIN_VALUE;
        }
        return Math.min(Math.min(tcp.nextDeadlineNs(), ipInput.nextDeadlineNs()),
                Math.min(port.nextDeadlineNs(), companion == null ? Long.MAX_VALUE : companion.nextDeadlineNs()));
    }

    /** How its driver sleeps while there is nothing to do, at most until {@link #nextDeadlineNs}. */
    public IdleSource sleep() {
        return sleep;
    }

    /** The engine's clock as of this turn, in nanoseconds. Thread: the engine's. */
    public long nowNs() {
        return nowNs;
    }

    /** Which engine of the stack this is. Thread: any. */
    public int index() {
        return index;
    }

    /** The user/TCP interface; once the engine is closed every handle is stale. Thread: the engine's. */
    public TcpCalls tcp() {
        return calls;
    }

    /** Received frames that applications have. */
    public LentFrames frames() {
        return frames;
    }

    /** UDP endpoints. Thread: the engine's. */
    public Udp udp() {
        return udp;
    }

    /** Commands of the control plane. Thread: any. */
    public EngineCommands commands() {
        return commands;
    }

    /**
     * Does this in the next turn, whoever drives the engine then, for who found the command ring full and must not forget
     * it. Forgotten where the engine is closed: nothing is left then. Thread: any.
     */
    public void postpone(final Runnable command) {
        commands.postpone(command);
    }

    /** This engine's counters; they keep their last values when it is closed. Thread: any may read. */
    public EngineCounters counters() {
        return counters;
    }

    /** True while a connection or TIME_WAIT record of this engine uses the local port. Thread: any. */
    public boolean isPortInUse(final int localPort) {
        synchronized (lifetime) {
            return !closed && tcp.isPortInUse(localPort);
        }
    }

    /** True while a connection of this engine has such a local address. Looks at every one of them. Thread: any. */
    public boolean isAddressInUse(final AddressTest meant) {
        synchronized (lifetime) {
            return !closed && tcp.isAddressInUse(meant);
        }
    }

    /**
     * State of the connection with this 4-tuple; addresses as pairs of longs, local port in the upper 16 bits of
     * {@code ports}. CLOSED where there is none, also where a listener waits. Thread: the engine's.
     */
    public TcpState state(final long localHi, final long localLo, final long remoteHi, final long remoteLo,
            final int ports) {
        return closed ? TcpState.CLOSED : tcp.state(localHi, localLo, remoteHi, remoteLo, ports);
    }

    /** Connections now. Thread: the engine's. */
    public int connections() {
        return tcp.connections();
    }

    /** Connections in TIME_WAIT now. Thread: the engine's. */
    public int timeWaits() {
        return tcp.timeWaits();
    }

    /** Bytes of the slab in use now. Thread: the engine's. */
    public long slabInUse() {
        return tcp.slabInUse();
    }

    /**
     * Takes over, with its next turn, what can change while it runs: orphans, the rate of ICMP, frames that wait for a
     * neighbour, the time for fragments. Every size stays as it was at the start. Thread: any.
     */
    public void settings(final EngineSettings next) {
        commands.postpone(() -> take(next));
    }

    /** Runs this within each turn from now on; before the first one. */
    public void companion(final Companion other) {
        companion = other;
    }

    /** Ends the sleep of who drives the engine: its companion has something to do. Thread: any. */
    public void wake() {
        commands.wake();
    }

    /**
     * Called from any thread after a command, or a datagram that reached another engine, was queued; wakes an idling
     * loop. Set by who drives the engine.
     */
    public void onCommandQueued(final @Nullable Runnable wakeup) {
        commands.onQueued(wakeup);
        udp.onForwarded(wakeup);
        segments.onQueued(wakeup);
    }

    /** Segments from engines that have received them in this one's place. Thread: any may offer. */
    public SegmentInbox segments() {
        return segments;
    }

    /**
     * Takes the right to call {@link #doWork}: exactly one thread drives an engine. Thread: any.
     *
     * @return false where another thread drives it, or it is closed.
     */
    public boolean tryAttachDriver(final Thread thread) {
        return driver.tryAttach(thread);
    }

    /** Gives the right back. Thread: the driver's. */
    public void detachDriver() {
        onCommandQueued(null);
        frames.onDriverLeft();
        sleep.onDriverLeft();
        window.onDriverLeft();
        driver.detach();
    }

    /**
     * Asks the driver to close the engine in its next turn; closes it here where nobody drives it, or where the caller
     * is the driver. Thread: any.
     */
    public void requestClose() {
        closeRequested = true;
        if (driver.isCaller()) {
            if (!working) {
                onClose();
            }
        } else if (!driver.tryInstead(this::onClose)) {
            commands.wake();
        }
    }

    /** True once every connection is reset and every byte given back. Thread: any. */
    public boolean isClosed() {
        return released;
    }

    /** True where the calling thread is in the middle of a turn of this engine: it cannot wait for the turn's end. */
    public boolean isInTurn() {
        return driver.isCaller() && working;
    }

    @Override
    public void onClose() {
        if (closing) {
            // closed, or being closed: a handler that learns of its connection's end may close the stack
            return;
        }
        closing = true;
        try {
            port.onLastTurn();
            lastCommands();
            tcp.abortAll();
            tcp.dispatchReady();
            tcp.flushOutput();
            transmitQueue.flush(nowNs);
        } catch (final RuntimeException e) {
            defects.onDefect(e);
        } catch (final InternalError e) {
            onMemoryLost(e);
        } finally {
            giveBack();
        }
    }

    /** What the control plane has said before, e.g. that it gives its address back. */
    private void lastCommands() {
        try {
            for (int turns = 0; turns < LAST_COMMAND_TURNS && commands.drain() > 0; turns++) {
                transmitQueue.flush(nowNs);
            }
        } catch (final RuntimeException e) {
            defects.onDefect(e);
        }
    }

    private void giveBack() {
        transmitQueue.clear();
        neighbours.clear();
        synchronized (lifetime) {
            closed = true;
        }
        driver.end();
        tcp.close();
        udp.close();
        segments.close();
        ipInput.close();
        icmp.close();
        frames.close();
        commands.close();
        leavePort();
        window.close();
        // from now on port and observed memory may be gone, whatever the driver does
        released = true;
    }

    private void leavePort() {
        try {
            sleep.close();
        } catch (final RuntimeException e) {
            defects.onDefect(e);
        } catch (final InternalError e) {
            onMemoryLost(e);
        }
    }

    @Override
    public String roleName() {
        return "millrace-engine-" + index;
    }
}
