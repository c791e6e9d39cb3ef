package io.millrace.fastpath.netty;

import io.millrace.fastpath.idle.IdleSource;
import io.millrace.fastpath.port.LentFrames;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.port.PortCapabilities;
import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.tcp.TcpCalls;
import io.millrace.fastpath.tcp.TcpFailure;
import io.millrace.fastpath.udp.DatagramEndpoint;
import io.millrace.fastpath.udp.Udp;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.LangUtil;
import org.jspecify.annotations.Nullable;

/** An engine without packets: dispatches the events that a test gave its connections. */
final class FakeEngine implements LoopEngine {
    private static final PacketPort NO_PORT = new NoPort();

    final FakeTcp tcp;
    final List<Long> abandoned = new CopyOnWriteArrayList<>();
    final AtomicReference<Thread> driver = new AtomicReference<>();
    @Nullable
    volatile Runnable wakeup;
    @Nullable
    volatile Throwable throwOnce;
    /** Told by its driver. */
    @Nullable
    volatile InternalError memoryLost;
    volatile boolean closeRequested;
    volatile boolean commanded;
    volatile long deadlineNs = Long.MAX_VALUE;
    volatile long turns;
    final FakeSource sleep = new FakeSource();
    private volatile boolean closed;

    FakeEngine(final int index) {
        tcp = new FakeTcp(this, index);
    }

    void requireDriver() {
        if (driver.get() != Thread.currentThread()) {
            throw new AssertionError("called from " + Thread.currentThread() + ", driven by " + driver.get());
        }
    }

    /** Of a port that lends none. */
    @Override
    public LentFrames frames() {
        return new LentFrames(NO_PORT, 0);
    }

    @Override
    public TcpCalls tcp() {
        return tcp;
    }

    @Override
    public Udp udp() {
        throw new UnsupportedOperationException("no packets, no datagrams");
    }

    @Override
    @SuppressWarnings("NonAtomicOperationOnVolatileField")
    public int doWork() {
        requireDriver();
        turns++;
        failOnce();
        final boolean closing = closeRequested;
        int work = commanded ? 1 : 0;
        commanded = false;
        for (final FakeConnection connection : new ArrayList<>(tcp.connections.values())) {
            if (closing && !connection.stale) {
                connection.fail(TcpFailure.ABORTED);
            }
            work += dispatch(connection);
        }
        closed |= closing;
        return work;
    }

    private void failOnce() {
        final Throwable failure = throwOnce;
        if (failure != null) {
            throwOnce = null;
            LangUtil.rethrowUnchecked(failure);
        }
    }

    private int dispatch(final FakeConnection connection) {
        final int events = connection.events;
        final ConnectionHandler handler = connection.handler;
        if (events == 0 || handler == null || connection.stale) {
            return 0;
        }
        connection.events = 0;
        handler.onReady(connection.handle, events);
        if ((events & (ConnectionHandler.FAILED | ConnectionHandler.CLOSED)) != 0) {
            connection.stale = true;
        }
        return 1;
    }

    @Override
    public long nextDeadlineNs() {
        return deadlineNs;
    }

    @Override
    public IdleSource sleep() {
        return sleep;
    }

    @Override
    public void onMemoryLost(final InternalError error) {
        requireDriver();
        memoryLost = error;
    }

    @Override
    public boolean tryAttachDriver(final Thread thread) {
        return !closed && driver.compareAndSet(null, thread);
    }

    @Override
    public void detachDriver() {
        requireDriver();
        driver.set(null);
    }

    @Override
    public void onCommandQueued(@Nullable final Runnable hook) {
        wakeup = hook;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void abandon(final long connection) {
        abandoned.add(connection);
    }

    @Override
    public void abandon(final DatagramEndpoint endpoint) {
        throw new UnsupportedOperationException("no packets, no datagrams");
    }

    private static final class NoPort implements PacketPort {
        @Override
        public PortCapabilities capabilities() {
            return new PortCapabilities(false, 1_500, 0, false, false, 0, 1_500);
        }

        @Override
        public long acquire() {
            return 0;
        }

        @Override
        public int frames() {
            return 0;
        }

        @Override
        public void release(final long frame) {
            throw new AssertionError("no frame is of this port");
        }

        @Override
        public int receive(final long[] frames, final int offset, final int limit, final long nowNs) {
            return 0;
        }

        @Override
        public int transmit(final long[] frames, final int offset, final int length, final long nowNs) {
            return 0;
        }

        @Override
        public void close() {
            // there is nothing
        }
    }
}
