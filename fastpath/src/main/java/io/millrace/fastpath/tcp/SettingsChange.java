package io.millrace.fastpath.tcp;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.tcp.congestion.CongestionControls;
import io.millrace.fastpath.wire.Ipv4Header;
import org.jspecify.annotations.Nullable;

/**
 * Other settings for an open connection, as {@link TcpCalls#settings(long, TcpSettings)} says, and one at a time. Thread: the
 * engine's.
 */
final class SettingsChange {
    /** As Linux, TCP_MAX_QUICKACKS. */
    private static final int QUICK_ACKS = 16;

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
            flag(tcb, Tcb.NO_DELAY, on);
        }
    }

    /** Sets or clears a flag that decides about output; what it held back goes out. */
    void flag(final @Nullable Tcb tcb, final int flag, final boolean on) {
        if (tcb != null) {
            if (on) {
                tcb.set(flag);
            } else {
                tcb.clear(flag);
            }
            context.lists.output(tcb);
        }
    }

    /** As {@link TcpCalls#quickAck}. */
    void quickAck(final @Nullable Tcb tcb, final boolean quick) {
        if (tcb == null) {
            return;
        }
        tcb.quickAcks(quick ? QUICK_ACKS : 0);
        if (quick && context.timers.isArmed(tcb.timer(Tcb.TIMER_ACK))) {
            tcb.set(Tcb.ACK_NOW);
            context.lists.output(tcb);
        }
    }

    private void keepAlive(final Tcb tcb, final TcpSettings before, final TcpSettings wanted) {
        final boolean same = tcb.has(Tcb.KEEP_ALIVE) == wanted.keepAlive()
                && before.keepAliveIdleNs() == wanted.keepAliveIdleNs()
                && before.keepAliveIntervalNs() == wanted.keepAliveIntervalNs()
                && before.keepAliveProbes() == wanted.keepAliveProbes()
                && before.idleTimeoutNs() == wanted.idleTimeoutNs();
        if (same) {
            return;
        }
        if (!wanted.keepAlive()) {
            endKeepAlive(tcb);
            return;
        }
        tcb.set(Tcb.KEEP_ALIVE);
        if (!isHandshake(tcb)) {
            // what was silence already counts; probes sent so far are judged by the new times
            context.lifeTimer.schedule(tcb, tcb.lastReceiveNs() + wanted.keepAliveIdleNs());
        }
    }

    /** No probes from now on. */
    void endKeepAlive(final Tcb tcb) {
        tcb.clear(Tcb.KEEP_ALIVE);
        context.lifeTimer.schedule(tcb, LifeTimer.NO_PROBE);
    }

    /** The application sets the receive buffer: it is tuned no more. */
    static void lockReceiveBuffer(final Tcb tcb, final int bytes) {
        tcb.set(Tcb.RECEIVE_BUFFER_LOCKED);
        Lifecycle.limitReceiveBuffer(tcb, bytes);
    }

    /** The application sets the send buffer: it is tuned no more. */
    static void lockSendBuffer(final Tcb tcb, final int bytes) {
        tcb.set(Tcb.SEND_BUFFER_LOCKED);
        tcb.sendBuffer(bytes);
    }

    private static void receiveBuffer(final Tcb tcb, final TcpSettings before, final TcpSettings wanted) {
        if (wanted.receiveBufferLocked()) {
            lockReceiveBuffer(tcb, wanted.receiveBuffer());
        } else if (!tcb.has(Tcb.RECEIVE_BUFFER_LOCKED) && wanted.receiveBuffer() != before.receiveBuffer()) {
            Lifecycle.limitReceiveBuffer(tcb, size(wanted, tcb.receiveBuffer(), wanted.receiveBuffer()));
        }
    }

    private static void sendBuffer(final Tcb tcb, final TcpSettings before, final TcpSettings wanted) {
        if (wanted.sendBufferLocked()) {
            lockSendBuffer(tcb, wanted.sendBuffer());
        } else if (!tcb.has(Tcb.SEND_BUFFER_LOCKED) && wanted.sendBuffer() != before.sendBuffer()) {
            tcb.sendBuffer(size(wanted, tcb.sendBuffer(), wanted.sendBuffer()));
        }
    }

    private static int size(final TcpSettings wanted, final int present, final int largest) {
        return wanted.autotune() ? Math.min(present, largest) : largest;
    }
}
