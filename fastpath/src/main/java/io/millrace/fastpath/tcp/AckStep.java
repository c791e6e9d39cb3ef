package io.millrace.fastpath.tcp;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.tcp.recovery.AckEvent;
import io.millrace.fastpath.tcp.recovery.LossRecovery;
import io.millrace.fastpath.wire.Seq;
import io.millrace.fastpath.wire.TcpHeader;

/** The ACK field: RFC 9293 §3.10.7.4, fifth step, with RFC 5961 §5. Thread: the engine's. */
final class AckStep {
    private final TcpContext context;
    private final Lifecycle lifecycle;
    private final SendQueue sendQueue;
    private final LossRecovery recovery;
    private final TcpOutput output;
    private final Persist persist;
    private final RetransmissionTimer timer;
    private final PathMtu pathMtu;
    private final SendTuning tuning;
    private final AckEvent event = new AckEvent();

    AckStep(final TcpContext context, final Lifecycle lifecycle, final SendQueue sendQueue,
            final LossRecovery recovery, final TcpOutput output, final Persist persist,
            final RetransmissionTimer timer, final PathMtu pathMtu) {
        this.context = context;
        this.lifecycle = lifecycle;
        this.sendQueue = sendQueue;
        this.recovery = recovery;
        this.output = output;
        this.persist = persist;
        this.timer = timer;
        this.pathMtu = pathMtu;
        this.tuning = new SendTuning(context);
    }

    /** @return false where the segment ends here. */
    boolean onAck(final Tcb tcb, final Segment segment) {
        final int ack = segment.acknowledgement;
        if (Seq.gt(ack, tcb.sndMax()) || Seq.lt(ack, tcb.sndUna() - tcb.maxSndWnd())) {
            // RFC 5961 §5.2: for data never sent, or older than any window
            context.count(Counter.TCP_BAD_ACK);
            output.sendChallengeAck(tcb);
            return false;
        }
        final boolean duplicate = isDuplicate(tcb, segment);
        final boolean windowMoved = updateWindow(tcb, segment);
        if (Seq.gt(ack, tcb.sndUna())) {
            onNewAck(tcb, segment);
            return afterNewAck(tcb);
        }
        if (ack == tcb.sndUna() && (segment.sackBlocks > 0
                || tcb.sndNxt() != ack && (duplicate || isEcho(tcb, segment)))) {
            onSameAck(tcb, segment, duplicate);
        } else if (windowMoved && hasSomethingToSend(tcb)) {
            context.lists.output(tcb);
        }
        return true;
    }

    /** Nothing new acknowledged cumulatively; SACK blocks, a duplicate, or ECE. */
    private void onSameAck(final Tcb tcb, final Segment segment, final boolean duplicate) {
        if (duplicate) {
            context.count(Counter.TCP_DUPLICATE_ACKS);
        }
        tellRecovery(tcb, segment, duplicate);
        if (tcb.sndNxt() == tcb.sndUna()) {
            // a D-SACK about what is acknowledged
            sendQueue.onAcknowledged(tcb);
        }
        timer.arm(tcb);
        context.lists.output(tcb);
    }

    private static boolean isEcho(final Tcb tcb, final Segment segment) {
        return tcb.has(Tcb.ECN) && segment.has(TcpHeader.ECE);
    }

    private void tellRecovery(final Tcb tcb, final Segment segment, final boolean duplicate) {
        final boolean echoed = isEcho(tcb, segment);
        if (segment.sackBlocks == 0 && !echoed
                && recovery.onAckOfLoneSegment(tcb, segment.acknowledgement, segment.arrivedNs,
                        context.congestion(tcb), context.connections.settings(tcb))) {
            return;
        }
        final AckEvent told = event;
        told.ack = segment.acknowledgement;
        told.duplicate = duplicate;
        told.sackBlocks = segment.sackBlocks;
        for (int i = 0; i < segment.sackBlocks; i++) {
            told.sackEdges[2 * i] = segment.sackLeft(i);
            told.sackEdges[2 * i + 1] = segment.sackRight(i);
        }
        told.hasEcho = tcb.has(Tcb.TIMESTAMPS) && segment.hasTimestamps;
        told.echo = segment.timestampEcho;
        told.congestionEchoed = echoed;
        told.arrivedNs = segment.arrivedNs;
        final boolean newData = tcb.sndEnd() != tcb.sndNxt()
                && Seq.gt(segment.acknowledgement + tcb.sndWnd(), tcb.sndNxt());
        recovery.onAck(tcb, told, context.congestion(tcb), context.connections.settings(tcb), newData);
        if (recovery.mtuProbeVerdict() != 0) {
            pathMtu.onVerdict(tcb);
        }
    }

    /** RFC 5681 §2: nothing new acknowledged, no text, no SYN or FIN, the same window, data outstanding. */
    private static boolean isDuplicate(final Tcb tcb, final Segment segment) {
        return segment.acknowledgement == tcb.sndUna() && segment.textLength == 0 && !segment.has(TcpHeader.FIN)
                && tcb.sndNxt() != tcb.sndUna() && segment.windowBytes(tcb.sendShift()) == tcb.sndWnd();
    }

    private boolean updateWindow(final Tcb tcb, final Segment segment) {
        final int window = segment.windowBytes(tcb.sendShift());
        // RFC 9293 asks for a newer SEQ; but where a retransmission carries a newer ACK (as Linux): SND.UNA moves, and
        // with the old window the edge would move too, beyond what the peer has announced
        final boolean newer = Seq.gt(segment.acknowledgement, tcb.sndUna())
                || Seq.lt(tcb.sndWl1(), segment.sequence)
                || tcb.sndWl1() == segment.sequence && Seq.le(tcb.sndWl2(), segment.acknowledgement);
        if (!newer || Seq.lt(segment.acknowledgement, tcb.sndUna())) {
            return false;
        }
        final boolean moved = window != tcb.sndWnd();
        tcb.sndWnd(window);
        tcb.sndWl1(segment.sequence);
        tcb.sndWl2(segment.acknowledgement);
        if (window > tcb.maxSndWnd()) {
            tcb.maxSndWnd(window);
        }
        if (window == 0 && !tcb.has(Tcb.ORPHAN)) {
            // RFC 9293 §3.8.6.1: a peer that answers probes with a closed window is alive
            tcb.retransmits(0);
        }
        if (moved && window != 0 && Persist.isProbing(tcb)) {
            persist.clear(tcb);
            context.timers.cancel(tcb.timer(Tcb.TIMER_RETRANSMIT));
        }
        return moved;
    }

    private boolean hasSomethingToSend(final Tcb tcb) {
        return isUnsent(tcb) || recovery.lostBytes(tcb) > 0;
    }

    private static boolean isUnsent(final Tcb tcb) {
        return tcb.sndNxt() != tcb.sndEnd() + (tcb.has(Tcb.FIN_QUEUED) ? 1 : 0);
    }

    /**
     * The same for a segment that {@link HeaderPrediction} knows: it acknowledges all that is in flight, one segment, and the
     * window is open.
     */
    void onAnswer(final Tcb tcb, final TcpHeader header, final long arrivedNs) {
        final int ack = header.acknowledgement();
        final int window = header.window() << tcb.sendShift();
        tcb.sndWnd(window);
        tcb.sndWl1(header.sequence());
        tcb.sndWl2(ack);
        if (window > tcb.maxSndWnd()) {
            tcb.maxSndWnd(window);
        }
        tcb.retransmits(0);
        recovery.onAckOfLoneSegment(tcb, ack, arrivedNs, context.congestion(tcb), context.connections.settings(tcb));
        letGo(tcb);
        timer.stop(tcb);
        makeRoom(tcb);
        if (isUnsent(tcb)) {
            context.lists.output(tcb);
        }
    }

    private void onNewAck(final Tcb tcb, final Segment segment) {
        final int ack = segment.acknowledgement;
        tcb.retransmits(0);
        if (Seq.gt(ack, tcb.sndNxt())) {
            // the byte of a window probe
            tcb.sndNxt(ack);
        }
        tellRecovery(tcb, segment, false);
        letGo(tcb);
        if (tcb.sndMax() == ack) {
            persist.clear(tcb);
        }
        timer.arm(tcb);
        makeRoom(tcb);
        if (hasSomethingToSend(tcb)) {
            context.lists.output(tcb);
        }
    }

    /** SND.UNA has moved: the path works. */
    private void letGo(final Tcb tcb) {
        pathMtu.onAcknowledged(tcb);
        // what ICMP said before is no reason any more
        tcb.softFailure(0);
        context.ip.confirm(tcb.neighbour(), context.nowNs);
        sendQueue.onAcknowledged(tcb);
    }

    private void makeRoom(final Tcb tcb) {
        tuning.onAck(tcb);
        context.sendRoom.onAcknowledged(tcb);
    }

    /** What the acknowledgement of our FIN does; false where the connection is over. */
    private boolean afterNewAck(final Tcb tcb) {
        if (!tcb.isFinAcknowledged()) {
            return true;
        }
        switch (TcpState.of(tcb.state())) {
            case FIN_WAIT_1 -> {
                tcb.state(TcpState.FIN_WAIT_2.ordinal());
                lifecycle.armFinWait2(tcb);
                if (!tcb.has(Tcb.ORPHAN)) {
                    context.lists.ready(tcb, ConnectionHandler.OUTPUT_ACKNOWLEDGED);
                }
                return true;
            }
            case CLOSING -> lifecycle.timeWait(tcb);
            case LAST_ACK -> lifecycle.closed(tcb);
            default -> {
                return true;
            }
        }
        return false;
    }
}
