package io.millrace.fastpath.simulation;

import io.millrace.fastpath.control.ListenerPolicy;
import io.millrace.fastpath.tcp.TcpSettings;
import java.util.Random;

/**
 * Waits for one connection, and takes its offer to the host. Its accept queue is full at random moments. Thread: the
 * simulation's.
 */
final class SimulatedListener implements ListenerPolicy {
    private static final int BACKLOG = 4;

    private final SimulatedHost host;
    private final SimulatedConnection connection;
    private final TcpSettings settings;
    private final Random random;
    private int syns;

    SimulatedListener(final SimulatedHost host, final SimulatedConnection connection, final TcpSettings settings,
            final Random random) {
        this.host = host;
        this.connection = connection;
        this.settings = settings;
        this.random = random;
    }

    /** Places of the SYN queue that are taken. */
    int syns() {
        return syns;
    }

    @Override
    public int id() {
        return connection.port();
    }

    @Override
    public TcpSettings settings() {
        return settings;
    }

    @Override
    public boolean reserveSyn() {
        if (syns >= BACKLOG) {
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
        return random.nextInt(8) != 0;
    }

    @Override
    public boolean offer(final int engine, final long handle) {
        host.offered(connection, handle);
        return true;
    }
}
