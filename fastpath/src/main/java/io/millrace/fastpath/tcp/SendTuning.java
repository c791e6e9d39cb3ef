package io.millrace.fastpath.tcp;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.flow.Tcb;

/**
 * Grows the send buffer with the congestion window (as Linux, tcp_sndbuf_expand): to three times that, for what is in
 * flight, what a recovery cannot let go of yet, and what comes next. It begins at {@link TcpSettings#initialSendBuffer}
 * and ends at {@link TcpSettings#sendBuffer}; it never shrinks, and stops growing while the slab is three quarters full.
 * Thread: the engine's.
 */
final class SendTuning {
    private static final int WINDOWS = 3;

    private final TcpContext context;

    SendTuning(final TcpContext context) {
        this.context = context;
    }

    /** An acknowledgement took bytes out of the send queue, and the congestion window may have grown. */
    void onAck(final Tcb tcb) {
        final long wanted = (long) WINDOWS * tcb.cwnd();
        if (wanted <= tcb.sendBuffer() || tcb.has(Tcb.SEND_BUFFER_LOCKED)) {
            return;
        }
        final TcpSettings settings = context.connections.settings(tcb);
        if (!settings.autotune() || tcb.sendBuffer() >= settings.sendBuffer()) {
            return;
        }
        if (context.slab.inUseBytes() > context.slab.capacityBytes() / 4 * 3) {
            context.count(Counter.TCP_SEND_BUFFER_HELD);
        } else {
            context.count(Counter.TCP_SEND_BUFFER_GROWN);
            tcb.sendBuffer((int) Math.min(wanted, settings.sendBuffer()));
        }
    }
}
