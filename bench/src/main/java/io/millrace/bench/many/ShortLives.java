package io.millrace.bench.many;

import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.tcp.ConnectionHandler;
import io.millrace.fastpath.tcp.TcpCalls;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.concurrent.NanoClock;

/**
 * Connections that live for one byte: the client connects and sends it, the server sends it back and closes, then the client
 * closes too, and the server keeps TIME_WAIT.
 */
public final class ShortLives implements AutoCloseable {
    private static final int BYTES = 64;
    private static final int MAX_IDLE_TURNS = 50_000_000;

    private final ShortSettings settings;
    private final StackPair stacks;
    private final MemoryRegion scratch = MemoryRegion.allocate("messages", BYTES);
    private final ConnectionHandler client = this::onClient;
    private final ConnectionHandler server = this::onServer;
    private long started;
    private long finished;
    private long failed;
    private long serverNs;

    /**
     * @param clock of both stacks.
     * @param tick  called before each turn: moves a clock that does not move by itself.
     */
    public ShortLives(final ShortSettings settings, final NanoClock clock, final Runnable tick) throws IOException {
        this.settings = settings;
        stacks = new StackPair(connections(settings), settings.timeWait(), clock, tick);
    }

    /** Connections until TIME_WAIT is at its steady state, or so many: the table is full, or its waits end. */
    public long fill(final long most) {
        final int capacity = settings.timeWait();
        while (finished < most && stacks.server().timeWaits() < capacity
                && stacks.server().timeWaits() + failed >= finished - settings.window()) {
            run(finished + settings.window());
        }
        return finished;
    }

    /** Runs for so many seconds; a sample for each. */
    public ShortReport measure(final int seconds) {
        final List<Phase> samples = new ArrayList<>();
        final long overflows = stacks.serverCount("TimeWaitOverflow");
        final long reopened = stacks.serverCount("TimeWaitReopened");
        final long retransmissions = retransmissions();
        final long allocated = allocated();
        final long before = finished;
        serverNs = 0;
        for (int second = 0; second < seconds; second++) {
            final Phase begun = Phase.begin();
            final long startCount = finished;
            while (System.nanoTime() - begun.ns() < TimeUnit.SECONDS.toNanos(1)) {
                run(finished + settings.window());
            }
            samples.add(begun.end(finished - startCount));
        }
        return new ShortReport(settings, samples, stacks.server().timeWaits(),
                stacks.serverCount("TimeWaitOverflow") - overflows, stacks.serverCount("TimeWaitReopened") - reopened,
                retransmissions() - retransmissions, (allocated() - allocated) / Math.max(1, finished - before),
                serverNs);
    }

    /** Goes on until so many connections have come and gone. */
    void run(final long until) {
        int idle = 0;
        while (finished < until) {
            while (started - finished < settings.window()) {
                stacks.connect((int) (started % settings.addresses()), client);
                started++;
            }
            idle = turn() == 0 ? idle + 1 : 0;
            if (failed != 0 || idle == MAX_IDLE_TURNS) {
                throw new IllegalStateException(failed + " connections failed, " + idle + " turns without work");
            }
        }
    }

    private int turn() {
        final int done = stacks.turnClient();
        final long startNs = System.nanoTime();
        final int served = stacks.turnServer();
        stacks.accept(server);
        serverNs += System.nanoTime() - startNs;
        return done + served;
    }

    /** As many again as live at once may be on their way out. */
    static int connections(final ShortSettings settings) {
        return 2 * settings.window();
    }

    StackPair stacks() {
        return stacks;
    }

    private long retransmissions() {
        return stacks.clientCount("TcpRetransmits") + stacks.serverCount("TcpRetransmits")
                + stacks.clientCount("TcpSynRetransmits") + stacks.serverCount("TcpSynRetransmits");
    }

    private static long allocated() {
        return ManagementFactory.getThreadMXBean() instanceof final com.sun.management.ThreadMXBean threads
                ? threads.getThreadAllocatedBytes(Thread.currentThread().threadId())
                : 0;
    }

    private void onClient(final long connection, final int events) {
        final TcpCalls tcp = stacks.client().tcp();
        if ((events & ConnectionHandler.FAILED) != 0) {
            failed++;
            return;
        }
        if ((events & ConnectionHandler.CONNECTED) != 0) {
            tcp.send(connection, scratch.address(), 1);
            tcp.flush(connection);
        }
        if ((events & ConnectionHandler.READABLE) != 0) {
            tcp.receive(connection, scratch.address(), BYTES);
        }
        if ((events & ConnectionHandler.PEER_CLOSED) != 0) {
            tcp.close(connection);
            finished++;
        }
    }

    private void onServer(final long connection, final int events) {
        final TcpCalls tcp = stacks.server().tcp();
        if ((events & ConnectionHandler.FAILED) != 0) {
            failed++;
        } else if (tcp.receive(connection, scratch.address(), BYTES) > 0) {
            tcp.send(connection, scratch.address(), 1);
            tcp.close(connection);
        }
    }

    @Override
    public void close() {
        CloseHelper.closeAll(stacks, scratch);
    }
}
