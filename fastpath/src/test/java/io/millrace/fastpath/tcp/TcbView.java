package io.millrace.fastpath.tcp;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.OutOfOrderRanges;
import io.millrace.fastpath.tcp.congestion.CongestionMemory;
import io.millrace.fastpath.tcp.recovery.ScoreboardInvariants;

/** The few things that invariants ask of a TCB: what a change of its layout touches is here. Thread: the engine's. */
final class TcbView {
    private TcbView() {}

    /** In a state after SYN_RECEIVED, with both sequence numbers known. */
    static boolean isSynchronized(final Tcb tcb) {
        return switch (TcpState.of(tcb.state())) {
            case ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT, CLOSING, LAST_ACK -> true;
            default -> false;
        };
    }

    static boolean isOpening(final Tcb tcb) {
        return tcb.state() == TcpState.SYN_SENT.ordinal() || tcb.state() == TcpState.SYN_RECEIVED.ordinal();
    }

    /** Its SYN waits for the end of the turn, and may carry text (RFC 7413). */
    static boolean mayFastOpen(final Tcb tcb, final TcpContext context) {
        return tcb.state() == TcpState.SYN_SENT.ordinal() && context.connections.settings(tcb).fastOpen();
    }

    /** Text or a FIN may leave in this state. */
    static boolean maySend(final Tcb tcb) {
        return isSynchronized(tcb) && tcb.state() != TcpState.FIN_WAIT_2.ordinal();
    }

    /** A SYN, text or a FIN was sent and is not acknowledged; not the byte of a window probe, which lies beyond SND.NXT. */
    static boolean isInFlight(final Tcb tcb) {
        return tcb.sndNxt() != tcb.sndUna();
    }

    /** Sequence number behind everything that the application has given, its FIN included. */
    static int endOfOutput(final Tcb tcb) {
        return tcb.sndEnd() + (tcb.has(Tcb.FIN_QUEUED) ? 1 : 0);
    }

    /** Text or a FIN waits to be sent for the first time. */
    static boolean hasUnsent(final Tcb tcb) {
        return tcb.sndNxt() != endOfOutput(tcb);
    }

    /** Right edge of the window as the peer offers it now. */
    static int offeredEdge(final Tcb tcb) {
        return tcb.sndUna() + tcb.sndWnd();
    }

    /** The peer's window is closed, or too small to be used: a timer asks for it. */
    static boolean isProbing(final Tcb tcb) {
        return Persist.isProbing(tcb);
    }

    /** The application wants full segments only, and there is none, but it can still give more. */
    static boolean isCorked(final Tcb tcb) {
        return tcb.has(Tcb.CORK) && !tcb.has(Tcb.WANTS_WRITABLE) && tcb.sndEnd() - tcb.sndNxt() < tcb.sndMss();
    }

    /** An acknowledgement is owed. */
    static boolean owesAck(final Tcb tcb) {
        return tcb.rcvNxt() != tcb.lastAckSent();
    }

    /** Bytes of the slab that the connection holds: rings, ranges, scoreboard, and what congestion control took. */
    static long slabBytes(final Tcb tcb, final TcpContext context) {
        return (long) tcb.sndCapacity() + tcb.rcvCapacity()
                + (tcb.outOfOrder() == 0 ? 0 : OutOfOrderRanges.length(tcb.outOfOrder()))
                + new ScoreboardInvariants(context.slab).slabBytes(tcb)
                + CongestionMemory.slabBytes(tcb, context.slab);
    }

    static String describe(final Tcb tcb, final TcpContext context) {
        final StringBuilder timers = new StringBuilder();
        for (int timer = 0; timer < Tcb.TIMER_COUNT; timer++) {
            if (context.timers.isArmed(tcb.timer(timer))) {
                timers.append(", timer ").append(timer).append(" in ")
                        .append(context.timers.deadline(tcb.timer(timer)) - context.nowNs).append(" ns");
            }
        }
        return tcb + ", " + TcpState.of(tcb.state()) + ", max " + (tcb.sndMax() - tcb.iss()) + ", mss " + tcb.sndMss()
                + ", rto " + tcb.rtoNs() + timers;
    }
}
