package io.millrace.fastpath.tcp;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.tcp.congestion.CongestionControls;
import io.millrace.fastpath.wire.Ipv4Header;

/** Other settings for an open connection, as {@link TcpCalls#settings(long, TcpSettings)} says. Thread: the engine's. */
final class SettingsChange {
    private final TcpContext context;

    SettingsChange(final TcpContext context) {
        this.context = context;
    }

    /** Gives the connection these settings. */
    void apply(final Tcb tcb, final TcpSettings wanted) {
        final TcpSettings before = context.connections.settings(tcb);
        if (tcb.has(Tcb.SHELL)) {
            context.connections.settings(tcb, wanted.onOpen(before, before.congestionControl()));
            return;
        }
        congestion(tcb, CongestionControls.number(wanted.congestionControl()));
        context.connections.settings(tcb, wanted.onOpen(before, CongestionControls.at(tcb.congestion()).name()));
        tcb.trafficClass(wanted.trafficClass() & ~Ipv4Header.ECN_MASK);
        noDelay(tcb, wanted.noDelay());
        keepAlive(tcb, before, wanted);
        receiveBuffer(tcb, before, wanted);
        sendBuffer(tcb, before, wanted);
    }

    /** A buffer that the application has set is not tuned, from the start. */
    static void lockBuffers(final Tcb tcb, final TcpSettings settings) {
        tcb.set((settings.receiveBufferLocked() ? Tcb.RECEIVE_BUFFER_LOCKED : 0)
                | (settings.sendBufferLocked() ? Tcb.SEND_BUFFER_LOCKED : 0));
    }

    /** As Linux: window and threshold stay, what else the old one knew is forgotten. */
    private void congestion(final Tcb tcb, final int wanted) {
        final int present = tcb.congestion();
        if (wanted == present) {
            return;
        }
        if (isHandshake(tcb)) {
            tcb.congestion(wanted);
            return;
        }
        final int cwnd = tcb.cwnd();
        final int ssthresh = tcb.ssthresh();
        context.congestion(tcb).onClosed(tcb, context.slab);
        if (!begin(tcb, wanted)) {
            // its own block is free again
            begin(tcb, present);
        }
        tcb.cwnd(cwnd);
        tcb.ssthresh(ssthresh);
    }

    private boolean begin(final Tcb tcb, final int congestion) {
        tcb.congestion(congestion);
        return context.congestion(tcb).onEstablished(tcb, context.initialWindow(tcb), context.slab, context.nowNs);
    }

    private static boolean isHandshake(final Tcb tcb) {
        return tcb.state() == TcpState.SYN_SENT.ordinal() || tcb.state() == TcpState.SYN_RECEIVED.ordinal();
    }

    private void noDelay(final Tcb tcb, final boolean on) {
        if (tcb.has(Tcb.NO_DELAY) != on) {
            tcb.flags(tcb.flags() ^ Tcb.NO_DELAY);
            context.lists.output(tcb);
        }
    }

    private void keepAlive(final Tcb tcb, final TcpSettings before, final TcpSettings wanted) {
        final boolean same = tcb.has(Tcb.KEEP_ALIVE) == wanted.keepAlive()
                && before.keepAliveIdleNs() == wanted.keepAliveIdleNs()
                && before.keepAliveIntervalNs() == wanted.keepAliveIntervalNs()
                && before.keepAliveProbes() == wanted.keepAliveProbes();
        if (same) {
            return;
        }
        if (!wanted.keepAlive()) {
            tcb.clear(Tcb.KEEP_ALIVE);
            context.timers.cancel(tcb.timer(Tcb.TIMER_LIFE));
            return;
        }
        tcb.set(Tcb.KEEP_ALIVE);
        if (!isHandshake(tcb)) {
            // what was silence already counts; probes sent so far are judged by the new times
            context.timers.schedule(tcb.timer(Tcb.TIMER_LIFE), tcb.lastReceiveNs() + wanted.keepAliveIdleNs());
        }
    }

    private static void receiveBuffer(final Tcb tcb, final TcpSettings before, final TcpSettings wanted) {
        if (wanted.receiveBufferLocked()) {
            tcb.set(Tcb.RECEIVE_BUFFER_LOCKED);
            Lifecycle.limitReceiveBuffer(tcb, wanted.receiveBuffer());
        } else if (!tcb.has(Tcb.RECEIVE_BUFFER_LOCKED) && wanted.receiveBuffer() != before.receiveBuffer()) {
            Lifecycle.limitReceiveBuffer(tcb, size(wanted, tcb.receiveBuffer(), wanted.receiveBuffer()));
        }
    }

    private static void sendBuffer(final Tcb tcb, final TcpSettings before, final TcpSettings wanted) {
        if (wanted.sendBufferLocked()) {
            tcb.set(Tcb.SEND_BUFFER_LOCKED);
            tcb.sendBuffer(wanted.sendBuffer());
        } else if (!tcb.has(Tcb.SEND_BUFFER_LOCKED) && wanted.sendBuffer() != before.sendBuffer()) {
            tcb.sendBuffer(size(wanted, tcb.sendBuffer(), wanted.sendBuffer()));
        }
    }

    private static int size(final TcpSettings wanted, final int present, final int largest) {
        return wanted.autotune() ? Math.min(present, largest) : largest;
    }
}
