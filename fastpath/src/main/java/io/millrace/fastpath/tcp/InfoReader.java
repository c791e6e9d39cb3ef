package io.millrace.fastpath.tcp;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.ip.IpOutput;
import io.millrace.fastpath.tcp.TcpInfo.Limit;
import io.millrace.fastpath.tcp.congestion.CongestionControl;
import io.millrace.fastpath.tcp.recovery.LossRecovery;
import io.millrace.fastpath.wire.Seq;

/** Reads a {@link TcpInfo} off a connection. Thread: the engine's. */
final class InfoReader {
    /** The unit of {@link Tcb#deliveryRateKiB}: 1 shifted by this. */
    private static final int KIB = 10;

    private final TcpContext context;
    private final LossRecovery flight;

    InfoReader(final TcpContext context, final LossRecovery flight) {
        this.context = context;
        this.flight = flight;
    }

    void read(final Tcb tcb, final TcpInfo into) {
        final boolean running = isRunning(tcb);
        options(tcb, into);
        times(tcb, into);
        sizes(tcb, into);
        queues(tcb, into);
        losses(tcb, into, running);
        rates(tcb, into, running);
        into.limitedBy = running ? limit(tcb, into) : Limit.NOTHING;
    }

    /** The handshake is over and the connection is not: then congestion control and recovery have their state. */
    private static boolean isRunning(final Tcb tcb) {
        return !tcb.has(Tcb.SHELL) && switch (TcpState.of(tcb.state())) {
            case CLOSED, LISTEN, SYN_SENT, SYN_RECEIVED, TIME_WAIT -> false;
            default -> true;
        };
    }

    private void options(final Tcb tcb, final TcpInfo into) {
        into.state = TcpState.of(tcb.state());
        into.congestionControl = context.congestion(tcb).name();
        into.timestamps = tcb.has(Tcb.TIMESTAMPS);
        into.sack = tcb.has(Tcb.SACK);
        into.windowScaling = tcb.has(Tcb.WINDOW_SCALING);
        into.ecn = tcb.has(Tcb.ECN);
        into.fastOpen = tcb.has(Tcb.FAST_OPEN);
        into.sendWindowShift = tcb.sendShift();
        into.receiveWindowShift = tcb.receiveShift();
    }

    private void times(final Tcb tcb, final TcpInfo into) {
        into.rtoNs = tcb.rtoNs();
        into.delayedAckNs = context.connections.settings(tcb).delayedAckNs();
        into.srttNs = tcb.srttNs();
        into.rttvarNs = tcb.rttvarNs();
        into.minRttNs = tcb.minRttNs();
        into.receiveRttNs = tcb.receiveRttNs();
        into.sinceSentNs = tcb.lastSendNs() == 0 ? -1 : context.nowNs - tcb.lastSendNs();
        into.sinceReceivedNs = context.nowNs - tcb.lastReceiveNs();
    }

    private void sizes(final Tcb tcb, final TcpInfo into) {
        into.sendMss = tcb.sndMss();
        into.receiveMss = tcb.receiveMss();
        into.announcedMss = tcb.announcedMss();
        into.pathMtu = PathMtu.of(tcb, context.ip.links().mtu(IpOutput.link(tcb.neighbour()), tcb.remoteHi(),
                tcb.remoteLo()));
        into.congestionWindow = tcb.cwnd();
        into.slowStartThreshold = tcb.ssthresh();
        into.sendWindow = tcb.sndWnd();
        into.receiveWindow = tcb.rcvWnd();
        into.sendBuffer = tcb.sendBuffer();
        into.receiveBuffer = tcb.receiveBuffer();
        into.receiveSpace = tcb.receiveSpace();
    }

    private static void queues(final Tcb tcb, final TcpInfo into) {
        into.unreadBytes = tcb.unread();
        // a shell has given its send ring back; what was in it is lost
        into.notSentBytes = tcb.has(Tcb.SHELL) ? 0 : Math.max(0, tcb.sndEnd() - tcb.sndMax());
        into.unackedBytes = tcb.has(Tcb.SHELL) ? 0 : SendQueue.length(tcb) - into.notSentBytes;
    }

    private void losses(final Tcb tcb, final TcpInfo into, final boolean running) {
        into.sackedBytes = running ? flight.sackedBytes(tcb) : 0;
        into.lostBytes = running ? flight.lostBytes(tcb) : 0;
        into.retransmittedBytes = running ? flight.retransmittedBytes(tcb) : 0;
        into.totalRetransmits = tcb.totalRetransmits();
        into.timeouts = tcb.retransmits();
        into.probes = tcb.persistBackoff() + tcb.probes();
        into.inRecovery = tcb.has(Tcb.RECOVERY);
        into.reorderingSeen = tcb.has(Tcb.REORDERING_SEEN);
        into.reorderingDegree = tcb.reorderingDegree();
    }

    private void rates(final Tcb tcb, final TcpInfo into, final boolean running) {
        into.maxPacingRate = context.connections.settings(tcb).maxPacingRate();
        into.pacingRate = running ? pacingRate(tcb, into.maxPacingRate) : 0;
        into.deliveredBytes = tcb.delivered();
        into.deliveryRate = (long) tcb.deliveryRateKiB() << KIB;
        into.deliveryRateApplicationLimited = running && flight.isRateApplicationLimited(tcb);
    }

    private long pacingRate(final Tcb tcb, final long most) {
        final CongestionControl congestion = context.congestion(tcb);
        if (!congestion.needsPacing() && !context.connections.settings(tcb).pacing()) {
            return most;
        }
        final long rate = congestion.pacingRate(tcb);
        return rate == 0 || most == 0 ? rate + most : Math.min(rate, most);
    }

    private Limit limit(final Tcb tcb, final TcpInfo info) {
        final int unsent = Seq.gt(tcb.sndNxt(), tcb.sndEnd()) ? 0 : tcb.sndEnd() - tcb.sndNxt();
        if (unsent == 0) {
            return tcb.has(Tcb.WANTS_WRITABLE) ? Limit.SEND_BUFFER : Limit.APPLICATION;
        }
        final int segment = Math.min(unsent, tcb.sndMss());
        final int toPeer = tcb.sndWnd() - tcb.inFlight();
        final int toPath = tcb.cwnd() - info.inFlightBytes();
        if (Math.min(toPeer, toPath) < segment) {
            return toPeer <= toPath ? Limit.RECEIVE_WINDOW : Limit.CONGESTION_WINDOW;
        }
        if (flight.isWaitingToPace(tcb, context.nowNs)) {
            return Limit.PACING;
        }
        final boolean small = unsent < tcb.sndMss();
        return small && (tcb.has(Tcb.CORK) || !tcb.has(Tcb.NO_DELAY)) ? Limit.APPLICATION : Limit.NOTHING;
    }
}
