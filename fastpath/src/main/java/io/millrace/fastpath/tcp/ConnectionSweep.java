package io.millrace.fastpath.tcp;

import io.millrace.fastpath.control.ListenerPolicy;
import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.flow.Tcb;
import org.agrona.collections.IntArrayList;

/**
 * Ends the connections that have lost what they stood on: half-open ones of listeners that are closed are reset; those of
 * addresses that are not ours any more fail, without a word to the peer, for there is no one to say it. They are looked
 * for among all connections, which may be millions, so some are looked at in each turn. None can be missed: a closed
 * listener takes no more SYNs, and nothing begins from an address that is not ours. Thread: the engine's.
 */
final class ConnectionSweep {
    /** Records looked at in one turn: less than 0.1 ms. */
    private static final int RECORDS_A_TURN = 4_096;
    /** As many as find a frame in a port of the least size. */
    private static final int RESETS_A_TURN = 16;
    /** They need no frame, but an application is told of each. */
    private static final int FAILURES_A_TURN = 256;
    /** Stands among the numbers of listeners, which are none below 0. */
    private static final int ADDRESSES = -1;

    private final TcpContext context;
    private final ConnectionTable connections;
    private final Lifecycle lifecycle;
    /** Listeners that are closed, and {@link #ADDRESSES}; the search is for the first. */
    private final IntArrayList causes = new IntArrayList();
    private int next;

    ConnectionSweep(final TcpContext context, final Lifecycle lifecycle) {
        this.context = context;
        this.connections = context.connections;
        this.lifecycle = lifecycle;
    }

    /** A listener is closed. */
    void onListenerClosed(final int listenerId) {
        causes.addInt(listenerId);
    }

    /** Some addresses are not ours any more. */
    void onAddressesRemoved() {
        if (causes.lastIndexOf(ADDRESSES) <= 0) {
            // a search that has begun may have passed some of them
            causes.addInt(ADDRESSES);
        }
    }

    /** True while {@link #onTurn} has something to do. */
    boolean isWaiting() {
        return !causes.isEmpty();
    }

    /** Goes on; returns how many connections ended, or 1 where there are more to look at. */
    int onTurn() {
        if (causes.isEmpty()) {
            return 0;
        }
        final int end = (int) Math.min(connections.highest(), (long) next + RECORDS_A_TURN);
        final int ended = end(causes.getInt(0), end);
        if (next >= connections.highest()) {
            next = 0;
            causes.removeAt(0);
        }
        return Math.max(ended, 1);
    }

    private int end(final int cause, final int end) {
        final int most = cause == ADDRESSES ? FAILURES_A_TURN : RESETS_A_TURN;
        final RouteSnapshot routes = context.control.routes();
        int ended = 0;
        while (ended < most) {
            final int index = connections.nextInUse(next, end);
            if (index < 0) {
                next = end;
                break;
            }
            next = index + 1;
            ended += end(connections.wrap(index), cause, routes);
        }
        return ended;
    }

    private int end(final Tcb tcb, final int cause, final RouteSnapshot routes) {
        if (tcb.generation() == 0) {
            return 0;
        }
        if (cause == ADDRESSES) {
            if (tcb.has(Tcb.SHELL) || routes.isOwn(tcb.localHi(), tcb.localLo())) {
                return 0;
            }
            lifecycle.fail(tcb, TcpFailure.ADDRESS_REMOVED);
            return 1;
        }
        if (!isHalfOpen(tcb, cause)) {
            return 0;
        }
        lifecycle.abort(tcb, TcpFailure.ABORTED);
        return 1;
    }

    private boolean isHalfOpen(final Tcb tcb, final int listenerId) {
        return tcb.listener() == listenerId && tcb.state() == TcpState.SYN_RECEIVED.ordinal()
                && connections.attachment(tcb) instanceof ListenerPolicy;
    }
}
