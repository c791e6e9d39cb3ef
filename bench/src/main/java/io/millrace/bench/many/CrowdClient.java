package io.millrace.bench.many;

import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.tcp.TcpCalls;

/**
 * Whoever connects: one handler for all connections, and their handles outside of the heap, eight bytes each. A window says
 * how many may be on their way at once.
 */
final class CrowdClient implements ConnectionHandler, AutoCloseable {
    private final StackPair stacks;
    private final CrowdSettings settings;
    private final MemoryRegion handles;
    private final MemoryRegion scratch;
    private int started;
    private int connected;
    private int closing;
    private long sent;
    private long received;
    private long failed;

    CrowdClient(final StackPair stacks, final CrowdSettings settings) {
        this.stacks = stacks;
        this.settings = settings;
        handles = MemoryRegion.allocate("handles", (long) settings.connections() * Long.BYTES);
        scratch = MemoryRegion.allocate("messages", settings.payload());
    }

    /** Connects until so many are; true once all of them are. */
    boolean open(final int total) {
        while (started < total && started - connected < settings.window()) {
            final long handle = stacks.connect(started % settings.addresses(), this);
            Memory.putLong(handles.address() + (long) started * Long.BYTES, handle);
            started++;
        }
        return connected == total;
    }

    /** Sends a message on the next so many of a sequence that comes by every connection; true once all are answered. */
    boolean exchange(final long total) {
        final TcpCalls tcp = stacks.client().tcp();
        final int payload = settings.payload();
        while (sent < total * payload && sent - received < (long) settings.window() * payload) {
            final int which = (int) (sent / payload * settings.stride() % settings.connections());
            final int taken = tcp.send(handle(which), scratch.address(), payload);
            if (taken != payload) {
                throw new IllegalStateException("connection " + which + " took " + taken + " bytes");
            }
            tcp.flush(handle(which));
            sent += payload;
        }
        return received == total * payload;
    }

    /** Closes until so many are closed; true once those are gone from both sides. */
    boolean close(final int total) {
        while (closing < total && closing - gone() < settings.window()) {
            stacks.client().tcp().close(handle(closing));
            closing++;
        }
        return gone() == total;
    }

    private int gone() {
        return settings.connections() - Math.max(stacks.client().connections(), stacks.server().connections());
    }

    /** Connections that were refused or lost. */
    long failed() {
        return failed;
    }

    @Override
    public void onReady(final long connection, final int events) {
        if ((events & FAILED) != 0) {
            failed++;
        }
        if ((events & CONNECTED) != 0) {
            connected++;
        }
        if ((events & READABLE) != 0) {
            received += Math.max(0, stacks.client().tcp().receive(connection, scratch.address(), settings.payload()));
        }
    }

    @Override
    public void close() {
        handles.close();
        scratch.close();
    }

    private long handle(final int which) {
        return Memory.getLong(handles.address() + (long) which * Long.BYTES);
    }
}
