package io.millrace.fastpath.tcp;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.wire.TcpHeader;

/** A segment for no connection and no listener: RFC 9293 §3.10.7.1. Thread: the engine's. */
final class ClosedState {
    private final TcpContext context;
    private final SegmentWriter writer;

    ClosedState(final TcpContext context, final SegmentWriter writer) {
        this.context = context;
        this.writer = writer;
    }

    /** Answers with a RST, but never a RST with a RST. */
    void onSegment(final Segment segment) {
        context.count(Counter.TCP_NO_CONNECTION);
        if (!segment.has(TcpHeader.RST)) {
            reset(segment);
        }
    }

    /** The RST that this segment calls for: with its ACK as sequence number, or acknowledging all of it. */
    void reset(final Segment segment) {
        context.count(Counter.TCP_RESETS_SENT);
        if (segment.has(TcpHeader.ACK)) {
            // <SEQ=SEG.ACK><CTL=RST>
            writer.answer(segment, segment.acknowledgement, 0, TcpHeader.RST);
        } else {
            // <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>
            writer.answer(segment, 0, segment.sequence + segment.length(), TcpHeader.RST | TcpHeader.ACK);
        }
    }
}
