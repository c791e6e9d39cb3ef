package io.millrace.fastpath.tcp;

import io.millrace.fastpath.control.ListenerPolicy;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.wire.TcpHeader;

/** A segment for a listener: RFC 9293 §3.10.7.2. Thread: the engine's. */
final class ListenState {
    private final TcpContext context;
    private final Lifecycle lifecycle;
    private final TcpOutput output;
    private final ClosedState closed;
    private final FastOpenServer fastOpen;
    private final CookieHandshake cookies;

    ListenState(final TcpContext context, final Lifecycle lifecycle, final TcpOutput output,
            final ClosedState closed, final FastOpenServer fastOpen, final CookieHandshake cookies) {
        this.context = context;
        this.lifecycle = lifecycle;
        this.output = output;
        this.closed = closed;
        this.fastOpen = fastOpen;
        this.cookies = cookies;
    }

    void onSegment(final ListenerPolicy listener, final Segment segment) {
        if (!isAdmitted(listener, segment)) {
            return;
        }
        if (segment.has(TcpHeader.RST)) {
            // first: a RST is ignored, it cannot be for anything sent by this incarnation
            context.count(Counter.TCP_RESETS_IGNORED);
        } else if (segment.has(TcpHeader.ACK)) {
            // second: any acknowledgement is bad here, but for that of a SYN cookie
            if (!cookies.onAck(listener, segment)) {
                context.count(Counter.TCP_NO_CONNECTION);
                closed.reset(segment);
            }
        } else if (segment.has(TcpHeader.SYN) && !segment.has(TcpHeader.FIN)) {
            onSyn(listener, segment, ConnectionTable.NONE);
        } else {
            // fourth: should not get here; SYN with FIN asks for nothing sensible
            context.count(Counter.TCP_BAD_FLAGS);
        }
    }

    /** A SYN that may take the place of a connection in TIME_WAIT (RFC 6191). */
    void onReopeningSyn(final ListenerPolicy listener, final Segment segment, final int record) {
        if (isAdmitted(listener, segment)) {
            onSyn(listener, segment, record);
        }
    }

    /** Who is refused learns nothing: no RST either, as from a port that a packet filter drops. */
    private boolean isAdmitted(final ListenerPolicy listener, final Segment segment) {
        if (listener.admits(segment.remoteHi, segment.remoteLo)) {
            return true;
        }
        context.count(Counter.LISTEN_SOURCE_REFUSED);
        return false;
    }

    /**
     * Third: SYN. Without Fast Open its text is not acknowledged and will be sent again.
     *
     * @param timeWait the TIME_WAIT record in its place, or {@link ConnectionTable#NONE}.
     */
    private void onSyn(final ListenerPolicy listener, final Segment segment, final int timeWait) {
        // a cookie's number cannot be chosen to lie above those of an earlier connection
        final boolean possible = cookies.isPossible(segment, listener.settings()) && timeWait == ConnectionTable.NONE;
        switch (listener.onSyn(possible, context.nowNs)) {
            case QUEUED -> open(listener, segment, timeWait);
            case COOKIE -> cookies.answer(segment, listener.settings());
            case DROPPED -> context.count(Counter.LISTEN_SYN_QUEUE_FULL);
        }
    }

    private void open(final ListenerPolicy listener, final Segment segment, final int timeWait) {
        if (timeWait != ConnectionTable.NONE && context.connections.isFull()) {
            // the old connection's last word is worth more than a SYN that will be sent again
            context.count(Counter.TCP_TABLE_FULL);
            listener.releaseSyn();
            return;
        }
        int above = 0;
        if (timeWait != ConnectionTable.NONE) {
            above = context.connections.timeWait().sndNxt(timeWait);
            context.connections.removeTimeWait(timeWait);
            context.count(Counter.TIME_WAIT_REOPENED);
        }
        final Tcb tcb = lifecycle.open(segment.localHi, segment.localLo, segment.remoteHi, segment.remoteLo,
                segment.ports, listener.settings());
        if (tcb == null) {
            listener.releaseSyn();
            return;
        }
        if (timeWait != ConnectionTable.NONE) {
            lifecycle.beginAbove(tcb, above);
        }
        context.connections.attachment(tcb, listener);
        tcb.listener(listener.id());
        tcb.set(Tcb.PASSIVE);
        lifecycle.onPeerSyn(tcb, segment);
        tcb.state(TcpState.SYN_RECEIVED.ordinal());
        context.count(Counter.TCP_PASSIVE_OPENS);
        if (fastOpen.onSyn(listener, tcb, segment)) {
            output.sendSyn(tcb);
        }
    }
}
