package io.millrace.fastpath.tcp;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.tcp.recovery.LossRecovery;
import io.millrace.fastpath.tcp.recovery.RecoveryTimer;
import io.millrace.fastpath.timer.TimerWheel;

/**
 * Arms the one timer for what is outstanding (RFC 6298 §5, RFC 8985 §6.2 and §7.2). Zero-window probing has it while
 * nothing is. Thread: the engine's.
 */
final class RetransmissionTimer {
    private final TcpContext context;
    private final LossRecovery recovery;
    private final RecoveryTimer decision;

    RetransmissionTimer(final TcpContext context, final LossRecovery recovery) {
        this.context = context;
        this.recovery = recovery;
        this.decision = recovery.timer();
    }

    /** Arms it for what comes first, or cancels it where nothing is outstanding. */
    void arm(final Tcb tcb) {
        if (Persist.isProbing(tcb)) {
            return;
        }
        final TcpSettings settings = context.connections.settings(tcb);
        final long dueNs = decision.decide(tcb, settings, context.nowNs);
        if (dueNs == Long.MAX_VALUE) {
            stop(tcb);
        } else {
            context.timers.schedule(tcb.timer(Tcb.TIMER_RETRANSMIT), node(tcb),
                    Math.max(context.nowNs, Math.min(dueNs, userTimeoutAtNs(tcb, settings))));
        }
    }

    /** Nothing is outstanding any more. */
    void stop(final Tcb tcb) {
        context.timers.parkAt(node(tcb));
    }

    private static long node(final Tcb tcb) {
        return tcb.firstTimer() + Tcb.TIMER_RETRANSMIT * TimerWheel.NODE_LENGTH;
    }

    /** Arms it for the SYN, or SYN-ACK, that was just sent. */
    void armForSyn(final Tcb tcb) {
        final long dueNs = Math.min(context.nowNs + tcb.rtoNs(),
                userTimeoutAtNs(tcb, context.connections.settings(tcb)));
        context.timers.schedule(tcb.timer(Tcb.TIMER_RETRANSMIT), Math.max(context.nowNs, dueNs));
    }

    /** When the connection is given up by its user timeout; {@link Long#MAX_VALUE} without one. */
    long userTimeoutAtNs(final Tcb tcb, final TcpSettings settings) {
        return settings.userTimeoutNs() == 0
                ? Long.MAX_VALUE
                : recovery.unansweredSinceNs(tcb) + settings.userTimeoutNs();
    }

    /** What it was armed for. */
    RecoveryTimer.Role role(final Tcb tcb) {
        return decision.role(tcb);
    }

    /** When the RTO is over. */
    long rtoAtNs(final Tcb tcb) {
        return decision.rtoAtNs(tcb);
    }
}
