package io.millrace.fastpath.tcp;

import io.millrace.fastpath.control.FastOpenCookies;
import io.millrace.fastpath.control.ListenerPolicy;
import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.memory.Memory;
import io.millrace.fastpath.wire.TcpOptions;

/**
 * The passive side of TCP Fast Open (RFC 7413 §4.2): a SYN with a valid cookie brings its text to the application before
 * the handshake is over. What the application sends back waits for the end of the handshake, which RFC 7413 permits.
 * <p>
 * At most {@link TcpSettings#fastOpenQueue} such connections of an engine may be without their handshake at a time (§5.1);
 * beyond that a SYN gets the ordinary handshake. Thread: the engine's.
 */
final class FastOpenServer {
    private final TcpContext context;
    private final Lifecycle lifecycle;
    private final ReceiveQueue receiveQueue;

    FastOpenServer(final TcpContext context, final Lifecycle lifecycle, final ReceiveQueue receiveQueue) {
        this.context = context;
        this.lifecycle = lifecycle;
        this.receiveQueue = receiveQueue;
    }

    /** A SYN whose options are decoded; false where the connection is over before it began. */
    boolean onSyn(final ListenerPolicy listener, final Tcb tcb, final Segment segment) {
        final TcpOptions options = segment.decoded;
        if (!listener.settings().fastOpen() || !options.hasFastOpen()) {
            return true;
        }
        final FastOpenCookies cookies = context.control.fastOpenCookies();
        final boolean valid = options.cookieLength() == Long.BYTES
                && cookies.isValid(Memory.getLongBE(options.cookie()),
                        tcb.localHi(), tcb.localLo(), tcb.remoteHi(), tcb.remoteLo());
        if (!valid) {
            if (options.cookieLength() != 0) {
                context.count(Counter.TCP_FAST_OPEN_BAD_COOKIE);
            }
            tcb.moreFlags(tcb.moreFlags() | Tcb.MORE_COOKIE_OWED);
            return true;
        }
        if (!lifecycle.reserveFastOpen(tcb, listener.settings().fastOpenQueue())) {
            context.count(Counter.TCP_FAST_OPEN_OVERFLOWS);
            return true;
        }
        if (!listener.reserveAccept()) {
            // its handshake is an ordinary one, and the application does not get it before
            context.count(Counter.HANDSHAKES_HELD_BACK);
            lifecycle.releaseFastOpen(tcb);
            return true;
        }
        return accept(listener, tcb, segment);
    }

    private boolean accept(final ListenerPolicy listener, final Tcb tcb, final Segment segment) {
        take(tcb, segment);
        context.count(Counter.TCP_FAST_OPEN_ACCEPTED);
        tcb.set(Tcb.FAST_OPEN | Tcb.UNACCEPTED);
        listener.releaseSyn();
        if (!listener.offer(context.engine, tcb.handle())) {
            tcb.set(Tcb.ORPHAN);
            lifecycle.abort(tcb, TcpFailure.ABORTED);
            return false;
        }
        return true;
    }

    /** The text of the SYN, as far as it fits; the rest will be sent again. */
    private void take(final Tcb tcb, final Segment segment) {
        final int length = Math.min(segment.textLength, tcb.rcvWnd());
        if (length > 0 && receiveQueue.inOrder(tcb, segment.text, length)) {
            context.counters.add(Counter.TCP_BYTES_RECEIVED, length);
            tcb.lastAckSent(tcb.rcvNxt());
        }
    }
}
