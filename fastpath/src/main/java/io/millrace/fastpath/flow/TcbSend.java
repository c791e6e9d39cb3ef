package io.millrace.fastpath.flow;

import io.millrace.fastpath.memory.Memory;

/**
 * The part of a {@link Tcb} that sends: the send sequence variables of RFC 9293 §3.3.1, the send ring, round-trip time,
 * loss and congestion. Thread: the engine's.
 */
public abstract class TcbSend extends TcbReceive {
    /** The upper four bits; the lower are those of the other direction. */
    private static final int SHIFTS = 41;
    private static final int SHIFT_BITS = 4;
    private static final int RECEIVE_SHIFT_MASK = 0xF;
    private static final int SND_UNA = 64;
    private static final int SND_NXT = 68;
    private static final int SND_MAX = 72;
    private static final int SND_END = 76;
    private static final int SND_WND = 80;
    private static final int SND_WL1 = 84;
    private static final int SND_WL2 = 88;
    private static final int MAX_SND_WND = 92;
    private static final int SND_RING = 96;
    private static final int SND_CAPACITY = 112;
    private static final int SND_MSS = 120;
    private static final int CWND = 124;
    private static final int SRTT_NS = 192;
    private static final int RTTVAR_NS = 336;
    private static final int RTO_NS = 152;
    private static final int SSTHRESH = 396;
    private static final int RETRANSMITS = 405;
    private static final int LAST_SEND_NS = 328;
    private static final int ISS = 420;
    private static final int SEND_BUFFER = 432;
    private static final int PERSIST_BACKOFF = 191;
    private static final int CONGESTION = 404;
    private static final int CC_AREA = 352;
    private static final int DELIVERY_RATE = 392;
    private static final int FLIGHT = 224;
    private static final int DELIVERED = 344;
    private static final int MIN_RTT_NS = 424;
    private static final int MIN_RTT_STAMP = 428;
    private static final int REORDERING_STEPS = 403;
    private static final int REORDERING_DEGREE = 402;
    private static final int REORDERING_PERSISTS = 406;
    private static final int FULL_MSS = 412;
    private static final int TOTAL_RETRANSMITS = 436;

    /** Sequence numbers sent and not acknowledged. */
    public int inFlight() {
        return sndNxt() - sndUna();
    }

    /** True where our FIN was sent and acknowledged. */
    public boolean isFinAcknowledged() {
        return has(FIN_QUEUED) && sndUna() == sndEnd() + 1;
    }

    /** Shift of the windows that the peer announces (RFC 7323 Snd.Wind.Shift), 0 to 14. */
    public int sendShift() {
        return Memory.getUnsignedByte(address + SHIFTS) >>> SHIFT_BITS;
    }

    public void sendShift(final int value) {
        Memory.putByte(address + SHIFTS, value << SHIFT_BITS | Memory.getByte(address + SHIFTS) & RECEIVE_SHIFT_MASK);
    }

    /** SND.UNA: oldest sequence number not acknowledged; head of the send ring. */
    public int sndUna() {
        return Memory.getInt(address + SND_UNA);
    }

    public void sndUna(final int value) {
        Memory.putInt(address + SND_UNA, value);
    }

    /** SND.NXT: next sequence number to send for the first time. */
    public int sndNxt() {
        return Memory.getInt(address + SND_NXT);
    }

    public void sndNxt(final int value) {
        Memory.putInt(address + SND_NXT, value);
    }

    /** One past the highest sequence number ever sent: SND.NXT, or beyond it by the byte of a window probe. */
    public int sndMax() {
        return Memory.getInt(address + SND_MAX);
    }

    public void sndMax(final int value) {
        Memory.putInt(address + SND_MAX, value);
    }

    /** One past the last byte in the send ring; the FIN, if queued, has this sequence number. */
    public int sndEnd() {
        return Memory.getInt(address + SND_END);
    }

    public void sndEnd(final int value) {
        Memory.putInt(address + SND_END, value);
    }

    /** SND.WND in bytes, already scaled. */
    public int sndWnd() {
        return Memory.getInt(address + SND_WND);
    }

    public void sndWnd(final int value) {
        Memory.putInt(address + SND_WND, value);
    }

    /** SND.WL1: sequence number of the last window update. */
    public int sndWl1() {
        return Memory.getInt(address + SND_WL1);
    }

    public void sndWl1(final int value) {
        Memory.putInt(address + SND_WL1, value);
    }

    /** SND.WL2: acknowledgement number of the last window update. */
    public int sndWl2() {
        return Memory.getInt(address + SND_WL2);
    }

    public void sndWl2(final int value) {
        Memory.putInt(address + SND_WL2, value);
    }

    /** Largest window the peer ever announced (MAX.SND.WND of RFC 5961, Max(SND.WND) of RFC 9293 §3.8.6.2.1). */
    public int maxSndWnd() {
        return Memory.getInt(address + MAX_SND_WND);
    }

    public void maxSndWnd(final int value) {
        Memory.putInt(address + MAX_SND_WND, value);
    }

    /** Address of the send ring; 0 while it holds nothing. */
    public long sndRing() {
        return Memory.getLong(address + SND_RING);
    }

    public void sndRing(final long value) {
        Memory.putLong(address + SND_RING, value);
    }

    /** Bytes of the send ring, a power of two; 0 without one. */
    public int sndCapacity() {
        return Memory.getInt(address + SND_CAPACITY);
    }

    public void sndCapacity(final int value) {
        Memory.putInt(address + SND_CAPACITY, value);
    }

    /** Payload bytes of the largest segment sent (Eff.snd.MSS of RFC 9293 §3.7.1). */
    public int sndMss() {
        return Memory.getInt(address + SND_MSS);
    }

    public void sndMss(final int value) {
        Memory.putInt(address + SND_MSS, value);
    }

    /** Congestion window in bytes. */
    public int cwnd() {
        return Memory.getInt(address + CWND);
    }

    public void cwnd(final int value) {
        Memory.putInt(address + CWND, value);
    }

    /** SRTT (RFC 6298); 0 before the first measurement. */
    public long srttNs() {
        return Memory.getLong(address + SRTT_NS);
    }

    public void srttNs(final long value) {
        Memory.putLong(address + SRTT_NS, value);
    }

    /** RTTVAR (RFC 6298). */
    public long rttvarNs() {
        return Memory.getLong(address + RTTVAR_NS);
    }

    public void rttvarNs(final long value) {
        Memory.putLong(address + RTTVAR_NS, value);
    }

    /** RTO before backoff. */
    public long rtoNs() {
        return Memory.getLong(address + RTO_NS);
    }

    public void rtoNs(final long value) {
        Memory.putLong(address + RTO_NS, value);
    }

    /** Slow start threshold in bytes. */
    public int ssthresh() {
        return Memory.getInt(address + SSTHRESH);
    }

    public void ssthresh(final int value) {
        Memory.putInt(address + SSTHRESH, value);
    }

    /** Times the timer expired for the head in a row. */
    public int retransmits() {
        return Memory.getByte(address + RETRANSMITS);
    }

    public void retransmits(final int value) {
        Memory.putByte(address + RETRANSMITS, value);
    }

    /** When a segment with data was last sent: restart after idle (RFC 5681 §4.1). */
    public long lastSendNs() {
        return Memory.getLong(address + LAST_SEND_NS);
    }

    public void lastSendNs(final long value) {
        Memory.putLong(address + LAST_SEND_NS, value);
    }

    /** ISS: initial send sequence number. */
    public int iss() {
        return Memory.getInt(address + ISS);
    }

    public void iss(final int value) {
        Memory.putInt(address + ISS, value);
    }

    /** Largest send ring in bytes. */
    public int sendBuffer() {
        return Memory.getInt(address + SEND_BUFFER);
    }

    public void sendBuffer(final int value) {
        Memory.putInt(address + SEND_BUFFER, value);
    }

    /** Zero-window probes sent in a row, at most 127. */
    public int persistBackoff() {
        return Memory.getByte(address + PERSIST_BACKOFF);
    }

    public void persistBackoff(final int value) {
        Memory.putByte(address + PERSIST_BACKOFF, value);
    }

    /** Which congestion control, as {@code CongestionControls} numbers them. */
    public int congestion() {
        return Memory.getByte(address + CONGESTION);
    }

    public void congestion(final int value) {
        Memory.putByte(address + CONGESTION, value);
    }

    /** Words of the congestion control's own state. */
    public static final int CC_WORDS = 10;

    /** The congestion control's own word {@code index}, 0 to {@link #CC_WORDS} - 1. */
    public int cc(final int index) {
        return Memory.getInt(address + CC_AREA + 4L * index);
    }

    public void cc(final int index, final int value) {
        Memory.putInt(address + CC_AREA + 4L * index, value);
    }

    /** Words 0 and 1 of the congestion control's own state as one, for the address of a block. */
    public long ccAddress() {
        return Memory.getLong(address + CC_AREA);
    }

    public void ccAddress(final long value) {
        Memory.putLong(address + CC_AREA, value);
    }

    /**
     * Address of the block that holds what was sent and not acknowledged, and the state of loss recovery, with four bits of
     * loss recovery's in the lowest places; 0 while nothing is in flight.
     */
    public long flight() {
        return Memory.getLong(address + FLIGHT);
    }

    public void flight(final long value) {
        Memory.putLong(address + FLIGHT, value);
    }

    /** Bytes delivered to the peer so far: acknowledged cumulatively or selectively (C.delivered). */
    public long delivered() {
        return Memory.getLong(address + DELIVERED);
    }

    public void delivered(final long value) {
        Memory.putLong(address + DELIVERED, value);
    }

    /** The last delivery rate measured, in units of 1,024 bytes a second; 0: none yet. */
    public int deliveryRateKiB() {
        return Memory.getInt(address + DELIVERY_RATE);
    }

    public void deliveryRateKiB(final int value) {
        Memory.putInt(address + DELIVERY_RATE, value);
    }

    /** Smallest round trip of late, in nanoseconds, at most 2^31 - 1; 0 before the first measurement. */
    public int minRttNs() {
        return Memory.getInt(address + MIN_RTT_NS);
    }

    public void minRttNs(final int value) {
        Memory.putInt(address + MIN_RTT_NS, value);
    }

    /** When {@link #minRttNs} was measured: the clock shifted right by 20 (1.05 ms). */
    public int minRttStamp() {
        return Memory.getInt(address + MIN_RTT_STAMP);
    }

    public void minRttStamp(final int value) {
        Memory.putInt(address + MIN_RTT_STAMP, value);
    }

    /** How many segments sent later have arrived before one at the most, 0 to 255. */
    public int reorderingDegree() {
        return Memory.getUnsignedByte(address + REORDERING_DEGREE);
    }

    public void reorderingDegree(final int value) {
        Memory.putByte(address + REORDERING_DEGREE, value);
    }

    /** RACK.reo_wnd_mult of RFC 8985, 0 counting as 1. */
    public int reorderingSteps() {
        return Memory.getByte(address + REORDERING_STEPS);
    }

    public void reorderingSteps(final int value) {
        Memory.putByte(address + REORDERING_STEPS, value);
    }

    /** RACK.reo_wnd_persist of RFC 8985: recoveries until the reordering window shrinks again. */
    public int reorderingPersists() {
        return Memory.getByte(address + REORDERING_PERSISTS);
    }

    public void reorderingPersists(final int value) {
        Memory.putByte(address + REORDERING_PERSISTS, value);
    }

    /** Segments retransmitted in the connection's life. */
    public int totalRetransmits() {
        return Memory.getInt(address + TOTAL_RETRANSMITS);
    }

    public void totalRetransmits(final int value) {
        Memory.putInt(address + TOTAL_RETRANSMITS, value);
    }

    /** {@link #sndMss} as the two ends agreed on: what it is while the path is not known to take less. */
    public int fullMss() {
        return Memory.getUnsignedShort(address + FULL_MSS);
    }

    public void fullMss(final int value) {
        Memory.putShort(address + FULL_MSS, value);
    }
}
