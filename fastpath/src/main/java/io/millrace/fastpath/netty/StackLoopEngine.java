package io.millrace.fastpath.netty;

import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.idle.IdleSource;
import io.millrace.fastpath.port.LentFrames;
import io.millrace.fastpath.tcp.TcpCalls;
import io.millrace.fastpath.udp.DatagramEndpoint;
import io.millrace.fastpath.udp.Udp;
import org.jspecify.annotations.Nullable;

/** A {@link StackEngine} as an event loop uses it. */
final class StackLoopEngine implements LoopEngine {
    private final StackEngine engine;

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
        return engine.doWork();
    }

    @Override
    public long nextDeadlineNs() {
        return engine.nextDeadlineNs();
    }

    @Override
    public IdleSource sleep() {
        return engine.sleep();
    }

    @Override
    public void onMemoryLost(final InternalError error) {
        engine.onMemoryLost(error);
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
            engine.postpone(() -> engine.tcp().abort(connection));
        }
    }

    @Override
    public void abandon(final DatagramEndpoint endpoint) {
        if (!engine.commands().closeEndpoint(endpoint.id())) {
            engine.postpone(endpoint::close);
        }
    }
}
