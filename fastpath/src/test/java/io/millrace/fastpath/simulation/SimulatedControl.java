package io.millrace.fastpath.simulation;

import io.millrace.fastpath.control.EngineControl;
import io.millrace.fastpath.control.EngineEvents;
import io.millrace.fastpath.control.EphemeralPorts;
import io.millrace.fastpath.control.FastOpenCookies;
import io.millrace.fastpath.control.InitialSequenceNumbers;
import io.millrace.fastpath.control.ListenerPolicy;
import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.wire.IpAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** The control plane of one simulated stack: one address, a listener a port. Thread: the simulation's. */
final class SimulatedControl
        implements
            EngineControl,
            RouteSnapshot,
            EngineEvents,
            EphemeralPorts,
            FastOpenCookies {
    private static final int FIRST_EPHEMERAL = 50_000;
    private static final long COOKIE_FACTOR = 0x9E3779B97F4A7C15L;

    private final long address;
    private final Random random;
    private final Map<Integer, ListenerPolicy> listeners = new HashMap<>();
    private @Nullable Throwable defect;
    private int nextPort;

    /** @param address in host order. */
    SimulatedControl(final int address, final Random random) {
        this.address = IpAddress.v4(address);
        this.random = random;
    }

    void listen(final int port, final ListenerPolicy listener) {
        listeners.put(port, listener);
    }

    /** The exception that the engine caught first; null where there was none. */
    @Nullable
    Throwable defect() {
        return defect;
    }

    @Override
    public void onDefect(final Throwable exception) {
        if (defect == null) {
            defect = exception;
        }
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
    public @Nullable ListenerPolicy listener(final long localHi, final long localLo, final int localPort) {
        return listeners.get(localPort);
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
    public FastOpenCookies fastOpenCookies() {
        return this;
    }

    @Override
    public long make(final long localHi, final long localLo, final long remoteHi, final long remoteLo) {
        return remoteLo * COOKIE_FACTOR ^ localLo;
    }

    @Override
    public boolean isValid(final long cookie, final long localHi, final long localLo, final long remoteHi,
            final long remoteLo) {
        return cookie == make(localHi, localLo, remoteHi, remoteLo);
    }

    @Override
    public int candidates() {
        return 1_000;
    }

    @Override
    public void begin(final long localHi, final long localLo, final long remoteHi, final long remoteLo,
            final int remotePort) {
        nextPort = FIRST_EPHEMERAL;
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
}
