package io.millrace.fastpath.tcp;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.timer.TimerWheel;
import io.millrace.fastpath.wire.Seq;

/**
 * When text is acknowledged: RFC 9293 §3.8.6.3, RFC 5681 §4.2, by the policy of the settings.
 * <p>
 * In-order text is acknowledged once for all that a turn of the engine received, unless it is so much that one
 * acknowledgement would stretch over more than {@value #MOST_SEGMENTS} full segments: then at once. Text ahead of a gap,
 * and text received twice, is acknowledged at once, segment by segment, so that the sender can count. Thread: the
 * engine's.
 */
final class Acknowledgement {
    /** Full segments that one acknowledgement covers at the most: as many as a virtual segment of 64 KiB stands for. */
    static final int MOST_SEGMENTS = 48;
    /** Quick acknowledgements at the most (as Linux, TCP_MAX_QUICKACKS). */
    private static final int MOST_QUICK = 16;
    /** Quick acknowledgements at the least. */
    private static final int LEAST_QUICK = 2;

    private final TcpContext context;
    private final ConnectionTable connections;
    private final TcpLists lists;
    private final SegmentWriter writer;

    Acknowledgement(final TcpContext context, final SegmentWriter writer) {
        this.context = context;
        this.connections = context.connections;
        this.lists = context.lists;
        this.writer = writer;
    }

    /** True where text that comes now is the first, or the first after silence. */
    static boolean begins(final Tcb tcb, final long silentNs) {
        return silentNs > tcb.rtoNs() || tcb.rcvNxt() == tcb.irs() + 1;
    }

    /**
     * The sender is beginning, or begins again after silence: it needs the acknowledgements to grow its window. For half
     * of what it may send in the first round trips, as Linux.
     */
    void quicken(final Tcb tcb) {
        if (connections.settings(tcb).ackPolicy() == TcpSettings.AckPolicy.QUICK) {
            final int half = tcb.rcvWnd() / (2 * tcb.receiveMss());
            tcb.quickAcks(Math.min(Math.max(half, LEAST_QUICK), MOST_QUICK));
        }
    }

    /** RCV.NXT moved: at once, at the end of the turn, or within the delay. */
    void onProgress(final Tcb tcb) {
        final int unacknowledged = tcb.rcvNxt() - tcb.lastAckSent();
        if (unacknowledged > MOST_SEGMENTS * tcb.receiveMss()) {
            writer.writeAck(tcb);
            return;
        }
        if (tcb.has(Tcb.ACK_NOW) || isWanted(tcb, unacknowledged)) {
            tcb.set(Tcb.ACK_NOW);
            lists.output(tcb);
        } else if (!TimerWheel.isArmed(tcb.firstTimer())) {
            context.timers.schedule(tcb.timer(Tcb.TIMER_ACK), tcb.firstTimer(),
                    context.nowNs + connections.settings(tcb).delayedAckNs());
        }
    }

    private boolean isWanted(final Tcb tcb, final int unacknowledged) {
        if (tcb.quickAcks() > 0 || unacknowledged > tcb.receiveMss()) {
            return true;
        }
        final TcpSettings settings = connections.settings(tcb);
        // a timer would wait for the next tick of the wheel, where the delay is 0
        return settings.ackPolicy() == TcpSettings.AckPolicy.EVERY || settings.delayedAckNs() == 0;
    }

    /** Bytes came twice: an acknowledgement at once, which says so (RFC 2883). */
    void onDuplicate(final Tcb tcb, final int left, final int right) {
        quicken(tcb);
        writer.writeAck(tcb, left, right);
    }

    /** The answer to a segment that is not acceptable: what is old in it was received before. */
    void repeat(final Tcb tcb, final Segment segment) {
        final int end = segment.sequence + segment.textLength;
        if (segment.textLength > 0 && Seq.lt(segment.sequence, tcb.rcvNxt())) {
            context.count(Counter.TCP_OVERLAP);
            onDuplicate(tcb, segment.sequence, Seq.lt(end, tcb.rcvNxt()) ? end : tcb.rcvNxt());
        } else {
            writer.writeAck(tcb);
        }
    }
}
