package io.millrace.fastpath.testing;

import io.millrace.fastpath.control.EngineControl;
import io.millrace.fastpath.control.EngineEvents;
import io.millrace.fastpath.control.EphemeralPorts;
import io.millrace.fastpath.control.InitialSequenceNumbers;
import io.millrace.fastpath.control.ListenerPolicy;
import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.wire.IpAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Random;

/** The control plane of one simulated stack: one address, at most one listener. Thread: the simulation's. */
final class SimulatedControl implements EngineControl, RouteSnapshot, EngineEvents, EphemeralPorts, ListenerPolicy {
    private static final int BACKLOG = 16;

    private final long address;
    private final Random random;
    private final TcpSettings settings;
    private final boolean listening;
    private final Queue<Long> accepted = new ArrayDeque<>();
    private int syns;
    private int accepting;
    private int nextPort;

    SimulatedControl(final String address, final Random random, final TcpSettings settings, final boolean listening) {
        this.address = IpAddress.v4(Packet.address(address));
        this.random = random;
        this.settings = settings;
        this.listening = listening;
    }

    /** The next connection of the accept queue; 0 where there is none. */
    long accept() {
        final Long connection = accepted.poll();
        if (connection == null) {
            return 0;
        }
        accepting--;
        return connection;
    }

    /** Places of the SYN queue that are taken. */
    int syns() {
        return syns;
    }

    @Override
    public InitialSequenceNumbers initialSequenceNumbers() {
        // half of them so that the numbers wrap during the transfer
        return (localHi, localLo, localPort, remoteHi, remoteLo, remotePort, now) -> random.nextBoolean()
                ? -random.nextInt(100_000)
                : random.nextInt();
    }

    @Override
    public EphemeralPorts ephemeralPorts() {
        return this;
    }

    @Override
    public ListenerPolicy listener(final long localHi, final long localLo, final int localPort) {
        return listening && localPort == StackSimulation.PORT ? this : null;
    }

    @Override
    public long hashSeed() {
        return 42;
    }

    @Override
    public RouteSnapshot routes() {
        return this;
    }

    @Override
    public EngineEvents events() {
        return this;
    }

    @Override
    public int candidates() {
        return 1_000;
    }

    @Override
    public void begin(final long localHi, final long localLo, final long remoteHi, final long remoteLo,
            final int remotePort) {
        nextPort = 50_000;
    }

    @Override
    public int next() {
        return nextPort++;
    }

    @Override
    public boolean isOwn(final long hi, final long lo) {
        return hi == 0 && lo == address;
    }

    @Override
    public boolean isBroadcast(final long hi, final long lo) {
        return lo == IpAddress.v4(-1);
    }

    @Override
    public int route(final long hi, final long lo) {
        return isOwn(hi, lo) ? LOCAL : 0;
    }

    @Override
    public long nextHopHi(final int route, final long hi, final long lo) {
        return hi;
    }

    @Override
    public long nextHopLo(final int route, final long hi, final long lo) {
        return lo;
    }

    @Override
    public long sourceHi(final int route) {
        return 0;
    }

    @Override
    public long sourceLo(final int route) {
        return address;
    }

    @Override
    public void onArp(final int operation, final long senderMac, final int senderIp, final int targetIp) {}

    @Override
    public void onNeighbourWanted(final long hi, final long lo) {}

    @Override
    public void onNeighbourConfirmed(final long hi, final long lo) {}

    @Override
    public int id() {
        return 1;
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
        if (accepting >= BACKLOG) {
            return false;
        }
        accepting++;
        return true;
    }

    @Override
    public boolean offer(final int engine, final long connection) {
        return accepted.add(connection);
    }
}
