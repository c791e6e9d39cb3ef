package io.millrace.fastpath.tcp;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.tcp.recovery.LossRecovery;
import io.millrace.fastpath.wire.Seq;
import io.millrace.fastpath.wire.TcpHeader;

/**
 * What is sent, and when (RFC 9293 §3.8.6): the send window, the congestion window, Nagle's algorithm and silly window
 * avoidance decide, the {@link SegmentWriter} writes. Thread: the engine's.
 */
final class TcpOutput implements LossRecovery.Retransmission {
    private static final int FIN_ACK = TcpHeader.FIN | TcpHeader.ACK;
    /** As Linux, tcp_invalid_ratelimit. */
    private static final long OUT_OF_WINDOW_INTERVAL_NS = 500_000_000L;

    private final TcpContext context;
    private final SegmentWriter writer;
    private final Persist persist;

    TcpOutput(final TcpContext context, final SegmentWriter writer, final Persist persist) {
        this.context = context;
        this.writer = writer;
        this.persist = persist;
    }

    /** Sends all that may be sent now, then the acknowledgement that is owed if no segment carried it. */
    void pump(final Tcb tcb) {
        if (maySendData(tcb)) {
            restartAfterIdle(tcb);
            boolean sent;
            do {
                sent = sendNext(tcb);
            } while (sent);
            tcb.clear(Tcb.OVERRIDE);
            persist.armIfBlocked(tcb);
        }
        if (tcb.has(Tcb.ACK_NOW)) {
            sendAck(tcb);
        }
    }

    /** States in which text or a FIN may leave. */
    private static boolean maySendData(final Tcb tcb) {
        return switch (TcpState.of(tcb.state())) {
            case ESTABLISHED, CLOSE_WAIT, FIN_WAIT_1, CLOSING, LAST_ACK -> true;
            default -> false;
        };
    }

    /** RFC 5681 §4.1: after silence longer than an RTO the window is not what the path would take any more. */
    private void restartAfterIdle(final Tcb tcb) {
        if (tcb.sndMax() == tcb.sndUna() && tcb.lastSendNs() != 0
                && context.nowNs - tcb.lastSendNs() > tcb.rtoNs()) {
            context.congestion(tcb).onIdle(tcb, context.initialWindow(tcb), context.nowNs);
        }
    }

    private boolean sendNext(final Tcb tcb) {
        final int unsent = tcb.sndEnd() - tcb.sndNxt();
        if (unsent < 0 || unsent == 0 && !tcb.has(Tcb.FIN_QUEUED)) {
            return false;
        }
        if (!context.ip.hasRoom()) {
            context.lists.output(tcb);
            return false;
        }
        final int inFlight = tcb.sndNxt() - tcb.sndUna();
        final int window = tcb.sndWnd() - inFlight;
        if (unsent == 0) {
            return window > 0 && send(tcb, 0, FIN_ACK);
        }
        final int length = lengthToSend(tcb, unsent, Math.min(window, tcb.cwnd() - inFlight));
        if (length <= 0) {
            return false;
        }
        final boolean last = length == unsent;
        final boolean fin = last && tcb.has(Tcb.FIN_QUEUED) && window > length;
        final int flags = TcpHeader.ACK | (last ? TcpHeader.PSH : 0) | (fin ? TcpHeader.FIN : 0);
        return send(tcb, length, flags);
    }

    /** How much of what is unsent goes into the next segment, virtual or not; 0: wait. */
    private int lengthToSend(final Tcb tcb, final int unsent, final int usable) {
        final int mss = tcb.sndMss();
        final int most = Math.min(Math.min(unsent, usable), writer.maxText(tcb));
        if (most <= 0) {
            return 0;
        }
        final int tail = most % mss;
        if (tail == 0 || maySendSmall(tcb, most, unsent)) {
            return most;
        }
        return most - tail;
    }

    /**
     * May a segment smaller than the MSS be sent? Nagle's algorithm (RFC 9293 §3.7.4) and the sender's side of silly
     * window avoidance (§3.8.6.2.1): yes where it is the last of the data and nothing is in flight, or Nagle is off, or
     * a FIN follows; where it is half of the largest window ever seen; where it was sent before; where the override
     * timer says so.
     */
    private static boolean maySendSmall(final Tcb tcb, final int length, final int unsent) {
        if (tcb.has(Tcb.OVERRIDE) || Seq.lt(tcb.sndNxt(), tcb.sndMax())) {
            return true;
        }
        if (length == unsent && tcb.has(Tcb.FIN_QUEUED)) {
            return true;
        }
        // the bracketed condition of rules 2 and 3: with Nagle's algorithm, only while nothing is in flight
        // a cork holds nothing for an application that can give no more: no full segment would ever come
        final boolean corked = tcb.has(Tcb.CORK) && !tcb.has(Tcb.WANTS_WRITABLE);
        final boolean unheld = !corked && (tcb.has(Tcb.NO_DELAY) || tcb.sndNxt() == tcb.sndUna());
        return unheld && (length == unsent || length >= tcb.maxSndWnd() / 2);
    }

    private boolean send(final Tcb tcb, final int length, final int flags) {
        final int sequence = tcb.sndNxt();
        if (!writer.write(tcb, sequence, length, flags)) {
            context.lists.output(tcb);
            return false;
        }
        final int next = sequence + length + (flags & TcpHeader.FIN);
        tcb.sndNxt(next);
        if (Seq.lt(sequence, tcb.sndMax())) {
            context.count(Counter.TCP_RETRANSMITS);
        }
        if (Seq.gt(next, tcb.sndMax())) {
            if (tcb.rttStartNs() == 0 && sequence == tcb.sndMax()) {
                tcb.rttStartNs(context.nowNs);
                tcb.rttSeq(sequence);
            }
            tcb.sndMax(next);
        }
        tcb.lastSendNs(context.nowNs);
        if (persist.clear(tcb) || !context.timers.isArmed(tcb.timer(Tcb.TIMER_RETRANSMIT))) {
            armRetransmit(tcb);
        }
        return true;
    }

    /** Starts the retransmission timer anew (RFC 6298 §5). */
    void armRetransmit(final Tcb tcb) {
        context.timers.schedule(tcb.timer(Tcb.TIMER_RETRANSMIT), context.nowNs + tcb.rtoNs());
    }

    @Override
    public void retransmitHead(final Tcb tcb) {
        final int sequence = tcb.sndUna();
        // no more than was sent: SND.MAX must stay beyond everything that the peer may acknowledge
        final int sent = Math.min(tcb.sndEnd() - sequence, tcb.sndMax() - sequence);
        final int text = Math.max(0, Math.min(sent, tcb.sndMss()));
        final boolean fin = tcb.has(Tcb.FIN_QUEUED) && sequence + text == tcb.sndEnd()
                && Seq.gt(tcb.sndMax(), tcb.sndEnd());
        context.count(Counter.TCP_RETRANSMITS);
        // Karn: nothing that is sent twice is timed
        tcb.rttStartNs(0);
        writer.write(tcb, sequence, text,
                TcpHeader.ACK | (sequence + text == tcb.sndEnd() ? TcpHeader.PSH : 0) | (fin ? TcpHeader.FIN : 0));
    }

    /** Sends an acknowledgement now. */
    void sendAck(final Tcb tcb) {
        writer.writeAck(tcb);
    }

    /**
     * An acknowledgement of a segment without text that is not acceptable: a keepalive probe, or a stray. At most two a
     * second, so that two ends that disagree do not answer each other for ever; the bound is the connection's own, lest
     * a flood at one leave the keepalive probes of others unanswered.
     */
    void sendOutOfWindowAck(final Tcb tcb) {
        final long lastNs = tcb.outOfWindowAckNs();
        if (lastNs != 0 && context.nowNs - lastNs < OUT_OF_WINDOW_INTERVAL_NS) {
            context.count(Counter.TCP_CHALLENGE_ACKS_SUPPRESSED);
        } else {
            tcb.outOfWindowAckNs(context.nowNs);
            writer.writeAck(tcb);
        }
    }

    /** A challenge ACK (RFC 5961 §7): bounded in rate. */
    void sendChallengeAck(final Tcb tcb) {
        if (context.challenges.tryTake(context.nowNs)) {
            context.count(Counter.TCP_CHALLENGE_ACKS);
            writer.writeAck(tcb);
        } else {
            context.count(Counter.TCP_CHALLENGE_ACKS_SUPPRESSED);
        }
    }

    /**
     * Sends SYN, or SYN-ACK where the peer's SYN was received; starts the retransmission timer, but only where it does
     * not run: a peer that repeats its SYN does not keep a half-open connection alive.
     */
    void sendSyn(final Tcb tcb) {
        writer.writeSyn(tcb);
        if (tcb.sndNxt() == tcb.iss()) {
            tcb.sndNxt(tcb.iss() + 1);
            tcb.sndMax(tcb.iss() + 1);
            tcb.rttStartNs(context.nowNs);
            tcb.rttSeq(tcb.iss());
        } else {
            tcb.rttStartNs(0);
        }
        if (!context.timers.isArmed(tcb.timer(Tcb.TIMER_RETRANSMIT))) {
            armRetransmit(tcb);
        }
    }

    /** The RST of an ABORT call: {@code <SEQ=SND.NXT><CTL=RST>} (RFC 9293 §3.10.5). */
    void sendReset(final Tcb tcb) {
        final boolean wanted = switch (TcpState.of(tcb.state())) {
            case SYN_RECEIVED, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT -> true;
            // here a CLOSE changes the state at once: as long as text waits before our FIN, the peer waits for it
            case CLOSING, LAST_ACK -> Seq.le(tcb.sndMax(), tcb.sndEnd());
            // CLOSED, SYN_SENT, TIME_WAIT: the RFC sends none
            default -> false;
        };
        if (wanted) {
            context.count(Counter.TCP_RESETS_SENT);
            writer.writeReset(tcb);
        }
    }

    /** The window field of the next segment. */
    int windowField(final Tcb tcb) {
        return writer.windowField(tcb);
    }
}
