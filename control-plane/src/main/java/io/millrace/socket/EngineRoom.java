package io.millrace.socket;

import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.tcp.TcpCalls;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.agrona.BufferUtil;

/**
 * One engine as the sockets see it: a way onto its thread, its calls, a buffer outside of the heap through which bytes
 * pass, and the connections that sockets hold. Thread: the engine's, but for {@link #submit}: any.
 */
final class EngineRoom {
    /** Bytes at a time. */
    static final int BOUNCE = 64 << 10;

    private final StackEngine engine;
    private final Executor thread;
    private final ByteBuffer bounce = ByteBuffer.allocateDirect(BOUNCE);
    private final long bounceAddress = BufferUtil.address(bounce);
    private final Set<Connection> held = new HashSet<>();
    private boolean closed;

    /** @param thread runs what it is given on the thread that drives the engine. */
    EngineRoom(final StackEngine engine, final Executor thread) {
        this.engine = engine;
        this.thread = thread;
    }

    /** Index of the engine. Thread: any. */
    int index() {
        return engine.index();
    }

    /** @throws SocketException where the engine's thread has ended. Thread: any. */
    void submit(final Runnable task) throws SocketException {
        try {
            thread.execute(task);
        } catch (final RejectedExecutionException e) {
            throw (SocketException) new SocketException("the sockets of this stack are closed").initCause(e);
        }
    }

    /** Resets a connection that nobody will take over. Thread: any. */
    void abandon(final long connection) {
        engine.commands().abort(connection);
    }

    TcpCalls tcp() {
        return engine.tcp();
    }

    /** True where no connection can be had any more. */
    boolean isClosed() {
        return closed || engine.isClosed();
    }

    void hold(final Connection connection) {
        held.add(connection);
    }

    void letGo(final Connection connection) {
        held.remove(connection);
    }

    /** Closes every connection; what waits for one fails. */
    void close() {
        closed = true;
        for (final Connection connection : List.copyOf(held)) {
            connection.close(false);
        }
    }

    /** Receives bytes into an array: how many, 0 or -1 as {@link TcpCalls#receive}. */
    int receive(final long connection, final byte[] target, final int offset, final int length) {
        final int received = tcp().receive(connection, bounceAddress, Math.min(length, BOUNCE));
        if (received > 0) {
            bounce.get(0, target, offset, received);
        }
        return received;
    }

    /** Sends bytes of an array: how many were taken, or -1, as {@link TcpCalls#send}; never more than fit the buffer. */
    int send(final long connection, final byte[] source, final int offset, final int length) {
        bounce.put(0, source, offset, length);
        return tcp().send(connection, bounceAddress, length);
    }
}
