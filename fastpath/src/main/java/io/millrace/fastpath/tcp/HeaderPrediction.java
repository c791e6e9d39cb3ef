package io.millrace.fastpath.tcp;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.tcp.recovery.LossRecovery;
import io.millrace.fastpath.wire.Ipv4Header;
import io.millrace.fastpath.wire.Seq;
import io.millrace.fastpath.wire.TcpHeader;
import io.millrace.fastpath.wire.TcpOptions;

/**
 * Knows the segments that come most of all: the next text of an established connection, which says nothing new otherwise (Van
 * Jacobson's header prediction, 1990), or which answers, as in a conversation: it acknowledges the one segment that is in
 * flight. Of the steps of RFC 9293 §3.10.7.4 each finds nothing to do for it but these: the window's last update is noted, what
 * is acknowledged is let go, the timestamp to echo is noted, the text is taken. It looks at the header as it came: no
 * {@link Segment} is made of it. Thread: the engine's.
 */
final class HeaderPrediction {
    private static final int FLAGS = TcpHeader.FIN | TcpHeader.SYN | TcpHeader.RST | TcpHeader.ACK | TcpHeader.URG
            | TcpHeader.ECE | TcpHeader.CWR;
    private static final int UNUSUAL = Tcb.FIN_RECEIVED | Tcb.FIN_AHEAD | Tcb.ORPHAN | Tcb.SHELL | Tcb.INPUT_SHUT
            | Tcb.URGENT_MODE;

    private final TcpContext context;
    private final AckStep ackStep;
    private final TextStep textStep;
    private final Acknowledgement acknowledgement;
    private final Timestamps timestamps;
    private final ReceiveTuning tuning;

    HeaderPrediction(final TcpContext context, final AckStep ackStep, final TextStep textStep,
            final Acknowledgement acknowledgement, final ReceiveTuning tuning) {
        this.context = context;
        this.ackStep = ackStep;
        this.textStep = textStep;
        this.acknowledgement = acknowledgement;
        this.timestamps = new Timestamps(context);
        this.tuning = tuning;
    }

    /**
     * Takes it.
     *
     * @param header    of a segment whose checksum is right.
     * @param ecn       the ECN field of the IP header.
     * @param arrivedNs when it reached the port.
     * @return false where it is another one: nothing has changed.
     */
    boolean take(final Tcb tcb, final TcpHeader header, final int ecn, final long arrivedNs) {
        final long silentNs = context.nowNs - tcb.lastReceiveNs();
        if (!isNextText(tcb, header, ecn) || isOld(tcb, header, silentNs)) {
            return false;
        }
        tcb.lastReceiveNs(context.nowNs);
        if (Acknowledgement.begins(tcb, silentNs)) {
            acknowledgement.quicken(tcb);
        }
        if (header.acknowledgement() == tcb.sndUna()) {
            tcb.sndWl1(header.sequence());
            tcb.sndWl2(header.acknowledgement());
        } else {
            ackStep.onAnswer(tcb, header, arrivedNs);
        }
        if (tcb.has(Tcb.TIMESTAMPS)) {
            final long options = header.optionsAddress();
            timestamps.update(tcb, header.sequence(), TcpOptions.alignedValue(options));
            tuning.onEcho(tcb, header.payloadLength(), TcpOptions.alignedEcho(options));
        }
        textStep.onNext(tcb, header.payloadAddress(), header.payloadLength());
        return true;
    }

    private boolean isOld(final Tcb tcb, final TcpHeader header, final long silentNs) {
        return tcb.has(Tcb.TIMESTAMPS)
                && timestamps.isOld(tcb, TcpOptions.alignedValue(header.optionsAddress()), silentNs);
    }

    /** True of such a segment, be its timestamp old or not. */
    static boolean isNextText(final Tcb tcb, final TcpHeader header, final int ecn) {
        return (header.flags() & FLAGS) == TcpHeader.ACK && tcb.state() == TcpState.ESTABLISHED.ordinal()
                && !tcb.has(UNUSUAL) && isNext(tcb, header) && hasPlainOptions(tcb, header) && header.window() != 0
                && (isNoNews(tcb, header) || isAnswer(tcb, header)) && ecn != Ipv4Header.CE;
    }

    /** Text within the window, and nothing of it, nor of what is behind it, arrived before. */
    private static boolean isNext(final Tcb tcb, final TcpHeader header) {
        final int length = header.payloadLength();
        return header.sequence() == tcb.rcvNxt() && length > 0 && length <= tcb.rcvWnd() && tcb.outOfOrder() == 0;
    }

    /** It acknowledges nothing new, and the peer's open window is as it was. */
    private static boolean isNoNews(final Tcb tcb, final TcpHeader header) {
        return header.acknowledgement() == tcb.sndUna() && header.window() << tcb.sendShift() == tcb.sndWnd()
                && Seq.le(tcb.sndWl1(), header.sequence());
    }

    /** It acknowledges all that was ever sent, which is one segment. */
    private static boolean isAnswer(final Tcb tcb, final TcpHeader header) {
        return header.acknowledgement() == tcb.sndMax() && LossRecovery.isLoneSegment(tcb, header.acknowledgement())
                && !Persist.isProbing(tcb);
    }

    /** No options but the timestamps of a connection that uses them, as everybody sends them; or no matter which. */
    private static boolean hasPlainOptions(final Tcb tcb, final TcpHeader header) {
        final int length = header.optionsLength();
        if (length == 0) {
            return !tcb.has(Tcb.TIMESTAMPS);
        }
        return !tcb.has(Tcb.SACK | Tcb.TIMESTAMPS)
                || length == TcpOptions.TIMESTAMPS_LENGTH && TcpOptions.isAligned(header.optionsAddress());
    }
}
