package io.millrace.fastpath.tcp;

import static io.millrace.fastpath.tcp.TcpInvariants.require;

import io.millrace.fastpath.flow.Tcb;

/** Timers run exactly while there is something to wait for, and never for ever. */
final class TimerInvariants {
    /** A timer of the wheel fires up to a tick late. */
    private static final long TICK_NS = 1 << 17;
    /** At the slowest rate that a simulation paces with; where a window in an RTO is less, that comes on top. */
    private static final long LONGEST_PAUSE_NS = 1_000_000_000L;

    private final TcpContext context;

    TimerInvariants(final TcpContext context) {
        this.context = context;
    }

    /** How many timers of the connection are armed. */
    int armed(final Tcb tcb) {
        int armed = 0;
        for (int timer = 0; timer < Tcb.TIMER_COUNT; timer++) {
            armed += isArmed(tcb, timer) ? 1 : 0;
        }
        return armed;
    }

    void check(final Tcb tcb, final PastTcb before) {
        for (int timer = 0; timer < Tcb.TIMER_COUNT; timer++) {
            checkFires(tcb, timer, before);
        }
        if (tcb.has(Tcb.SHELL)) {
            require(armed(tcb) == 0, "a connection that is over has a timer");
            return;
        }
        checkRetransmission(tcb);
        checkAcknowledgement(tcb);
        checkLife(tcb);
        // it is not stopped where an acknowledgement sent what waited before: it fires once, in vain
        require(!isArmed(tcb, Tcb.TIMER_OUTPUT) || leftNs(tcb, Tcb.TIMER_OUTPUT) < LONGEST_PAUSE_NS + 2 * tcb.rtoNs(),
                "output pauses for too long");
    }

    /** What is armed with a deadline that is past already fires in the next turn, and everything else in time. */
    private void checkFires(final Tcb tcb, final int timer, final PastTcb before) {
        final boolean overdue = isArmed(tcb, timer) && leftNs(tcb, timer) < -TICK_NS;
        final long deadlineNs = context.timers.deadline(tcb.timer(timer));
        require(!overdue || context.nowNs == before.nowNs || before.overdueNs[timer] != deadlineNs,
                "timer " + timer + " is overdue");
        before.overdueNs[timer] = overdue ? deadlineNs : Long.MAX_VALUE;
    }

    private void checkRetransmission(final Tcb tcb) {
        final boolean armed = isArmed(tcb, Tcb.TIMER_RETRANSMIT);
        require(armed || !TcbView.isProbing(tcb), "probes without a timer");
        // of what is beyond SND.NXT, the byte of a window probe, nothing is told until it is sent anew or probed again
        if (TcbView.isOpening(tcb) || TcbView.isInFlight(tcb)) {
            require(armed || TcbView.mayFastOpen(tcb, context) && tcb.has(Tcb.IN_OUTPUT_LIST),
                    "the retransmission timer does not run though something is outstanding");
        } else if (armed) {
            require(TcbView.isProbing(tcb), "the retransmission timer runs though nothing is outstanding");
            require(TcbView.hasUnsent(tcb), "probes though nothing waits to be sent");
        } else {
            require(!TcbView.hasUnsent(tcb) || !TcbView.maySend(tcb) || tcb.has(Tcb.IN_OUTPUT_LIST)
                    || isArmed(tcb, Tcb.TIMER_OUTPUT) || TcbView.isCorked(tcb),
                    "what waits to be sent waits for nothing");
        }
        final long mostNs = context.connections.settings(tcb).rtoMaxNs();
        require(!armed || leftNs(tcb, Tcb.TIMER_RETRANSMIT) <= mostNs + TICK_NS, "a retransmission far ahead");
    }

    private void checkAcknowledgement(final Tcb tcb) {
        final boolean armed = isArmed(tcb, Tcb.TIMER_ACK);
        if (!TcbView.isSynchronized(tcb)) {
            require(!armed, "an acknowledgement is delayed before the handshake is over");
            return;
        }
        require(!tcb.has(Tcb.ACK_NOW) || tcb.has(Tcb.IN_OUTPUT_LIST), "an acknowledgement is owed and not listed");
        if (TcbView.owesAck(tcb)) {
            require(armed || tcb.has(Tcb.ACK_NOW | Tcb.IN_OUTPUT_LIST), "an acknowledgement is owed and forgotten");
        } else {
            require(!armed, "an acknowledgement is delayed though none is owed");
        }
        final long mostNs = context.connections.settings(tcb).delayedAckNs();
        require(!armed || leftNs(tcb, Tcb.TIMER_ACK) <= mostNs, "an acknowledgement is delayed too long");
    }

    private void checkLife(final Tcb tcb) {
        final boolean armed = isArmed(tcb, Tcb.TIMER_LIFE);
        final boolean waitsForFin = tcb.has(Tcb.ORPHAN) && tcb.state() == TcpState.FIN_WAIT_2.ordinal();
        if (waitsForFin || tcb.has(Tcb.KEEP_ALIVE) && TcbView.isSynchronized(tcb)) {
            require(armed, "nothing ends a connection whose peer is silent");
        } else {
            require(!armed || tcb.has(Tcb.KEEP_ALIVE), "keepalive runs though it is off");
        }
    }

    private boolean isArmed(final Tcb tcb, final int timer) {
        return context.timers.isArmed(tcb.timer(timer));
    }

    private long leftNs(final Tcb tcb, final int timer) {
        return context.timers.deadline(tcb.timer(timer)) - context.nowNs;
    }
}
