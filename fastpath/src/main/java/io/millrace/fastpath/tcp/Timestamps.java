package io.millrace.fastpath.tcp;

import io.millrace.fastpath.counters.Counter;
import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.wire.Seq;
import java.util.concurrent.TimeUnit;

/**
 * Timestamps of the peer: which one is echoed (RFC 7323 §4.3), and protection against wrapped sequence numbers (§5). A
 * peer that stops sending them in the middle of a connection is tolerated, as Linux does and against the SHOULD of §3.2:
 * such segments are checked by their sequence number alone. Thread: the engine's.
 */
final class Timestamps {
    /** RFC 7323 §5.5: after so long a silence the peer's clock may have wrapped. */
    private static final long OUTDATED_NS = TimeUnit.DAYS.toNanos(24);
    private static final int STAMP_SHIFT = 20;

    private final TcpContext context;

    Timestamps(final TcpContext context) {
        this.context = context;
    }

    /**
     * RFC 7323 §5.3, R1, but for RST, which is exempt.
     *
     * @param silentNs how long nothing had arrived on the connection.
     * @return true where the segment is a duplicate from long ago.
     */
    boolean isOld(final Tcb tcb, final Segment segment, final long silentNs) {
        return segment.hasTimestamps && isOld(tcb, segment.timestampValue, silentNs);
    }

    /** The same of a segment with this timestamp. */
    boolean isOld(final Tcb tcb, final int value, final long silentNs) {
        return Seq.lt(value, tcb.tsRecent()) && silentNs < OUTDATED_NS
                && (stamp(context.nowNs) - tcb.tsRecentStamp() & 0xFFFF_FFFFL) < OUTDATED_NS >>> STAMP_SHIFT;
    }

    /**
     * RFC 7323 §5.3, R3, with the rule of §4.3: of segments that one acknowledgement will cover the first is echoed, and
     * nothing from beyond a gap.
     */
    void update(final Tcb tcb, final Segment segment) {
        if (!segment.hasTimestamps) {
            context.count(Counter.TCP_TIMESTAMP_MISSING);
        } else {
            update(tcb, segment.sequence, segment.timestampValue);
        }
    }

    /** The same of a segment with this timestamp. */
    void update(final Tcb tcb, final int sequence, final int value) {
        if (Seq.le(sequence, tcb.lastAckSent())) {
            remember(tcb, value, context.nowNs);
        }
    }

    /** TS.Recent, and when it was taken. */
    static void remember(final Tcb tcb, final int value, final long nowNs) {
        tcb.tsRecent(value);
        tcb.tsRecentStamp(stamp(nowNs));
    }

    private static int stamp(final long nowNs) {
        return (int) (nowNs >> STAMP_SHIFT);
    }
}
