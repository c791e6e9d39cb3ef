package io.millrace.fastpath.tcp;

import io.millrace.fastpath.flow.Tcb;

/**
 * How many bytes the application may give now, and when it is told that there is room again: by the send buffer, and by
 * {@link TcpSettings#notSentLowWater} (Linux: TCP_NOTSENT_LOWAT), which bounds how long what is given now waits behind
 * what was given before. Thread: the engine's.
 */
final class SendRoom {
    private final TcpContext context;

    SendRoom(final TcpContext context) {
        this.context = context;
    }

    /** Bytes that may be taken now. */
    int space(final Tcb tcb) {
        final int space = SendQueue.space(tcb);
        final long limit = context.connections.settings(tcb).notSentLowWater();
        return limit == 0 ? space : Math.clamp(limit - notSent(tcb), 0, space);
    }

    /** An acknowledgement took bytes out of the send buffer. */
    void onAcknowledged(final Tcb tcb) {
        if (tcb.has(Tcb.WANTS_WRITABLE)) {
            tellIfRoom(tcb, context.connections.settings(tcb).notSentLowWater());
        }
    }

    /** Bytes may have left for the first time: room only where what is not sent yet is bounded. */
    void onSent(final Tcb tcb) {
        if (tcb.has(Tcb.WANTS_WRITABLE)) {
            final long limit = context.connections.settings(tcb).notSentLowWater();
            if (limit != 0) {
                tellIfRoom(tcb, limit);
            }
        }
    }

    /** A quarter of the buffer is free, and of what may be unsent more than half: else it would be told bit by bit. */
    private void tellIfRoom(final Tcb tcb, final long limit) {
        if (SendQueue.space(tcb) >= tcb.sendBuffer() / 4 && (limit == 0 || 2L * notSent(tcb) < limit)) {
            tcb.clear(Tcb.WANTS_WRITABLE);
            context.lists.ready(tcb, ConnectionHandler.WRITABLE);
        }
    }

    /** Bytes taken and never sent; before the handshake, all of them. */
    private static int notSent(final Tcb tcb) {
        final int next = tcb.sndNxt() == tcb.iss() ? tcb.sndNxt() + 1 : tcb.sndNxt();
        return Math.max(0, tcb.sndEnd() - next);
    }
}
