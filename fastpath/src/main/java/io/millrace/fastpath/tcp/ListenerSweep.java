package io.millrace.fastpath.tcp;

import io.millrace.fastpath.control.ListenerPolicy;
import io.millrace.fastpath.flow.Tcb;
import org.agrona.collections.IntArrayList;

/**
 * Resets the half-open connections of listeners that are closed: they are looked for among all connections, which may be
 * millions, so some are looked at in each turn. None can be missed, for a closed listener takes no more SYNs. Thread: the
 * engine's.
 */
final class ListenerSweep {
    /** Records looked at in one turn: less than 0.1 ms. */
    private static final int RECORDS_A_TURN = 4_096;
    /** As many as find a frame in a port of the least size. */
    private static final int RESETS_A_TURN = 16;

    private final ConnectionTable connections;
    private final Lifecycle lifecycle;
    /** Those closed; the search is for the first. */
    private final IntArrayList closed = new IntArrayList();
    private int next;

    ListenerSweep(final ConnectionTable connections, final Lifecycle lifecycle) {
        this.connections = connections;
        this.lifecycle = lifecycle;
    }

    /** A listener is closed. */
    void onClosed(final int listenerId) {
        closed.addInt(listenerId);
    }

    /** True while {@link #onTurn} has something to do. */
    boolean isWaiting() {
        return !closed.isEmpty();
    }

    /** Goes on; returns how many connections were reset, or 1 where there are more to look at. */
    int onTurn() {
        if (closed.isEmpty()) {
            return 0;
        }
        final int end = (int) Math.min(connections.highest(), (long) next + RECORDS_A_TURN);
        final int reset = reset(closed.getInt(0), end);
        if (next >= connections.highest()) {
            next = 0;
            closed.removeAt(0);
        }
        return Math.max(reset, 1);
    }

    private int reset(final int listenerId, final int end) {
        int reset = 0;
        while (reset < RESETS_A_TURN) {
            final int index = connections.nextInUse(next, end);
            if (index < 0) {
                next = end;
                break;
            }
            next = index + 1;
            final Tcb tcb = connections.wrap(index);
            if (isHalfOpen(tcb, listenerId)) {
                lifecycle.abort(tcb, TcpFailure.ABORTED);
                reset++;
            }
        }
        return reset;
    }

    private boolean isHalfOpen(final Tcb tcb, final int listenerId) {
        return tcb.generation() != 0 && tcb.listener() == listenerId && tcb.state() == TcpState.SYN_RECEIVED.ordinal()
                && connections.attachment(tcb) instanceof ListenerPolicy;
    }
}
