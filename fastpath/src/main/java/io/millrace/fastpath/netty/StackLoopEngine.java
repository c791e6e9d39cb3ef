package io.millrace.fastpath.netty;

import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.port.LentFrames;
import io.millrace.fastpath.tcp.TcpCalls;
import io.millrace.fastpath.udp.DatagramEndpoint;
import io.millrace.fastpath.udp.Udp;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** A {@link StackEngine} as an event loop uses it. */
final class StackLoopEngine implements LoopEngine {
    private final StackEngine engine;
    /** Connections to reset for which the engine's command ring had no room. */
    private final Queue<Long> abandoned = new ConcurrentLinkedQueue<>();
    private final Queue<DatagramEndpoint> abandonedEndpoints = new ConcurrentLinkedQueue<>();

    StackLoopEngine(final StackEngine engine) {
        this.engine = engine;
    }

    @Override
    public TcpCalls tcp() {
        return engine.tcp();
    }

    @Override
    public LentFrames frames() {
        return engine.frames();
    }

    @Override
    public Udp udp() {
        return engine.udp();
    }

    @Override
    public int doWork() {
        if (!abandoned.isEmpty() && !engine.isClosed()) {
            resetAbandoned();
        }
        if (!abandonedEndpoints.isEmpty() && !engine.isClosed()) {
            closeAbandoned();
        }
        return engine.doWork();
    }

    private void closeAbandoned() {
        for (DatagramEndpoint next = abandonedEndpoints.poll(); next != null; next = abandonedEndpoints.poll()) {
            next.close();
        }
    }

    private void resetAbandoned() {
        for (Long connection = abandoned.poll(); connection != null; connection = abandoned.poll()) {
            engine.tcp().abort(connection);
        }
    }

    @Override
    public long nextDeadlineNs() {
        return engine.nextDeadlineNs();
    }

    @Override
    public boolean tryAttachDriver(final Thread driver) {
        return engine.tryAttachDriver(driver);
    }

    @Override
    public void detachDriver() {
        engine.detachDriver();
    }

    @Override
    public void onCommandQueued(@Nullable final Runnable wakeup) {
        engine.onCommandQueued(wakeup);
    }

    @Override
    public boolean isClosed() {
        return engine.isClosed();
    }

    @Override
    public void abandon(final long connection) {
        if (!engine.commands().abort(connection)) {
            abandoned.add(connection);
        }
    }

    @Override
    public void abandon(final DatagramEndpoint endpoint) {
        abandonedEndpoints.add(endpoint);
    }
}
