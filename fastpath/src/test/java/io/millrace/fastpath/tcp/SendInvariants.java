package io.millrace.fastpath.tcp;

import static io.millrace.fastpath.tcp.TcpInvariants.require;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.wire.Seq;

/** The send sequence space (RFC 9293 §3.3.1, figure 3), the windows and the send ring. */
final class SendInvariants {
    private SendInvariants() {}

    static void check(final Tcb tcb, final PastTcb before, final TcpContext context) {
        checkSequence(tcb, context);
        checkRing(tcb, context);
        checkTimes(tcb, context.connections.settings(tcb));
        if (TcbView.isSynchronized(tcb)) {
            require(tcb.cwnd() >= tcb.sndMss(), "the congestion window is below a segment");
            require(tcb.ssthresh() > 0, "no slow start threshold");
            // an MSS counts the options that every segment carries
            require(tcb.sndMss() + HeaderOptions.fixedLength(tcb) >= Lifecycle.MIN_MSS,
                    "segments below the least MSS");
            require(tcb.sndWnd() >= 0 && tcb.sndWnd() <= tcb.maxSndWnd(), "a window beyond the largest");
            if (before.isSynchronized) {
                checkProgress(tcb, before);
            }
        }
    }

    private static void checkSequence(final Tcb tcb, final TcpContext context) {
        require(Seq.le(tcb.sndUna(), tcb.sndNxt()), "SND.UNA is beyond SND.NXT");
        require(Seq.le(tcb.sndNxt(), tcb.sndMax()), "SND.NXT is beyond SND.MAX");
        // what a SYN carried is sent once more where the peer did not take it (RFC 7413 §4.2.1)
        require(tcb.sndMax() - tcb.sndNxt() <= 1 || context.connections.settings(tcb).fastOpen(),
                "more than a window probe is beyond SND.NXT");
        require(Seq.le(tcb.sndMax(), TcbView.endOfOutput(tcb)), "sent more than the application gave");
        if (TcbView.isOpening(tcb)) {
            require(tcb.sndUna() == tcb.iss(), "acknowledged before the handshake");
            require(tcb.sndMax() == tcb.iss() + 1 || TcbView.mayFastOpen(tcb, context),
                    "something but a SYN was sent");
        }
    }

    private static void checkProgress(final Tcb tcb, final PastTcb before) {
        require(Seq.ge(tcb.sndUna(), before.sndUna), "SND.UNA went back");
        require(Seq.ge(tcb.sndMax(), before.sndMax), "SND.MAX went back");
        // the one byte is a window probe's (RFC 9293 §3.8.6.1)
        final int now = TcbView.offeredEdge(tcb);
        final int edge = Seq.gt(now, before.offeredEdge) ? now : before.offeredEdge;
        require(Seq.le(tcb.sndMax(), edge + 1), "sent beyond every window that was ever offered");
    }

    private static void checkRing(final Tcb tcb, final TcpContext context) {
        final int length = SendQueue.length(tcb);
        final HeldText held = context.heldTexts.of(tcb);
        if (held == null) {
            require(length >= 0 && length <= tcb.sndCapacity(), "bytes to send do not fit the ring: " + length);
        } else {
            checkHeld(tcb, held, length);
        }
        require(length <= Math.max(tcb.sendBuffer(), 0), "more than the send buffer: " + length);
        require(tcb.sndCapacity() == 0 == (tcb.sndRing() == 0), "a send ring without a length, or the reverse");
        require(length > 0 || tcb.sndCapacity() == 0, "an empty send ring is held");
    }

    /** Pieces in order, within what is to be sent; every byte between them within the ring. */
    private static void checkHeld(final Tcb tcb, final HeldText held, final int length) {
        int after = tcb.sndEnd() - length;
        final int ringFrom = SendQueue.ringFrom(tcb, held);
        require(!held.isEmpty() && Seq.gt(held.end(0), after), "acknowledged text is held");
        for (int i = 0; i < held.size(); i++) {
            require(i == 0 || Seq.ge(held.start(i), after), "pieces overlap");
            requireInRing(tcb, ringFrom, Seq.gt(held.start(i), after) ? held.start(i) : after, after);
            after = held.end(i);
        }
        require(Seq.le(after, tcb.sndEnd()), "held beyond the end");
        requireInRing(tcb, ringFrom, tcb.sndEnd(), after);
    }

    private static void requireInRing(final Tcb tcb, final int ringFrom, final int end, final int from) {
        require(end == from || end - ringFrom <= tcb.sndCapacity(), "bytes to send do not fit the ring");
    }

    private static void checkTimes(final Tcb tcb, final TcpSettings settings) {
        require(tcb.rtoNs() > 0 && tcb.rtoNs() <= settings.rtoMaxNs(), "RTO out of its range");
        require(tcb.srttNs() == 0 || tcb.rtoNs() >= settings.rtoMinNs(), "RTO below the least");
        final int most = Math.max(settings.retries(), Math.max(settings.synRetries(), settings.synAckRetries()));
        // with a user timeout time decides, not their number
        require(settings.userTimeoutNs() != 0 || tcb.retransmits() >= 0 && tcb.retransmits() <= most,
                "more retransmissions than allowed");
    }

    /** What one end believes of the other. */
    static void checkWith(final Tcb here, final Tcb there) {
        require(Seq.le(here.sndUna(), there.rcvNxt()), "acknowledged what the peer has not received");
        require(Seq.le(there.rcvNxt(), here.sndMax()), "the peer received what was not sent");
        require(Seq.le(TcbView.offeredEdge(here), there.rcvWndRight()),
                "believes in a window that the peer never announced");
    }
}
