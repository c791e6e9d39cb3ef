package io.millrace.fastpath.tcp;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.flow.TimeWaitTable;
import io.millrace.fastpath.wire.Seq;
import io.millrace.fastpath.wire.TcpHeader;

/**
 * A segment for a TIME_WAIT record: RFC 9293 §3.10.7.4 with RFC 1337: no RST ends the wait early. A SYN does that cannot
 * be mistaken for an old one (RFC 6191); any other SYN is challenged, as Linux does, where RFC 6191 would drop it in
 * silence. Thread: the engine's.
 */
final class TimeWaitState {
    private static final int FIN_ACK = TcpHeader.FIN | TcpHeader.ACK;
    private static final int FIN_MASK = FIN_ACK | TcpHeader.SYN;
    private static final int SYN_MASK = TcpHeader.SYN | TcpHeader.ACK | TcpHeader.FIN | TcpHeader.RST;

    private final TcpContext context;
    private final SegmentWriter writer;
    private final TimeWaitTable table;

    TimeWaitState(final TcpContext context, final SegmentWriter writer) {
        this.context = context;
        this.writer = writer;
        this.table = context.connections.timeWait();
    }

    /**
     * RFC 6191 §2, and RFC 1122 §4.2.2.13 without timestamps: may the SYN open a new connection? Yes where its timestamp
     * is later than all of the old connection, or its sequence number is.
     */
    boolean isReopenedBy(final int record, final Segment segment) {
        if ((segment.flags & SYN_MASK) != TcpHeader.SYN) {
            return false;
        }
        final boolean later = Seq.ge(segment.sequence, table.rcvNxt(record));
        segment.decodeOptions();
        if (!table.hasTimestamps(record) || !segment.hasTimestamps) {
            return later;
        }
        final int ahead = segment.timestampValue - table.tsRecent(record);
        return ahead > 0 || ahead == 0 && later;
    }

    void onSegment(final int record, final Segment segment) {
        if (segment.has(TcpHeader.RST)) {
            context.count(Counter.TIME_WAIT_RESETS_IGNORED);
            return;
        }
        final int rcvNxt = table.rcvNxt(record);
        final boolean old = isOld(record, segment);
        final boolean retransmittedFin = !old && (segment.flags & FIN_MASK) == FIN_ACK
                && segment.sequence + segment.length() == rcvNxt;
        if (retransmittedFin) {
            // eighth step, for the only FIN that can be the peer's: acknowledge it, restart the 2 MSL time-out
            table.restart(record, context.nowNs);
            if (segment.hasTimestamps) {
                table.tsRecent(record, segment.timestampValue);
            }
            context.count(Counter.TIME_WAIT_RESTARTED);
            acknowledge(record, segment);
        } else if (old || segment.length() > 0 || segment.sequence != rcvNxt) {
            // not acceptable, or a SYN (RFC 5961 §4.2): a bounded ACK
            if (context.challenges.tryTake(context.nowNs)) {
                context.count(Counter.TCP_CHALLENGE_ACKS);
                acknowledge(record, segment);
            } else {
                context.count(Counter.TCP_CHALLENGE_ACKS_SUPPRESSED);
            }
        }
    }

    /** RFC 7323 §5.3, R1. */
    private boolean isOld(final int record, final Segment segment) {
        if (!table.hasTimestamps(record)) {
            return false;
        }
        segment.decodeOptions();
        final boolean old = segment.hasTimestamps && Seq.lt(segment.timestampValue, table.tsRecent(record));
        if (old) {
            context.count(Counter.TCP_PAWS_DROPPED);
        }
        return old;
    }

    /** Ends waits that are over, so many at the most; returns how many. */
    int expire(final long nowNs, final int most) {
        if (nowNs < table.noEndBeforeNs()) {
            return 0;
        }
        int ended = 0;
        for (int record = table.oldest(); ended < most && record >= 0
                && table.endNs(record) - nowNs <= 0; record = table.oldest()) {
            context.connections.removeTimeWait(record);
            ended++;
        }
        table.renewNoEndBefore();
        return ended;
    }

    /** When the first wait ends; {@link Long#MAX_VALUE} where none is. */
    long nextEndNs() {
        final int record = table.oldest();
        return record < 0 ? Long.MAX_VALUE : table.endNs(record);
    }

    private void acknowledge(final int record, final Segment segment) {
        writer.answerTimeWait(segment, table, record);
    }
}
