package io.millrace.control.channel;

import io.millrace.control.counters.ControlCounter;
import io.millrace.control.counters.ControlCounters;
import io.millrace.fastpath.control.EngineCommands;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Commands to an engine that survive a full command ring: what the ring refuses waits here, in order, until the agent
 * tries again. Nobody spins, for the caller may be the very thread that empties the ring. At most {@link #LIMIT}
 * commands wait; the next is refused. ARP packets do not wait: ARP repeats itself.
 * <p>
 * Thread: any; commands of one thread keep their order. {@link #doWork}: the agent's.
 */
public final class PatientCommands implements EngineCommands {
    /** How many commands may wait: more than a full accept queue of every listener is likely to need. */
    static final int LIMIT = 1 << 20;

    private final EngineCommands engine;
    private final ControlCounters counters;
    private final ConcurrentLinkedQueue<BooleanSupplier> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();

    /** @param engine the engine's own proxy. */
    public PatientCommands(final EngineCommands engine, final ControlCounters counters) {
        this.engine = engine;
        this.counters = counters;
    }

    /** Tries again what waits; returns how many commands went. */
    public int doWork() {
        int done = 0;
        for (BooleanSupplier next = waiting.peek(); next != null && next.getAsBoolean(); next = waiting.peek()) {
            waiting.poll();
            count.getAndDecrement();
            done++;
        }
        return done;
    }

    @Override
    public boolean neighbourResolved(final long hi, final long lo, final long mac) {
        return isClear() && engine.neighbourResolved(hi, lo, mac)
                || defer(() -> engine.neighbourResolved(hi, lo, mac));
    }

    @Override
    public boolean neighbourFailed(final long hi, final long lo) {
        return isClear() && engine.neighbourFailed(hi, lo) || defer(() -> engine.neighbourFailed(hi, lo));
    }

    @Override
    public boolean neighbourForgotten(final long hi, final long lo) {
        return isClear() && engine.neighbourForgotten(hi, lo) || defer(() -> engine.neighbourForgotten(hi, lo));
    }

    @Override
    public boolean transmitArp(final int operation, final long senderMac, final int senderIp, final long targetMac,
            final int targetIp) {
        return engine.transmitArp(operation, senderMac, senderIp, targetMac, targetIp);
    }

    @Override
    public boolean listenerClosed(final int listenerId) {
        return isClear() && engine.listenerClosed(listenerId) || defer(() -> engine.listenerClosed(listenerId));
    }

    @Override
    public boolean abort(final long connection) {
        return isClear() && engine.abort(connection) || defer(() -> engine.abort(connection));
    }

    private boolean isClear() {
        return count.get() == 0;
    }

    private boolean defer(final BooleanSupplier command) {
        if (count.getAndIncrement() >= LIMIT) {
            count.getAndDecrement();
            return false;
        }
        counters.increment(ControlCounter.COMMANDS_DEFERRED);
        waiting.add(command);
        return true;
    }
}
