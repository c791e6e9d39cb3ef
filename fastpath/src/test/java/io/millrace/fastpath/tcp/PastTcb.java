package io.millrace.fastpath.tcp;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.wire.Seq;

/** What a TCB said after the turn before, and the largest window that it was ever offered. */
final class PastTcb {
    int sndUna;
    int sndMax;
    int rcvNxt;
    int rcvWndRight;
    int rcvRead;
    /** Right edge of the largest window that the peer ever offered. */
    int offeredEdge;
    boolean isSynchronized;
    /** The engine's clock then. */
    long nowNs;
    /** Deadlines of the timers that were past then. */
    final long[] overdueNs = new long[Tcb.TIMER_COUNT];
    private int ports;
    private int iss;
    private long remoteLo;

    boolean isOf(final Tcb tcb) {
        return ports == tcb.ports() && iss == tcb.iss() && remoteLo == tcb.remoteLo();
    }

    void begin(final Tcb tcb) {
        ports = tcb.ports();
        iss = tcb.iss();
        remoteLo = tcb.remoteLo();
        isSynchronized = false;
    }

    void remember(final Tcb tcb, final long now) {
        nowNs = now;
        final int edge = TcbView.offeredEdge(tcb);
        offeredEdge = isSynchronized && Seq.lt(edge, offeredEdge) ? offeredEdge : edge;
        sndUna = tcb.sndUna();
        sndMax = tcb.sndMax();
        rcvNxt = tcb.rcvNxt();
        rcvWndRight = tcb.rcvWndRight();
        rcvRead = tcb.rcvRead();
        isSynchronized = TcbView.isSynchronized(tcb) || tcb.state() == TcpState.CLOSED.ordinal();
    }
}
