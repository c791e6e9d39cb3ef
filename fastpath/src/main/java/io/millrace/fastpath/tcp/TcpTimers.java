package io.millrace.fastpath.tcp;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.tcp.recovery.LossRecovery;
import io.millrace.fastpath.tcp.recovery.RoundTripTime;
import io.millrace.fastpath.timer.TimerHandler;

/** What happens when a connection's timer expires: RFC 9293 §3.10.8. Thread: the engine's. */
final class TcpTimers implements TimerHandler {
    /** As Linux, net.ipv4.tcp_orphan_retries: nobody waits for the rest. */
    private static final int ORPHAN_RETRIES = 8;
    private static final int MAX_RETRANSMITS = 127;

    private final TcpContext context;
    private final Lifecycle lifecycle;
    private final LossRecovery recovery;
    private final TcpOutput output;
    private final SegmentWriter writer;
    private final Persist persist;
    private final RetransmissionTimer timer;
    private final PathMtu pathMtu;

    TcpTimers(final TcpContext context, final Lifecycle lifecycle, final LossRecovery recovery,
            final TcpOutput output, final SegmentWriter writer, final Persist persist,
            final RetransmissionTimer timer, final PathMtu pathMtu) {
        this.context = context;
        this.lifecycle = lifecycle;
        this.recovery = recovery;
        this.output = output;
        this.writer = writer;
        this.persist = persist;
        this.timer = timer;
        this.pathMtu = pathMtu;
    }

    @Override
    public void onTimer(final int node, final long nowNs) {
        final int index = node / Tcb.TIMER_COUNT;
        final int which = node % Tcb.TIMER_COUNT;
        try {
            expire(context.connections.wrap(index), which);
        } catch (final RuntimeException e) {
            tryAgain(index, which);
            throw e;
        }
    }

    /**
     * What threw, the port or congestion control, may do so again: an RTO later. A connection that waits for something has a
     * timer whatever happens. Not for an Error: where memory is lost nothing may be touched any more.
     */
    void tryAgain(final int index, final int which) {
        final Tcb tcb = context.connections.wrap(index);
        if (tcb.generation() == 0 || tcb.has(Tcb.SHELL)) {
            return;
        }
        startWhereStopped(tcb, which);
        if (tcb.sndMax() != tcb.sndUna()) {
            // a part of what was to be sent may have left
            startWhereStopped(tcb, Tcb.TIMER_RETRANSMIT);
        }
    }

    private void startWhereStopped(final Tcb tcb, final int which) {
        if (!context.timers.isArmed(tcb.timer(which))) {
            context.timers.schedule(tcb.timer(which), context.nowNs + tcb.rtoNs());
        }
    }

    private void expire(final Tcb tcb, final int which) {
        switch (which) {
            case Tcb.TIMER_RETRANSMIT -> onRetransmit(tcb);
            case Tcb.TIMER_ACK -> onDelayedAck(tcb);
            case Tcb.TIMER_LIFE -> onLife(tcb);
            case Tcb.TIMER_OUTPUT -> onOutput(tcb);
            default -> throw new IllegalStateException("timer " + which);
        }
    }

    private void onDelayedAck(final Tcb tcb) {
        context.count(Counter.TCP_DELAYED_ACKS);
        output.sendAck(tcb);
    }

    private void onRetransmit(final Tcb tcb) {
        switch (TcpState.of(tcb.state())) {
            case SYN_SENT -> onSyn(tcb, context.connections.settings(tcb).synRetries());
            case SYN_RECEIVED -> onSyn(tcb, context.connections.settings(tcb).synAckRetries());
            default -> {
                if (Persist.isProbing(tcb)) {
                    onPersist(tcb);
                } else {
                    onOutstanding(tcb);
                }
            }
        }
    }

    /** The user timeout bounds a handshake too, beside the number of retries (RFC 9293 §3.10.8: in any state). */
    private void onSyn(final Tcb tcb, final int limit) {
        if (tcb.retransmits() >= limit || isUserTimeOver(tcb)) {
            context.count(Counter.TCP_HANDSHAKE_TIMED_OUT);
            lifecycle.fail(tcb, reasonOf(tcb));
            return;
        }
        tcb.retransmits(tcb.retransmits() + 1);
        tcb.set(Tcb.SYN_RETRANSMITTED);
        RoundTripTime.backOff(tcb, context.connections.settings(tcb));
        context.count(Counter.TCP_SYN_RETRANSMITS);
        output.sendSyn(tcb);
    }

    /** What is outstanding: RTO, tail loss probe, or the end of the reordering window. */
    private void onOutstanding(final Tcb tcb) {
        if (isUserTimeOver(tcb)) {
            lifecycle.abort(tcb, reasonOf(tcb));
            return;
        }
        switch (timer.role(tcb)) {
            case RTO -> onTimeout(tcb);
            case PROBE -> onProbe(tcb);
            case REORDERING -> {
                if (recovery.onReorderingTimer(tcb, context.congestion(tcb), context.nowNs)) {
                    pathMtu.onVerdict(tcb);
                    context.lists.output(tcb);
                }
                timer.arm(tcb);
            }
        }
    }

    private void onProbe(final Tcb tcb) {
        if (timer.rtoAtNs(tcb) <= context.nowNs) {
            onTimeout(tcb);
        } else {
            output.probe(tcb);
        }
    }

    private boolean isUserTimeOver(final Tcb tcb) {
        return timer.userTimeoutAtNs(tcb, context.connections.settings(tcb)) <= context.nowNs;
    }

    /** RFC 6298 §5.4 to §5.7, and R2 of RFC 9293 §3.8.3. */
    private void onTimeout(final Tcb tcb) {
        if (timer.rtoAtNs(tcb) > context.nowNs) {
            timer.arm(tcb);
            return;
        }
        if (giveUp(tcb)) {
            return;
        }
        context.count(Counter.TCP_TIMEOUTS);
        final TcpSettings settings = context.connections.settings(tcb);
        recovery.onTimeout(tcb, context.congestion(tcb), settings, tcb.retransmits() == 1, context.nowNs);
        pathMtu.onTimeout(tcb);
        RoundTripTime.backOff(tcb, settings);
        context.lists.output(tcb);
        timer.arm(tcb);
    }

    /** Window probe, or the override timer of RFC 9293 §3.8.6.2.1 where the window is small but open. */
    private void onPersist(final Tcb tcb) {
        if (tcb.sndWnd() > 0) {
            persist.clear(tcb);
            tcb.set(Tcb.OVERRIDE);
            context.lists.output(tcb);
        } else if (isUserTimeOver(tcb)) {
            lifecycle.abort(tcb, reasonOf(tcb));
        } else if (!giveUp(tcb)) {
            persist.probe(tcb);
        }
    }

    /** Counts one more try; resets the connection where it was one too many. */
    private boolean giveUp(final Tcb tcb) {
        final TcpSettings settings = context.connections.settings(tcb);
        // Linux's rule: the user timeout takes the place of the number of retransmissions
        final int most = tcb.has(Tcb.ORPHAN) ? Math.min(ORPHAN_RETRIES, settings.retries()) : settings.retries();
        if (tcb.retransmits() >= most && settings.userTimeoutNs() == 0) {
            lifecycle.abort(tcb, reasonOf(tcb));
            return true;
        }
        tcb.retransmits(Math.min(MAX_RETRANSMITS, tcb.retransmits() + 1));
        return false;
    }

    /** What ICMP said on the way is a better reason than silence (RFC 9293 §3.9.2.2). */
    private static TcpFailure reasonOf(final Tcb tcb) {
        final TcpFailure soft = TcpFailure.of(tcb.softFailure());
        return soft == TcpFailure.NONE ? TcpFailure.TIMED_OUT : soft;
    }

    /** Other connections may have given memory back, or the pause of pacing is over. */
    private void onOutput(final Tcb tcb) {
        context.lists.output(tcb);
        if (tcb.has(Tcb.WANTS_WRITABLE)) {
            tcb.clear(Tcb.WANTS_WRITABLE);
            context.lists.ready(tcb, ConnectionHandler.WRITABLE);
        }
    }

    private void onLife(final Tcb tcb) {
        if (tcb.has(Tcb.ORPHAN) && tcb.state() == TcpState.FIN_WAIT_2.ordinal()) {
            context.count(Counter.TCP_FIN_WAIT_2_TIMED_OUT);
            lifecycle.forget(tcb);
        } else if (context.lifeTimer.isIdleTooLong(tcb)) {
            context.count(Counter.TCP_IDLE_TIMED_OUT);
            lifecycle.abort(tcb, TcpFailure.IDLE);
        } else if (tcb.has(Tcb.KEEP_ALIVE)) {
            onKeepAlive(tcb);
        } else {
            context.lifeTimer.schedule(tcb, LifeTimer.NO_PROBE);
        }
    }

    /** RFC 9293 §3.8.4: probes after silence; a peer that answers none of them is gone. */
    private void onKeepAlive(final Tcb tcb) {
        final TcpSettings settings = context.connections.settings(tcb);
        final long silentNs = context.nowNs - tcb.lastReceiveNs();
        // Longer than that only where no probe was answered, however short the interval and late this timer.
        final long unansweredNs = settings.keepAliveIdleNs() + tcb.probes() * settings.keepAliveIntervalNs();
        if (silentNs < unansweredNs) {
            tcb.probes(0);
            context.lifeTimer.schedule(tcb, tcb.lastReceiveNs() + settings.keepAliveIdleNs());
        } else if (tcb.sndMax() != tcb.sndUna()) {
            // something is in flight: retransmission decides
            context.lifeTimer.schedule(tcb, context.nowNs + settings.keepAliveIdleNs());
        } else if (tcb.probes() >= settings.keepAliveProbes()) {
            context.count(Counter.TCP_KEEPALIVE_TIMED_OUT);
            lifecycle.abort(tcb, reasonOf(tcb));
        } else {
            tcb.probes(tcb.probes() + 1);
            context.count(Counter.TCP_KEEPALIVE_PROBES);
            writer.writeKeepAlive(tcb);
            context.lifeTimer.schedule(tcb, context.nowNs + settings.keepAliveIntervalNs());
        }
    }
}
