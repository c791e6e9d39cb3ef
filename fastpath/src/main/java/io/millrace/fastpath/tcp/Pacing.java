package io.millrace.fastpath.tcp;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.tcp.recovery.Retransmissions;

/**
 * Segments leave evenly where the congestion control needs it or the settings ask for it: so many bytes at once as the
 * rate makes in a millisecond, at least two segments, then a pause. Thread: the engine's.
 */
final class Pacing {
    /** 2^10 of these quanta make a second. */
    private static final int QUANTUM_SHIFT = 10;

    private final TcpContext context;
    private final Retransmissions retransmissions;

    Pacing(final TcpContext context, final Retransmissions retransmissions) {
        this.context = context;
        this.retransmissions = retransmissions;
    }

    /** False where nothing limits how fast segments leave. */
    boolean isOn(final Tcb tcb) {
        final TcpSettings settings = context.connections.settings(tcb);
        return settings.pacing() || settings.maxPacingRate() != 0 || context.congestion(tcb).needsPacing();
    }

    /** Bytes a second that may leave; 0: no limit. */
    long rate(final Tcb tcb) {
        if (!isOn(tcb)) {
            return 0;
        }
        final TcpSettings settings = context.connections.settings(tcb);
        final boolean paced = settings.pacing() || context.congestion(tcb).needsPacing();
        final long rate = paced ? atLeastASegment(tcb, context.congestion(tcb).pacingRate(tcb)) : 0;
        final long most = settings.maxPacingRate();
        return most == 0 ? rate : rate == 0 ? most : Math.min(rate, most);
    }

    /** The smallest window is a segment a round trip: no estimate of the rate, however wrong, makes it less. */
    private static long atLeastASegment(final Tcb tcb, final long rate) {
        return rate == 0 ? 0 : Math.max(rate, tcb.sndMss() * 1_000_000_000L / Math.max(1, tcb.srttNs()));
    }

    /** Bytes that leave at once at the most. */
    int quantum(final Tcb tcb) {
        final long rate = rate(tcb);
        return rate == 0
                ? Integer.MAX_VALUE
                : (int) Math.min(Integer.MAX_VALUE,
                        Math.max(2L * tcb.sndMss(), rate >>> QUANTUM_SHIFT));
    }

    /** False where the next segment has to wait; then the timer is armed. */
    boolean mayTransmit(final Tcb tcb) {
        final long nextNs = retransmissions.nextSendNs(tcb);
        if (nextNs <= context.nowNs) {
            return true;
        }
        context.timers.schedule(tcb.timer(Tcb.TIMER_OUTPUT), nextNs);
        return false;
    }

    /** So many bytes left. */
    void onSent(final Tcb tcb, final int bytes) {
        final long rate = rate(tcb);
        if (rate != 0) {
            retransmissions.onPaced(tcb, bytes, rate, context.nowNs);
        }
    }
}
