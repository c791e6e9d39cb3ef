package io.millrace.fastpath.tcp;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.wire.Seq;
import io.millrace.fastpath.wire.TcpHeader;

/**
 * Knows the segment that comes most of all: the next text of an established connection, which says nothing new otherwise (Van
 * Jacobson's header prediction, 1990). Of the steps of RFC 9293 §3.10.7.4 each finds nothing to do for it but these: the
 * window's last update is noted, the text is taken. Thread: the engine's.
 */
final class HeaderPrediction {
    private static final int FLAGS = TcpHeader.FIN | TcpHeader.SYN | TcpHeader.RST | TcpHeader.ACK | TcpHeader.URG
            | TcpHeader.ECE | TcpHeader.CWR;
    private static final int UNUSUAL = Tcb.FIN_RECEIVED | Tcb.FIN_AHEAD | Tcb.ORPHAN | Tcb.SHELL | Tcb.INPUT_SHUT
            | Tcb.URGENT_MODE;

    private HeaderPrediction() {}

    /** True of such a segment; its options are decoded, where the connection uses any. */
    static boolean isNextText(final Tcb tcb, final Segment segment) {
        return (segment.flags & FLAGS) == TcpHeader.ACK && tcb.state() == TcpState.ESTABLISHED.ordinal()
                && !tcb.has(UNUSUAL) && isNext(tcb, segment) && isNoNews(tcb, segment)
                && !segment.congestionExperienced();
    }

    /** Text within the window, and nothing of it, nor of what is behind it, arrived before. */
    private static boolean isNext(final Tcb tcb, final Segment segment) {
        return segment.sequence == tcb.rcvNxt() && segment.textLength > 0 && segment.textLength <= tcb.rcvWnd()
                && tcb.outOfOrder() == 0;
    }

    /** It acknowledges nothing new, and the peer's open window is as it was. */
    private static boolean isNoNews(final Tcb tcb, final Segment segment) {
        return segment.acknowledgement == tcb.sndUna() && segment.sackBlocks == 0 && tcb.sndWnd() != 0
                && segment.windowBytes(tcb.sendShift()) == tcb.sndWnd() && Seq.le(tcb.sndWl1(), segment.sequence);
    }
}
