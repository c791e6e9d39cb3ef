package io.millrace.fastpath.flow;

import io.millrace.fastpath.memory.Memory;

/**
 * The transmission control block (RFC 9293 §3.3.1) of one connection: a flyweight over a record of
 * {@value #LENGTH} bytes, seven cache lines. With its entry in the flow table a connection without data in flight costs
 * less than 512 bytes, and no heap object.
 * <p>
 * Sequence numbers are 32-bit and wrap; compare them with {@link io.millrace.fastpath.wire.Seq}. Times are nanoseconds
 * of the engine's clock. Ring positions are sequence numbers.
 * <p>
 * Thread: the engine's. An engine has one flyweight and wraps it anew for each segment, timer and call.
 */
public final class Tcb {
    /** Bytes of a record. */
    public static final int LENGTH = 448;
    /** Timers of a connection: 1 shifted by this. */
    public static final int TIMER_SHIFT = 2;
    /** Timers of a connection. */
    public static final int TIMER_COUNT = 1 << TIMER_SHIFT;
    /** Timer: retransmission, or zero-window probe. */
    public static final int TIMER_RETRANSMIT = 0;
    /** Timer: delayed acknowledgement. */
    public static final int TIMER_ACK = 1;
    /** Timer: keepalive, or the end of FIN_WAIT_2. */
    public static final int TIMER_LIFE = 2;
    /** Timer: the slab was full, sending may be tried again. */
    public static final int TIMER_MEMORY = 3;
    /** Where the first timer's node lies. */
    public static final int TIMERS_OFFSET = 128;

    /** Flag: a FIN follows the last byte of the send ring. */
    public static final int FIN_QUEUED = 1;
    /** Flag: the peer's FIN was reached. */
    public static final int FIN_RECEIVED = 1 << 1;
    /** Flag: the application let go; the connection finishes alone. */
    public static final int ORPHAN = 1 << 2;
    /** Flag: an acknowledgement goes out at the end of this turn. */
    public static final int ACK_NOW = 1 << 3;
    /** Flag: in the ready list. */
    public static final int IN_READY_LIST = 1 << 4;
    /** Flag: in the output list. */
    public static final int IN_OUTPUT_LIST = 1 << 5;
    /** Flag: Nagle's algorithm is off. */
    public static final int NO_DELAY = 1 << 6;
    /** Flag: only full segments are sent. */
    public static final int CORK = 1 << 7;
    /** Flag: keepalive is on. */
    public static final int KEEP_ALIVE = 1 << 8;
    /** Flag: the application waits for room in the send ring. */
    public static final int WANTS_WRITABLE = 1 << 9;
    /** Flag: passive open. */
    public static final int PASSIVE = 1 << 10;
    /** Flag: in an accept queue, not attached yet. */
    public static final int UNACCEPTED = 1 << 11;
    /** Flag: both sides scale windows (RFC 7323). */
    public static final int WINDOW_SCALING = 1 << 12;
    /** Flag: in fast recovery (RFC 6582). */
    public static final int RECOVERY = 1 << 13;
    /** Flag: out of the flow table; only what the application has not received is left. */
    public static final int SHELL = 1 << 14;
    /** Flag: the application receives no more. */
    public static final int INPUT_SHUT = 1 << 15;
    /** Flag: the urgent pointer is ahead of what the application received. */
    public static final int URGENT_MODE = 1 << 16;
    /** Flag: the SYN was retransmitted (RFC 5681 §3.1: initial window of one segment). */
    public static final int SYN_RETRANSMITTED = 1 << 17;
    /** Flag: the peer's FIN arrived ahead of bytes before it. */
    public static final int FIN_AHEAD = 1 << 19;
    /** Flag: recovery saw a partial acknowledgement (RFC 6582 §4: only the first restarts the timer). */
    public static final int PARTIAL_ACK = 1 << 20;
    /** Flag: freed, but still linked in a list. */
    public static final int DEAD = 1 << 21;
    /** Flag: what the window allows is sent even if it is a small segment (override of RFC 9293 §3.8.6.2.1). */
    public static final int OVERRIDE = 1 << 18;

    // Line 0: who it is, and what every arriving segment looks at.
    private static final int LOCAL_HI = 0;
    private static final int LOCAL_LO = 8;
    private static final int REMOTE_HI = 16;
    private static final int REMOTE_LO = 24;
    private static final int PORTS = 32;
    private static final int GENERATION = 36;
    private static final int STATE = 40;
    private static final int SEND_SHIFT = 41;
    private static final int RECEIVE_SHIFT = 42;
    private static final int EVENTS = 43;
    private static final int FLAGS = 44;
    private static final int RCV_NXT = 48;
    private static final int RCV_WND_RIGHT = 52;
    private static final int RCV_READ = 56;
    private static final int LAST_ACK_SENT = 60;

    // Line 1: what every segment sent looks at.
    private static final int SND_UNA = 64;
    private static final int SND_NXT = 68;
    private static final int SND_MAX = 72;
    private static final int SND_END = 76;
    private static final int SND_WND = 80;
    private static final int SND_WL1 = 84;
    private static final int SND_WL2 = 88;
    private static final int MAX_SND_WND = 92;
    private static final int SND_RING = 96;
    private static final int RCV_RING = 104;
    private static final int SND_CAPACITY = 112;
    private static final int RCV_CAPACITY = 116;
    private static final int SND_MSS = 120;
    private static final int CWND = 124;

    // Lines 2 and 3: the four timers, intrusive nodes of the wheel; then round-trip time.
    private static final int SRTT_NS = 224;
    private static final int RTTVAR_NS = 232;
    private static final int RTO_NS = 240;
    private static final int RTT_START_NS = 248;

    // Line 4: loss and congestion.
    private static final int RTT_SEQ = 256;
    private static final int SSTHRESH = 260;
    private static final int RECOVER = 264;
    private static final int DUP_ACKS = 268;
    private static final int RETRANSMITS = 272;
    private static final int BYTES_ACKED = 276;
    private static final int CC0 = 280;
    private static final int CC1 = 284;
    private static final int CC2 = 288;
    private static final int CC3 = 296;
    private static final int LAST_SEND_NS = 304;
    private static final int LAST_RECEIVE_NS = 312;

    // Line 5: what is rarely looked at.
    private static final int OUT_OF_ORDER = 320;
    private static final int NEIGHBOUR = 328;
    private static final int ISS = 336;
    private static final int IRS = 340;
    private static final int RECEIVE_BUFFER = 344;
    private static final int SEND_BUFFER = 348;
    private static final int RECEIVE_MSS = 352;
    private static final int ANNOUNCED_MSS = 356;
    private static final int LISTENER = 360;
    private static final int READY_NEXT = 364;
    private static final int OUTPUT_NEXT = 368;
    private static final int URGENT = 372;

    // Line 6: times of life and death, and room for what comes.
    private static final int PERSIST_NS = 384;
    private static final int FAILURE = 392;
    private static final int PROBES = 393;
    private static final int SOFT_FAILURE = 394;
    private static final int PERSIST_BACKOFF = 395;
    private static final int CONGESTION = 396;
    private static final int FIN_SEQ = 400;
    private static final int PATH_MTU = 404;
    private static final int OUT_OF_WINDOW_ACK_NS = 408;

    private long address;
    private int index;

    /** Points the flyweight at a record. */
    public Tcb wrap(final int index, final long address) {
        this.index = index;
        this.address = address;
        return this;
    }

    /** Which record of the connection table this is. */
    public int index() {
        return index;
    }

    /** Name of one of the connection's timers in the wheel. */
    public int timer(final int timer) {
        return index * TIMER_COUNT + timer;
    }

    /** What the application calls the connection. */
    public long handle() {
        return (long) generation() << 32 | index;
    }

    public boolean has(final int flag) {
        return (flags() & flag) != 0;
    }

    public void set(final int flag) {
        flags(flags() | flag);
    }

    public void clear(final int flag) {
        flags(flags() & ~flag);
    }

    public int localPort() {
        return ports() >>> 16;
    }

    public int remotePort() {
        return ports() & 0xFFFF;
    }

    /** RCV.WND: what is left of the announced window. */
    public int rcvWnd() {
        return rcvWndRight() - rcvNxt();
    }

    /** Sequence numbers sent and not acknowledged. */
    public int inFlight() {
        return sndNxt() - sndUna();
    }

    /** True where our FIN was sent and acknowledged. */
    public boolean isFinAcknowledged() {
        return has(FIN_QUEUED) && sndUna() == sndEnd() + 1;
    }

    /** Bytes in order that the application has not received; the peer's FIN does not count. */
    public int unread() {
        return rcvNxt() - rcvRead() - (has(FIN_RECEIVED) ? 1 : 0);
    }

    /** Upper half of the local address. */
    public long localHi() {
        return Memory.getLong(address + LOCAL_HI);
    }

    public void localHi(final long value) {
        Memory.putLong(address + LOCAL_HI, value);
    }

    /** Lower half of the local address. */
    public long localLo() {
        return Memory.getLong(address + LOCAL_LO);
    }

    public void localLo(final long value) {
        Memory.putLong(address + LOCAL_LO, value);
    }

    /** Upper half of the remote address. */
    public long remoteHi() {
        return Memory.getLong(address + REMOTE_HI);
    }

    public void remoteHi(final long value) {
        Memory.putLong(address + REMOTE_HI, value);
    }

    /** Lower half of the remote address. */
    public long remoteLo() {
        return Memory.getLong(address + REMOTE_LO);
    }

    public void remoteLo(final long value) {
        Memory.putLong(address + REMOTE_LO, value);
    }

    /** Local port in the upper 16 bits, remote port in the lower. */
    public int ports() {
        return Memory.getInt(address + PORTS);
    }

    public void ports(final int value) {
        Memory.putInt(address + PORTS, value);
    }

    /** Tells a handle from one of an earlier user of this record; 0 while free. */
    public int generation() {
        return Memory.getInt(address + GENERATION);
    }

    public void generation(final int value) {
        Memory.putInt(address + GENERATION, value);
    }

    /** Ordinal of the state. */
    public int state() {
        return Memory.getByte(address + STATE);
    }

    public void state(final int value) {
        Memory.putByte(address + STATE, value);
    }

    /** Shift of the windows that the peer announces (RFC 7323 Snd.Wind.Shift), 0 to 14. */
    public int sendShift() {
        return Memory.getByte(address + SEND_SHIFT);
    }

    public void sendShift(final int value) {
        Memory.putByte(address + SEND_SHIFT, value);
    }

    /** Shift of the windows that we announce (RFC 7323 Rcv.Wind.Shift), 0 to 14. */
    public int receiveShift() {
        return Memory.getByte(address + RECEIVE_SHIFT);
    }

    public void receiveShift(final int value) {
        Memory.putByte(address + RECEIVE_SHIFT, value);
    }

    /** Events for the application that are not told yet. */
    public int events() {
        return Memory.getByte(address + EVENTS);
    }

    public void events(final int value) {
        Memory.putByte(address + EVENTS, value);
    }

    /** The bits below. */
    public int flags() {
        return Memory.getInt(address + FLAGS);
    }

    public void flags(final int value) {
        Memory.putInt(address + FLAGS, value);
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

    /** SND.UNA: oldest sequence number not acknowledged; head of the send ring. */
    public int sndUna() {
        return Memory.getInt(address + SND_UNA);
    }

    public void sndUna(final int value) {
        Memory.putInt(address + SND_UNA, value);
    }

    /** SND.NXT: next sequence number to send; behind {@link #sndMax} while retransmitting after a timeout. */
    public int sndNxt() {
        return Memory.getInt(address + SND_NXT);
    }

    public void sndNxt(final int value) {
        Memory.putInt(address + SND_NXT, value);
    }

    /** One past the highest sequence number ever sent. */
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

    /** Address of the receive ring; 0 while it holds nothing. */
    public long rcvRing() {
        return Memory.getLong(address + RCV_RING);
    }

    public void rcvRing(final long value) {
        Memory.putLong(address + RCV_RING, value);
    }

    /** Bytes of the send ring, a power of two; 0 without one. */
    public int sndCapacity() {
        return Memory.getInt(address + SND_CAPACITY);
    }

    public void sndCapacity(final int value) {
        Memory.putInt(address + SND_CAPACITY, value);
    }

    /** Bytes of the receive ring, a power of two; 0 without one. */
    public int rcvCapacity() {
        return Memory.getInt(address + RCV_CAPACITY);
    }

    public void rcvCapacity(final int value) {
        Memory.putInt(address + RCV_CAPACITY, value);
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

    /** When the segment being timed was sent; 0 where none is timed. */
    public long rttStartNs() {
        return Memory.getLong(address + RTT_START_NS);
    }

    public void rttStartNs(final long value) {
        Memory.putLong(address + RTT_START_NS, value);
    }

    /** Acknowledging beyond this ends the measurement. */
    public int rttSeq() {
        return Memory.getInt(address + RTT_SEQ);
    }

    public void rttSeq(final int value) {
        Memory.putInt(address + RTT_SEQ, value);
    }

    /** Slow start threshold in bytes. */
    public int ssthresh() {
        return Memory.getInt(address + SSTHRESH);
    }

    public void ssthresh(final int value) {
        Memory.putInt(address + SSTHRESH, value);
    }

    /** Recovery point (RFC 6582 recover). */
    public int recover() {
        return Memory.getInt(address + RECOVER);
    }

    public void recover(final int value) {
        Memory.putInt(address + RECOVER, value);
    }

    /** Duplicate acknowledgements in a row. */
    public int dupAcks() {
        return Memory.getInt(address + DUP_ACKS);
    }

    public void dupAcks(final int value) {
        Memory.putInt(address + DUP_ACKS, value);
    }

    /** Times the timer expired for the head in a row. */
    public int retransmits() {
        return Memory.getInt(address + RETRANSMITS);
    }

    public void retransmits(final int value) {
        Memory.putInt(address + RETRANSMITS, value);
    }

    /** Bytes acknowledged in congestion avoidance since the window last grew (RFC 5681 §3.1). */
    public int bytesAcked() {
        return Memory.getInt(address + BYTES_ACKED);
    }

    public void bytesAcked(final int value) {
        Memory.putInt(address + BYTES_ACKED, value);
    }

    /** The congestion control's own. */
    public int cc0() {
        return Memory.getInt(address + CC0);
    }

    public void cc0(final int value) {
        Memory.putInt(address + CC0, value);
    }

    /** The congestion control's own. */
    public int cc1() {
        return Memory.getInt(address + CC1);
    }

    public void cc1(final int value) {
        Memory.putInt(address + CC1, value);
    }

    /** The congestion control's own. */
    public long cc2() {
        return Memory.getLong(address + CC2);
    }

    public void cc2(final long value) {
        Memory.putLong(address + CC2, value);
    }

    /** The congestion control's own. */
    public long cc3() {
        return Memory.getLong(address + CC3);
    }

    public void cc3(final long value) {
        Memory.putLong(address + CC3, value);
    }

    /** When a segment with data was last sent: restart after idle (RFC 5681 §4.1). */
    public long lastSendNs() {
        return Memory.getLong(address + LAST_SEND_NS);
    }

    public void lastSendNs(final long value) {
        Memory.putLong(address + LAST_SEND_NS, value);
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

    /** Next hop as {@code IpOutput} names it. */
    public long neighbour() {
        return Memory.getLong(address + NEIGHBOUR);
    }

    public void neighbour(final long value) {
        Memory.putLong(address + NEIGHBOUR, value);
    }

    /** ISS: initial send sequence number. */
    public int iss() {
        return Memory.getInt(address + ISS);
    }

    public void iss(final int value) {
        Memory.putInt(address + ISS, value);
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

    /** Largest send ring in bytes. */
    public int sendBuffer() {
        return Memory.getInt(address + SEND_BUFFER);
    }

    public void sendBuffer(final int value) {
        Memory.putInt(address + SEND_BUFFER, value);
    }

    /** Payload of the largest segment received: the yardstick of delayed acknowledgements. */
    public int receiveMss() {
        return Memory.getInt(address + RECEIVE_MSS);
    }

    public void receiveMss(final int value) {
        Memory.putInt(address + RECEIVE_MSS, value);
    }

    /** MSS that we announced. */
    public int announcedMss() {
        return Memory.getInt(address + ANNOUNCED_MSS);
    }

    public void announcedMss(final int value) {
        Memory.putInt(address + ANNOUNCED_MSS, value);
    }

    /** Id of the listener that made it; 0 for an active open. */
    public int listener() {
        return Memory.getInt(address + LISTENER);
    }

    public void listener(final int value) {
        Memory.putInt(address + LISTENER, value);
    }

    /** Next of the ready list. */
    public int readyNext() {
        return Memory.getInt(address + READY_NEXT);
    }

    public void readyNext(final int value) {
        Memory.putInt(address + READY_NEXT, value);
    }

    /** Next of the output list. */
    public int outputNext() {
        return Memory.getInt(address + OUTPUT_NEXT);
    }

    public void outputNext(final int value) {
        Memory.putInt(address + OUTPUT_NEXT, value);
    }

    /** RCV.UP: sequence number after the urgent byte. */
    public int urgent() {
        return Memory.getInt(address + URGENT);
    }

    public void urgent(final int value) {
        Memory.putInt(address + URGENT, value);
    }

    /** When zero-window probing began; 0 where it has not. */
    public long persistNs() {
        return Memory.getLong(address + PERSIST_NS);
    }

    public void persistNs(final long value) {
        Memory.putLong(address + PERSIST_NS, value);
    }

    /** Ordinal of the failure. */
    public int failure() {
        return Memory.getByte(address + FAILURE);
    }

    public void failure(final int value) {
        Memory.putByte(address + FAILURE, value);
    }

    /** Keepalive probes sent since the peer was last heard. */
    public int probes() {
        return Memory.getByte(address + PROBES);
    }

    public void probes(final int value) {
        Memory.putByte(address + PROBES, value);
    }

    /** Ordinal of the last ICMP error: told if the connection times out (RFC 9293 §3.9.2.2). */
    public int softFailure() {
        return Memory.getByte(address + SOFT_FAILURE);
    }

    public void softFailure(final int value) {
        Memory.putByte(address + SOFT_FAILURE, value);
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

    /** Sequence number of the peer's FIN that arrived ahead of bytes before it; with {@link #FIN_AHEAD}. */
    public int finSeq() {
        return Memory.getInt(address + FIN_SEQ);
    }

    public void finSeq(final int value) {
        Memory.putInt(address + FIN_SEQ, value);
    }

    /** Largest IP packet that the path takes; 0: as the port. */
    public int pathMtu() {
        return Memory.getInt(address + PATH_MTU);
    }

    public void pathMtu(final int value) {
        Memory.putInt(address + PATH_MTU, value);
    }

    /** When a segment outside of the window was last answered; 0: never. */
    public long outOfWindowAckNs() {
        return Memory.getLong(address + OUT_OF_WINDOW_ACK_NS);
    }

    public void outOfWindowAckNs(final long value) {
        Memory.putLong(address + OUT_OF_WINDOW_ACK_NS, value);
    }

    @Override
    public String toString() {
        return "tcb " + index + ": state " + state() + ", snd " + (sndUna() - iss()) + '/' + (sndNxt() - iss()) + '/'
                + (sndEnd() - iss()) + " wnd " + sndWnd() + " cwnd " + cwnd() + ", rcv " + (rcvRead() - irs()) + '/'
                + (rcvNxt() - irs()) + " wnd " + rcvWnd() + ", flags 0x" + Integer.toHexString(flags());
    }
}
