package io.millrace.fastpath.tcp;

import io.millrace.fastpath.control.ListenerPolicy;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.ip.IpOutput;
import io.millrace.fastpath.tcp.congestion.CongestionControls;
import io.millrace.fastpath.tcp.recovery.LossRecovery;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.Seq;
import io.millrace.fastpath.wire.TcpHeader;
import java.util.concurrent.TimeUnit;
import org.agrona.collections.LongArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Birth and death of connections: making a TCB, the moment of ESTABLISHED, failure, TIME_WAIT, giving everything back.
 * Thread: the engine's.
 */
final class Lifecycle {
    /** Smallest MSS believed (as Linux): below it headers outweigh data and an MSS of 0 would never end. */
    static final int MIN_MSS = 48;
    private static final int DEFAULT_MSS_V4 = 536;
    private static final int DEFAULT_MSS_V6 = 1_220;
    /** What the peer's segments are taken to hold until one is seen: too little rather than too much, as Linux. */
    private static final int RECEIVE_MSS_GUESS = 536;

    /** As Linux. */
    private static final long RESET_FAST_OPEN_NS = TimeUnit.SECONDS.toNanos(60);
    private static final int MAX_WINDOW_FIELD = 65_535;
    private static final int MAX_SHIFT = 14;

    private final TcpContext context;
    private final ConnectionTable connections;
    private final SendQueue sendQueue;
    private final ReceiveQueue receiveQueue;
    private final LossRecovery recovery;
    private final TcpOutput output;
    private final ReceiveTuning tuning;
    private final PathMtu pathMtu;
    private final Agreement agreement = new Agreement();
    private int maxOrphans;
    private int orphans;
    /** Places that are taken, those of {@link #resetFastOpens} among them. */
    private int fastOpens;
    /** When places come free whose connections were reset: as many as there are places at the most. */
    private final LongArrayQueue resetFastOpens = new LongArrayQueue(LongArrayQueue.MIN_CAPACITY, Long.MIN_VALUE);

    Lifecycle(final TcpContext context, final SendQueue sendQueue, final ReceiveQueue receiveQueue,
            final LossRecovery recovery, final TcpOutput output, final ReceiveTuning tuning, final PathMtu pathMtu,
            final int maxOrphans) {
        this.context = context;
        this.connections = context.connections;
        this.sendQueue = sendQueue;
        this.receiveQueue = receiveQueue;
        this.recovery = recovery;
        this.output = output;
        this.tuning = tuning;
        this.pathMtu = pathMtu;
        this.maxOrphans = maxOrphans;
    }

    /** As many connections live on without an application from now on; those there are stay. */
    void maxOrphans(final int most) {
        maxOrphans = most;
    }

    /**
     * A TCB with its sequence numbers chosen, in the flow table, in no state yet; null (counted) where there is no room.
     */
    @Nullable
    Tcb open(final long localHi, final long localLo, final long remoteHi, final long remoteLo,
            final int ports, final TcpSettings settings) {
        final int congestion = CongestionControls.number(settings.congestionControl());
        final Tcb tcb = connections.allocate(settings);
        if (tcb == null) {
            context.count(Counter.TCP_TABLE_FULL);
            return null;
        }
        tcb.localHi(localHi);
        tcb.localLo(localLo);
        tcb.remoteHi(remoteHi);
        tcb.remoteLo(remoteLo);
        tcb.ports(ports);
        if (!connections.insert(tcb)) {
            context.count(Counter.TCP_TABLE_FULL);
            connections.free(tcb);
            return null;
        }
        initialise(tcb, settings);
        tcb.congestion(congestion);
        return tcb;
    }

    private void initialise(final Tcb tcb, final TcpSettings settings) {
        final int iss = context.control.initialSequenceNumbers().next(tcb.localHi(), tcb.localLo(), tcb.localPort(),
                tcb.remoteHi(), tcb.remoteLo(), tcb.remotePort(), context.nowNs);
        begin(tcb, iss);
        tcb.receiveBuffer(ReceiveTuning.first(settings));
        tcb.sendBuffer(settings.initialSendBuffer());
        tcb.receiveShift(settings.windowScaling() ? shift(settings) : 0);
        tcb.trafficClass(settings.trafficClass() & ~Ipv4Header.ECN_MASK);
        tcb.rtoNs(settings.rtoInitialNs());
        tcb.announcedMss(ownMss(tcb.remoteHi(), tcb.remoteLo(), settings));
        tcb.sndMss(defaultMss(tcb.remoteHi(), tcb.remoteLo()));
        tcb.fullMss(tcb.sndMss());
        tcb.receiveMss(RECEIVE_MSS_GUESS);
        tcb.neighbour(IpOutput.UNKNOWN);
        tcb.tsOffset(context.control.initialSequenceNumbers().timestampOffset(tcb.localHi(), tcb.localLo(),
                tcb.remoteHi(), tcb.remoteLo()));
        tcb.lastReceiveNs(context.nowNs);
        tcb.outOfWindowAckStamp(LifeTimer.stamp(context.nowNs - TcpOutput.OUT_OF_WINDOW_INTERVAL_NS));
        tcb.flags((settings.noDelay() ? Tcb.NO_DELAY : 0) | (settings.keepAlive() ? Tcb.KEEP_ALIVE : 0));
    }

    private static void begin(final Tcb tcb, final int iss) {
        tcb.iss(iss);
        tcb.sndUna(iss);
        tcb.sndNxt(iss);
        tcb.sndMax(iss);
        tcb.sndEnd(iss + 1);
    }

    /**
     * The connection takes the place of one in TIME_WAIT: its sequence numbers begin above those of the old one
     * (RFC 9293 §3.4.3), and by more than an unscaled window, as Linux, where the clock has not got so far.
     */
    void beginAbove(final Tcb tcb, final int oldSndNxt) {
        final int least = oldSndNxt + MAX_WINDOW_FIELD + 2;
        if (Seq.lt(tcb.iss(), least)) {
            begin(tcb, least);
        }
    }

    /** MSS of a peer that names none (RFC 9293 §3.7.1). */
    static int defaultMss(final long remoteHi, final long remoteLo) {
        return IpAddress.isV4(remoteHi, remoteLo) ? DEFAULT_MSS_V4 : DEFAULT_MSS_V6;
    }

    /** What IP and TCP headers without options take of an MTU. */
    static int headers(final Tcb tcb) {
        return headers(tcb.remoteHi(), tcb.remoteLo());
    }

    private static int headers(final long remoteHi, final long remoteLo) {
        return IpOutput.headerLength(remoteHi, remoteLo) + TcpHeader.MIN_LENGTH;
    }

    /**
     * The MSS to announce to a peer: by the MTU of the link that leads to it (RFC 9293 §3.7.1). What is longer than the link
     * is said to take may not get through to us either.
     */
    int ownMss(final long remoteHi, final long remoteLo, final TcpSettings settings) {
        final int most = context.ip.links().mtu(context.ip.linkTo(remoteHi, remoteLo), remoteHi, remoteLo)
                - headers(remoteHi, remoteLo);
        return settings.mss() == 0 ? most : Math.min(settings.mss(), most);
    }

    /** RFC 7323 §2.3: as large as the largest buffer needs, unless the settings name one. */
    static int shift(final TcpSettings settings) {
        if (settings.windowScale() >= 0) {
            return settings.windowScale();
        }
        final int buffer = settings.receiveBuffer();
        int shift = 0;
        while (shift < MAX_SHIFT && buffer >> shift > MAX_WINDOW_FIELD) {
            shift++;
        }
        return shift;
    }

    /** What the peer's SYN says: its sequence number, options and window (never scaled in a SYN, RFC 7323 §2.2). */
    void onPeerSyn(final Tcb tcb, final Segment segment) {
        agreement.read(segment, connections.settings(tcb), tcb.has(Tcb.PASSIVE));
        agree(tcb, segment.sequence, agreement);
        tcb.sndWnd(segment.window);
        tcb.maxSndWnd(segment.window);
        tcb.sndWl1(segment.sequence);
        tcb.sndWl2(segment.acknowledgement);
    }

    /** A connection of which a SYN cookie came back: as if both SYNs had passed just now. */
    void restore(final Tcb tcb, final int iss, final int irs, final Agreement agreed) {
        begin(tcb, iss);
        agree(tcb, irs, agreed);
        tcb.sndNxt(iss + 1);
        tcb.sndMax(iss + 1);
        tcb.state(TcpState.SYN_RECEIVED.ordinal());
    }

    private void agree(final Tcb tcb, final int irs, final Agreement agreed) {
        tcb.irs(irs);
        tcb.rcvNxt(irs + 1);
        tcb.rcvRead(irs + 1);
        tcb.lastAckSent(irs + 1);
        tcb.rcvWndRight(irs + 1 + Math.min(tcb.receiveBuffer(), MAX_WINDOW_FIELD));
        final int own = tcb.announcedMss();
        if (agreed.timestamps) {
            tcb.set(Tcb.TIMESTAMPS);
            Timestamps.remember(tcb, agreed.timestampValue, context.nowNs);
        }
        // RFC 6691 §2: the MSS option counts no options, what is sent does
        tcb.fullMss(Math.min(agreed.mss, own) - HeaderOptions.fixedLength(tcb));
        pathMtu.begin(tcb);
        tcb.receiveMss(Math.min(RECEIVE_MSS_GUESS, own));
        tcb.set((agreed.sack ? Tcb.SACK : 0) | (agreed.ecn ? Tcb.ECN : 0));
        if (agreed.scales()) {
            tcb.set(Tcb.WINDOW_SCALING);
            tcb.sendShift(agreed.scale);
        } else {
            tcb.receiveShift(0);
        }
        limitReceiveBuffer(tcb, tcb.receiveBuffer());
    }

    /**
     * Sets the receive buffer, but to no more than the window field can say with the scale of this connection, and to no
     * less than two of its units: a smaller window would be announced as closed for ever.
     */
    static void limitReceiveBuffer(final Tcb tcb, final int bytes) {
        tcb.receiveBuffer(limited(bytes, tcb.receiveShift()));
    }

    private static int limited(final int bytes, final int shift) {
        return (int) Math.min(Math.max(bytes, 2 << shift), (long) MAX_WINDOW_FIELD << shift);
    }

    /** The window of the SYN-ACK of a connection with this scale, without its TCB. */
    static int synWindow(final TcpSettings settings, final int shift) {
        return Math.min(limited(ReceiveTuning.first(settings), shift), MAX_WINDOW_FIELD);
    }

    /** Our SYN is acknowledged and the peer's is received. */
    void established(final Tcb tcb) {
        tcb.state(TcpState.ESTABLISHED.ordinal());
        tcb.retransmits(0);
        establishCongestionControl(tcb);
        tuning.onEstablished(tcb);
        releaseFastOpen(tcb);
        // what a SYN carried may be acknowledged
        sendQueue.onAcknowledged(tcb);
        context.timers.park(tcb.timer(Tcb.TIMER_RETRANSMIT));
        tcb.lastTextStamp(LifeTimer.stamp(context.nowNs));
        armLife(tcb);
        context.count(Counter.TCP_ESTABLISHED);
        if (tcb.has(Tcb.FIN_QUEUED)) {
            // RFC 9293 §3.10.4: a CLOSE that came during the handshake takes effect now
            tcb.state(TcpState.FIN_WAIT_1.ordinal());
        }
        if (SendQueue.length(tcb) > 0 || tcb.has(Tcb.FIN_QUEUED | Tcb.ACK_NOW)) {
            context.lists.output(tcb);
        }
    }

    private void establishCongestionControl(final Tcb tcb) {
        if (!context.congestion(tcb).onEstablished(tcb, context.initialWindow(tcb), context.slab, context.nowNs)) {
            // no memory for its state: one that needs none
            context.count(Counter.TCP_SLAB_FULL);
            tcb.congestion(CongestionControls.WITHOUT_MEMORY);
            context.congestion(tcb).onEstablished(tcb, context.initialWindow(tcb), context.slab, context.nowNs);
        }
    }

    /** Starts the timer of life where keepalive is on, or idleness bounded. */
    void armLife(final Tcb tcb) {
        tcb.probes(0);
        context.lifeTimer.schedule(tcb, tcb.has(Tcb.KEEP_ALIVE)
                ? context.nowNs + connections.settings(tcb).keepAliveIdleNs()
                : LifeTimer.NO_PROBE);
    }

    /** The connection lives on without an application; false where too many do. */
    boolean adopt(final Tcb tcb) {
        if (orphans >= maxOrphans) {
            return false;
        }
        orphans++;
        tcb.moreFlags(tcb.moreFlags() | Tcb.MORE_ADOPTED);
        return true;
    }

    /** Takes one of the places of connections that Fast Open accepts before their handshake; false where all are taken. */
    boolean reserveFastOpen(final Tcb tcb, final int places) {
        while (!resetFastOpens.isEmpty() && resetFastOpens.peekLong() - context.nowNs <= 0) {
            resetFastOpens.pollLong();
            fastOpens--;
        }
        if (fastOpens >= places) {
            return false;
        }
        fastOpens++;
        tcb.moreFlags(tcb.moreFlags() | Tcb.MORE_FAST_OPEN_PENDING);
        return true;
    }

    /**
     * A connection that has such a place was ended from outside: the place is taken for as long as it would take to find out
     * that nobody is there. Else whoever has a cookie and another's address could, by what ends it in that name or by what
     * the owner of the address answers, have as many requests served as they like (RFC 7413 §5.1).
     */
    private void keepFastOpen(final Tcb tcb) {
        if ((tcb.moreFlags() & Tcb.MORE_FAST_OPEN_PENDING) != 0) {
            resetFastOpens.offerLong(context.nowNs + RESET_FAST_OPEN_NS);
            tcb.moreFlags(tcb.moreFlags() & ~Tcb.MORE_FAST_OPEN_PENDING);
        }
    }

    /** Gives that place back where the connection has one. */
    void releaseFastOpen(final Tcb tcb) {
        if ((tcb.moreFlags() & Tcb.MORE_FAST_OPEN_PENDING) != 0) {
            fastOpens--;
            tcb.moreFlags(tcb.moreFlags() & ~Tcb.MORE_FAST_OPEN_PENDING);
        }
    }

    /** An orphan waits for the peer's FIN only so long. */
    void armFinWait2(final Tcb tcb) {
        if (tcb.has(Tcb.ORPHAN)) {
            context.timers.schedule(tcb.timer(Tcb.TIMER_LIFE),
                    context.nowNs + connections.settings(tcb).finWait2TimeoutNs());
        }
    }

    /** The peer, or something on the way to it, ends the connection (RFC 9293 §3.10.7.4, second and fourth step). */
    void failFromOutside(final Tcb tcb, final TcpFailure failure) {
        keepFastOpen(tcb);
        fail(tcb, failure);
    }

    /** The connection is over, and not as its application has it; {@link #failFromOutside} where that is not our doing. */
    void fail(final Tcb tcb, final TcpFailure failure) {
        context.count(failure == TcpFailure.TIMED_OUT ? Counter.TCP_TIMED_OUT : Counter.TCP_FAILED);
        if (tcb.has(Tcb.SHELL)) {
            return;
        }
        leave(tcb);
        if (tcb.has(Tcb.ORPHAN)) {
            free(tcb);
            return;
        }
        final Object attachment = connections.attachment(tcb);
        if (attachment instanceof ListenerPolicy listener) {
            if (!tcb.has(Tcb.UNACCEPTED)) {
                listener.releaseSyn();
                free(tcb);
                return;
            }
            listener.onDeadBeforeAccept();
        }
        becomeShell(tcb, TcpState.CLOSED);
        tcb.failure(failure.ordinal());
        context.lists.ready(tcb, ConnectionHandler.FAILED);
    }

    /** Resets the peer and gives the connection up. */
    void abort(final Tcb tcb, final TcpFailure failure) {
        try {
            if (!tcb.has(Tcb.SHELL)) {
                output.sendReset(tcb);
            }
        } catch (final RuntimeException e) {
            // the application learns it though the peer does not
            fail(tcb, failure);
            throw e;
        }
        fail(tcb, failure);
    }

    /** Both directions are closed and our FIN is acknowledged (LAST_ACK). */
    void closed(final Tcb tcb) {
        leave(tcb);
        finish(tcb, TcpState.CLOSED);
    }

    /** Both directions are closed and strays may come: a compact record takes over (RFC 9293 §3.6). */
    void timeWait(final Tcb tcb) {
        if (tcb.has(Tcb.ACK_NOW)) {
            // the peer's FIN arrived in this turn; from CLOSING it has its acknowledgement
            try {
                output.sendAck(tcb);
            } catch (final RuntimeException e) {
                // the record answers when the FIN comes again
                becomeTimeWait(tcb);
                throw e;
            }
        }
        becomeTimeWait(tcb);
    }

    private void becomeTimeWait(final Tcb tcb) {
        final long waitNs = 2 * connections.settings(tcb).mslNs();
        final int window = output.windowField(tcb);
        if (!connections.replaceByTimeWait(tcb, window, context.nowNs, waitNs)) {
            makeRoomForTimeWait();
            connections.replaceByTimeWait(tcb, window, context.nowNs, waitNs);
        }
        giveBack(tcb);
        finish(tcb, TcpState.TIME_WAIT);
    }

    private void makeRoomForTimeWait() {
        context.count(Counter.TIME_WAIT_OVERFLOW);
        connections.removeTimeWait(connections.timeWait().oldest());
    }

    private void finish(final Tcb tcb, final TcpState state) {
        if (tcb.has(Tcb.ORPHAN)) {
            free(tcb);
            return;
        }
        becomeShell(tcb, state);
        tellClosed(tcb);
    }

    /** Tells {@link ConnectionHandler#CLOSED} once the application has received everything. */
    void tellClosed(final Tcb tcb) {
        if (tcb.has(Tcb.SHELL) && tcb.failure() == TcpFailure.NONE.ordinal() && tcb.unread() == 0) {
            context.lists.ready(tcb, ConnectionHandler.CLOSED);
        }
    }

    private void becomeShell(final Tcb tcb, final TcpState state) {
        tcb.state(state.ordinal());
        tcb.set(Tcb.SHELL);
    }

    /** Out of the flow table, timers and send ring given back; the receive ring stays for the application. */
    private void leave(final Tcb tcb) {
        connections.remove(tcb);
        giveBack(tcb);
    }

    private void giveBack(final Tcb tcb) {
        for (int timer = 0; timer < Tcb.TIMER_COUNT; timer++) {
            context.timers.cancel(tcb.timer(timer));
        }
        recovery.release(tcb);
        if (tcb.cwnd() != 0) {
            context.congestion(tcb).onClosed(tcb, context.slab);
            tcb.cwnd(0);
        }
        sendQueue.free(tcb);
        receiveQueue.freeOutOfOrder(tcb);
        tcb.clear(Tcb.ACK_NOW);
    }

    /** Forgets the connection without a word to anyone: from SYN_SENT or SYN_RECEIVED, or a shell. */
    void forget(final Tcb tcb) {
        if (!tcb.has(Tcb.SHELL)) {
            leave(tcb);
            tcb.set(Tcb.SHELL);
        }
        free(tcb);
    }

    /** Gives back what a shell still holds, and the record as soon as no list links it. */
    void free(final Tcb tcb) {
        releaseFastOpen(tcb);
        if ((tcb.moreFlags() & Tcb.MORE_ADOPTED) != 0) {
            orphans--;
            tcb.moreFlags(tcb.moreFlags() & ~Tcb.MORE_ADOPTED);
        }
        receiveQueue.free(tcb);
        tcb.generation(0);
        tcb.set(Tcb.DEAD);
        freeIfUnlinked(tcb);
    }

    /** Gives back the record of a dead connection as soon as no list links it. */
    void freeIfUnlinked(final Tcb tcb) {
        if (!tcb.has(Tcb.IN_READY_LIST | Tcb.IN_OUTPUT_LIST)) {
            connections.free(tcb);
        }
    }
}
