package io.millrace.fastpath.tcp;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.flow.TimeWaitTable;
import io.millrace.fastpath.wire.TcpHeader;

/**
 * A segment for a TIME_WAIT record: RFC 9293 §3.10.7.4 with RFC 1337: nothing ends the wait early, least of all a RST.
 * Thread: the engine's.
 */
final class TimeWaitState {
    private static final int FIN_ACK = TcpHeader.FIN | TcpHeader.ACK;
    private static final int FIN_MASK = FIN_ACK | TcpHeader.SYN;

    private final TcpContext context;
    private final SegmentWriter writer;
    private final TimeWaitTable table;

    TimeWaitState(final TcpContext context, final SegmentWriter writer) {
        this.context = context;
        this.writer = writer;
        this.table = context.connections.timeWait();
    }

    void onSegment(final int record, final Segment segment) {
        if (segment.has(TcpHeader.RST)) {
            context.count(Counter.TIME_WAIT_RESETS_IGNORED);
            return;
        }
        final int rcvNxt = table.rcvNxt(record);
        final boolean retransmittedFin = (segment.flags & FIN_MASK) == FIN_ACK
                && segment.sequence + segment.length() == rcvNxt;
        if (retransmittedFin) {
            // eighth step, for the only FIN that can be the peer's: acknowledge it, restart the 2 MSL time-out
            table.restart(record, context.nowNs);
            context.count(Counter.TIME_WAIT_RESTARTED);
            acknowledge(record, segment);
        } else if (segment.length() > 0 || segment.sequence != rcvNxt) {
            // not acceptable, or a SYN (RFC 5961 §4.2): a bounded ACK
            if (context.challenges.tryTake(context.nowNs)) {
                context.count(Counter.TCP_CHALLENGE_ACKS);
                acknowledge(record, segment);
            } else {
                context.count(Counter.TCP_CHALLENGE_ACKS_SUPPRESSED);
            }
        }
    }

    /** Ends the waits that are over; returns how many. */
    int expire(final long nowNs) {
        int ended = 0;
        for (int record = table.oldest(); record >= 0 && table.endNs(record) - nowNs <= 0; record = table.oldest()) {
            context.connections.removeTimeWait(record);
            ended++;
        }
        return ended;
    }

    /** When the first wait ends; {@link Long#MAX_VALUE} where none is. */
    long nextEndNs() {
        final int record = table.oldest();
        return record < 0 ? Long.MAX_VALUE : table.endNs(record);
    }

    private void acknowledge(final int record, final Segment segment) {
        writer.answer(segment, table.sndNxt(record), table.rcvNxt(record), TcpHeader.ACK, table.window(record));
    }
}
