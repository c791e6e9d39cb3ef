package io.millrace.fastpath.tcp;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.wire.Seq;
import io.millrace.fastpath.wire.TcpHeader;

/**
 * Urgent pointer, text and FIN: RFC 9293 §3.10.7.4, sixth to eighth step, with RFC 3168 §6.1.3 for text that was marked
 * on the way. Thread: the engine's.
 */
final class TextStep {
    private final TcpContext context;
    private final TcpLists lists;
    private final Lifecycle lifecycle;
    private final ReceiveQueue receiveQueue;
    private final TcpOutput output;
    private final Acknowledgement acknowledgement;
    private int duplicateLeft;
    private int duplicateRight;

    TextStep(final TcpContext context, final Lifecycle lifecycle, final ReceiveQueue receiveQueue,
            final TcpOutput output, final Acknowledgement acknowledgement) {
        this.context = context;
        this.lists = context.lists;
        this.lifecycle = lifecycle;
        this.receiveQueue = receiveQueue;
        this.output = output;
        this.acknowledgement = acknowledgement;
    }

    /** RFC 6093: urgent bytes stay in line; the pointer is only remembered. */
    private void onUrgent(final Tcb tcb, final Segment segment) {
        context.count(Counter.TCP_URGENT);
        final int urgent = segment.sequence + segment.urgentPointer;
        if (!tcb.has(Tcb.URGENT_MODE) || Seq.gt(urgent, tcb.urgent())) {
            tcb.urgent(urgent);
            tcb.set(Tcb.URGENT_MODE);
        }
    }

    /** Sixth and seventh step, then the eighth for a FIN that is reached. */
    void onSegment(final Tcb tcb, final Segment segment) {
        if (segment.has(TcpHeader.URG)) {
            onUrgent(tcb, segment);
        }
        if (segment.length() == 0) {
            return;
        }
        if (tcb.has(Tcb.FIN_RECEIVED)) {
            // CLOSE_WAIT and later: nothing can follow a FIN. A FIN sent again lies before the window, and had its ACK
            return;
        }
        final int before = tcb.rcvNxt();
        if (!trim(tcb, segment)) {
            acknowledgeNothingNew(tcb);
            return;
        }
        if (segment.textLength > 0 && tcb.has(Tcb.ORPHAN)) {
            // RFC 9293 §3.10.4 and RFC 1122 §4.2.2.13: new text for an application that has gone
            context.count(Counter.TCP_DATA_AFTER_CLOSE);
            lifecycle.abort(tcb, TcpFailure.ABORTED);
            return;
        }
        if (tcb.has(Tcb.ECN) && segment.textLength > 0) {
            onMark(tcb, segment);
        }
        takeText(tcb, segment);
        takeFin(tcb, segment);
        if (tcb.rcvNxt() != before) {
            progressed(tcb);
        }
        if (tcb.has(Tcb.FIN_AHEAD) && tcb.rcvNxt() == tcb.finSeq()) {
            // its acknowledgement says enough; and the connection may be over with it
            onFin(tcb);
        } else if (duplicateLeft != duplicateRight) {
            acknowledgement.onDuplicate(tcb, duplicateLeft, duplicateRight);
        }
    }

    /** The same for text that is next, whole and within the window, with nothing ahead of it, and no FIN. */
    void onNext(final Tcb tcb, final long text, final int length) {
        learnMss(tcb, length);
        if (takeInOrder(tcb, text, length)) {
            lists.ready(tcb, ConnectionHandler.READABLE);
            acknowledgement.onProgress(tcb);
        }
    }

    /** Nothing of the segment is new and within the window. */
    private void acknowledgeNothingNew(final Tcb tcb) {
        if (duplicateLeft != duplicateRight) {
            acknowledgement.onDuplicate(tcb, duplicateLeft, duplicateRight);
        } else {
            output.sendAck(tcb);
        }
    }

    /** RFC 3168 §6.1.3: CWR ends the echo, a mark begins it (anew). Either is acknowledged at once, as Linux does. */
    private void onMark(final Tcb tcb, final Segment segment) {
        if (segment.has(TcpHeader.CWR)) {
            tcb.clear(Tcb.ECE_OWED);
            tcb.set(Tcb.ACK_NOW);
            lists.output(tcb);
        }
        if (segment.congestionExperienced()) {
            context.count(Counter.TCP_CONGESTION_EXPERIENCED);
            if (!tcb.has(Tcb.ECE_OWED)) {
                tcb.set(Tcb.ECE_OWED | Tcb.ACK_NOW);
                lists.output(tcb);
            }
        }
    }

    /** Leaves what is new and within the window; false where nothing is. */
    private boolean trim(final Tcb tcb, final Segment segment) {
        final int old = Math.min(tcb.rcvNxt() - segment.sequence, segment.textLength);
        duplicateLeft = segment.sequence;
        duplicateRight = segment.sequence;
        if (old > 0) {
            context.count(Counter.TCP_OVERLAP);
            duplicateRight = segment.sequence + old;
            segment.trimFront(old);
        }
        final int room = tcb.rcvWndRight() - segment.sequence;
        if (segment.length() > room) {
            context.count(Counter.TCP_BEYOND_WINDOW);
            segment.trimBack(Math.max(0, Math.min(room, segment.textLength)));
        }
        return segment.length() > 0;
    }

    private void takeText(final Tcb tcb, final Segment segment) {
        final int length = segment.textLength;
        if (length == 0) {
            return;
        }
        learnMss(tcb, length);
        if (segment.has(TcpHeader.FIN) && segment.sequence == tcb.rcvNxt()) {
            // nothing can follow a FIN that is next: what lies ahead is within this text, or contradicts it
            receiveQueue.freeOutOfOrder(tcb);
        }
        if (segment.sequence != tcb.rcvNxt()) {
            takeAhead(tcb, segment);
        } else {
            takeNext(tcb, segment);
        }
    }

    private void takeNext(final Tcb tcb, final Segment segment) {
        final boolean gap = tcb.outOfOrder() != 0;
        if (!takeInOrder(tcb, segment.text, segment.textLength)) {
            segment.flags &= ~TcpHeader.FIN;
            return;
        }
        if (gap) {
            // all or part of a gap was filled: RFC 5681 §4.2 wants an acknowledgement at once
            tcb.set(Tcb.ACK_NOW);
            noteOverlap();
        }
    }

    private boolean takeInOrder(final Tcb tcb, final long text, final int length) {
        if (!receiveQueue.inOrder(tcb, text, length)) {
            return false;
        }
        context.counters.add(Counter.TCP_BYTES_RECEIVED, length);
        tcb.lastTextStamp(LifeTimer.stamp(context.nowNs));
        return true;
    }

    /** Of the bytes that came again those that came first stay; the first run of them is reported (RFC 2883 §4). */
    private void noteOverlap() {
        if (!receiveQueue.overlapped()) {
            return;
        }
        context.count(Counter.TCP_OUT_OF_ORDER_OVERLAP);
        if (duplicateLeft == duplicateRight) {
            duplicateLeft = receiveQueue.overlapLeft();
            duplicateRight = receiveQueue.overlapRight();
        }
    }

    private void takeAhead(final Tcb tcb, final Segment segment) {
        context.count(Counter.TCP_OUT_OF_ORDER);
        final int ranges = context.connections.settings(tcb).outOfOrderRanges();
        receiveQueue.forgetOverlap();
        if (!tcb.has(Tcb.INPUT_SHUT)
                && !receiveQueue.outOfOrder(tcb, segment.sequence, segment.text, segment.textLength, ranges)) {
            segment.flags &= ~TcpHeader.FIN;
        }
        noteOverlap();
        if (duplicateLeft == duplicateRight) {
            // RFC 5681 §4.2: an immediate duplicate acknowledgement for each
            output.sendAck(tcb);
        }
    }

    /** A FIN counts when every byte before it is there; one that is ahead is remembered. */
    private void takeFin(final Tcb tcb, final Segment segment) {
        if (segment.has(TcpHeader.FIN)) {
            tcb.finSeq(segment.sequence + segment.textLength);
            tcb.set(Tcb.FIN_AHEAD);
            if (segment.textLength == 0 && tcb.finSeq() != tcb.rcvNxt()) {
                output.sendAck(tcb);
            }
        }
    }

    /** RCV.NXT moved: tells the application, decides about the acknowledgement. */
    private void progressed(final Tcb tcb) {
        if (tcb.has(Tcb.INPUT_SHUT)) {
            receiveQueue.discard(tcb);
        } else {
            lists.ready(tcb, ConnectionHandler.READABLE);
        }
        if (tcb.has(Tcb.URGENT_MODE) && Seq.ge(tcb.rcvNxt(), tcb.urgent())) {
            tcb.clear(Tcb.URGENT_MODE);
        }
        acknowledgement.onProgress(tcb);
    }

    private static void learnMss(final Tcb tcb, final int length) {
        if (length > tcb.receiveMss()) {
            tcb.receiveMss(Math.min(length, tcb.announcedMss()));
        }
    }

    private void onFin(final Tcb tcb) {
        tcb.clear(Tcb.FIN_AHEAD);
        tcb.set(Tcb.FIN_RECEIVED | Tcb.ACK_NOW);
        tcb.rcvNxt(tcb.rcvNxt() + 1);
        lists.output(tcb);
        if (!tcb.has(Tcb.ORPHAN)) {
            lists.ready(tcb, ConnectionHandler.PEER_CLOSED | ConnectionHandler.READABLE);
        }
        switch (TcpState.of(tcb.state())) {
            case ESTABLISHED -> tcb.state(TcpState.CLOSE_WAIT.ordinal());
            case FIN_WAIT_1 -> tcb.state(TcpState.CLOSING.ordinal());
            case FIN_WAIT_2 -> lifecycle.timeWait(tcb);
            default -> throw new IllegalStateException("FIN in state " + TcpState.of(tcb.state()));
        }
    }
}
