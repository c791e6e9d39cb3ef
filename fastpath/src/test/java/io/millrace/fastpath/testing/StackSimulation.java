package io.millrace.fastpath.testing;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.engine.StackEngine;
import io.millrace.fastpath.memory.MemoryRegion;
import io.millrace.fastpath.port.FaultInjectionPort;
import io.millrace.fastpath.port.Faults;
import io.millrace.fastpath.port.MemoryLink;
import io.millrace.fastpath.port.PacketPort;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Two whole stacks in virtual time over a link that loses, delays, reorders, duplicates and damages, all of it from one
 * seed: connections are opened, bytes flow both ways, ends are closed, half-closed and aborted. {@link #run} asserts
 * that every byte arrives in order or the connection fails with a reason, that the whole thing comes to rest, and that
 * nothing is left behind. Thread: one.
 */
public final class StackSimulation {
    /** Where the second stack listens. */
    static final int PORT = 80;

    private static final String CLIENT = "10.0.0.1";
    private static final String SERVER = "10.0.0.2";
    private static final int MANY_FRAMES = 1_024;
    private static final int FEW_FRAMES = 48;
    private static final int CROWD = 10;
    private static final int FIRST_LOCAL_PORT = 50_000;
    private static final int MAX_TURNS = 3_000_000;
    private static final long TURN_NS = 2_000;
    private static final long SLOW_TURN_NS = 100_000;
    /** A day: on a bad network the RTO stays backed off (Karn) until a segment that was sent once is acknowledged. */
    private static final long MAX_NS = 24L * 3_600 * 1_000_000_000L;
    private static final EngineSettings ENGINE = new EngineSettings(16, 16, 1 << 20, 64, 1 << 16, 16, 4, 1_000);

    private final long seed;
    private final Random random;
    private final int largest;
    private final Faults faults;
    private final boolean offloads;
    private final boolean crowded;
    private final int frames;
    private final long turnNs;
    private final TcpSettings clientSettings;
    private final TcpSettings serverSettings;
    private final List<SimulatedApplication> clients = new ArrayList<>();
    private final List<SimulatedApplication> servers = new ArrayList<>();
    private final List<SimulatedApplication> accepted = new ArrayList<>();
    private long nowNs = 1_000_000_000L;
    private long turns;
    private int idle;

    /** @param largest bytes that one side sends at the most. */
    public StackSimulation(final long seed, final int largest) {
        this.seed = seed;
        this.random = new Random(seed);
        this.largest = largest;
        faults = faults();
        offloads = faults.isNone() && random.nextBoolean();
        frames = random.nextInt(8) == 0 ? FEW_FRAMES : MANY_FRAMES;
        // without a frame to send in a stack turns in vain: the turns must not be too many
        turnNs = frames == FEW_FRAMES ? SLOW_TURN_NS : TURN_NS;
        // many connections with large buffers: the slab is too small for all of them
        crowded = random.nextInt(12) == 0;
        clientSettings = settings();
        serverSettings = settings();
    }

    private Faults faults() {
        final Faults.Builder builder = Faults.builder();
        if (random.nextInt(10) == 0) {
            return builder.build();
        }
        if (random.nextInt(4) == 0) {
            builder.bottleneck(1_000_000L << random.nextInt(11), 5_000L << random.nextInt(7));
        }
        final double severity = random.nextInt(5) == 0 ? 0 : 0.2 * random.nextDouble();
        return builder.loss(severity * random.nextDouble()).duplication(severity * random.nextDouble())
                .reordering(severity * random.nextDouble(), 1 + random.nextInt(50_000_000))
                .corruption(severity * random.nextDouble() / 4).delay(random.nextInt(1 << random.nextInt(10, 27)))
                .jitter(random.nextInt(1 << random.nextInt(10, 25))).build();
    }

    private TcpSettings settings() {
        final int[] sizes = {0, 88, 536, 1_000};
        final int least = crowded ? 1 << 19 : 0;
        return TcpSettings.DEFAULT.toBuilder()
                .receiveBuffer(least + 2_304 + random.nextInt(1 << random.nextInt(8, 18)))
                .sendBuffer(least + 4_096 + random.nextInt(1 << random.nextInt(8, 18)))
                .mss(random.nextInt(3) == 0 ? sizes[random.nextInt(sizes.length)] : 0)
                .windowScaling(random.nextInt(4) != 0).noDelay(random.nextBoolean())
                .outOfOrderRanges(1 + random.nextInt(63)).mslNs(1_000_000_000L).keepAlive(true)
                .keepAliveIdleNs(20_000_000_000L).keepAliveIntervalNs(5_000_000_000L).keepAliveProbes(5).build();
    }

    /** Runs the simulation to its end; fails, naming the seed, where anything is not as it should be. */
    public void run() {
        try (MemoryLink link = MemoryLink.builder().ethernet(false).framesPerSide(frames).offloads(offloads).build();
                MemoryRegion scratch = MemoryRegion.allocate("simulation", 1 << 16)) {
            run(link, scratch);
        }
    }

    private void run(final MemoryLink link, final MemoryRegion scratch) {
        final PacketPort left = port(link, 0, seed);
        final PacketPort right = port(link, 1, ~seed);
        final SimulatedControl clientControl = new SimulatedControl(CLIENT, random, clientSettings, false);
        final SimulatedControl serverControl = new SimulatedControl(SERVER, random, serverSettings, true);
        final StackEngine client = new StackEngine(0, ENGINE, left, clientControl, () -> nowNs);
        final StackEngine server = new StackEngine(0, ENGINE, right, serverControl, () -> nowNs);
        try {
            open(client, server, scratch);
            while (turn(client, server, serverControl)) {
                if (++turns > MAX_TURNS || nowNs > MAX_NS) {
                    throw new AssertionError("it never comes to rest");
                }
            }
            assertOutcome();
            assertAtRest(client, left);
            assertAtRest(server, right);
            check(serverControl.syns() == 0, "places in the SYN queue are left taken");
        } catch (final RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage() + "\n" + turns + " turns, "
                    + nowNs / 1_000_000 + " ms, " + faults + "\n" + clients + "\n" + servers, e);
        } finally {
            client.requestClose();
            server.requestClose();
            left.close();
            right.close();
        }
    }

    private PacketPort port(final MemoryLink link, final int side, final long portSeed) {
        final PacketPort port = link.side(side).queue(0);
        return offloads ? port : new FaultInjectionPort(port, Faults.NONE, faults, portSeed);
    }

    private void open(final StackEngine client, final StackEngine server, final MemoryRegion scratch) {
        final int connections = crowded ? CROWD : 1 + random.nextInt(3);
        for (int i = 0; i < connections; i++) {
            final SimulatedApplication there = new SimulatedApplication("client " + i, client.tcp(), scratch, random,
                    crowded ? largest / 2 : 0, largest);
            final SimulatedApplication here = new SimulatedApplication("server " + i, server.tcp(), scratch, random,
                    crowded ? largest / 2 : 0, largest);
            there.peer(here);
            here.peer(there);
            clients.add(there);
            servers.add(here);
            there.connection(client.tcp().connect(0, 0, FIRST_LOCAL_PORT + i, 0, IpAddress.v4(Packet.address(SERVER)),
                    PORT, clientSettings, there));
        }
    }

    /** One turn of everything; false where nothing will ever happen again. */
    private boolean turn(final StackEngine client, final StackEngine server, final SimulatedControl serverControl) {
        int work = 0;
        for (int i = 0; i < clients.size(); i++) {
            work += clients.get(i).act(nowNs) + (accepted.contains(servers.get(i)) ? servers.get(i).act(nowNs) : 0);
        }
        work += client.doWork();
        work += server.doWork();
        for (long connection = serverControl.accept(); connection != 0; connection = serverControl.accept()) {
            accept(server, connection);
            work++;
        }
        nowNs += work > 0 ? turnNs : 0;
        idle = work > 0 ? 0 : idle + 1;
        if (idle < 2) {
            // a delayed frame that left its port in this turn is no work, but is received in the next
            return true;
        }
        idle = 0;
        final long nextNs = nextNs(client, server);
        nowNs = nextNs == Long.MAX_VALUE ? nowNs : Math.max(nowNs, nextNs);
        return nextNs != Long.MAX_VALUE;
    }

    private long nextNs(final StackEngine client, final StackEngine server) {
        long nextNs = Math.min(client.nextDeadlineNs(), server.nextDeadlineNs());
        for (int i = 0; i < clients.size(); i++) {
            nextNs = Math.min(nextNs, clients.get(i).deadlineNs());
            if (accepted.contains(servers.get(i))) {
                nextNs = Math.min(nextNs, servers.get(i).deadlineNs());
            }
        }
        return nextNs;
    }

    private void accept(final StackEngine server, final long connection) {
        try {
            final int port = server.tcp().remoteAddress(connection).getPort();
            final SimulatedApplication application = servers.get(port - FIRST_LOCAL_PORT);
            check(!accepted.contains(application), "accepted twice");
            application.connection(connection);
            accepted.add(application);
            server.tcp().attach(connection, application);
        } catch (final IllegalStateException stale) {
            // it died in the accept queue
            return;
        }
    }

    private void assertOutcome() {
        for (int i = 0; i < clients.size(); i++) {
            final SimulatedApplication client = clients.get(i);
            final SimulatedApplication server = servers.get(i);
            check(client.isOver(), "the client hangs");
            check(server.isOver() || !accepted.contains(server), "the server hangs");
            final boolean rude = client.isRude() || server.isRude();
            final boolean whole = client.receivedAll() && server.receivedAll();
            check(whole || rude || client.hasFailed() || server.hasFailed(), "bytes are lost and nobody was told");
            check(client.receivedAll() || !server.isRude() || client.isOver(), "the client does not know");
        }
    }

    private void assertAtRest(final StackEngine engine, final PacketPort port) {
        check(engine.connections() == 0, "connections are left: " + engine.connections());
        check(engine.timeWaits() == 0, "TIME_WAIT records are left: " + engine.timeWaits());
        check(engine.slabInUse() == 0, "slab in use: " + engine.slabInUse());
        check(engine.nextDeadlineNs() == Long.MAX_VALUE, "a timer is armed");
        check(engine.counters().get(Counter.EXCEPTIONS) == 0, "exceptions were caught");
        final long[] all = new long[frames + 1];
        int count = 0;
        for (long frame = port.acquire(); frame != 0; frame = port.acquire()) {
            all[count++] = frame;
        }
        for (int i = 0; i < count; i++) {
            port.release(all[i]);
        }
        check(count == frames, "frames: " + count + " of " + frames);
    }

    private static void check(final boolean condition, final String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }

    /** Turns that it took. */
    public long turns() {
        return turns;
    }

    /** Bytes that applications received in all. */
    public long bytes() {
        long bytes = 0;
        for (int i = 0; i < clients.size(); i++) {
            bytes += clients.get(i).received() + servers.get(i).received();
        }
        return bytes;
    }
}
