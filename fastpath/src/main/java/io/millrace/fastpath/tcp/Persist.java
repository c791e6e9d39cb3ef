package io.millrace.fastpath.tcp;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.wire.TcpHeader;

/**
 * Zero-window probing (RFC 9293 §3.8.6.1), and the override timer of silly window avoidance (§3.8.6.2.1): both are
 * needed where something waits to be sent, nothing is in flight, and no acknowledgement will come by itself. They share
 * the retransmission timer, which has nothing else to do then. Thread: the engine's.
 */
final class Persist {
    private static final int MAX_BACKOFF = 16;
    /** RFC 9293 §3.8.6.2.1: the override timeout is 0.1 to 1.0 seconds. */
    private static final long MAX_OVERRIDE_NS = 1_000_000_000L;

    private final TcpContext context;
    private final SegmentWriter writer;

    Persist(final TcpContext context, final SegmentWriter writer) {
        this.context = context;
        this.writer = writer;
    }

    static boolean isProbing(final Tcb tcb) {
        return tcb.has(Tcb.PROBING);
    }

    /** Arms the timer where output is blocked with nothing in flight. */
    void armIfBlocked(final Tcb tcb) {
        final boolean waiting = tcb.sndNxt() != tcb.sndEnd() + (tcb.has(Tcb.FIN_QUEUED) ? 1 : 0);
        if (!waiting || tcb.sndNxt() != tcb.sndUna() || tcb.has(Tcb.IN_OUTPUT_LIST) || isProbing(tcb)
                || isHeldByCork(tcb)) {
            return;
        }
        tcb.set(Tcb.PROBING);
        // the user timeout counts from here
        tcb.lastSendNs(context.nowNs);
        tcb.persistBackoff(0);
        arm(tcb);
    }

    /** What waits would fit into the window: the application holds it back, not the peer. */
    private static boolean isHeldByCork(final Tcb tcb) {
        final int unsent = tcb.sndEnd() - tcb.sndNxt();
        return tcb.has(Tcb.CORK) && !tcb.has(Tcb.WANTS_WRITABLE) && unsent < tcb.sndMss() && unsent <= tcb.sndWnd();
    }

    /** Ends probing; true where it was on. */
    boolean clear(final Tcb tcb) {
        if (!isProbing(tcb)) {
            return false;
        }
        tcb.clear(Tcb.PROBING);
        tcb.persistBackoff(0);
        return true;
    }

    /** Sends one byte beyond the window, or the FIN; the interval doubles (RFC 9293 §3.8.6.1). */
    void probe(final Tcb tcb) {
        context.count(Counter.TCP_WINDOW_PROBES);
        final int sequence = tcb.sndNxt();
        final int text = Math.min(1, tcb.sndEnd() - sequence);
        final int flags = text == 0 ? TcpHeader.ACK | TcpHeader.FIN : TcpHeader.ACK | TcpHeader.PSH;
        if (writer.write(tcb, sequence, text, flags) && sequence == tcb.sndMax()) {
            // the probe may be accepted: what acknowledges it is not for data that was never sent
            tcb.sndMax(sequence + 1);
        }
        tcb.persistBackoff(Math.min(tcb.persistBackoff() + 1, MAX_BACKOFF));
        arm(tcb);
    }

    private void arm(final Tcb tcb) {
        final long most = tcb.sndWnd() > 0 ? MAX_OVERRIDE_NS : context.connections.settings(tcb).rtoMaxNs();
        final long interval = Math.min(tcb.rtoNs() << tcb.persistBackoff(), most);
        final long userTimeoutNs = context.connections.settings(tcb).userTimeoutNs();
        final long giveUpNs = userTimeoutNs == 0 ? Long.MAX_VALUE : tcb.lastSendNs() + userTimeoutNs;
        context.timers.schedule(tcb.timer(Tcb.TIMER_RETRANSMIT),
                Math.max(context.nowNs, Math.min(context.nowNs + interval, giveUpNs)));
    }
}
