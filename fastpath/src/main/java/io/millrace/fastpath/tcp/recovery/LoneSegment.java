package io.millrace.fastpath.tcp.recovery;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.tcp.congestion.AckSample;
import io.millrace.fastpath.tcp.congestion.CongestionControl;

/**
 * A flight of one segment that is acknowledged whole, as those of a conversation are. All that a {@link Scoreboard} would
 * say of it the TCB says already: so the block that was taken for it is neither written nor read until something happens
 * that is worth a note, be it a second segment, the acknowledgement of a part, a SACK block, or a timer. What has happened
 * until then are the lowest bits of {@link Tcb#flight}, which an address does not need.
 * <p>
 * Thread: the engine's.
 */
final class LoneSegment {
    /** Nothing is written in the block. */
    static final int UNWRITTEN = 1;
    /** The segment is in flight: [SND.UNA, SND.NXT), since {@link Tcb#lastSendNs}. */
    static final int SENT = 1 << 1;
    /** Output had no more to send then, and neither window held anything back. */
    static final int EXHAUSTED = 1 << 2;
    /** The timer is armed for a tail loss probe. */
    static final int PROBE_TIMER = 1 << 3;

    /** All of these bits. */
    static final int BITS = UNWRITTEN | SENT | EXHAUSTED | PROBE_TIMER;

    private final AckSample sample;

    LoneSegment(final AckSample sample) {
        this.sample = sample;
    }

    /** True of such a flight, and of a block that was only reserved. */
    static boolean isUnwritten(final Tcb tcb) {
        return has(tcb, UNWRITTEN);
    }

    static boolean has(final Tcb tcb, final int bit) {
        return ((int) tcb.flight() & bit) != 0;
    }

    /** True of a block as it was taken. */
    static boolean isFresh(final Tcb tcb) {
        return ((int) tcb.flight() & BITS) == UNWRITTEN;
    }

    /** The first segment of a flight is about to be sent; false where the block is not as it was taken. */
    static boolean onSend(final Tcb tcb) {
        if (!isFresh(tcb)) {
            return false;
        }
        tcb.flight(tcb.flight() | SENT);
        return true;
    }

    /** True where such a segment is in flight, and ends here. */
    static boolean isWhole(final Tcb tcb, final int end) {
        final int told = SENT | EXHAUSTED;
        return ((int) tcb.flight() & told) == told && end == tcb.sndNxt();
    }

    /** It could not be sent. */
    static void onNotSent(final Tcb tcb) {
        tcb.flight(tcb.flight() & ~(long) BITS | UNWRITTEN);
    }

    /** Output has sent what it could; false where that is worth a note, or more than one segment is in flight. */
    static boolean onOutputDone(final Tcb tcb, final boolean blocked, final boolean exhausted) {
        if (!isUnwritten(tcb)) {
            return false;
        }
        if (!has(tcb, SENT)) {
            return true;
        }
        if (blocked || !exhausted) {
            return false;
        }
        tcb.flight(tcb.flight() | EXHAUSTED);
        return true;
    }

    /** The timer is armed. @param probe for a tail loss probe, not for the RTO. */
    static void timer(final Tcb tcb, final boolean probe) {
        tcb.flight(tcb.flight() & ~(long) PROBE_TIMER | (probe ? PROBE_TIMER : 0));
    }

    /**
     * An acknowledgement without SACK blocks and ECE; moves SND.UNA where it is of the whole segment, and does what
     * {@link LossRecovery#onAck} would.
     *
     * @return false where it is another; nothing has changed then.
     */
    boolean onAck(final Tcb tcb, final int ack, final long arrivedNs, final CongestionControl congestion,
            final RecoverySettings settings) {
        if (!isWhole(tcb, ack)) {
            return false;
        }
        final int bytes = ack - tcb.sndUna();
        final long rttNs = arrivedNs - tcb.lastSendNs();
        sample.reset(arrivedNs);
        sample.priorInFlight = bytes;
        sample.ackedBytes = bytes;
        sample.deliveredBytes = bytes;
        sample.inFlightWhenSent = bytes;
        // nothing was in flight before, so the application was the limit
        sample.applicationLimited = true;
        sample.priorDelivered = tcb.delivered();
        sample.rateBytes = bytes;
        sample.rttNs = Math.max(1, rttNs);
        tcb.delivered(tcb.delivered() + bytes);
        tcb.sndUna(ack);
        tcb.flight(tcb.flight() & ~(long) BITS | UNWRITTEN);
        RoundTripTime.smallest(tcb, arrivedNs, sample.rttNs);
        RoundTripTime.measured(tcb, sample.rttNs, settings);
        Deliveries.measureRate(tcb, sample, rttNs);
        sample.windowLimited = tcb.cwnd() < tcb.ssthresh() && tcb.cwnd() < 2L * bytes;
        congestion.onAck(tcb, sample);
        return true;
    }
}
