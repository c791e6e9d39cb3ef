package io.millrace.fastpath.tcp.recovery;

import io.millrace.fastpath.flow.Tcb;
import io.millrace.fastpath.tcp.congestion.AckSample;

/**
 * What one acknowledgement delivers, record by record: round trips, the delivery rate (draft-ietf-ccwg-bbr §4.1), what
 * RACK learns (RFC 8985 §6.2 steps 1 to 3), and whether originals or retransmissions arrived. One object an engine.
 * Thread: the engine's.
 */
final class Deliveries {
    /** No round trip takes longer: a timestamp echo says so that was made up. */
    private static final int LONGEST_MS = 1 << 20;

    /** More than these the TCB does not count. */
    private static final int MOST_SEGMENTS = 255;

    private final Scoreboard board;
    private final AckSample sample;
    private long rateSentNs;
    private long rateFirstSentNs;
    private long rateDeliveredNs;
    private int rateEnd;
    /** Round trip of the earliest original segment that was delivered; -1: none. */
    private long oldestRttNs;
    private boolean retransmittedAcked;
    private boolean originalDelivered;
    private int timestampEcho;
    private boolean hasEcho;
    private boolean hadSacked;
    private int highestSackedBefore;
    private int firstBefore;
    private boolean counting;
    private int counted;
    private int uncounted;

    Deliveries(final Scoreboard board, final AckSample sample) {
        this.board = board;
        this.sample = sample;
    }

    /** @param early what is selectively acknowledged grows the window at once. */
    void begin(final Tcb tcb, final boolean echoes, final int echo, final boolean early) {
        counting = early;
        counted = 0;
        uncounted = 0;
        hadSacked = tcb.has(Tcb.SACK) && board.sackedBytes() > 0;
        highestSackedBefore = hadSacked ? board.highestSacked() : 0;
        firstBefore = tcb.sndUna();
        oldestRttNs = -1;
        retransmittedAcked = false;
        originalDelivered = false;
        hasEcho = echoes;
        timestampEcho = echo;
    }

    /** The record, or all of it that is acknowledged, is delivered for the first time. */
    void onDelivered(final Tcb tcb, final long record, final int bytes, final boolean selectively) {
        tcb.delivered(tcb.delivered() + bytes);
        sample.deliveredBytes += bytes;
        board.deliveredNs(sample.nowNs);
        final boolean again = board.has(record, Scoreboard.RETRANSMITTED);
        final long rttNs = Math.max(1, sample.nowNs - board.sentNs(record));
        if (again) {
            retransmittedAcked |= !selectively;
        } else {
            onOriginal(tcb, record, rttNs);
        }
        if (selectively && counting) {
            board.markCounted(record);
        }
        takeForRate(tcb, record);
        updateRack(tcb, record, rttNs, again);
    }

    /** The cumulative acknowledgement: takes off what it covers; SND.UNA is still that of before. */
    void takeOff(final Tcb tcb, final int ack) {
        final int mss = tcb.sndMss();
        while (board.count() > 0 && board.seq(board.at(0)) - ack < 0) {
            final long record = board.at(0);
            final boolean whole = board.end(record) - ack <= 0;
            final int bytes = whole ? board.length(record) : ack - board.seq(record);
            if (!board.has(record, Scoreboard.SACKED)) {
                onDelivered(tcb, record, bytes, false);
            } else if (board.has(record, Scoreboard.COUNTED)) {
                counted += bytes;
            } else {
                uncounted += bytes;
            }
            if (whole) {
                board.removeFirst(mss);
            } else {
                board.trimFirst(ack, mss);
            }
        }
    }

    private void onOriginal(final Tcb tcb, final long record, final long rttNs) {
        // in whatever order SACK blocks and the cumulative acknowledgement tell: sent first, sent last
        oldestRttNs = Math.max(oldestRttNs, rttNs);
        sample.rttNs = sample.rttNs < 0 ? rttNs : Math.min(sample.rttNs, rttNs);
        RoundTripTime.smallest(tcb, sample.nowNs, rttNs);
        if (board.marked(FlightState.FORWARD_RTO) && board.end(record) - board.forwardRtoPoint() <= 0) {
            originalDelivered = true;
        }
        // RFC 8985 §6.2 step 3: delivered behind something that was sent later and was told of by an earlier segment
        if (hadSacked && board.end(record) - highestSackedBefore < 0) {
            onReordered(tcb, highestSackedBefore - board.end(record));
        }
    }

    /** What was first in the flight when the acknowledgement came had been sent again, but the original arrived. */
    void onFirstArrivedLate(final Tcb tcb) {
        onReordered(tcb, hadSacked ? Math.max(0, highestSackedBefore - firstBefore - tcb.sndMss()) : 0);
    }

    /** Something arrived after bytes that were sent later. @param distance from its end to that of those. */
    private static void onReordered(final Tcb tcb, final int distance) {
        tcb.set(Tcb.REORDERING_SEEN);
        final int segments = (distance + tcb.sndMss() - 1) / tcb.sndMss();
        tcb.reorderingDegree(Math.max(tcb.reorderingDegree(), Math.min(segments, MOST_SEGMENTS)));
    }

    /** UpdateRateSample: the record sent last counts. */
    private void takeForRate(final Tcb tcb, final long record) {
        final long sentNs = board.sentNs(record);
        final long deliveredBefore = board.recordDelivered(tcb, record);
        if (sample.priorDelivered < 0 || deliveredBefore > sample.priorDelivered
                || deliveredBefore == sample.priorDelivered && isLater(sentNs, board.end(record))) {
            sample.priorDelivered = deliveredBefore;
            sample.applicationLimited = board.has(record, Scoreboard.APPLICATION_LIMITED);
            sample.inFlightWhenSent = board.inFlightWhenSent(record);
            sample.lostSinceSent = board.lostSince(record);
            rateSentNs = sentNs;
            rateEnd = board.end(record);
            rateFirstSentNs = board.recordFirstSentNs(record);
            rateDeliveredNs = board.recordDeliveredNs(record);
        }
    }

    private boolean isLater(final long sentNs, final int end) {
        return sentNs > rateSentNs || sentNs == rateSentNs && end - rateEnd > 0;
    }

    /** RFC 8985 §6.2 step 2. */
    private void updateRack(final Tcb tcb, final long record, final long rttNs, final boolean again) {
        if (again) {
            // an acknowledgement of the original, most likely
            final boolean before = hasEcho
                    && timestampEcho - LossRecovery.timestamp(tcb, board.sentNs(record)) < 0;
            if (before || rttNs < tcb.minRttNs()) {
                return;
            }
        }
        if (isSentAfter(board.sentNs(record), board.end(record), board.rackSentNs(), board.rackEnd())) {
            board.rackSentNs(board.sentNs(record));
            board.rackEnd(board.end(record));
            board.rackRttNs(rttNs);
        }
    }

    /** RACK_sent_after of RFC 8985 §6.2. */
    static boolean isSentAfter(final long ns, final int end, final long otherNs, final int otherEnd) {
        return ns > otherNs || ns == otherNs && end - otherEnd > 0;
    }

    /** GenerateRateSample, when all records of the acknowledgement are through. */
    void finish(final Tcb tcb) {
        if (board.applicationLimited() != 0 && tcb.delivered() > board.applicationLimited()) {
            board.applicationLimited(0);
        }
        if (sample.priorDelivered < 0) {
            return;
        }
        board.firstSentNs(rateSentNs);
        final long sendNs = rateSentNs - rateFirstSentNs;
        final long ackNs = sample.nowNs - rateDeliveredNs;
        sample.rateBytes = tcb.delivered() - sample.priorDelivered;
        measureRate(tcb, sample, Math.max(sendNs, ackNs));
    }

    /** @param intervalNs in which {@link AckSample#rateBytes} were delivered. */
    static void measureRate(final Tcb tcb, final AckSample sample, final long intervalNs) {
        if (intervalNs > 0 && intervalNs >= tcb.minRttNs()) {
            sample.intervalNs = intervalNs;
            if (sample.applicationLimited && isBelow(sample, tcb.deliveryRateKiB())) {
                return;
            }
            final long kib = Math.min(sample.bytesPerSecond() >>> 10, Integer.MAX_VALUE);
            if (!sample.applicationLimited || kib >= tcb.deliveryRateKiB()) {
                tcb.deliveryRateKiB((int) kib);
            }
        }
    }

    /**
     * True only where the rate is less than so many KiB a second, by a byte at the least: without the division and the
     * rounding, which each segment of a conversation would pay for in vain.
     */
    private static boolean isBelow(final AckSample sample, final int kib) {
        return sample.rateBytes * 1e9 < (((long) kib << 10) - 1) * (double) sample.intervalNs;
    }

    /**
     * The round trip for the RTO (RFC 6298 §3): of the earliest original, unless something sent twice was acknowledged
     * (Karn); with timestamps also of that (RFC 7323 §4.1). @param advanced SND.UNA moved.
     */
    void measure(final Tcb tcb, final RecoverySettings settings, final boolean advanced) {
        long rttNs = retransmittedAcked ? -1 : oldestRttNs;
        if (rttNs < 0 && advanced && hasEcho && timestampEcho != 0) {
            final int ms = LossRecovery.timestamp(tcb, sample.nowNs) - timestampEcho;
            rttNs = ms >= 0 && ms < LONGEST_MS ? Math.max(1, ms) * 1_000_000L : -1;
        }
        if (rttNs >= 0) {
            RoundTripTime.measured(tcb, rttNs, settings);
        }
    }

    /** Bytes acknowledged cumulatively that grew the window when they were selectively acknowledged. */
    int counted() {
        return counted;
    }

    /** Bytes acknowledged cumulatively that did not, though they were selectively acknowledged before. */
    int uncounted() {
        return uncounted;
    }

    /** True where something was acknowledged cumulatively that was sent more than once. */
    boolean isRetransmittedAcked() {
        return retransmittedAcked;
    }

    /** True where an original of before the timeout was delivered (RFC 5682 §3.1). */
    boolean isOriginalDelivered() {
        return originalDelivered;
    }
}
