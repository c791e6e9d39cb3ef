package io.millrace.fastpath.tcp;

import io.millrace.fastpath.control.ListenerPolicy;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.wire.Seq;
import io.millrace.fastpath.wire.TcpHeader;

/**
 * A segment in SYN_RECEIVED and every later state but TIME_WAIT: RFC 9293 §3.10.7.4, step by step, with RFC 5961
 * applied. Thread: the engine's.
 */
final class SynchronizedStates {
    private final TcpContext context;
    private final Lifecycle lifecycle;
    private final TcpOutput output;
    private final ClosedState closed;
    private final AckStep ackStep;
    private final TextStep textStep;
    private final Acknowledgement acknowledgement;
    private final Timestamps timestamps;
    private final ReceiveTuning tuning;
    private final HeaderPrediction prediction;

    SynchronizedStates(final TcpContext context, final Lifecycle lifecycle, final TcpOutput output,
            final ClosedState closed, final AckStep ackStep, final TextStep textStep,
            final Acknowledgement acknowledgement, final ReceiveTuning tuning) {
        this.context = context;
        this.lifecycle = lifecycle;
        this.output = output;
        this.closed = closed;
        this.ackStep = ackStep;
        this.textStep = textStep;
        this.acknowledgement = acknowledgement;
        this.timestamps = new Timestamps(context);
        this.tuning = tuning;
        this.prediction = new HeaderPrediction(context, ackStep, textStep, acknowledgement, tuning);
    }

    /** The short way of the next text, where it says nothing new otherwise, or answers. */
    HeaderPrediction prediction() {
        return prediction;
    }

    void onSegment(final Tcb tcb, final Segment segment) {
        final long silentNs = context.nowNs - tcb.lastReceiveNs();
        tcb.lastReceiveNs(context.nowNs);
        if (segment.optionsLength > 0 && tcb.has(Tcb.SACK | Tcb.TIMESTAMPS)) {
            segment.decodeOptions();
        }
        if (segment.textLength > 0 && Acknowledgement.begins(tcb, silentNs)) {
            acknowledgement.quicken(tcb);
        }
        if (segment.has(TcpHeader.SYN) && repeatsSyn(tcb, segment)) {
            onRepeatedSyn(tcb, segment);
        } else {
            onAny(tcb, segment, silentNs);
        }
    }

    private boolean isOld(final Tcb tcb, final Segment segment, final long silentNs) {
        return tcb.has(Tcb.TIMESTAMPS) && timestamps.isOld(tcb, segment, silentNs);
    }

    /** The steps one by one. */
    private void onAny(final Tcb tcb, final Segment segment, final long silentNs) {
        if (!segment.has(TcpHeader.RST) && isOld(tcb, segment, silentNs)) {
            context.count(Counter.TCP_PAWS_DROPPED);
            onUnacceptable(tcb, segment);
        } else if (!isAcceptable(tcb, segment)) {
            // first: the sequence number
            context.count(Counter.TCP_OUT_OF_WINDOW);
            if (answersFin(tcb, segment)) {
                onFinAnswer(tcb, segment);
            } else {
                onUnacceptable(tcb, segment);
            }
        } else if (segment.has(TcpHeader.RST)) {
            // second: the RST bit (third, security, is obsolete)
            onReset(tcb, segment);
        } else if (segment.has(TcpHeader.SYN)) {
            // fourth: the SYN bit
            onSyn(tcb, segment);
        } else if (!segment.has(TcpHeader.ACK)) {
            // fifth: the ACK bit
            context.count(Counter.TCP_BAD_FLAGS);
        } else if (isOpen(tcb, segment)) {
            afterHandshake(tcb, segment);
        }
    }

    private static boolean repeatsSyn(final Tcb tcb, final Segment segment) {
        // with an ACK only where SYNs crossed: whoever answered our listener's SYN-ACK sends no SYN any more
        return tcb.state() == TcpState.SYN_RECEIVED.ordinal() && segment.sequence == tcb.irs()
                && !segment.has(TcpHeader.RST) && !(segment.has(TcpHeader.ACK) && tcb.has(Tcb.PASSIVE));
    }

    /**
     * The peer's SYN once more, with text or without: it did not see our SYN-ACK. With an ACK it is the answer to ours
     * where both sides opened at once (RFC 9293 §3.5, figure 8): the SYN lies before the window, what follows counts.
     */
    private void onRepeatedSyn(final Tcb tcb, final Segment segment) {
        if (segment.has(TcpHeader.ACK)) {
            segment.sequence++;
            segment.flags &= ~TcpHeader.SYN;
            if (isOpen(tcb, segment)) {
                afterHandshake(tcb, segment);
            }
        } else {
            tcb.moreFlags(tcb.moreFlags() | Tcb.MORE_SYN_ACK_REPEATED);
            output.sendSyn(tcb);
        }
    }

    /** Fifth step in SYN_RECEIVED: true where the handshake is over, maybe just now. */
    private boolean isOpen(final Tcb tcb, final Segment segment) {
        return tcb.state() != TcpState.SYN_RECEIVED.ordinal() || completeHandshake(tcb, segment);
    }

    /** The fifth step in every later state, and those that follow it. */
    private void afterHandshake(final Tcb tcb, final Segment segment) {
        final int generation = tcb.generation();
        if (!ackStep.onAck(tcb, segment) || tcb.generation() != generation || tcb.has(Tcb.SHELL)) {
            return;
        }
        if (tcb.has(Tcb.TIMESTAMPS)) {
            echo(tcb, segment);
        }
        textStep.onSegment(tcb, segment);
    }

    /** After the ACK field was found good, as Linux: a blind guess does not change what is echoed. */
    private void echo(final Tcb tcb, final Segment segment) {
        timestamps.update(tcb, segment);
        if (segment.hasTimestamps) {
            tuning.onEcho(tcb, segment.textLength, segment.timestampEcho);
        }
    }

    /** Sixth to eighth step: URG, the text, FIN. */
    void fromUrgent(final Tcb tcb, final Segment segment) {
        textStep.onSegment(tcb, segment);
    }

    /** The table of §3.10.7.4, first step; with a zero window ACK and RST at RCV.NXT are still valid. */
    private static boolean isAcceptable(final Tcb tcb, final Segment segment) {
        final int next = tcb.rcvNxt();
        final int window = tcb.rcvWnd();
        final int length = segment.length();
        final int start = segment.sequence;
        if (window <= 0) {
            return start == next;
        }
        final boolean startsInside = Seq.le(next, start) && start - next < window;
        if (length == 0) {
            return startsInside;
        }
        final int last = start + length - 1;
        return startsInside || Seq.le(next, last) && last - next < window
                || Seq.lt(start, next) && Seq.gt(last, next);
    }

    /** In CLOSING the peer's FIN once more, from an end that repeats it with its acknowledgements as we do ours. */
    private boolean answersFin(final Tcb tcb, final Segment segment) {
        final int control = TcpHeader.SYN | TcpHeader.RST | TcpHeader.FIN | TcpHeader.ACK;
        return tcb.state() == TcpState.CLOSING.ordinal() && segment.textLength == 0
                && segment.sequence == tcb.rcvNxt() - 1
                && (segment.flags & control) == (TcpHeader.FIN | TcpHeader.ACK)
                && context.connections.settings(tcb).finInClosing() == TcpSettings.FinInClosing.EVERY_ACK;
    }

    /** Its ACK field counts, or two such ends would answer each other for ever (RFC 9293 appendix A.2). */
    private void onFinAnswer(final Tcb tcb, final Segment segment) {
        tcb.set(Tcb.ACK_NOW);
        context.lists.output(tcb);
        ackStep.onAck(tcb, segment);
    }

    private void onUnacceptable(final Tcb tcb, final Segment segment) {
        if (segment.has(TcpHeader.RST)) {
            context.count(Counter.TCP_RESETS_IGNORED);
        } else if (segment.has(TcpHeader.SYN)) {
            // fourth step, before the rest: RFC 5961 §4.2
            output.sendChallengeAck(tcb);
        } else if (segment.textLength > 0 || segment.has(TcpHeader.FIN)) {
            acknowledgement.repeat(tcb, segment);
        } else {
            output.sendOutOfWindowAck(tcb);
        }
    }

    /** RFC 5961 §3.2: only the exact sequence number resets; inside the window it is challenged, outside ignored. */
    private void onReset(final Tcb tcb, final Segment segment) {
        if (segment.sequence != tcb.rcvNxt()) {
            context.count(Counter.TCP_RESETS_IGNORED);
            if (Seq.gt(segment.sequence, tcb.rcvNxt())) {
                output.sendChallengeAck(tcb);
            }
            return;
        }
        context.count(Counter.TCP_RESETS_RECEIVED);
        final boolean unopened = tcb.state() == TcpState.SYN_RECEIVED.ordinal();
        lifecycle.failFromOutside(tcb, unopened ? TcpFailure.REFUSED : TcpFailure.RESET);
    }

    /** A passive SYN_RECEIVED goes back to LISTEN; everything else is challenged (RFC 5961 §4.2). */
    private void onSyn(final Tcb tcb, final Segment segment) {
        if (tcb.state() == TcpState.SYN_RECEIVED.ordinal() && tcb.has(Tcb.PASSIVE)) {
            context.count(Counter.TCP_BAD_FLAGS);
            lifecycle.failFromOutside(tcb, TcpFailure.RESET);
        } else {
            output.sendChallengeAck(tcb);
        }
    }

    /** SYN_RECEIVED, fifth step; false where the segment ends here. */
    private boolean completeHandshake(final Tcb tcb, final Segment segment) {
        final int ack = segment.acknowledgement;
        if (Seq.le(ack, tcb.sndUna()) || Seq.gt(ack, tcb.sndMax())) {
            context.count(Counter.TCP_BAD_ACK);
            closed.reset(segment);
            return false;
        }
        if (tcb.has(Tcb.PASSIVE) && !tcb.has(Tcb.FAST_OPEN)) {
            return completePassive(tcb, segment);
        }
        establish(tcb, segment);
        if (!tcb.has(Tcb.PASSIVE)) {
            context.lists.ready(tcb, ConnectionHandler.CONNECTED);
        }
        return true;
    }

    private boolean completePassive(final Tcb tcb, final Segment segment) {
        final ListenerPolicy listener = (ListenerPolicy) context.connections.attachment(tcb);
        if (listener == null || !listener.reserveAccept()) {
            // Linux's rule: the ACK is dropped, the SYN-ACK will be sent again
            context.count(Counter.HANDSHAKES_HELD_BACK);
            if (listener != null && listener.abortsOnOverflow()) {
                lifecycle.abort(tcb, TcpFailure.ABORTED);
            }
            return false;
        }
        listener.releaseSyn();
        return accept(tcb, listener, segment);
    }

    /** The ACK of a SYN cookie: its connection, in SYN_RECEIVED, has its place in the accept queue. */
    void onCookie(final Tcb tcb, final ListenerPolicy listener, final Segment segment) {
        if (segment.textLength > 0) {
            acknowledgement.quicken(tcb);
        }
        if (accept(tcb, listener, segment)) {
            afterHandshake(tcb, segment);
        }
    }

    private boolean accept(final Tcb tcb, final ListenerPolicy listener, final Segment segment) {
        establish(tcb, segment);
        tcb.set(Tcb.UNACCEPTED);
        if (!listener.offer(context.engine, tcb.handle())) {
            // nobody will ever attach
            tcb.set(Tcb.ORPHAN);
            lifecycle.abort(tcb, TcpFailure.ABORTED);
            return false;
        }
        return true;
    }

    private void establish(final Tcb tcb, final Segment segment) {
        tcb.sndWnd(segment.windowBytes(tcb.sendShift()));
        tcb.maxSndWnd(Math.max(tcb.maxSndWnd(), tcb.sndWnd()));
        tcb.sndWl1(segment.sequence);
        tcb.sndWl2(segment.acknowledgement);
        tcb.sndUna(tcb.iss() + 1);
        SynSentState.measureHandshake(tcb, context);
        lifecycle.established(tcb);
    }
}
