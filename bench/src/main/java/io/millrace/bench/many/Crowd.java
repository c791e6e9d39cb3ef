package io.millrace.bench.many;

import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.agrona.CloseHelper;
import org.agrona.concurrent.NanoClock;

/** Opens many connections between two stacks, keeps them, uses some, closes them, and measures all along. */
public final class Crowd implements AutoCloseable {
    /** With so few, a poll costs what it does with none. */
    static final int FEW = 10;

    /** What a connection must not exceed at a side. */
    private static final long BYTES_EACH = 512;
    /** For everything else, and for others. */
    private static final long RESERVE = 2L << 30;
    private static final int IDLE_TURNS = 50_000;
    private static final int IDLE_ROUNDS = 11;
    private static final int MAX_IDLE_TURNS = 50_000_000;

    private final CrowdSettings settings;
    private final StackPair stacks;
    private final CrowdClient client;
    private final CrowdServer server;

    /**
     * @param clock of both stacks.
     * @param tick  called before each turn: moves a clock that does not move by itself.
     */
    public Crowd(final CrowdSettings settings, final NanoClock clock, final Runnable tick) throws IOException {
        this.settings = settings;
        stacks = new StackPair(settings.connections(), settings.timeWait(), clock, tick);
        client = new CrowdClient(stacks, settings);
        server = new CrowdServer(stacks);
    }

    /** Bytes of memory that so many connections may take at both sides together. */
    public static long neededBytes(final int connections) {
        return 2L * BYTES_EACH * connections + RESERVE;
    }

    /** Bytes of memory that the machine has left. */
    public static long availableBytes() throws IOException {
        return ProcessMemory.available();
    }

    /**
     * All of it, once.
     *
     * @param abort the client's stack is closed with all its connections open, instead of one after the other.
     */
    public CrowdReport run(final boolean abort) throws IOException {
        final int all = settings.connections();
        final long reserved = stacks.reservedBytes();
        final int few = Math.min(FEW, all);
        run(few, () -> client.open(few));
        idle();
        final ProcessMemory before = ProcessMemory.now();
        final Phase open = run(all - few, () -> client.open(all));
        final ProcessMemory after = ProcessMemory.now();
        final double[] idleMany = idle();
        final Phase exchange = run(settings.messages(), () -> client.exchange(settings.messages()));
        idle();
        final ProcessMemory used = ProcessMemory.now();
        final long slab = Math.max(stacks.client().slabInUse(), stacks.server().slabInUse());
        final int established = Math.min(stacks.client().connections(), stacks.server().connections());
        final Phase close = abort ? abort(all) : run(all - few, () -> client.close(all - few));
        final double[] idleFew = abort ? new double[2] : idleAndClose(all);
        return new CrowdReport(settings, established, reserved, new Phase[]{open, exchange, close},
                after.minus(before), used.minus(before), slab, idleFew, idleMany, retransmissions(),
                stacks.clientCount("TimeWaitOverflow"));
    }

    /** The control of the same poll with all: few are left, and the code is as warm as it was then. */
    private double[] idleAndClose(final int all) {
        final double[] few = idle();
        run(FEW, () -> client.close(all));
        return few;
    }

    private Phase abort(final int all) {
        final Phase begun = Phase.begin();
        stacks.closeClient();
        return begun.end(all);
    }

    private long retransmissions() {
        return stacks.clientCount("TcpRetransmits") + stacks.serverCount("TcpRetransmits")
                + stacks.clientCount("TcpSynRetransmits") + stacks.serverCount("TcpSynRetransmits");
    }

    private Phase run(final long count, final BooleanSupplier until) {
        final Phase begun = Phase.begin();
        int idle = 0;
        while (!until.getAsBoolean()) {
            idle = stacks.turn() == 0 ? idle + 1 : 0;
            stacks.accept(server);
            if (client.failed() != 0 || idle == MAX_IDLE_TURNS) {
                throw new IllegalStateException(
                        client.failed() + " connections failed, " + idle + " turns without work");
            }
        }
        return begun.end(count);
    }

    /**
     * What a turn costs that finds nothing, in nanoseconds of processor time: of the client's engine, and of the server's.
     * The best of several rounds, for what else runs on the machine can only make it longer.
     */
    private double[] idle() {
        final double[] best = {Double.MAX_VALUE, Double.MAX_VALUE};
        for (int round = 0; round < IDLE_ROUNDS; round++) {
            for (int i = 0; i < IDLE_TURNS; i++) {
                stacks.turn();
            }
            best[0] = Math.min(best[0], time(stacks.client()::doWork));
            best[1] = Math.min(best[1], time(stacks.server()::doWork));
        }
        return best;
    }

    private static double time(final Runnable turn) {
        final Phase begun = Phase.begin();
        for (int i = 0; i < IDLE_TURNS; i++) {
            turn.run();
        }
        return begun.end(IDLE_TURNS).cpuNs() / (double) IDLE_TURNS;
    }

    @Override
    public void close() {
        CloseHelper.closeAll(stacks, client, server);
    }
}
