package io.millrace.fastpath.flow;

import io.millrace.fastpath.memory.Memory;

/**
 * The part of a {@link Tcb} that receives: the receive sequence variables of RFC 9293 §3.3.1, the receive ring, what is
 * out of order. Thread: the engine's.
 */
public abstract class TcbReceive extends TcbIdentity {
    /** The lower four bits; the upper are those of the other direction. */
    private static final int SHIFTS = 41;
    private static final int SHIFT_MASK = 0xF;
    private static final int RCV_NXT = 48;
    private static final int RCV_WND_RIGHT = 52;
    private static final int RCV_READ = 56;
    private static final int LAST_ACK_SENT = 60;
    private static final int RCV_RING = 104;
    private static final int RCV_CAPACITY = 116;
    private static final int LAST_RECEIVE_NS = 128;
    private static final int OUT_OF_ORDER = 136;
    private static final int IRS = 172;
    private static final int RECEIVE_BUFFER = 160;
    private static final int RECEIVE_MSS = 184;
    private static final int ANNOUNCED_MSS = 186;
    private static final int URGENT = 444;
    private static final int PROBES = 401;
    private static final int FIN_SEQ = 408;
    private static final int OUT_OF_WINDOW_ACK_STAMP = 416;
    private static final int LAST_TEXT_STAMP = 180;
    private static final int RECEIVE_RTT_NS = 176;
    private static final int TS_RECENT = 212;
    private static final int TS_OFFSET = 216;
    private static final int TS_RECENT_STAMP = 220;
    private static final int QUICK_ACKS = 190;
    private static final int CHALLENGES = 407;
    private static final int CHALLENGE_STAMP = 414;
    private static final int RECEIVE_SPACE = 208;
    private static final int RECEIVE_SPACE_SEQ = 204;
    private static final int RECEIVE_SPACE_STAMP = 200;

    /** RCV.WND: what is left of the announced window. */
    public int rcvWnd() {
        return rcvWndRight() - rcvNxt();
    }

    /** Bytes in order that the application has not received; the peer's FIN does not count. */
    public int unread() {
        return rcvNxt() - rcvRead() - (has(FIN_RECEIVED) ? 1 : 0);
    }

    /** Shift of the windows that we announce (RFC 7323 Rcv.Wind.Shift), 0 to 14. */
    public int receiveShift() {
        return Memory.getByte(address + SHIFTS) & SHIFT_MASK;
    }

    public void receiveShift(final int value) {
        Memory.putByte(address + SHIFTS, Memory.getByte(address + SHIFTS) & ~SHIFT_MASK | value);
    }

    /** RCV.NXT: next sequence number expected. */
    public int rcvNxt() {
        return Memory.getInt(address + RCV_NXT);
    }

    public void rcvNxt(final int value) {
        Memory.putInt(address + RCV_NXT, value);
    }

    /** RCV.NXT + RCV.WND: right edge of the window as announced; never taken back. */
    public int rcvWndRight() {
        return Memory.getInt(address + RCV_WND_RIGHT);
    }

    public void rcvWndRight(final int value) {
        Memory.putInt(address + RCV_WND_RIGHT, value);
    }

    /** First byte that the application has not received; head of the receive ring. */
    public int rcvRead() {
        return Memory.getInt(address + RCV_READ);
    }

    public void rcvRead(final int value) {
        Memory.putInt(address + RCV_READ, value);
    }

    /** Acknowledgement number of the last segment sent. */
    public int lastAckSent() {
        return Memory.getInt(address + LAST_ACK_SENT);
    }

    public void lastAckSent(final int value) {
        Memory.putInt(address + LAST_ACK_SENT, value);
    }

    /** Address of the receive ring; 0 while it holds nothing. */
    public long rcvRing() {
        return Memory.getLong(address + RCV_RING);
    }

    public void rcvRing(final long value) {
        Memory.putLong(address + RCV_RING, value);
    }

    /** Bytes of the receive ring, a power of two; 0 without one. */
    public int rcvCapacity() {
        return Memory.getInt(address + RCV_CAPACITY);
    }

    public void rcvCapacity(final int value) {
        Memory.putInt(address + RCV_CAPACITY, value);
    }

    /** When a segment last arrived: keepalive. */
    public long lastReceiveNs() {
        return Memory.getLong(address + LAST_RECEIVE_NS);
    }

    public void lastReceiveNs(final long value) {
        Memory.putLong(address + LAST_RECEIVE_NS, value);
    }

    /** Block of out-of-order ranges; 0 while nothing is out of order. */
    public long outOfOrder() {
        return Memory.getLong(address + OUT_OF_ORDER);
    }

    public void outOfOrder(final long value) {
        Memory.putLong(address + OUT_OF_ORDER, value);
    }

    /** IRS: initial receive sequence number. */
    public int irs() {
        return Memory.getInt(address + IRS);
    }

    public void irs(final int value) {
        Memory.putInt(address + IRS, value);
    }

    /** Largest receive window in bytes. */
    public int receiveBuffer() {
        return Memory.getInt(address + RECEIVE_BUFFER);
    }

    public void receiveBuffer(final int value) {
        Memory.putInt(address + RECEIVE_BUFFER, value);
    }

    /** Payload of the largest segment received: the yardstick of delayed acknowledgements. */
    public int receiveMss() {
        return Memory.getUnsignedShort(address + RECEIVE_MSS);
    }

    public void receiveMss(final int value) {
        Memory.putShort(address + RECEIVE_MSS, value);
    }

    /** MSS that we announced. */
    public int announcedMss() {
        return Memory.getUnsignedShort(address + ANNOUNCED_MSS);
    }

    public void announcedMss(final int value) {
        Memory.putShort(address + ANNOUNCED_MSS, value);
    }

    /** RCV.UP: sequence number after the urgent byte. */
    public int urgent() {
        return Memory.getInt(address + URGENT);
    }

    public void urgent(final int value) {
        Memory.putInt(address + URGENT, value);
    }

    /** Keepalive probes sent since the peer was last heard. */
    public int probes() {
        return Memory.getByte(address + PROBES);
    }

    public void probes(final int value) {
        Memory.putByte(address + PROBES, value);
    }

    /** Sequence number of the peer's FIN that arrived ahead of bytes before it; with {@link #FIN_AHEAD}. */
    public int finSeq() {
        return Memory.getInt(address + FIN_SEQ);
    }

    public void finSeq(final int value) {
        Memory.putInt(address + FIN_SEQ, value);
    }

    /**
     * When a segment outside of the window was last answered, the clock shifted right by 20 (1.05 ms); where none was, long
     * enough before the connection began.
     */
    public int outOfWindowAckStamp() {
        return Memory.getInt(address + OUT_OF_WINDOW_ACK_STAMP);
    }

    public void outOfWindowAckStamp(final int value) {
        Memory.putInt(address + OUT_OF_WINDOW_ACK_STAMP, value);
    }

    /** When text last arrived in order, or the handshake ended: the clock shifted right by 20 (1.05 ms). */
    public int lastTextStamp() {
        return Memory.getInt(address + LAST_TEXT_STAMP);
    }

    public void lastTextStamp(final int value) {
        Memory.putInt(address + LAST_TEXT_STAMP, value);
    }

    /** TS.Recent of RFC 7323 §4.3: the timestamp that is echoed. */
    public int tsRecent() {
        return Memory.getInt(address + TS_RECENT);
    }

    public void tsRecent(final int value) {
        Memory.putInt(address + TS_RECENT, value);
    }

    /** What is added to the clock in the timestamps of this connection: random, so that they tell nobody anything. */
    public int tsOffset() {
        return Memory.getInt(address + TS_OFFSET);
    }

    public void tsOffset(final int value) {
        Memory.putInt(address + TS_OFFSET, value);
    }

    /** When {@link #tsRecent} was taken: the clock shifted right by 20 (1.05 ms). */
    public int tsRecentStamp() {
        return Memory.getInt(address + TS_RECENT_STAMP);
    }

    public void tsRecentStamp(final int value) {
        Memory.putInt(address + TS_RECENT_STAMP, value);
    }

    /** Round trip as the receiver sees it, in nanoseconds, at most 2^31 - 1; 0 before the first measurement. */
    public int receiveRttNs() {
        return Memory.getInt(address + RECEIVE_RTT_NS);
    }

    public void receiveRttNs(final int value) {
        Memory.putInt(address + RECEIVE_RTT_NS, value);
    }

    /** Acknowledgements that still go out at once (quick ACK), 0 to 127. */
    public int quickAcks() {
        return Memory.getByte(address + QUICK_ACKS);
    }

    public void quickAcks(final int value) {
        Memory.putByte(address + QUICK_ACKS, value);
    }

    /** When the present interval of {@link #challenges} began: 16 bits of the clock shifted right by 27 (134 ms). */
    public int challengeStamp() {
        return Memory.getUnsignedShort(address + CHALLENGE_STAMP);
    }

    public void challengeStamp(final int value) {
        Memory.putShort(address + CHALLENGE_STAMP, value);
    }

    /** Challenge ACKs sent in the present interval, 0 to 127 (RFC 5961 §7). */
    public int challenges() {
        return Memory.getByte(address + CHALLENGES);
    }

    public void challenges(final int value) {
        Memory.putByte(address + CHALLENGES, value);
    }

    /** Bytes that the application received in the last round trip: autotuning of the receive buffer. */
    public int receiveSpace() {
        return Memory.getInt(address + RECEIVE_SPACE);
    }

    public void receiveSpace(final int value) {
        Memory.putInt(address + RECEIVE_SPACE, value);
    }

    /** Where the present measurement of {@link #receiveSpace} began. */
    public int receiveSpaceSeq() {
        return Memory.getInt(address + RECEIVE_SPACE_SEQ);
    }

    public void receiveSpaceSeq(final int value) {
        Memory.putInt(address + RECEIVE_SPACE_SEQ, value);
    }

    /** When the present measurement of {@link #receiveSpace} began: the clock shifted right by 10 (1.02 µs). */
    public int receiveSpaceStamp() {
        return Memory.getInt(address + RECEIVE_SPACE_STAMP);
    }

    public void receiveSpaceStamp(final int value) {
        Memory.putInt(address + RECEIVE_SPACE_STAMP, value);
    }
}
