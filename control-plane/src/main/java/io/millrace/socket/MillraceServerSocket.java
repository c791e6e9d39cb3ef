package io.millrace.socket;

import io.millrace.fastpath.control.NetworkStack.Accepted;
import io.millrace.fastpath.control.NetworkStack.Listener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A listening endpoint of a Millrace stack with a blocking {@code accept}; what a method does is what that of its name in
 * {@link java.net.ServerSocket} does. Closing it from another thread ends whatever waits for it; interrupting a thread
 * that waits closes it. Several threads may accept, one at a time waits. Thread: any, but none that drives an engine.
 */
public final class MillraceServerSocket implements AutoCloseable {
    /** A stack that is closed closes its listeners and tells nobody. */
    private static final long LOOK_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(250);

    private final MillraceSockets sockets;
    private final ReentrantLock accepting = new ReentrantLock();
    private volatile @Nullable Listener listener;
    /** Who waits for the accept queue. */
    private volatile @Nullable Thread waiter;
    private volatile boolean reuseAddress;
    private volatile boolean closed;
    private volatile int timeoutMs;

    MillraceServerSocket(final MillraceSockets sockets) {
        this.sockets = sockets;
    }

    /**
     * Listens.
     *
     * @param local   port 0: chosen.
     * @param backlog connections that may wait to be accepted; 0: as the stack is configured.
     * @throws java.net.BindException where the address is in use or none of the stack's own.
     */
    public synchronized void bind(final InetSocketAddress local, final int backlog) throws IOException {
        requireOpen();
        if (listener != null) {
            throw new SocketException("Already bound");
        }
        final Listener opened = sockets.stack().listen(local, backlog, sockets.stack().tcpSettings(local),
                reuseAddress);
        opened.follow(UnaryOperator.identity());
        listener = opened;
        sockets.hold(this);
        opened.onAcceptable(this::wake);
    }

    /** Thread: any engine's. */
    private void wake() {
        final Thread waiting = waiter;
        if (waiting != null) {
            LockSupport.unpark(waiting);
        }
    }

    private void requireOpen() throws SocketException {
        if (isClosed()) {
            throw Connection.closed();
        }
    }

    /**
     * Waits for a connection.
     *
     * @throws SocketTimeoutException where {@link #setSoTimeout} is over.
     */
    public MillraceSocket accept() throws IOException {
        requireOpen();
        final Listener open = listener;
        if (open == null) {
            throw new SocketException("Socket is not bound yet");
        }
        try {
            accepting.lockInterruptibly();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw closedByInterrupt();
        }
        try {
            final long startNs = System.nanoTime();
            while (true) {
                final Accepted accepted = await(open, startNs, TimeUnit.MILLISECONDS.toNanos(timeoutMs));
                final MillraceSocket socket = MillraceSocket.accepted(sockets.room(accepted.engine()),
                        open.settings(),
                        accepted.connection());
                if (socket != null) {
                    return socket;
                }
            }
        } catch (final ClosedByInterruptException e) {
            throw closedByInterrupt();
        } finally {
            accepting.unlock();
        }
    }

    private Accepted await(final Listener open, final long startNs, final long timeoutNs) throws IOException {
        waiter = Thread.currentThread();
        try {
            while (true) {
                requireOpen();
                // after the waiter is known: what comes from now on wakes it
                final Accepted next = open.poll();
                if (next != null) {
                    return next;
                }
                park(timeoutNs == 0 ? Long.MAX_VALUE : timeoutNs - (System.nanoTime() - startNs));
            }
        } finally {
            waiter = null;
        }
    }

    private void park(final long leftNs) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw closedByInterrupt();
        }
        if (leftNs <= 0) {
            throw new SocketTimeoutException("Accept timed out");
        }
        LockSupport.parkNanos(this, Math.min(leftNs, LOOK_INTERVAL_NS));
    }

    private SocketException closedByInterrupt() {
        close();
        return new SocketException("Closed by interrupt");
    }

    /** What an accept waits at the most, in milliseconds; 0: as long as it takes. */
    public void setSoTimeout(final int milliseconds) throws SocketException {
        if (milliseconds < 0) {
            throw new IllegalArgumentException("timeout is " + milliseconds + ", must be at least 0");
        }
        requireOpen();
        timeoutMs = milliseconds;
    }

    public int getSoTimeout() {
        return timeoutMs;
    }

    /** Whether it may share its address; before {@link #bind}. */
    public void setReuseAddress(final boolean on) throws SocketException {
        requireOpen();
        reuseAddress = on;
    }

    public boolean getReuseAddress() {
        return reuseAddress;
    }

    /** The address really bound; null before. */
    public @Nullable InetSocketAddress getLocalSocketAddress() {
        final Listener open = listener;
        return open == null ? null : open.localAddress();
    }

    public boolean isClosed() {
        return closed || sockets.isClosed() || sockets.stack().isClosed();
    }

    /** Nothing is accepted any more; connections that wait to be accepted are reset. */
    @Override
    public void close() {
        final Listener open;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            open = listener;
        }
        if (open != null) {
            sockets.letGo(this);
            open.close();
        }
        wake();
    }

    @Override
    public String toString() {
        return "MillraceServerSocket[" + getLocalSocketAddress() + (isClosed() ? ", closed]" : "]");
    }
}
