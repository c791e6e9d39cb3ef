package io.millrace.socket;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What one thread asks of an engine, and waits for. The engine claims it for each step, the caller abandons it when its
 * time is over: one of both wins, so that nothing is done, and no buffer of the caller is touched, for a caller that has
 * gone. Thread: made and awaited by the caller's; the rest is the engine's.
 */
final class Call {
    private static final VarHandle STATE = stateHandle();
    private static final int WAITING = 0;
    private static final int CLAIMED = 1;
    private static final int DONE = 2;
    private static final int ABANDONED = 3;

    /** The caller's bytes; empty where none are moved. */
    final byte[] bytes;
    /** Where the next byte is. Thread: the engine's. */
    int position;
    /** One past the last byte. */
    final int end;

    private final Thread caller = Thread.currentThread();
    @SuppressWarnings("unused")
    private volatile int state;
    private int result;
    private @Nullable IOException failure;

    Call() {
        this(new byte[0], 0, 0);
    }

    Call(final byte[] bytes, final int offset, final int length) {
        this.bytes = bytes;
        this.position = offset;
        this.end = offset + length;
    }

    private static VarHandle stateHandle() {
        try {
            return MethodHandles.lookup().findVarHandle(Call.class, "state", int.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    int remaining() {
        return end - position;
    }

    /** True where somebody still waits; nobody abandons it then until it is {@link #release}d or done. */
    boolean claim() {
        return STATE.compareAndSet(this, WAITING, CLAIMED);
    }

    /** The step is done, the call is not. */
    void release() {
        STATE.setVolatile(this, WAITING);
    }

    /** Ends a claimed call. */
    void succeed(final int value) {
        result = value;
        STATE.setVolatile(this, DONE);
        LockSupport.unpark(caller);
    }

    /** Ends a claimed call. */
    void fail(final IOException cause) {
        failure = cause;
        STATE.setVolatile(this, DONE);
        LockSupport.unpark(caller);
    }

    /** Ends the call where somebody still waits. */
    void failIfWanted(final IOException cause) {
        if (claim()) {
            fail(cause);
        }
    }

    /**
     * Waits for the engine.
     *
     * @param timeoutNs 0: as long as it takes.
     * @throws SocketTimeoutException where the time is over.
     * @throws ClosedByInterruptException where the thread is interrupted, and it stays so.
     */
    int await(final long timeoutNs) throws IOException {
        final long startNs = System.nanoTime();
        while (state != DONE) {
            final long leftNs = timeoutNs == 0 ? Long.MAX_VALUE : timeoutNs - (System.nanoTime() - startNs);
            if (Thread.currentThread().isInterrupted()) {
                abandonBecause(true);
            } else if (leftNs <= 0) {
                abandonBecause(false);
            } else if (timeoutNs == 0) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, leftNs);
            }
        }
        if (failure != null) {
            // the engine's own stack tells the caller nothing
            failure.fillInStackTrace();
            throw failure;
        }
        return result;
    }

    /** Ends the wait; or, where the engine has claimed the call for as long as it takes to copy some bytes, not yet. */
    private void abandonBecause(final boolean interrupted) throws IOException {
        if (!STATE.compareAndSet(this, WAITING, ABANDONED)) {
            Thread.onSpinWait();
        } else if (interrupted) {
            throw new ClosedByInterruptException();
        } else {
            throw new SocketTimeoutException("timed out");
        }
    }
}
