package io.millrace.fastpath.tcp;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.tcp.recovery.RoundTripTime;
import io.millrace.fastpath.wire.Seq;
import io.millrace.fastpath.wire.TcpHeader;

/** A segment in SYN_SENT: RFC 9293 §3.10.7.3. Thread: the engine's. */
final class SynSentState {
    private final TcpContext context;
    private final Lifecycle lifecycle;
    private final TcpOutput output;
    private final ClosedState closed;

    SynSentState(final TcpContext context, final Lifecycle lifecycle, final TcpOutput output,
            final ClosedState closed) {
        this.context = context;
        this.lifecycle = lifecycle;
        this.output = output;
        this.closed = closed;
    }

    /** @return true where the connection became ESTABLISHED and the text of the segment is to be processed. */
    boolean onSegment(final Tcb tcb, final Segment segment) {
        tcb.lastReceiveNs(context.nowNs);
        final boolean acknowledges = segment.has(TcpHeader.ACK);
        // first: the ACK bit
        if (acknowledges && (Seq.le(segment.acknowledgement, tcb.iss())
                || Seq.gt(segment.acknowledgement, tcb.sndMax()))) {
            context.count(Counter.TCP_BAD_ACK);
            if (!segment.has(TcpHeader.RST)) {
                closed.reset(segment);
            }
            return false;
        }
        // second: the RST bit
        if (segment.has(TcpHeader.RST)) {
            if (acknowledges) {
                context.count(Counter.TCP_RESETS_RECEIVED);
                lifecycle.failFromOutside(tcb, TcpFailure.REFUSED);
            } else {
                context.count(Counter.TCP_RESETS_IGNORED);
            }
            return false;
        }
        // fourth: the SYN bit (third, security, is obsolete)
        if (!segment.has(TcpHeader.SYN)) {
            context.count(Counter.TCP_BAD_FLAGS);
            return false;
        }
        lifecycle.onPeerSyn(tcb, segment);
        segment.sequence++;
        segment.flags &= ~TcpHeader.SYN;
        return acknowledges ? onSynAck(tcb, segment) : onSimultaneousOpen(tcb);
    }

    private boolean onSynAck(final Tcb tcb, final Segment segment) {
        onFastOpen(tcb, segment);
        tcb.sndUna(segment.acknowledgement);
        // of the text of a SYN, what is not acknowledged is sent as if for the first time (RFC 7413 §4.2.2)
        tcb.sndNxt(segment.acknowledgement);
        tcb.sndMax(segment.acknowledgement);
        measureHandshake(tcb, context);
        lifecycle.established(tcb);
        tcb.set(Tcb.ACK_NOW);
        context.lists.ready(tcb, ConnectionHandler.CONNECTED);
        context.lists.output(tcb);
        return true;
    }

    /** The cookie of the server, and what became of the text of the SYN (RFC 7413 §4.1.3, §4.2.2). */
    private void onFastOpen(final Tcb tcb, final Segment segment) {
        if (!context.connections.settings(tcb).fastOpen()) {
            return;
        }
        if (tcb.has(Tcb.SYN_RETRANSMITTED)) {
            // something on the way may not like the option, or text on a SYN
            context.fastOpen.forget(tcb.remoteHi(), tcb.remoteLo());
        } else if (segment.decoded.hasFastOpen() && segment.decoded.cookieLength() > 0) {
            context.fastOpen.put(tcb.remoteHi(), tcb.remoteLo(), segment.decoded.cookie(),
                    segment.decoded.cookieLength(),
                    segment.decoded.hasMss()
                            ? segment.decoded.mss()
                            : Lifecycle.defaultMss(tcb.remoteHi(), tcb.remoteLo()));
        }
        if (segment.acknowledgement != tcb.iss() + 1) {
            context.count(Counter.TCP_FAST_OPEN_DELIVERED);
            if (tcb.has(Tcb.WANTS_WRITABLE)) {
                tcb.clear(Tcb.WANTS_WRITABLE);
                context.lists.ready(tcb, ConnectionHandler.WRITABLE);
            }
        }
    }

    /** RFC 9293 §3.5: both sides sent a SYN; ours is sent again, now with an ACK. */
    private boolean onSimultaneousOpen(final Tcb tcb) {
        tcb.state(TcpState.SYN_RECEIVED.ordinal());
        tcb.sndMax(tcb.iss() + 1);
        context.count(Counter.TCP_SIMULTANEOUS_OPENS);
        output.sendSyn(tcb);
        return false;
    }

    /** The first round trip, where the SYN was sent once. */
    static void measureHandshake(final Tcb tcb, final TcpContext context) {
        final TcpSettings settings = context.connections.settings(tcb);
        if ((tcb.moreFlags() & Tcb.MORE_SYN_ACK_REPEATED) != 0 && !tcb.has(Tcb.SYN_RETRANSMITTED)) {
            // RFC 6298 §3 (Karn): which of the SYN-ACKs it is that was answered nobody knows
            return;
        }
        if (!tcb.has(Tcb.SYN_RETRANSMITTED)) {
            final long rttNs = context.nowNs - tcb.lastSendNs();
            RoundTripTime.measured(tcb, rttNs, settings);
            RoundTripTime.smallest(tcb, context.nowNs, rttNs);
        } else {
            // RFC 6298 §5.7: 3 s after a lost SYN
            tcb.rtoNs(Math.max(settings.rtoInitialNs(), 3_000_000_000L));
        }
    }
}
