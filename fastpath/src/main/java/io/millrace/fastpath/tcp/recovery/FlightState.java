package io.millrace.fastpath.tcp.recovery;

import io.millrace.fastpath.memory.Memory;

/**
 * The head of a flight block: what loss recovery knows of a connection while something is in flight. The block comes from
 * the slab with the first segment and goes back with the last acknowledgement, so an idle connection holds none of it;
 * what must outlive silence lies in the TCB. A flyweight; sequence numbers wrap, times are nanoseconds of the engine's
 * clock. Thread: the engine's.
 */
abstract class FlightState {
    /** Bytes of the head. */
    static final int HEAD_LENGTH = 200;

    /** Nothing is known to be lost, nothing has arrived out of order. */
    static final int OPEN = 0;
    /** ECN told of congestion; the window is not reduced again until the recovery point (RFC 3168 §6.1.2). */
    static final int REDUCED = 1;
    /** Fast recovery (RFC 6675, RFC 8985). */
    static final int RECOVERY = 2;
    /** Recovery after the retransmission timer (RFC 6298, RFC 5681 §3.1). */
    static final int LOSS = 3;

    /** The timer is that of RFC 6298. */
    static final int TIMER_RTO = 0;
    /** The timer sends a tail loss probe (RFC 8985 §7). */
    static final int TIMER_PROBE = 1;
    /** The timer looks for losses once the reordering window is over (RFC 8985 §6.2 step 5). */
    static final int TIMER_REORDERING = 2;

    /** Mark: a tail loss probe is out and not answered. */
    static final int PROBE_OUT = 1;
    /** Mark: that probe was data sent before. */
    static final int PROBE_RETRANSMITTED = 1 << 1;
    /** Mark: F-RTO looks whether the timeout was spurious (RFC 5682). */
    static final int FORWARD_RTO = 1 << 2;
    /** Mark: F-RTO wants new data to be sent before anything is retransmitted (RFC 5682 §2.1 step 2b). */
    static final int NEW_DATA_FIRST = 1 << 3;
    /** Mark: something was blocked by the congestion window when output last ended (RFC 7661). */
    static final int WINDOW_LIMITED = 1 << 4;
    /** Mark: the timestamp of the first retransmission of this episode is in {@link #retransmitStamp}. */
    static final int STAMPED = 1 << 5;
    /** Mark: the reordering window grew in the present round already (RFC 8985 §6.2 step 4). */
    static final int REORDERING_ROUND = 1 << 6;

    /** Mark: what the episode changed can still be undone. */
    static final int UNDOABLE = 1 << 7;

    /** Mark: what is {@link Scoreboard#OUT_AGAIN} left in the order of its sequence numbers. */
    static final int AGAIN_IN_ORDER = 1 << 8;

    /** A time before all others; 0 is a time as any other is. */
    static final long NEVER = Long.MIN_VALUE;
    /** A time after all others. */
    static final long FOREVER = Long.MAX_VALUE;

    private static final int BLOCK_LENGTH = 0;
    private static final int FIRST = 4;
    private static final int COUNT = 8;
    private static final int STATE = 12;
    private static final int TIMER = 13;
    private static final int MARKS = 14;
    private static final int SACKED_BYTES = 16;
    private static final int LOST_BYTES = 20;
    private static final int SACKED_SEGMENTS = 24;
    private static final int HIGHEST_SACKED = 28;
    private static final int LOST_HINT = 32;
    private static final int RECOVERY_POINT = 36;
    private static final int RACK_SENT_NS = 40;
    private static final int RACK_RTT_NS = 48;
    private static final int RACK_END = 56;
    private static final int DUP_ACKS = 60;
    private static final int NEXT_SEND_NS = 64;
    private static final int DELIVERED_NS = 72;
    private static final int FIRST_SENT_NS = 80;
    private static final int APPLICATION_LIMITED = 88;
    private static final int PRR_DELIVERED = 96;
    private static final int PRR_OUT = 100;
    private static final int RECOVER_FLIGHT = 104;
    private static final int PROBE_END = 108;
    private static final int PRIOR_CWND = 112;
    private static final int PRIOR_SSTHRESH = 116;
    private static final int UNDO_POINT = 120;
    private static final int UNDO_RETRANSMITS = 124;
    private static final int RETRANSMIT_STAMP = 128;
    private static final int LOST_TOTAL = 132;
    private static final int REORDERING_ROUND_END = 136;
    private static final int MAX_FLIGHT = 140;
    private static final int RTO_BASE_NS = 144;
    private static final int FIRST_UNANSWERED_NS = 152;
    private static final int USAGE_END = 160;
    private static final int FORWARD_RTO_POINT = 164;
    private static final int RETRANSMITTED_BYTES = 168;
    private static final int MTU_PROBE_START = 172;
    private static final int REORDERING_AT_NS = 176;
    private static final int AGAIN_HINT = 184;
    private static final int WAITING_HINT = 188;
    private static final int AGAIN_END = 192;
    private static final int MTU_PROBE_END = 196;

    /** Address of the block; 0: nothing is in flight. */
    long block;

    final int intAt(final int offset) {
        return Memory.getInt(block + offset);
    }

    final void intAt(final int offset, final int value) {
        Memory.putInt(block + offset, value);
    }

    final long longAt(final int offset) {
        return Memory.getLong(block + offset);
    }

    final void longAt(final int offset, final long value) {
        Memory.putLong(block + offset, value);
    }

    /** Bytes of the block. */
    final int blockLength() {
        return intAt(BLOCK_LENGTH);
    }

    final void blockLength(final int value) {
        intAt(BLOCK_LENGTH, value);
    }

    /** Place of the first record. */
    final int first() {
        return intAt(FIRST);
    }

    final void first(final int value) {
        intAt(FIRST, value);
    }

    /** Records there are. */
    final int count() {
        return block == 0 ? 0 : intAt(COUNT);
    }

    final void count(final int value) {
        intAt(COUNT, value);
    }

    /**
     * {@link #OPEN}, {@link #REDUCED}, {@link #RECOVERY} or {@link #LOSS}. Not asked of {@link #count}: the
     * acknowledgement that empties the flight ends the episode too.
     */
    final int state() {
        return block == 0 ? OPEN : Memory.getByte(block + STATE);
    }

    final void state(final int value) {
        Memory.putByte(block + STATE, value);
    }

    /** What the timer is armed for. */
    final int timer() {
        return count() == 0 ? TIMER_RTO : Memory.getByte(block + TIMER);
    }

    final void timer(final int value) {
        Memory.putByte(block + TIMER, value);
    }

    final boolean marked(final int mark) {
        return block != 0 && (Memory.getUnsignedShort(block + MARKS) & mark) != 0;
    }

    final void mark(final int mark) {
        Memory.putShort(block + MARKS, Memory.getUnsignedShort(block + MARKS) | mark);
    }

    final void unmark(final int mark) {
        Memory.putShort(block + MARKS, Memory.getUnsignedShort(block + MARKS) & ~mark);
    }

    /** Selectively acknowledged; without SACK: what duplicates say has left the network. */
    final int sackedBytes() {
        return count() == 0 ? 0 : intAt(SACKED_BYTES);
    }

    final void sackedBytes(final int value) {
        intAt(SACKED_BYTES, value);
    }

    /** Marked lost and not retransmitted since. */
    final int lostBytes() {
        return count() == 0 ? 0 : intAt(LOST_BYTES);
    }

    final void lostBytes(final int value) {
        intAt(LOST_BYTES, value);
    }

    /** Retransmitted, not acknowledged, not lost again. */
    final int retransmittedBytes() {
        return count() == 0 ? 0 : intAt(RETRANSMITTED_BYTES);
    }

    final void retransmittedBytes(final int value) {
        intAt(RETRANSMITTED_BYTES, value);
    }

    /** Segments selectively acknowledged. */
    final int sackedSegments() {
        return count() == 0 ? 0 : intAt(SACKED_SEGMENTS);
    }

    final void sackedSegments(final int value) {
        intAt(SACKED_SEGMENTS, value);
    }

    /** One past the highest sequence number selectively acknowledged, while something is. */
    final int highestSacked() {
        return intAt(HIGHEST_SACKED);
    }

    final void highestSacked(final int value) {
        intAt(HIGHEST_SACKED, value);
    }

    /** Nothing below is marked lost. */
    final int lostHint() {
        return intAt(LOST_HINT);
    }

    final void lostHint(final int value) {
        intAt(LOST_HINT, value);
    }

    /** While something is {@link Scoreboard#OUT_AGAIN}: nothing below is. */
    final int againHint() {
        return intAt(AGAIN_HINT);
    }

    final void againHint(final int value) {
        intAt(AGAIN_HINT, value);
    }

    /** With {@link #AGAIN_IN_ORDER}: one past the last of what is out again. */
    final int againEnd() {
        return intAt(AGAIN_END);
    }

    final void againEnd(final int value) {
        intAt(AGAIN_END, value);
    }

    /** Everything below is selectively acknowledged, marked lost, or {@link Scoreboard#OUT_AGAIN}. */
    final int waitingHint() {
        return intAt(WAITING_HINT);
    }

    final void waitingHint(final int value) {
        intAt(WAITING_HINT, value);
    }

    /** Acknowledged beyond this, the episode is over (RFC 6675 RecoveryPoint). */
    final int recoveryPoint() {
        return intAt(RECOVERY_POINT);
    }

    final void recoveryPoint(final int value) {
        intAt(RECOVERY_POINT, value);
    }

    /** RACK.xmit_ts: when the segment was sent that was sent last of those delivered; {@link #NEVER}. */
    final long rackSentNs() {
        return longAt(RACK_SENT_NS);
    }

    final void rackSentNs(final long value) {
        longAt(RACK_SENT_NS, value);
    }

    /** RACK.rtt: its round trip. */
    final long rackRttNs() {
        return longAt(RACK_RTT_NS);
    }

    final void rackRttNs(final long value) {
        longAt(RACK_RTT_NS, value);
    }

    /** RACK.end_seq: its end. */
    final int rackEnd() {
        return intAt(RACK_END);
    }

    final void rackEnd(final int value) {
        intAt(RACK_END, value);
    }

    /** Duplicate acknowledgements in a row. */
    final int dupAcks() {
        return count() == 0 ? 0 : intAt(DUP_ACKS);
    }

    final void dupAcks(final int value) {
        intAt(DUP_ACKS, value);
    }

    /** Pacing: nothing new leaves before; {@link #NEVER}: there is no pause. */
    final long nextSendNs() {
        return block == 0 ? NEVER : longAt(NEXT_SEND_NS);
    }

    final void nextSendNs(final long value) {
        longAt(NEXT_SEND_NS, value);
    }

    /** C.delivered_time of the delivery rate. */
    final long deliveredNs() {
        return longAt(DELIVERED_NS);
    }

    final void deliveredNs(final long value) {
        longAt(DELIVERED_NS, value);
    }

    /** C.first_sent_time of the delivery rate. */
    final long firstSentNs() {
        return longAt(FIRST_SENT_NS);
    }

    final void firstSentNs(final long value) {
        longAt(FIRST_SENT_NS, value);
    }

    /** C.app_limited of the delivery rate: until so many bytes are delivered; 0: not. */
    final long applicationLimited() {
        return longAt(APPLICATION_LIMITED);
    }

    final void applicationLimited(final long value) {
        longAt(APPLICATION_LIMITED, value);
    }

    /** prr_delivered of RFC 9937. */
    final int prrDelivered() {
        return intAt(PRR_DELIVERED);
    }

    final void prrDelivered(final int value) {
        intAt(PRR_DELIVERED, value);
    }

    /** prr_out of RFC 9937. */
    final int prrOut() {
        return intAt(PRR_OUT);
    }

    final void prrOut(final int value) {
        intAt(PRR_OUT, value);
    }

    /** RecoverFS of RFC 9937. */
    final int recoverFlight() {
        return intAt(RECOVER_FLIGHT);
    }

    final void recoverFlight(final int value) {
        intAt(RECOVER_FLIGHT, value);
    }

    /** TLP.end_seq of RFC 8985. */
    final int probeEnd() {
        return intAt(PROBE_END);
    }

    final void probeEnd(final int value) {
        intAt(PROBE_END, value);
    }

    /** First sequence number of the segment that probes for a larger MTU; as {@link #mtuProbeEnd} where none is out. */
    final int mtuProbeStart() {
        return intAt(MTU_PROBE_START);
    }

    /** One past its last. */
    final int mtuProbeEnd() {
        return intAt(MTU_PROBE_END);
    }

    final void mtuProbe(final int start, final int end) {
        intAt(MTU_PROBE_START, start);
        intAt(MTU_PROBE_END, end);
    }

    /** cwnd before the episode. */
    final int priorCwnd() {
        return intAt(PRIOR_CWND);
    }

    final void priorCwnd(final int value) {
        intAt(PRIOR_CWND, value);
    }

    /** ssthresh before the episode. */
    final int priorSsthresh() {
        return intAt(PRIOR_SSTHRESH);
    }

    final void priorSsthresh(final int value) {
        intAt(PRIOR_SSTHRESH, value);
    }

    /** SND.UNA when the episode began. */
    final int undoPoint() {
        return intAt(UNDO_POINT);
    }

    final void undoPoint(final int value) {
        intAt(UNDO_POINT, value);
    }

    /** Segments retransmitted in the episode that no D-SACK has called needless; -1: the episode cannot be undone. */
    final int undoRetransmits() {
        return intAt(UNDO_RETRANSMITS);
    }

    final void undoRetransmits(final int value) {
        intAt(UNDO_RETRANSMITS, value);
    }

    /** Timestamp that the first retransmission of the episode carried (RFC 3522 RetransmitTS). */
    final int retransmitStamp() {
        return intAt(RETRANSMIT_STAMP);
    }

    final void retransmitStamp(final int value) {
        intAt(RETRANSMIT_STAMP, value);
    }

    /** C.lost: bytes ever marked lost in this flight, modulo 2^32. */
    final int lostTotal() {
        return intAt(LOST_TOTAL);
    }

    final void lostTotal(final int value) {
        intAt(LOST_TOTAL, value);
    }

    /** Until this is acknowledged the reordering window does not grow again. */
    final int reorderingRoundEnd() {
        return intAt(REORDERING_ROUND_END);
    }

    final void reorderingRoundEnd(final int value) {
        intAt(REORDERING_ROUND_END, value);
    }

    /** Most bytes in flight in the present round (RFC 7661). */
    final int maxFlight() {
        return intAt(MAX_FLIGHT);
    }

    final void maxFlight(final int value) {
        intAt(MAX_FLIGHT, value);
    }

    /** When that round ends. */
    final int usageEnd() {
        return intAt(USAGE_END);
    }

    final void usageEnd(final int value) {
        intAt(USAGE_END, value);
    }

    /** From when the RTO counts (RFC 6298 §5). */
    final long rtoBaseNs() {
        return longAt(RTO_BASE_NS);
    }

    final void rtoBaseNs(final long value) {
        longAt(RTO_BASE_NS, value);
    }

    /** Since when nothing new was acknowledged: the user timeout (RFC 9293 §3.9.1.2). */
    final long firstUnansweredNs() {
        return longAt(FIRST_UNANSWERED_NS);
    }

    final void firstUnansweredNs(final long value) {
        longAt(FIRST_UNANSWERED_NS, value);
    }

    /** One past the highest sequence number that F-RTO may take for an original (RFC 5682 recover). */
    final int forwardRtoPoint() {
        return intAt(FORWARD_RTO_POINT);
    }

    final void forwardRtoPoint(final int value) {
        intAt(FORWARD_RTO_POINT, value);
    }

    /** When the reordering window is over (RFC 8985 §6.2 step 5); {@link #FOREVER}: it is not waited for. */
    final long reorderingAtNs() {
        return count() == 0 ? FOREVER : longAt(REORDERING_AT_NS);
    }

    final void reorderingAtNs(final long value) {
        longAt(REORDERING_AT_NS, value);
    }
}
