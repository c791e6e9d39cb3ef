package io.millrace.fastpath.netty;

import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.tcp.TcpCalls;
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
    public int doWork() {
        return engine.doWork();
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
        if (!engine.isClosed()) {
            engine.commands().abort(connection);
        }
    }
}
