package io.millrace.fastpath.tcp;

import static io.millrace.fastpath.tcp.TcpInvariants.require;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.OutOfOrderRanges;
import io.millrace.fastpath.wire.Seq;

/** The receive sequence space (RFC 9293 §3.3.1, figure 4), the announced window, the ring and what is out of order. */
final class ReceiveInvariants {
    private ReceiveInvariants() {}

    static void check(final Tcb tcb, final PastTcb before, final TcpContext context) {
        if (tcb.state() == TcpState.SYN_SENT.ordinal()) {
            require(tcb.rcvCapacity() == 0 && tcb.outOfOrder() == 0, "received before the peer's SYN");
            return;
        }
        checkRing(tcb, context);
        checkRanges(tcb, context);
        if (!tcb.has(Tcb.SHELL)) {
            checkWindow(tcb);
            require(Seq.le(tcb.lastAckSent(), tcb.rcvNxt()), "acknowledged what was not received");
        }
        if (before.isSynchronized) {
            require(Seq.ge(tcb.rcvNxt(), before.rcvNxt), "RCV.NXT went back");
            require(Seq.ge(tcb.rcvRead(), before.rcvRead), "the application's place went back");
            require(Seq.ge(tcb.rcvWndRight(), before.rcvWndRight), "the announced window was taken back");
        }
    }

    private static void checkWindow(final Tcb tcb) {
        // a FIN that arrives has its place in the window, but none in the buffer
        final int fin = tcb.has(Tcb.FIN_RECEIVED) ? 1 : 0;
        require(Seq.le(tcb.rcvNxt() - fin, tcb.rcvWndRight()), "received beyond the window");
        final int promised = tcb.rcvWndRight() - tcb.rcvRead();
        require(promised >= -fin && promised <= tcb.receiveBuffer(), "promised more than the buffer: " + promised);
    }

    private static void checkRing(final Tcb tcb, final TcpContext context) {
        final int unread = tcb.unread();
        final LentText lent = context.lentTexts.of(tcb);
        if (lent == null) {
            require(unread >= 0 && unread <= tcb.rcvCapacity(), "bytes received do not fit the ring: " + unread);
        } else {
            checkLent(tcb, lent);
        }
        require(tcb.rcvCapacity() == 0 == (tcb.rcvRing() == 0), "a receive ring without a length, or the reverse");
        require(unread > 0 || tcb.outOfOrder() != 0 || tcb.rcvCapacity() == 0, "an empty receive ring is held");
    }

    /** Frames in order, not received yet; every byte between them within the ring. */
    private static void checkLent(final Tcb tcb, final LentText lent) {
        int after = tcb.rcvRead();
        final int ringFrom = lent.endOfRun(after);
        require(!lent.isEmpty() && Seq.gt(lent.end(0), after), "a frame is kept that was received");
        for (int i = 0; i < lent.size(); i++) {
            require(i == 0 || Seq.ge(lent.start(i), after), "frames overlap");
            final int start = Seq.gt(lent.start(i), after) ? lent.start(i) : after;
            require(start == after || start - ringFrom <= tcb.rcvCapacity(), "bytes received do not fit the ring");
            after = lent.end(i);
        }
        final int end = tcb.rcvRead() + tcb.unread();
        require(Seq.le(after, end), "a frame beyond what is in order");
        require(end == after || end - ringFrom <= tcb.rcvCapacity(), "bytes received do not fit the ring");
    }

    private static void checkRanges(final Tcb tcb, final TcpContext context) {
        final long block = tcb.outOfOrder();
        if (block == 0) {
            return;
        }
        final int count = OutOfOrderRanges.count(block);
        final int most = context.connections.settings(tcb).outOfOrderRanges();
        require(count > 0 && count <= most, "ranges out of order: " + count);
        int after = tcb.rcvNxt();
        for (int i = 0; i < count; i++) {
            require(Seq.gt(OutOfOrderRanges.left(block, i), after), "a range that touches what is before it");
            after = OutOfOrderRanges.right(block, i);
            require(Seq.gt(after, OutOfOrderRanges.left(block, i)), "an empty range");
        }
        require(Seq.le(after, tcb.rcvWndRight()), "kept bytes beyond the window");
        final LentText lent = context.lentTexts.of(tcb);
        final int ringFrom = lent == null ? tcb.rcvRead() : lent.endOfRun(tcb.rcvRead());
        require(after - ringFrom <= tcb.rcvCapacity(), "kept bytes beyond the ring");
    }
}
