package io.millrace.fastpath.tcp;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.ByteRing;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * SEND of RFC 9293 §3.10.2, three times: as {@link TcpCalls} says, for a connection that may be null where its handle is
 * stale. Thread: the engine's.
 */
final class SendCall {
    private static final long MEMORY_RETRY_NS = 10_000_000L;

    private static final int OPEN = TcpState.several(TcpState.SYN_SENT, TcpState.SYN_RECEIVED, TcpState.ESTABLISHED,
            TcpState.CLOSE_WAIT);

    private final TcpContext context;
    private final SendQueue queue;
    private ByteBuffer claimed = ByteBuffer.allocate(0);

    SendCall(final TcpContext context, final SendQueue queue) {
        this.context = context;
        this.queue = queue;
    }

    int copy(final @Nullable Tcb tcb, final long address, final int length) {
        if (tcb == null || !maySend(tcb)) {
            return -1;
        }
        return taken(tcb, queue.append(tcb, address, Math.min(length, context.sendRoom.space(tcb))), length);
    }

    int hold(final @Nullable Tcb tcb, final byte @Nullable [] array, final long place, final int length,
            final TextOwner owner, final Object text) {
        if (tcb == null || !maySend(tcb)) {
            return -1;
        }
        final int taken = queue.hold(tcb, array, place, Math.min(length, context.sendRoom.space(tcb)), owner, text);
        context.counters.add(Counter.TCP_BYTES_HELD, taken);
        return taken(tcb, taken, length);
    }

    int claim(final @Nullable Tcb tcb, final int length) {
        if (tcb == null || !maySend(tcb)) {
            return -1;
        }
        final int room = queue.reserve(tcb, Math.min(length, context.sendRoom.space(tcb)));
        if (room == 0) {
            onShort(tcb, 0);
            return 0;
        }
        final int claim = ByteRing.contiguous(tcb.sndCapacity(), tcb.sndEnd(), room);
        claimed = context.slab.view(ByteRing.address(tcb.sndRing(), tcb.sndCapacity(), tcb.sndEnd()), claim);
        return claim;
    }

    ByteBuffer claimed() {
        return claimed;
    }

    int space(final @Nullable Tcb tcb) {
        return tcb == null || !maySend(tcb) ? 0 : context.sendRoom.space(tcb);
    }

    private int taken(final Tcb tcb, final int taken, final int length) {
        if (taken < length) {
            onShort(tcb, taken);
        }
        return taken;
    }

    /** Less was taken than there is: the application is told when there is room again. */
    private void onShort(final Tcb tcb, final int taken) {
        tcb.set(Tcb.WANTS_WRITABLE);
        if (tcb.has(Tcb.CORK)) {
            // full without a full segment: what the cork holds must go, or there will never be room
            context.lists.output(tcb);
        }
        if (taken == 0 && SendQueue.length(tcb) == 0) {
            // the slab is full and no acknowledgement will come: ask again soon, but not in every turn
            context.count(Counter.TCP_SLAB_FULL);
            context.timers.schedule(tcb.timer(Tcb.TIMER_OUTPUT), context.nowNs + MEMORY_RETRY_NS);
        }
    }

    private static boolean maySend(final Tcb tcb) {
        if (tcb.has(Tcb.FIN_QUEUED | Tcb.SHELL)) {
            return false;
        }
        return TcpState.isOneOf(OPEN, tcb.state());
    }
}
