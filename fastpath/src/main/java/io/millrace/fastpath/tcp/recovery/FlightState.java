package io.millrace.fastpath.tcp.recovery;

/**
 * The head of a flight block: what loss recovery knows of a connection while something is in flight. The block comes from
 * the slab with the first segment and goes back with the last acknowledgement, so an idle connection holds none of it;
 * what must outlive silence lies in the TCB. A flyweight; sequence numbers wrap, times are nanoseconds of the engine's
 * clock. Thread: the engine's.
 */
abstract class FlightState extends FlightEpisode {
    /** Selectively acknowledged; without SACK: what duplicates say has left the network. */
    final int sackedBytes() {
        return count() == 0 ? 0 : intAt(FlightLayout.SACKED_BYTES);
    }

    final void sackedBytes(final int value) {
        intAt(FlightLayout.SACKED_BYTES, value);
    }

    /** Marked lost and not retransmitted since. */
    final int lostBytes() {
        return count() == 0 ? 0 : intAt(FlightLayout.LOST_BYTES);
    }

    final void lostBytes(final int value) {
        intAt(FlightLayout.LOST_BYTES, value);
    }

    /** Retransmitted, not acknowledged, not lost again. */
    final int retransmittedBytes() {
        return count() == 0 ? 0 : intAt(FlightLayout.RETRANSMITTED_BYTES);
    }

    final void retransmittedBytes(final int value) {
        intAt(FlightLayout.RETRANSMITTED_BYTES, value);
    }

    /** Segments selectively acknowledged. */
    final int sackedSegments() {
        return count() == 0 ? 0 : intAt(FlightLayout.SACKED_SEGMENTS);
    }

    final void sackedSegments(final int value) {
        intAt(FlightLayout.SACKED_SEGMENTS, value);
    }

    /** One past the highest sequence number selectively acknowledged, while something is. */
    final int highestSacked() {
        return intAt(FlightLayout.HIGHEST_SACKED);
    }

    final void highestSacked(final int value) {
        intAt(FlightLayout.HIGHEST_SACKED, value);
    }

    /** Nothing below is marked lost. */
    final int lostHint() {
        return intAt(FlightLayout.LOST_HINT);
    }

    final void lostHint(final int value) {
        intAt(FlightLayout.LOST_HINT, value);
    }

    /** While something is {@link Scoreboard#OUT_AGAIN}: nothing below is. */
    final int againHint() {
        return intAt(FlightLayout.AGAIN_HINT);
    }

    final void againHint(final int value) {
        intAt(FlightLayout.AGAIN_HINT, value);
    }

    /** With {@link #AGAIN_IN_ORDER}: one past the last of what is out again. */
    final int againEnd() {
        return intAt(FlightLayout.AGAIN_END);
    }

    final void againEnd(final int value) {
        intAt(FlightLayout.AGAIN_END, value);
    }

    /** Everything below is selectively acknowledged, marked lost, or {@link Scoreboard#OUT_AGAIN}. */
    final int waitingHint() {
        return intAt(FlightLayout.WAITING_HINT);
    }

    final void waitingHint(final int value) {
        intAt(FlightLayout.WAITING_HINT, value);
    }

    /** RACK.xmit_ts: when the segment was sent that was sent last of those delivered; {@link #NEVER}. */
    final long rackSentNs() {
        return longAt(FlightLayout.RACK_SENT_NS);
    }

    final void rackSentNs(final long value) {
        longAt(FlightLayout.RACK_SENT_NS, value);
    }

    /** RACK.rtt: its round trip. */
    final long rackRttNs() {
        return longAt(FlightLayout.RACK_RTT_NS);
    }

    final void rackRttNs(final long value) {
        longAt(FlightLayout.RACK_RTT_NS, value);
    }

    /** RACK.end_seq: its end. */
    final int rackEnd() {
        return intAt(FlightLayout.RACK_END);
    }

    final void rackEnd(final int value) {
        intAt(FlightLayout.RACK_END, value);
    }

    /** Pacing: nothing new leaves before; {@link #NEVER}: there is no pause. */
    final long nextSendNs() {
        return block == 0 ? NEVER : longAt(FlightLayout.NEXT_SEND_NS);
    }

    final void nextSendNs(final long value) {
        longAt(FlightLayout.NEXT_SEND_NS, value);
    }

    /** C.delivered_time of the delivery rate. */
    final long deliveredNs() {
        return longAt(FlightLayout.DELIVERED_NS);
    }

    final void deliveredNs(final long value) {
        longAt(FlightLayout.DELIVERED_NS, value);
    }

    /** C.first_sent_time of the delivery rate. */
    final long firstSentNs() {
        return longAt(FlightLayout.FIRST_SENT_NS);
    }

    final void firstSentNs(final long value) {
        longAt(FlightLayout.FIRST_SENT_NS, value);
    }

    /** C.app_limited of the delivery rate: until so many bytes are delivered; 0: not. */
    final long applicationLimited() {
        return longAt(FlightLayout.APPLICATION_LIMITED);
    }

    final void applicationLimited(final long value) {
        longAt(FlightLayout.APPLICATION_LIMITED, value);
    }

    /** C.lost: bytes ever marked lost in this flight, modulo 2^32. */
    final int lostTotal() {
        return intAt(FlightLayout.LOST_TOTAL);
    }

    final void lostTotal(final int value) {
        intAt(FlightLayout.LOST_TOTAL, value);
    }

    /** Until this is acknowledged the reordering window does not grow again. */
    final int reorderingRoundEnd() {
        return intAt(FlightLayout.REORDERING_ROUND_END);
    }

    final void reorderingRoundEnd(final int value) {
        intAt(FlightLayout.REORDERING_ROUND_END, value);
    }

    /** Most bytes in flight in the present round (RFC 7661). */
    final int maxFlight() {
        return intAt(FlightLayout.MAX_FLIGHT);
    }

    final void maxFlight(final int value) {
        intAt(FlightLayout.MAX_FLIGHT, value);
    }

    /** When that round ends. */
    final int usageEnd() {
        return intAt(FlightLayout.USAGE_END);
    }

    final void usageEnd(final int value) {
        intAt(FlightLayout.USAGE_END, value);
    }

    /** From when the RTO counts (RFC 6298 §5). */
    final long rtoBaseNs() {
        return longAt(FlightLayout.RTO_BASE_NS);
    }

    final void rtoBaseNs(final long value) {
        longAt(FlightLayout.RTO_BASE_NS, value);
    }

    /** Since when nothing new was acknowledged: the user timeout (RFC 9293 §3.9.1.2). */
    final long firstUnansweredNs() {
        return longAt(FlightLayout.FIRST_UNANSWERED_NS);
    }

    final void firstUnansweredNs(final long value) {
        longAt(FlightLayout.FIRST_UNANSWERED_NS, value);
    }

    /** When the reordering window is over (RFC 8985 §6.2 step 5); {@link #FOREVER}: it is not waited for. */
    final long reorderingAtNs() {
        return count() == 0 ? FOREVER : longAt(FlightLayout.REORDERING_AT_NS);
    }

    final void reorderingAtNs(final long value) {
        longAt(FlightLayout.REORDERING_AT_NS, value);
    }
}
