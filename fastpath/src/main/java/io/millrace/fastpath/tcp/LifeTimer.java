package io.millrace.fastpath.tcp;

import io.millrace.fastpath.flow.Tcb;

/**
 * The timer of an open connection's life: its next keepalive probe, or its end where it is idle for too long, whichever
 * comes first. In FIN_WAIT_2 an orphan has it for something else. Thread: the engine's.
 */
final class LifeTimer {
    /** No probe is to be sent. */
    static final long NO_PROBE = Long.MAX_VALUE;
    private static final int STAMP_SHIFT = 20;

    private final TcpContext context;

    LifeTimer(final TcpContext context) {
        this.context = context;
    }

    /** A time as {@link Tcb#lastTextStamp} has it. */
    static int stamp(final long ns) {
        return (int) (ns >> STAMP_SHIFT);
    }

    /** Arms the timer for a keepalive probe at this time or the end of idleness; cancels it where there is neither. */
    void schedule(final Tcb tcb, final long probeAtNs) {
        final int timer = tcb.timer(Tcb.TIMER_LIFE);
        final long atNs = Math.min(probeAtNs, idleEndNs(tcb));
        if (atNs == Long.MAX_VALUE) {
            context.timers.cancel(timer);
        } else {
            context.timers.schedule(timer, atNs);
        }
    }

    /** True where nothing was sent or received for as long as the connection may be idle. */
    boolean isIdleTooLong(final Tcb tcb) {
        final long timeoutNs = context.connections.settings(tcb).idleTimeoutNs();
        return timeoutNs != 0 && !isWaitingForPeer(tcb) && idleNs(tcb) >= timeoutNs;
    }

    /** What is in flight is retransmission's business: it gives up by itself. A closed window does not. */
    private static boolean isWaitingForPeer(final Tcb tcb) {
        return tcb.sndNxt() != tcb.sndUna();
    }

    private long idleEndNs(final Tcb tcb) {
        final long timeoutNs = context.connections.settings(tcb).idleTimeoutNs();
        if (timeoutNs == 0 || tcb.state() == TcpState.SYN_SENT.ordinal()
                || tcb.state() == TcpState.SYN_RECEIVED.ordinal()) {
            return Long.MAX_VALUE;
        }
        // late enough that it is not too early by the unit of the stamp: who is idle no more is looked at only once
        return context.nowNs + timeoutNs + (2L << STAMP_SHIFT)
                - (isWaitingForPeer(tcb) ? 0 : Math.min(timeoutNs, idleNs(tcb)));
    }

    /** Since text was sent or received; up to a unit of the stamp too little. */
    private long idleNs(final Tcb tcb) {
        final long sinceTextNs = (stamp(context.nowNs) - tcb.lastTextStamp() - 1 & 0xFFFF_FFFFL) << STAMP_SHIFT;
        return stamp(context.nowNs) == tcb.lastTextStamp()
                ? 0
                : Math.min(sinceTextNs, context.nowNs - tcb.lastSendNs());
    }
}
