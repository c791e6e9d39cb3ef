package io.millrace.fastpath.tcp.congestion;

import io.millrace.fastpath.memory.Memory;

/**
 * The first part of BBR's block in the slab: the model of the path (draft-ietf-ccwg-bbr-06 §2.9 to §2.12). Static
 * accessors of an address, because one congestion control serves the engines of all threads. Rates are bytes a second,
 * volumes bytes, times nanoseconds of the engine's clock.
 */
final class BbrPath {
    /** Bytes of the block, both parts. */
    static final int LENGTH = 256;
    /** No bound of a rate. */
    static final long NO_RATE = Long.MAX_VALUE;
    /** No round trip was measured. */
    static final long NO_RTT = Long.MAX_VALUE;
    /** No bound of what is in flight. */
    static final int NO_BOUND = Integer.MAX_VALUE;

    private static final int MAX_BW_NOW = 0;
    private static final int MAX_BW_BEFORE = 8;
    private static final int BW_SHORT = 16;
    private static final int BW_LATEST = 24;
    private static final int BW = 32;
    private static final int PACING_RATE = 40;
    private static final int UNDO_BW_SHORT = 48;
    private static final int MIN_RTT_NS = 56;
    private static final int MIN_RTT_STAMP = 64;
    private static final int PROBE_RTT_MIN_NS = 72;
    private static final int PROBE_RTT_MIN_STAMP = 80;
    private static final int NEXT_ROUND_DELIVERED = 88;
    private static final int LOSS_ROUND_DELIVERED = 96;
    private static final int EXTRA_ACKED_START = 104;
    private static final int EXTRA_ACKED_DELIVERED = 112;
    private static final int APP_LIMITED_UNTIL = 120;
    private static final int EXTRA_ACKED_NOW = 128;
    private static final int EXTRA_ACKED_BEFORE = 132;
    private static final int EXTRA_ACKED_ROUND = 136;
    private static final int INFLIGHT_LONG = 140;
    private static final int INFLIGHT_SHORT = 144;
    private static final int INFLIGHT_LATEST = 148;
    private static final int UNDO_INFLIGHT_LONG = 152;
    private static final int UNDO_INFLIGHT_SHORT = 156;
    private static final int ROUND_COUNT = 160;

    private BbrPath() {}

    /** Largest delivery rate of this ProbeBW cycle. */
    static long maxBwNow(final long bbr) {
        return Memory.getLong(bbr + MAX_BW_NOW);
    }

    static void maxBwNow(final long bbr, final long value) {
        Memory.putLong(bbr + MAX_BW_NOW, value);
    }

    /** Largest delivery rate of the cycle before. */
    static long maxBwBefore(final long bbr) {
        return Memory.getLong(bbr + MAX_BW_BEFORE);
    }

    static void maxBwBefore(final long bbr, final long value) {
        Memory.putLong(bbr + MAX_BW_BEFORE, value);
    }

    /** BBR.bw_shortterm; {@link #NO_RATE}: no bound. */
    static long bwShort(final long bbr) {
        return Memory.getLong(bbr + BW_SHORT);
    }

    static void bwShort(final long bbr, final long value) {
        Memory.putLong(bbr + BW_SHORT, value);
    }

    /** BBR.bw_latest: the largest delivery rate of this round trip. */
    static long bwLatest(final long bbr) {
        return Memory.getLong(bbr + BW_LATEST);
    }

    static void bwLatest(final long bbr, final long value) {
        Memory.putLong(bbr + BW_LATEST, value);
    }

    /** BBR.bw: what the path is thought to deliver now. */
    static long bw(final long bbr) {
        return Memory.getLong(bbr + BW);
    }

    static void bw(final long bbr, final long value) {
        Memory.putLong(bbr + BW, value);
    }

    /** C.pacing_rate. */
    static long pacingRate(final long bbr) {
        return Memory.getLong(bbr + PACING_RATE);
    }

    static void pacingRate(final long bbr, final long value) {
        Memory.putLong(bbr + PACING_RATE, value);
    }

    /** BBR.undo_bw_shortterm. */
    static long undoBwShort(final long bbr) {
        return Memory.getLong(bbr + UNDO_BW_SHORT);
    }

    static void undoBwShort(final long bbr, final long value) {
        Memory.putLong(bbr + UNDO_BW_SHORT, value);
    }

    /** BBR.min_rtt; {@link #NO_RTT}: none measured. */
    static long minRttNs(final long bbr) {
        return Memory.getLong(bbr + MIN_RTT_NS);
    }

    static void minRttNs(final long bbr, final long value) {
        Memory.putLong(bbr + MIN_RTT_NS, value);
    }

    /** When that was measured. */
    static long minRttStamp(final long bbr) {
        return Memory.getLong(bbr + MIN_RTT_STAMP);
    }

    static void minRttStamp(final long bbr, final long value) {
        Memory.putLong(bbr + MIN_RTT_STAMP, value);
    }

    /** BBR.probe_rtt_min_delay; {@link #NO_RTT}: none measured. */
    static long probeRttMinNs(final long bbr) {
        return Memory.getLong(bbr + PROBE_RTT_MIN_NS);
    }

    static void probeRttMinNs(final long bbr, final long value) {
        Memory.putLong(bbr + PROBE_RTT_MIN_NS, value);
    }

    /** When that was measured. */
    static long probeRttMinStamp(final long bbr) {
        return Memory.getLong(bbr + PROBE_RTT_MIN_STAMP);
    }

    static void probeRttMinStamp(final long bbr, final long value) {
        Memory.putLong(bbr + PROBE_RTT_MIN_STAMP, value);
    }

    /** What has to be delivered before a packet is sent that ends the round trip. */
    static long nextRoundDelivered(final long bbr) {
        return Memory.getLong(bbr + NEXT_ROUND_DELIVERED);
    }

    static void nextRoundDelivered(final long bbr, final long value) {
        Memory.putLong(bbr + NEXT_ROUND_DELIVERED, value);
    }

    /** The same for the round trip of the short-term model. */
    static long lossRoundDelivered(final long bbr) {
        return Memory.getLong(bbr + LOSS_ROUND_DELIVERED);
    }

    static void lossRoundDelivered(final long bbr, final long value) {
        Memory.putLong(bbr + LOSS_ROUND_DELIVERED, value);
    }

    /** Since when acknowledgements came faster than expected. */
    static long extraAckedStart(final long bbr) {
        return Memory.getLong(bbr + EXTRA_ACKED_START);
    }

    static void extraAckedStart(final long bbr, final long value) {
        Memory.putLong(bbr + EXTRA_ACKED_START, value);
    }

    /** Delivered since then. */
    static long extraAckedDelivered(final long bbr) {
        return Memory.getLong(bbr + EXTRA_ACKED_DELIVERED);
    }

    static void extraAckedDelivered(final long bbr, final long value) {
        Memory.putLong(bbr + EXTRA_ACKED_DELIVERED, value);
    }

    /** Samples of packets sent before so much was delivered are limited by ourselves (ProbeRTT). */
    static long appLimitedUntil(final long bbr) {
        return Memory.getLong(bbr + APP_LIMITED_UNTIL);
    }

    static void appLimitedUntil(final long bbr, final long value) {
        Memory.putLong(bbr + APP_LIMITED_UNTIL, value);
    }

    /** Largest excess in this window of round trips. */
    static int extraAckedNow(final long bbr) {
        return Memory.getInt(bbr + EXTRA_ACKED_NOW);
    }

    static void extraAckedNow(final long bbr, final int value) {
        Memory.putInt(bbr + EXTRA_ACKED_NOW, value);
    }

    /** Largest excess in the window before. */
    static int extraAckedBefore(final long bbr) {
        return Memory.getInt(bbr + EXTRA_ACKED_BEFORE);
    }

    static void extraAckedBefore(final long bbr, final int value) {
        Memory.putInt(bbr + EXTRA_ACKED_BEFORE, value);
    }

    /** Round trip in which this window began. */
    static int extraAckedRound(final long bbr) {
        return Memory.getInt(bbr + EXTRA_ACKED_ROUND);
    }

    static void extraAckedRound(final long bbr, final int value) {
        Memory.putInt(bbr + EXTRA_ACKED_ROUND, value);
    }

    /** BBR.inflight_longterm; {@link #NO_BOUND}: none. */
    static int inflightLong(final long bbr) {
        return Memory.getInt(bbr + INFLIGHT_LONG);
    }

    static void inflightLong(final long bbr, final int value) {
        Memory.putInt(bbr + INFLIGHT_LONG, value);
    }

    /** BBR.inflight_shortterm; {@link #NO_BOUND}: none. */
    static int inflightShort(final long bbr) {
        return Memory.getInt(bbr + INFLIGHT_SHORT);
    }

    static void inflightShort(final long bbr, final int value) {
        Memory.putInt(bbr + INFLIGHT_SHORT, value);
    }

    /** BBR.inflight_latest: the most delivered in a round trip, of this round trip. */
    static int inflightLatest(final long bbr) {
        return Memory.getInt(bbr + INFLIGHT_LATEST);
    }

    static void inflightLatest(final long bbr, final int value) {
        Memory.putInt(bbr + INFLIGHT_LATEST, value);
    }

    /** BBR.undo_inflight_longterm. */
    static int undoInflightLong(final long bbr) {
        return Memory.getInt(bbr + UNDO_INFLIGHT_LONG);
    }

    static void undoInflightLong(final long bbr, final int value) {
        Memory.putInt(bbr + UNDO_INFLIGHT_LONG, value);
    }

    /** BBR.undo_inflight_shortterm. */
    static int undoInflightShort(final long bbr) {
        return Memory.getInt(bbr + UNDO_INFLIGHT_SHORT);
    }

    static void undoInflightShort(final long bbr, final int value) {
        Memory.putInt(bbr + UNDO_INFLIGHT_SHORT, value);
    }

    /** BBR.round_count. */
    static int roundCount(final long bbr) {
        return Memory.getInt(bbr + ROUND_COUNT);
    }

    static void roundCount(final long bbr, final int value) {
        Memory.putInt(bbr + ROUND_COUNT, value);
    }

    /** BBR.max_bw: the largest delivery rate of this ProbeBW cycle and the one before (§5.5.3). */
    static long maxBw(final long bbr) {
        return Math.max(maxBwNow(bbr), maxBwBefore(bbr));
    }

    /** BBR.extra_acked (§5.5.9). */
    static int extraAcked(final long bbr) {
        return Math.max(extraAckedNow(bbr), extraAckedBefore(bbr));
    }
}
