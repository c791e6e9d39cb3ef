package io.millrace.fastpath.simulation;

import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.testing.StandInListener;
import java.util.Random;

/**
 * Waits for one connection, and takes its offer to the host. Its accept queue is full at random moments. Thread: the
 * simulation's.
 */
final class SimulatedListener extends StandInListener {
    private static final int BACKLOG = 4;

    private final SimulatedHost host;
    private final SimulatedConnection connection;
    private final Random random;

    SimulatedListener(final SimulatedHost host, final SimulatedConnection connection, final TcpSettings settings,
            final Random random) {
        super(connection.port(), BACKLOG, settings);
        this.host = host;
        this.connection = connection;
        this.random = random;
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
