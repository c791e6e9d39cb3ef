package io.millrace.fastpath.tcp;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.ip.IpOutput;
import io.millrace.fastpath.tcp.recovery.LossRecovery;
import io.millrace.fastpath.tcp.recovery.Retransmissions;
import io.millrace.fastpath.wire.Seq;
import io.millrace.fastpath.wire.TcpHeader;

/**
 * What is sent, and when (RFC 9293 §3.8.6): what is lost first, then what is new; the send window, the congestion window,
 * pacing, Nagle's algorithm and silly window avoidance decide, the {@link SegmentWriter} writes. Thread: the engine's.
 */
final class TcpOutput {
    private static final int FIN_ACK = TcpHeader.FIN | TcpHeader.ACK;
    /** Between two answers to segments without text that are not acceptable: as Linux, tcp_invalid_ratelimit. */
    static final long OUT_OF_WINDOW_INTERVAL_NS = 500_000_000L;
    private static final long MEMORY_RETRY_NS = 10_000_000L;

    private static final int SENDING = TcpState.several(TcpState.ESTABLISHED, TcpState.CLOSE_WAIT, TcpState.FIN_WAIT_1,
            TcpState.CLOSING, TcpState.LAST_ACK);

    private final TcpContext context;
    private final SegmentWriter writer;
    private final Persist persist;
    private final LossRecovery recovery;
    private final Retransmissions retransmissions;
    private final RetransmissionTimer timer;
    private final Pacing pacing;
    private final PathMtu pathMtu;
    private final PlainText plainText;
    /** Why the last attempt to send something new sent nothing. */
    private boolean windowBlocked;
    /** New segments that this connection sent in this turn. */
    private int burst;

    TcpOutput(final TcpContext context, final SegmentWriter writer, final Persist persist,
            final LossRecovery recovery, final RetransmissionTimer timer, final PathMtu pathMtu) {
        this.context = context;
        this.writer = writer;
        this.persist = persist;
        this.recovery = recovery;
        this.timer = timer;
        this.pathMtu = pathMtu;
        this.retransmissions = recovery.retransmissions();
        this.pacing = new Pacing(context, retransmissions);
        this.plainText = new PlainText(context, writer, recovery, pacing);
    }

    /** Sends all that may be sent now, then the acknowledgement that is owed if no segment carried it. */
    void pump(final Tcb tcb) {
        if (plainText.send(tcb)) {
            onSent(tcb);
        } else if (hasAnythingToSend(tcb) && maySendData(tcb)) {
            sendAny(tcb);
        }
        // in SYN_RECEIVED only a SYN-ACK acknowledges: what Fast Open let the application do meanwhile is told after it
        if (tcb.has(Tcb.ACK_NOW) && tcb.state() != TcpState.SYN_RECEIVED.ordinal()) {
            if (tcb.has(Tcb.UNACCEPTED) && waitsForAccept(tcb)) {
                context.lists.output(tcb);
            } else {
                sendAck(tcb);
            }
        }
    }

    private void onSent(final Tcb tcb) {
        timer.arm(tcb);
        context.sendRoom.onSent(tcb);
    }

    /** What may be sent now, be it what {@link PlainText} knows. */
    private void sendAny(final Tcb tcb) {
        if (sendAll(tcb)) {
            onSent(tcb);
        }
        tcb.clear(Tcb.OVERRIDE);
        persist.armIfBlocked(tcb);
    }

    /**
     * Nobody could answer the request of a connection in this turn that will be accepted after it: its acknowledgement
     * waits a turn for the answer, once, as that of any other text waits within its turn.
     */
    private static boolean waitsForAccept(final Tcb tcb) {
        final boolean waits = (tcb.moreFlags() & Tcb.MORE_ACK_WAITED) == 0;
        tcb.moreFlags(tcb.moreFlags() | Tcb.MORE_ACK_WAITED);
        return waits;
    }

    /** False where everything there is has been sent, and acknowledged. */
    private static boolean hasAnythingToSend(final Tcb tcb) {
        return tcb.sndUna() != tcb.sndEnd() || tcb.sndNxt() != tcb.sndEnd() || tcb.has(Tcb.FIN_QUEUED | Tcb.OVERRIDE);
    }

    /** True where anything was sent. */
    private boolean sendAll(final Tcb tcb) {
        windowBlocked = false;
        boolean sent = false;
        pathMtu.refresh(tcb);
        while (retransmitNext(tcb)) {
            sent = true;
        }
        burst = 0;
        final int probe = pathMtu.nextProbe(tcb);
        if (probe > 0) {
            sent |= sendMtuProbe(tcb, probe);
        }
        // room for a probe comes with the next acknowledgements
        while (probe != PathMtu.WAIT && sendNext(tcb)) {
            burst++;
            sent = true;
        }
        recovery.onOutputDone(tcb, windowBlocked, tcb.sndEnd() - tcb.sndNxt() <= 0);
        return sent;
    }

    /** States in which text or a FIN may leave. */
    private static boolean maySendData(final Tcb tcb) {
        return TcpState.isOneOf(SENDING, tcb.state());
    }

    /**
     * RFC 5681 §4.1: after silence longer than an RTO the window is not what the path would take any more. Asked where
     * something will be sent, so that what only acknowledges shrinks nothing, nor anything twice. True where it may have.
     */
    private boolean restartAfterIdle(final Tcb tcb) {
        final long idleNs = context.nowNs - tcb.lastSendNs();
        if (tcb.sndMax() != tcb.sndUna() || idleNs <= tcb.rtoNs()
                || !context.connections.settings(tcb).slowStartAfterIdle()) {
            return false;
        }
        context.congestion(tcb).onIdle(tcb, context.initialWindow(tcb), idleNs, context.nowNs);
        return true;
    }

    /** Sends again what is lost, as far as the windows allow; false where nothing (more) is to be sent again now. */
    private boolean retransmitNext(final Tcb tcb) {
        return retransmissions.next(tcb) && mayTransmit(tcb) && retransmitChosen(tcb);
    }

    private boolean retransmitChosen(final Tcb tcb) {
        final int sequence = retransmissions.sequence();
        final int window = tcb.sndUna() + tcb.sndWnd() - sequence;
        if (window <= 0 && sequence != tcb.sndUna()) {
            // the peer took its window back: only the head is tried
            return false;
        }
        final int mss = writer.mss(tcb);
        final int inFlight = recovery.inFlight(tcb);
        final int usable = tcb.cwnd() - inFlight;
        if (usable < Math.min(mss, retransmissions.length()) && inFlight > 0) {
            windowBlocked = true;
            return false;
        }
        final int segments = Math.max(1, usable / mss);
        final int most = Math.min(Math.min(segments * mss, writer.maxText(tcb)), pacing.quantum(tcb));
        return retransmit(tcb, retransmissions.fit(tcb, Math.max(Math.min(window, most), Math.min(mss, most)), mss));
    }

    private boolean retransmit(final Tcb tcb, final int length) {
        final int sequence = retransmissions.sequence();
        final boolean fin = sequence + length == tcb.sndEnd() + 1;
        final int text = fin ? length - 1 : length;
        final int flags = TcpHeader.ACK | (fin ? TcpHeader.FIN : 0)
                | (text > 0 && sequence + text == tcb.sndEnd() ? TcpHeader.PSH : 0);
        if (!writer.write(tcb, sequence, text, flags)) {
            context.lists.output(tcb);
            return false;
        }
        retransmissions.onSent(tcb, context.nowNs);
        pacing.onSent(tcb, length);
        tcb.lastSendNs(context.nowNs);
        return true;
    }

    /** Room in the transmit queue, and the time for the next segment has come. */
    private boolean mayTransmit(final Tcb tcb) {
        if (!context.ip.hasRoom(IpOutput.link(tcb.neighbour()))) {
            context.lists.output(tcb);
            return false;
        }
        return pacing.mayTransmit(tcb);
    }

    private boolean sendNext(final Tcb tcb) {
        final int unsent = tcb.sndEnd() - tcb.sndNxt();
        if (unsent < 0 || unsent == 0 && !tcb.has(Tcb.FIN_QUEUED) || !mayTransmit(tcb)) {
            return false;
        }
        final int window = tcb.sndUna() + tcb.sndWnd() - tcb.sndNxt();
        if (unsent == 0) {
            return window > 0 && send(tcb, 0, FIN_ACK);
        }
        int length = lengthToSend(tcb, unsent, window);
        if (length > 0 && restartAfterIdle(tcb)) {
            length = lengthToSend(tcb, unsent, window);
        }
        return length > 0 && send(tcb, length, flagsOf(tcb, length, unsent, window));
    }

    private int flagsOf(final Tcb tcb, final int length, final int unsent, final int window) {
        final boolean last = length == unsent;
        final boolean fin = last && tcb.has(Tcb.FIN_QUEUED) && window > length;
        final boolean push = last || endsBurst(tcb, length, unsent, window);
        return TcpHeader.ACK | (push ? TcpHeader.PSH : 0) | (fin ? TcpHeader.FIN : 0);
    }

    /** As Linux: PSH also on the last of several segments that leave together, where the windows hold the next back. */
    private boolean endsBurst(final Tcb tcb, final int length, final int unsent, final int window) {
        if (context.connections.settings(tcb).pushPolicy() != TcpSettings.PushPolicy.BURST) {
            return false;
        }
        final int mss = writer.mss(tcb);
        if (length > mss) {
            // a virtual segment: whoever cuts it leaves PSH to its last
            return true;
        }
        final int usable = Math.min(window, tcb.cwnd() - recovery.inFlight(tcb)) - length;
        return burst > 0 && Math.min(usable, unsent - length) < mss
                && !(unsent - length <= usable && tcb.has(Tcb.NO_DELAY));
    }

    /** How much of what is unsent goes into the next segment, virtual or not; 0: wait. */
    private int lengthToSend(final Tcb tcb, final int unsent, final int window) {
        final int mss = writer.mss(tcb);
        final int usable = tcb.cwnd() - recovery.inFlight(tcb);
        final int wanted = Math.min(Math.min(unsent, window), Math.min(writer.maxText(tcb), pacing.quantum(tcb)));
        if (usable < Math.min(wanted, mss)) {
            windowBlocked |= wanted > 0;
        }
        final int most = Math.min(wanted, usable);
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
     * a FIN follows; where it is half of the largest window ever seen; where the override timer says so.
     */
    private static boolean maySendSmall(final Tcb tcb, final int length, final int unsent) {
        if (tcb.has(Tcb.OVERRIDE) || length == unsent && tcb.has(Tcb.FIN_QUEUED)) {
            return true;
        }
        // the bracketed condition of rules 2 and 3: with Nagle's algorithm, only while nothing is in flight
        // a cork holds nothing for an application that can give no more: no full segment would ever come
        final boolean corked = tcb.has(Tcb.CORK) && !tcb.has(Tcb.WANTS_WRITABLE);
        final boolean unheld = !corked && (tcb.has(Tcb.NO_DELAY) || tcb.sndNxt() == tcb.sndUna());
        return unheld && (length == unsent || length >= tcb.maxSndWnd() / 2);
    }

    /** RFC 4821 §7: a segment of what is queued that is longer than the others. True where it was sent. */
    private boolean sendMtuProbe(final Tcb tcb, final int text) {
        final int sequence = tcb.sndNxt();
        if (!mayTransmit(tcb) || !send(tcb, text, TcpHeader.ACK, true)) {
            return false;
        }
        context.count(Counter.TCP_MTU_PROBES_SENT);
        recovery.onMtuProbeSent(tcb, sequence, sequence + text);
        return true;
    }

    private boolean send(final Tcb tcb, final int length, final int flags) {
        return send(tcb, length, flags, false);
    }

    /** @param whole one segment, whatever its length. */
    private boolean send(final Tcb tcb, final int length, final int flags, final boolean whole) {
        final int next = tcb.sndNxt() + length + (flags & TcpHeader.FIN);
        if (!recovery.onSend(tcb, next, context.congestion(tcb), context.nowNs)) {
            waitForMemory(tcb);
            return false;
        }
        if (!write(tcb, length, flags, whole, next)) {
            context.lists.output(tcb);
            return false;
        }
        tcb.sndNxt(next);
        if (Seq.gt(next, tcb.sndMax())) {
            tcb.sndMax(next);
        }
        // before anything is noted of what left
        tcb.lastSendNs(context.nowNs);
        pacing.onSent(tcb, length);
        persist.clear(tcb);
        return true;
    }

    /** To remember what is sent by: like memory for the text itself, asked for again soon. */
    private void waitForMemory(final Tcb tcb) {
        context.count(Counter.TCP_SLAB_FULL);
        context.timers.schedule(tcb.timer(Tcb.TIMER_OUTPUT), context.nowNs + MEMORY_RETRY_NS);
    }

    private boolean write(final Tcb tcb, final int length, final int flags, final boolean whole, final int next) {
        boolean written = false;
        try {
            written = whole
                    ? writer.writeWhole(tcb, tcb.sndNxt(), length, flags)
                    : writer.write(tcb, tcb.sndNxt(), length, flags);
        } catch (final RuntimeException e) {
            // what was never sent must not count as in flight
            recovery.onNotSent(tcb, next);
            throw e;
        }
        if (!written) {
            recovery.onNotSent(tcb, next);
        }
        return written;
    }

    /** The tail loss probe (RFC 8985 §7.3): new data where there is any, else the last segment again. */
    void probe(final Tcb tcb) {
        final int mss = writer.mss(tcb);
        final int window = tcb.sndUna() + tcb.sndWnd() - tcb.sndNxt();
        final int text = Math.min(Math.min(tcb.sndEnd() - tcb.sndNxt(), window), mss);
        if (text > 0 && maySendData(tcb)) {
            final boolean last = text == tcb.sndEnd() - tcb.sndNxt();
            if (send(tcb, text, TcpHeader.ACK | (last ? TcpHeader.PSH : 0))) {
                retransmissions.onProbeSent(tcb, false, context.nowNs);
            }
        } else if (retransmissions.last(tcb, mss) && retransmit(tcb, retransmissions.fit(tcb, mss, mss))) {
            retransmissions.onProbeSent(tcb, true, context.nowNs);
        }
        timer.arm(tcb);
    }

    /** Sends the head again, whatever the windows say: the peer may have taken its window back. */
    void retransmitHead(final Tcb tcb) {
        if (retransmissions.head(tcb)) {
            retransmit(tcb, retransmissions.fit(tcb, writer.mss(tcb), writer.mss(tcb)));
        }
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
        final int now = LifeTimer.stamp(context.nowNs);
        if (Integer.compareUnsigned(now - tcb.outOfWindowAckStamp(), LifeTimer.stamp(OUT_OF_WINDOW_INTERVAL_NS)) < 0) {
            context.count(Counter.TCP_CHALLENGE_ACKS_SUPPRESSED);
        } else {
            tcb.outOfWindowAckStamp(now);
            writer.writeAck(tcb);
        }
    }

    /** A challenge ACK (RFC 5961 §7): bounded in rate, for each connection by itself. */
    void sendChallengeAck(final Tcb tcb) {
        if (ChallengeLimit.tryTake(tcb, context.nowNs)) {
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
        final int text;
        try {
            text = writer.writeSyn(tcb);
        } catch (final RuntimeException e) {
            // as where there is no frame: the timer sends it
            afterSyn(tcb, 0);
            throw e;
        }
        afterSyn(tcb, text);
    }

    private void afterSyn(final Tcb tcb, final int text) {
        if (tcb.sndNxt() == tcb.iss()) {
            tcb.sndNxt(tcb.iss() + 1);
            tcb.sndMax(tcb.iss() + 1 + text);
            tcb.lastSendNs(context.nowNs);
        }
        if (!context.timers.isArmed(tcb.timer(Tcb.TIMER_RETRANSMIT))) {
            timer.armForSyn(tcb);
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
            sendResetAnyway(tcb);
        }
    }

    /** A RST whatever the state: what the peer believes delivered is lost (RFC 9293 §3.6.1). */
    void sendResetAnyway(final Tcb tcb) {
        context.count(Counter.TCP_RESETS_SENT);
        writer.writeReset(tcb);
    }

    /** The window field of the next segment. */
    int windowField(final Tcb tcb) {
        return writer.windowField(tcb);
    }
}
