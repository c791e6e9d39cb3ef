package io.millrace.fastpath.netty;

import io.millrace.fastpath.control.ListenOptions;
import io.millrace.fastpath.control.NetworkStack;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.idle.Idling;
import io.millrace.fastpath.tcp.TcpSettings;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SleepingIdleStrategy;
import org.jspecify.annotations.Nullable;

/** A stack of {@link FakeEngine}s. */
final class FakeStack implements NetworkStack {
    final FakeEngine[] engines;
    volatile TcpSettings settings = TcpSettings.DEFAULT;
    volatile Idling idling = Idling.by(SleepingIdleStrategy::new);
    @Nullable
    volatile FakeListener listener;
    @Nullable
    volatile BindException refuseListen;
    private volatile boolean closed;

    FakeStack(final int engineCount) {
        engines = new FakeEngine[engineCount];
        for (int i = 0; i < engineCount; i++) {
            engines[i] = new FakeEngine(i);
        }
    }

    StackEngines engines() {
        return StackEngines.of(this, i -> engines[i]);
    }

    MillraceEventLoopGroup newGroup() {
        return new MillraceEventLoopGroup(engines(), null);
    }

    @Override
    public int engineCount() {
        return engines.length;
    }

    @Override
    public StackEngine engine(final int index) {
        throw new UnsupportedOperationException();
    }

    @Override
    public TcpSettings tcpSettings() {
        return settings;
    }

    @Override
    public Idling idling() {
        return idling;
    }

    @Override
    public Listener listen(final InetSocketAddress local, final TcpSettings tcpSettings, final ListenOptions options)
            throws BindException {
        if (refuseListen != null) {
            throw refuseListen;
        }
        final FakeListener opened = new FakeListener(local, tcpSettings, options);
        listener = opened;
        return opened;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        for (final FakeEngine engine : engines) {
            engine.closeRequested = true;
            final Runnable wakeup = engine.wakeup;
            if (wakeup != null) {
                wakeup.run();
            }
        }
    }

    /** Never wakes by itself: whoever wants something done must wake the loop. */
    static final class SleepsUntilWoken implements IdleStrategy {
        volatile boolean parked;

        @Override
        public void idle(final int workCount) {
            if (workCount == 0) {
                idle();
            }
        }

        @Override
        public void idle() {
            parked = true;
            LockSupport.park(this);
            parked = false;
        }

        @Override
        public void reset() {}
    }

    static final class FakeListener implements Listener {
        final InetSocketAddress asked;
        volatile TcpSettings settings;
        final ListenOptions options;
        private volatile UnaryOperator<TcpSettings> own = UnaryOperator.identity();
        final Queue<Accepted> queue = new ConcurrentLinkedQueue<>();
        private final AtomicInteger waiting = new AtomicInteger();
        @Nullable
        volatile Runnable hook;
        volatile boolean closed;

        FakeListener(final InetSocketAddress asked, final TcpSettings settings, final ListenOptions options) {
            this.asked = asked;
            this.settings = settings;
            this.options = options;
        }

        /** As an engine does: tells only when the queue was empty. */
        void offer(final int engine, final long connection) {
            queue.add(new Accepted(engine, connection));
            final Runnable told = hook;
            if (waiting.getAndIncrement() == 0 && told != null) {
                told.run();
            }
        }

        @Override
        public TcpSettings settings() {
            return settings;
        }

        @Override
        public void follow(final UnaryOperator<TcpSettings> newOwn) {
            own = newOwn;
        }

        /** The stack has other settings now. */
        void reload(final TcpSettings stack) {
            settings = own.apply(stack);
        }

        @Override
        public InetSocketAddress localAddress() {
            return new InetSocketAddress(asked.getAddress(), asked.getPort() == 0 ? 8080 : asked.getPort());
        }

        @Override
        public @Nullable Accepted poll() {
            final Accepted next = queue.poll();
            if (next != null) {
                waiting.decrementAndGet();
            }
            return next;
        }

        @Override
        public void onAcceptable(@Nullable final Runnable told) {
            hook = told;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
