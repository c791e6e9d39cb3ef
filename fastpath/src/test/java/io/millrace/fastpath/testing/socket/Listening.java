package io.millrace.fastpath.testing.socket;

import io.millrace.fastpath.control.ListenerPolicy;
import io.millrace.fastpath.tcp.TcpSettings;
import java.util.ArrayDeque;
import java.util.Queue;

/** The SYN queue and accept queue of a listening socket. Thread: the driver's. */
final class Listening implements ListenerPolicy {
    private final Socket socket;
    private final int id;
    private final Queue<Long> established = new ArrayDeque<>();
    private int backlog;
    private int syns;
    private int accepts;
    private boolean open = true;

    Listening(final Socket socket, final int id, final int backlog) {
        this.socket = socket;
        this.id = id;
        backlog(backlog);
    }

    /** As in Linux a backlog of 0 still lets one connection through. */
    void backlog(final int value) {
        backlog = Math.max(1, value);
    }

    boolean isAcceptable() {
        return !established.isEmpty();
    }

    /** The next established connection; 0 where there is none. */
    long poll() {
        final Long connection = established.poll();
        if (connection == null) {
            return 0;
        }
        accepts--;
        return connection;
    }

    void close() {
        open = false;
    }

    @Override
    public int id() {
        return id;
    }

    /** What was set on the listening socket, as of now: connections inherit it. */
    @Override
    public TcpSettings settings() {
        return socket.settings;
    }

    @Override
    public boolean reserveSyn() {
        if (syns >= backlog) {
            return false;
        }
        syns++;
        return true;
    }

    @Override
    public void releaseSyn() {
        syns--;
    }

    @Override
    public boolean reserveAccept() {
        if (accepts >= backlog) {
            return false;
        }
        accepts++;
        return true;
    }

    @Override
    public boolean offer(final int engine, final long connection) {
        return open && established.add(connection);
    }
}
