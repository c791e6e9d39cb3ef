package io.millrace.fastpath.testing.socket;

import io.millrace.fastpath.control.EngineControl;
import io.millrace.fastpath.control.EngineEvents;
import io.millrace.fastpath.control.EphemeralPorts;
import io.millrace.fastpath.control.InitialSequenceNumbers;
import io.millrace.fastpath.control.ListenerPolicy;
import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.wire.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The control plane of one stack in virtual time: its addresses, everything else one hop away, sequence numbers and
 * ports that can be foretold. Thread: the driver's.
 */
final class VirtualControl implements EngineControl, RouteSnapshot, EphemeralPorts, EngineEvents {
    private static final int ISS_STEP = 64_000;
    private static final int LAST_PORT = 65_535;

    private final List<Long> addresses;
    private final long broadcast;
    private final Sockets sockets;
    private int nextIss;
    private int nextPort;
    private @Nullable Throwable defect;

    VirtualControl(final Setup setup, final Sockets sockets) {
        addresses = setup.addresses().stream().map(VirtualControl::lo).toList();
        broadcast = lo(setup.broadcast());
        nextIss = setup.iss();
        nextPort = setup.ephemeralPort();
        this.sockets = sockets;
    }

    static long lo(final String address) {
        return IpAddress.v4(Packet.address(address));
    }

    void nextIss(final int iss) {
        nextIss = iss;
    }

    void nextPort(final int port) {
        nextPort = port;
    }

    /** The first exception that the duty cycle caught; null where it caught none. */
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
        return (localHi, localLo, localPort, remoteHi, remoteLo, remotePort, nowNs) -> {
            final int iss = nextIss;
            nextIss += ISS_STEP;
            return iss;
        };
    }

    @Override
    public EphemeralPorts ephemeralPorts() {
        return this;
    }

    @Override
    public int candidates() {
        return Math.max(0, LAST_PORT - nextPort + 1);
    }

    @Override
    public void begin(final long localHi, final long localLo, final long remoteHi, final long remoteLo,
            final int remotePort) {}

    @Override
    public int next() {
        return nextPort++;
    }

    @Override
    public @Nullable ListenerPolicy listener(final long localHi, final long localLo, final int localPort) {
        return sockets.listener(localLo, localPort);
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
    public boolean isOwn(final long hi, final long lo) {
        return hi == 0 && addresses.contains(lo);
    }

    @Override
    public boolean isBroadcast(final long hi, final long lo) {
        return hi == 0 && (lo == broadcast || lo == IpAddress.v4(-1));
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
        return addresses.getFirst();
    }

    @Override
    public void onArp(final int operation, final long senderMac, final int senderIp, final int targetIp) {}

    @Override
    public void onNeighbourWanted(final long hi, final long lo) {}

    @Override
    public void onNeighbourConfirmed(final long hi, final long lo) {}
}
