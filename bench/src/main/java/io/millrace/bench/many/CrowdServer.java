package io.millrace.bench.many;

import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.tcp.TcpCalls;

/** Whoever is connected to: sends back what it receives, and closes where the client does. */
final class CrowdServer implements ConnectionHandler, AutoCloseable {
    private static final int SCRATCH = 65_536;

    private final StackPair stacks;
    private final MemoryRegion scratch = MemoryRegion.allocate("messages", SCRATCH);

    CrowdServer(final StackPair stacks) {
        this.stacks = stacks;
    }

    @Override
    public void onReady(final long connection, final int events) {
        final TcpCalls tcp = stacks.server().tcp();
        if ((events & READABLE) != 0) {
            final int length = tcp.receive(connection, scratch.address(), SCRATCH);
            if (length > 0) {
                tcp.send(connection, scratch.address(), length);
                tcp.flush(connection);
            }
        }
        if ((events & PEER_CLOSED) != 0) {
            tcp.close(connection);
        }
    }

    @Override
    public void close() {
        scratch.close();
    }
}
