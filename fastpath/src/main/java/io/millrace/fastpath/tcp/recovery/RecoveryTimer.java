package io.millrace.fastpath.tcp.recovery;

import io.millrace.fastpath.flow.Tcb;

/**
 * The one timer of what is outstanding: the RTO (RFC 6298), a tail loss probe (RFC 8985 §7.2) or the reordering window
 * (RFC 8985 §6.2 step 5), whichever comes first. Thread: the engine's.
 */
public final class RecoveryTimer {
    /** What the timer was armed for. */
    public enum Role {
        RTO,
        PROBE,
        REORDERING
    }

    private static final Role[] ROLES = Role.values();

    private final Scoreboard board;
    private final TailLossProbe probe;

    RecoveryTimer(final Scoreboard board, final TailLossProbe probe) {
        this.board = board;
        this.probe = probe;
    }

    /** Decides what the timer is for; when it is due, or {@link Long#MAX_VALUE} where nothing is outstanding. */
    public long decide(final Tcb tcb, final RecoverySettings settings, final long nowNs) {
        if (LoneSegment.isUnwritten(tcb)) {
            return decideOfLone(tcb, settings, nowNs);
        }
        board.wrap(tcb);
        if (board.count() == 0) {
            return Long.MAX_VALUE;
        }
        final long rtoAtNs = board.rtoBaseNs() + tcb.rtoNs();
        final long reorderingAtNs = board.reorderingAtNs();
        if (reorderingAtNs < rtoAtNs) {
            board.timer(FlightState.TIMER_REORDERING);
            return reorderingAtNs;
        }
        if (probe.isWanted(tcb, settings)) {
            final long probeAtNs = nowNs + probe.timeoutNs(tcb);
            board.timer(FlightState.TIMER_PROBE);
            return Math.min(probeAtNs, rtoAtNs);
        }
        board.timer(FlightState.TIMER_RTO);
        return rtoAtNs;
    }

    private long decideOfLone(final Tcb tcb, final RecoverySettings settings, final long nowNs) {
        if (!LoneSegment.has(tcb, LoneSegment.SENT)) {
            return Long.MAX_VALUE;
        }
        final long rtoAtNs = tcb.lastSendNs() + tcb.rtoNs();
        final boolean wanted = probe.isWantedOfLone(tcb, settings);
        LoneSegment.timer(tcb, wanted);
        return wanted ? Math.min(nowNs + probe.timeoutNs(tcb), rtoAtNs) : rtoAtNs;
    }

    /** What the timer was last armed for. */
    public Role role(final Tcb tcb) {
        return ROLES[board.wrap(tcb).timer()];
    }

    /** When the RTO is over, however the timer is armed. */
    public long rtoAtNs(final Tcb tcb) {
        return board.wrap(tcb).count() == 0 ? Long.MAX_VALUE : board.rtoBaseNs() + tcb.rtoNs();
    }
}
