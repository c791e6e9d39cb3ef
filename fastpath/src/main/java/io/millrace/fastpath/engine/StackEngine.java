package io.millrace.fastpath.engine;

import io.millrace.fastpath.control.EngineCommands;
import io.millrace.fastpath.control.EngineControl;
import io.millrace.fastpath.counters.EngineCounters;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.tcp.TcpCalls;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;
import org.jspecify.annotations.Nullable;

/**
 * One engine: a port queue, its connections and timers, driven by one thread.
 */
public final class StackEngine implements Agent {
    /**
     * @param index    which engine of the stack this is, from 0.
     * @param settings sizes and limits.
     * @param port     the port queue this engine owns; not closed with the engine.
     * @param control  the control plane as this engine sees it.
     * @param clock    read once a turn.
     */
    public StackEngine(final int index, final EngineSettings settings, final PacketPort port,
            final EngineControl control, final NanoClock clock) {
        throw new UnsupportedOperationException();
    }

    /** Which engine of the stack this is. Thread: any. */
    public int index() {
        throw new UnsupportedOperationException();
    }

    /** One turn of the duty cycle; returns the number of things done, 0 where there was nothing to do. */
    @Override
    public int doWork() {
        throw new UnsupportedOperationException();
    }

    /**
     * When the engine must run next even if no frame and no command arrives, in nanoseconds of its clock: a timer, a
     * delayed frame; {@link Long#MIN_VALUE} where something waits to be done now (frames to transmit, ready
     * connections); {@link Long#MAX_VALUE} where nothing waits at all. Thread: the engine's.
     */
    public long nextDeadlineNs() {
        throw new UnsupportedOperationException();
    }

    /** The user/TCP interface. Thread: the engine's. */
    public TcpCalls tcp() {
        throw new UnsupportedOperationException();
    }

    /** Commands of the control plane. Thread: any. */
    public EngineCommands commands() {
        throw new UnsupportedOperationException();
    }

    /** This engine's counters. Thread: any may read. */
    public EngineCounters counters() {
        throw new UnsupportedOperationException();
    }

    /** An agent that is run within each turn of this engine (the control plane in threading mode {@code shared}). */
    public void companion(@Nullable final Agent agent) {
        throw new UnsupportedOperationException();
    }

    /** Called from any thread after a command was queued; wakes an idling loop. Set by who drives the engine. */
    public void onCommandQueued(@Nullable final Runnable wakeup) {
        throw new UnsupportedOperationException();
    }

    /**
     * Takes the right to call {@link #doWork}: exactly one thread drives an engine. Thread: any.
     *
     * @return false where another thread drives it, or it is closed.
     */
    public boolean tryAttachDriver(final Thread driver) {
        throw new UnsupportedOperationException();
    }

    /** Gives the right back. Thread: the driver's. */
    public void detachDriver() {
        throw new UnsupportedOperationException();
    }

    /** Asks the driver to close the engine in its next turn; closes it here where nobody drives it. Thread: any. */
    public void requestClose() {
        throw new UnsupportedOperationException();
    }

    /** True once every connection is reset and every byte given back. Thread: any. */
    public boolean isClosed() {
        throw new UnsupportedOperationException();
    }

    @Override
    public String roleName() {
        return "millrace-engine-" + index();
    }
}
