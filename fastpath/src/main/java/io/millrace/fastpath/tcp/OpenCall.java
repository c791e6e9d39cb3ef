package io.millrace.fastpath.tcp;

import io.millrace.fastpath.control.EphemeralPorts;
import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.port.FlowPlacement;
import io.millrace.fastpath.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/** The active OPEN of RFC 9293 §3.10.1. Thread: the engine's. */
final class OpenCall {
    private final TcpContext context;
    private final ConnectionTable connections;
    private final Lifecycle lifecycle;
    private final TcpOutput output;
    private TcpFailure refusal = TcpFailure.NONE;
    /** For which destination no local port was left. */
    private long refusedHi;
    private long refusedLo;
    private int refusedPort;
    /** Why a local port that was asked for was refused. */
    private @Nullable String portRefusal;

    OpenCall(final TcpContext context, final Lifecycle lifecycle, final TcpOutput output) {
        this.context = context;
        this.connections = context.connections;
        this.lifecycle = lifecycle;
        this.output = output;
    }

    /** Why the last call was refused. */
    TcpFailure refusal() {
        return refusal;
    }

    /** The same in words. */
    String refusalText() {
        if (refusal == TcpFailure.ADDRESS_NOT_AVAILABLE && portRefusal != null) {
            return refusal.text() + ": " + portRefusal;
        }
        if (refusal != TcpFailure.NO_LOCAL_PORT) {
            return refusal.text();
        }
        return refusal.text() + ' ' + IpAddress.toString(refusedHi, refusedLo, refusedPort) + ": all "
                + context.control.ephemeralPorts().describe() + " are in use towards it, or listened on; "
                + connections.timeWait().size() + " connections are in TIME_WAIT";
    }

    /** As {@link TcpCalls#connect}. */
    long connect(final long localHi, final long localLo, final int localPort, final long remoteHi,
            final long remoteLo, final int remotePort, final TcpSettings settings, final ConnectionHandler handler) {
        if (connections.isClosed()) {
            return refuse(TcpFailure.ABORTED);
        }
        portRefusal = localPort == 0 ? null : context.control.ownPorts().refusalOfTcp(localPort);
        if (portRefusal != null) {
            return refuse(TcpFailure.ADDRESS_NOT_AVAILABLE);
        }
        final RouteSnapshot routes = context.control.routes();
        final int route = routes.route(remoteHi, remoteLo);
        if (route == RouteSnapshot.NO_ROUTE || !isUnicast(routes, remoteHi, remoteLo)) {
            return refuse(TcpFailure.NETWORK_UNREACHABLE);
        }
        if (remotePort == 0) {
            return refuse(TcpFailure.ADDRESS_NOT_AVAILABLE);
        }
        long fromHi = localHi;
        long fromLo = localLo;
        if (IpAddress.isAny(localHi, localLo)) {
            fromHi = route == RouteSnapshot.LOCAL ? remoteHi : routes.sourceHi(route, remoteHi, remoteLo);
            fromLo = route == RouteSnapshot.LOCAL ? remoteLo : routes.sourceLo(route, remoteHi, remoteLo);
        }
        if (!routes.isOwn(fromHi, fromLo) || IpAddress.isV4(fromHi, fromLo) != IpAddress.isV4(remoteHi, remoteLo)) {
            return refuse(TcpFailure.ADDRESS_NOT_AVAILABLE);
        }
        final int port = localPort != 0 ? localPort : choosePort(fromHi, fromLo, remoteHi, remoteLo, remotePort);
        if (port == 0) {
            context.count(Counter.TCP_NO_EPHEMERAL_PORT);
            refusedHi = remoteHi;
            refusedLo = remoteLo;
            refusedPort = remotePort;
            return refuse(TcpFailure.NO_LOCAL_PORT);
        }
        final int ports = port << 16 | remotePort;
        if (localPort != 0) {
            if (isAnsweredElsewhere(fromHi, fromLo, port, remoteHi, remoteLo, remotePort)) {
                return refuse(TcpFailure.ADDRESS_NOT_AVAILABLE);
            }
            // a port that was chosen is free
            if (connections.find(fromHi, fromLo, remoteHi, remoteLo, ports) != ConnectionTable.NONE) {
                return refuse(TcpFailure.ADDRESS_IN_USE);
            }
        }
        final Tcb tcb = lifecycle.open(fromHi, fromLo, remoteHi, remoteLo, ports, settings);
        return tcb == null ? refuse(TcpFailure.NO_MEMORY) : start(tcb, handler);
    }

    /** RFC 1122 §4.2.3.10: an OPEN to a broadcast or multicast address is refused. */
    private static boolean isUnicast(final RouteSnapshot routes, final long hi, final long lo) {
        return !IpAddress.isAny(hi, lo) && !IpAddress.isMulticast(hi, lo) && !routes.isBroadcast(hi, lo);
    }

    /** Of a port that is not of our choice: its answers may come to another engine, which knows nothing of them. */
    private boolean isAnsweredElsewhere(final long localHi, final long localLo, final int localPort,
            final long remoteHi, final long remoteLo, final int remotePort) {
        if (context.control.engines() == 1) {
            return false;
        }
        final int owner = context.control.segmentsOfOthers().placement().queue(localHi, localLo, localPort, remoteHi,
                remoteLo, remotePort);
        if (owner == FlowPlacement.NONE || owner == context.engine) {
            return false;
        }
        portRefusal = "answers to port " + localPort + " come to engine " + owner + " and not to this one, "
                + context.engine + "; with several engines let the stack choose the port";
        return true;
    }

    private long start(final Tcb tcb, final ConnectionHandler handler) {
        refusal = TcpFailure.NONE;
        connections.attachment(tcb, handler);
        SettingsChange.lockBuffers(tcb, connections.settings(tcb));
        tcb.state(TcpState.SYN_SENT.ordinal());
        context.count(Counter.TCP_ACTIVE_OPENS);
        final long handle = tcb.handle();
        if (connections.settings(tcb).fastOpen()) {
            // at the end of the turn, with what the application sends until then
            context.lists.output(tcb);
        } else {
            sendSyn(tcb);
        }
        return handle;
    }

    /** Whoever is told that it failed has no handle to close it by. */
    private void sendSyn(final Tcb tcb) {
        try {
            output.sendSyn(tcb);
        } catch (final RuntimeException e) {
            lifecycle.forget(tcb);
            throw e;
        }
    }

    private long refuse(final TcpFailure failure) {
        refusal = failure;
        return 0;
    }

    /** RFC 6056: a port whose 4-tuple is free, and on which nobody listens; 0 where there is none. */
    private int choosePort(final long localHi, final long localLo, final long remoteHi, final long remoteLo,
            final int remotePort) {
        final EphemeralPorts candidates = context.control.ephemeralPorts();
        candidates.begin(localHi, localLo, remoteHi, remoteLo, remotePort);
        for (int i = candidates.candidates(); i > 0; i--) {
            final int port = candidates.next();
            if (port == 0) {
                return 0;
            }
            final int ports = port << 16 | remotePort;
            if (connections.find(localHi, localLo, remoteHi, remoteLo, ports) == ConnectionTable.NONE
                    && context.control.listener(localHi, localLo, remoteHi, remoteLo, ports) == null) {
                return port;
            }
        }
        return 0;
    }
}
