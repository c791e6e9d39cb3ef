package io.millrace.fastpath.tcp;

import io.millrace.fastpath.control.ListenerPolicy;
import io.millrace.fastpath.control.OtherEngines;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.ip.IcmpError;
import io.millrace.fastpath.ip.TokenBucket;
import io.millrace.fastpath.ip.TransportInput;
import io.millrace.fastpath.port.FlowPlacement;
import io.millrace.fastpath.wire.Checksum;
import io.millrace.fastpath.wire.IpProtocol;
import io.millrace.fastpath.wire.Seq;
import io.millrace.fastpath.wire.TcpHeader;
import org.jspecify.annotations.Nullable;

/** Segments from IP: validated, matched to a connection, handed to the state it is in. Thread: the engine's. */
final class TcpInput implements TransportInput {
    private static final int ELSEWHERE_A_SECOND = 1_000;

    private final TcpContext context;
    private final ConnectionTable connections;
    private final ClosedState closed;
    private final ListenState listen;
    private final SynSentState synSent;
    private final SynchronizedStates synchronizedStates;
    private final TimeWaitState timeWait;
    private final HeaderPrediction prediction;
    private final Lifecycle lifecycle;
    private final PathMtu pathMtu;
    /** As many errors a second as a host of Linux sends by default: a flood of them must not fill the others' rings. */
    private final TokenBucket elsewhere = new TokenBucket(ELSEWHERE_A_SECOND);
    private final TcpHeader header = new TcpHeader();
    private final Segment segment = new Segment();
    /** The segment at hand came from another engine. */
    private boolean forwarded;

    TcpInput(final TcpContext context, final Lifecycle lifecycle, final ClosedState closed, final ListenState listen,
            final SynSentState synSent, final SynchronizedStates synchronizedStates, final TimeWaitState timeWait,
            final PathMtu pathMtu) {
        this.context = context;
        this.connections = context.connections;
        this.lifecycle = lifecycle;
        this.pathMtu = pathMtu;
        this.closed = closed;
        this.listen = listen;
        this.synSent = synSent;
        this.synchronizedStates = synchronizedStates;
        this.timeWait = timeWait;
        this.prediction = synchronizedStates.prediction();
    }

    @Override
    public void onSegment(final long localHi, final long localLo, final long remoteHi, final long remoteLo,
            final long address, final int length, final boolean checksumTrusted, final int ecn,
            final long arrivedNs) {
        context.count(Counter.TCP_SEGMENTS_RECEIVED);
        if (!header.wrap(address, length)) {
            context.count(Counter.TCP_MALFORMED);
        } else if (!checksumTrusted && !isChecksumRight(localHi, localLo, remoteHi, remoteLo, address, length)) {
            context.count(Counter.TCP_BAD_CHECKSUM);
        } else {
            onRightSegment(localHi, localLo, remoteHi, remoteLo, length, ecn, arrivedNs);
        }
    }

    /** The header is that of a segment without fault. */
    private void onRightSegment(final long localHi, final long localLo, final long remoteHi, final long remoteLo,
            final int length, final int ecn, final long arrivedNs) {
        final int found = connections.find(localHi, localLo, remoteHi, remoteLo, header.ports());
        if (found < 0 || !prediction.take(connections.wrap(found), header, ecn, arrivedNs)) {
            segment.set(localHi, localLo, remoteHi, remoteLo, header, length);
            segment.arrived(arrivedNs, ecn);
            dispatch(found, header.address(), length, ecn);
        }
    }

    @Override
    public void onForwardedSegment(final long localHi, final long localLo, final long remoteHi, final long remoteLo,
            final long address, final int length, final boolean checksumTrusted, final int ecn) {
        forwarded = true;
        try {
            onSegment(localHi, localLo, remoteHi, remoteLo, address, length, checksumTrusted, ecn, context.nowNs);
        } finally {
            forwarded = false;
        }
    }

    /**
     * A segment for no connection of this engine, where its flow is placed on another: taken there. That its checksum is right
     * has been seen.
     */
    private boolean isCarriedAway(final long address, final int length, final int ecn) {
        final OtherEngines others = context.control.segmentsOfOthers();
        final Segment arrived = segment;
        final int owner = others.placement().queue(arrived.localHi, arrived.localLo, arrived.ports >>> 16,
                arrived.remoteHi, arrived.remoteLo, arrived.ports & 0xFFFF);
        if (owner == FlowPlacement.NONE || owner == context.engine) {
            return false;
        }
        context.count(others.carry(owner, arrived.localHi, arrived.localLo, arrived.remoteHi, arrived.remoteLo,
                address, length, true, ecn) ? Counter.TCP_MISPLACED : Counter.TCP_MISPLACED_DROPPED);
        return true;
    }

    @Override
    public boolean isKnown(final long localHi, final long localLo, final long remoteHi, final long remoteLo,
            final long address, final int length) {
        return header.wrap(address, length) && connections.find(localHi, localLo, remoteHi, remoteLo,
                header.ports()) != ConnectionTable.NONE;
    }

    private static boolean isChecksumRight(final long localHi, final long localLo, final long remoteHi,
            final long remoteLo, final long address, final int length) {
        final long pseudo = Checksum.pseudoHeader(remoteHi, remoteLo, localHi, localLo, IpProtocol.TCP, length);
        return Checksum.isRight(Checksum.sum(address, length, pseudo));
    }

    /** @param found of the connection table. */
    private void dispatch(final int found, final long address, final int length, final int ecn) {
        final Segment arrived = segment;
        if (arrived.ports >>> 16 == 0 || (arrived.ports & 0xFFFF) == 0) {
            context.count(Counter.TCP_PORT_ZERO);
        } else if (found >= 0) {
            final Tcb tcb = connections.wrap(found);
            if (tcb.state() != TcpState.SYN_SENT.ordinal()) {
                synchronizedStates.onSegment(tcb, arrived);
            } else if (synSent.onSegment(tcb, arrived)) {
                synchronizedStates.fromUrgent(tcb, arrived);
            }
        } else if (found != ConnectionTable.NONE) {
            toTimeWait(ConnectionTable.timeWaitRecord(found), arrived);
        } else if (context.control.engines() == 1 || forwarded || !isCarriedAway(address, length, ecn)) {
            final ListenerPolicy listener = listener(arrived);
            if (listener == null) {
                closed.onSegment(arrived);
            } else {
                listen.onSegment(listener, arrived);
            }
        }
    }

    private @Nullable ListenerPolicy listener(final Segment arrived) {
        return context.control.listener(arrived.localHi, arrived.localLo, arrived.remoteHi, arrived.remoteLo,
                arrived.ports);
    }

    private void toTimeWait(final int record, final Segment arrived) {
        if (timeWait.isReopenedBy(record, arrived)) {
            final ListenerPolicy listener = listener(arrived);
            if (listener != null && listener.settings().timeWaitReuse()) {
                listen.onReopeningSyn(listener, arrived, record);
                return;
            }
        }
        timeWait.onSegment(record, arrived);
    }

    @Override
    public void onIcmpError(final IcmpError error, final long localHi, final long localLo, final long remoteHi,
            final long remoteLo, final int ports, final int sequence, final int mtu) {
        final int found = connections.find(localHi, localLo, remoteHi, remoteLo, ports);
        if (found >= 0) {
            onIcmpError(error, connections.wrap(found), sequence, mtu);
        } else if (found == ConnectionTable.NONE && context.control.engines() > 1
                && elsewhere.tryTake(context.nowNs)) {
            context.count(Counter.ICMP_ELSEWHERE);
            context.control.otherEngines().onIcmpError(error.ordinal(), localHi, localLo, remoteHi, remoteLo, ports,
                    sequence, mtu);
        } else {
            context.count(Counter.ICMP_IGNORED);
        }
    }

    /** The same, where it reached another engine, which does not have the connection. */
    void onForwardedIcmpError(final IcmpError error, final long localHi, final long localLo, final long remoteHi,
            final long remoteLo, final int ports, final int sequence, final int mtu) {
        final int found = connections.find(localHi, localLo, remoteHi, remoteLo, ports);
        if (found >= 0) {
            onIcmpError(error, connections.wrap(found), sequence, mtu);
        }
    }

    private void onIcmpError(final IcmpError error, final Tcb tcb, final int sequence, final int mtu) {
        if (Seq.lt(sequence, tcb.sndUna()) || Seq.ge(sequence, tcb.sndMax())) {
            // RFC 5927 §4.1: not about anything in flight
            context.count(Counter.ICMP_IGNORED);
            return;
        }
        switch (error) {
            case FRAGMENTATION_NEEDED -> onFragmentationNeeded(tcb, mtu);
            case UNREACHABLE -> onSoftError(tcb, TcpFailure.NETWORK_UNREACHABLE);
            case NEIGHBOUR_FAILED -> onUnreachable(tcb, TcpFailure.HOST_UNREACHABLE);
            case REFUSED -> onUnreachable(tcb, TcpFailure.REFUSED);
        }
    }

    /** RFC 9293 §3.9.2.2: hard errors end an attempt to open; an open connection survives them (RFC 5461). */
    private void onUnreachable(final Tcb tcb, final TcpFailure failure) {
        if (tcb.state() == TcpState.SYN_SENT.ordinal() || tcb.state() == TcpState.SYN_RECEIVED.ordinal()) {
            lifecycle.failFromOutside(tcb, failure);
        } else {
            onSoftError(tcb, failure);
        }
    }

    private static void onSoftError(final Tcb tcb, final TcpFailure failure) {
        tcb.softFailure(failure.ordinal());
    }

    private void onFragmentationNeeded(final Tcb tcb, final int mtu) {
        final boolean opening = tcb.state() == TcpState.SYN_SENT.ordinal()
                || tcb.state() == TcpState.SYN_RECEIVED.ordinal();
        // no SYN is too long for any path
        if (opening || !pathMtu.onTooLong(tcb, mtu)) {
            context.count(Counter.ICMP_IGNORED);
        }
    }
}
