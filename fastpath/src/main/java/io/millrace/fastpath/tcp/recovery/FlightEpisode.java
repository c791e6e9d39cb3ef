package io.millrace.fastpath.tcp.recovery;

/**
 * What belongs to an episode of recovery: its end, how much leaves meanwhile, probes, and what it takes to undo it.
 * Thread: the engine's.
 */
abstract class FlightEpisode extends FlightHead {
    /** Acknowledged beyond this, the episode is over (RFC 6675 RecoveryPoint). */
    final int recoveryPoint() {
        return intAt(FlightLayout.RECOVERY_POINT);
    }

    final void recoveryPoint(final int value) {
        intAt(FlightLayout.RECOVERY_POINT, value);
    }

    /** Duplicate acknowledgements in a row. */
    final int dupAcks() {
        return count() == 0 ? 0 : intAt(FlightLayout.DUP_ACKS);
    }

    final void dupAcks(final int value) {
        intAt(FlightLayout.DUP_ACKS, value);
    }

    /** prr_delivered of RFC 9937. */
    final int prrDelivered() {
        return intAt(FlightLayout.PRR_DELIVERED);
    }

    final void prrDelivered(final int value) {
        intAt(FlightLayout.PRR_DELIVERED, value);
    }

    /** prr_out of RFC 9937. */
    final int prrOut() {
        return intAt(FlightLayout.PRR_OUT);
    }

    final void prrOut(final int value) {
        intAt(FlightLayout.PRR_OUT, value);
    }

    /** RecoverFS of RFC 9937. */
    final int recoverFlight() {
        return intAt(FlightLayout.RECOVER_FLIGHT);
    }

    final void recoverFlight(final int value) {
        intAt(FlightLayout.RECOVER_FLIGHT, value);
    }

    /** TLP.end_seq of RFC 8985. */
    final int probeEnd() {
        return intAt(FlightLayout.PROBE_END);
    }

    final void probeEnd(final int value) {
        intAt(FlightLayout.PROBE_END, value);
    }

    /** First sequence number of the segment that probes for a larger MTU; as {@link #mtuProbeEnd} where none is out. */
    final int mtuProbeStart() {
        return intAt(FlightLayout.MTU_PROBE_START);
    }

    /** One past its last. */
    final int mtuProbeEnd() {
        return intAt(FlightLayout.MTU_PROBE_END);
    }

    final void mtuProbe(final int start, final int end) {
        intAt(FlightLayout.MTU_PROBE_START, start);
        intAt(FlightLayout.MTU_PROBE_END, end);
    }

    /** cwnd before the episode. */
    final int priorCwnd() {
        return intAt(FlightLayout.PRIOR_CWND);
    }

    final void priorCwnd(final int value) {
        intAt(FlightLayout.PRIOR_CWND, value);
    }

    /** ssthresh before the episode. */
    final int priorSsthresh() {
        return intAt(FlightLayout.PRIOR_SSTHRESH);
    }

    final void priorSsthresh(final int value) {
        intAt(FlightLayout.PRIOR_SSTHRESH, value);
    }

    /** SND.UNA when the episode began. */
    final int undoPoint() {
        return intAt(FlightLayout.UNDO_POINT);
    }

    final void undoPoint(final int value) {
        intAt(FlightLayout.UNDO_POINT, value);
    }

    /** Segments retransmitted in the episode that no D-SACK has called needless; -1: the episode cannot be undone. */
    final int undoRetransmits() {
        return intAt(FlightLayout.UNDO_RETRANSMITS);
    }

    final void undoRetransmits(final int value) {
        intAt(FlightLayout.UNDO_RETRANSMITS, value);
    }

    /** Timestamp that the first retransmission of the episode carried (RFC 3522 RetransmitTS). */
    final int retransmitStamp() {
        return intAt(FlightLayout.RETRANSMIT_STAMP);
    }

    final void retransmitStamp(final int value) {
        intAt(FlightLayout.RETRANSMIT_STAMP, value);
    }

    /** One past the highest sequence number that F-RTO may take for an original (RFC 5682 recover). */
    final int forwardRtoPoint() {
        return intAt(FlightLayout.FORWARD_RTO_POINT);
    }

    final void forwardRtoPoint(final int value) {
        intAt(FlightLayout.FORWARD_RTO_POINT, value);
    }
}
