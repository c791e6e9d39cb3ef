package io.millrace.fastpath.testing.socket;

import io.millrace.fastpath.control.ListenerPolicy;
import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.testing.Packet;
import io.millrace.fastpath.testing.StandInControl;
import io.millrace.fastpath.testing.StandInIss;
import io.millrace.fastpath.testing.StandInPorts;
import io.millrace.fastpath.testing.StandInRoutes;
import org.jspecify.annotations.Nullable;

/** The control plane of one stack in virtual time, whose listeners are sockets. Thread: the driver's. */
final class VirtualControl extends StandInControl {
    private static final int ISS_STEP = 64_000;
    private static final int LAST_PORT = 65_535;

    private final StandInIss iss;
    private final StandInPorts ports;
    private final Sockets sockets;
    private final Setup.Overload overload;

    VirtualControl(final Setup setup, final Sockets sockets) {
        this(setup, sockets, new StandInIss(setup.iss(), ISS_STEP),
                new StandInPorts(setup.ephemeralPort(), LAST_PORT));
    }

    private VirtualControl(final Setup setup, final Sockets sockets, final StandInIss iss, final StandInPorts ports) {
        super(StandInRoutes.of(setup.addresses().stream().mapToInt(Packet::address).toArray())
                .withBroadcast(Packet.address(setup.broadcast())), iss, ports);
        this.overload = setup.overload();
        this.iss = iss;
        this.ports = ports;
        this.sockets = sockets;
    }

    /** Upper half of every address but the wildcard. */
    static long hi() {
        return Family.current().hi();
    }

    static long lo(final String address) {
        return Family.current().lo(Packet.address(address));
    }

    Setup.Overload overload() {
        return overload;
    }

    void nextIss(final int next) {
        iss.next(next);
    }

    void nextPort(final int port) {
        ports.from(port);
    }

    @Override
    public @Nullable ListenerPolicy listener(final long localHi, final long localLo, final long remoteHi,
            final long remoteLo, final int ports) {
        return sockets.listener(localLo, ports >>> 16);
    }
}
