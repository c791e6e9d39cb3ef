package io.millrace.fastpath.flow;

import io.millrace.fastpath.memory.Memory;

/**
 * The part of a {@link Tcb} that says who it is: the 4-tuple, the state, flags, and the lists it is linked in. Thread: the
 * engine's.
 */
public abstract class TcbIdentity {
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

    /** Flag: both sides permit selective acknowledgements (RFC 2018). */
    public static final int SACK = 1 << 22;
    /** Flag: both sides send timestamps (RFC 7323 §3). */
    public static final int TIMESTAMPS = 1 << 23;
    /** Flag: both sides speak ECN (RFC 3168). */
    public static final int ECN = 1 << 24;
    /** Flag: congestion experienced was received, and ECE goes out until CWR comes (RFC 3168 §6.1.3). */
    public static final int ECE_OWED = 1 << 25;
    /** Flag: the window was reduced because of ECE, and the next new data carries CWR (RFC 3168 §6.1.2). */
    public static final int CWR_OWED = 1 << 26;
    /** Flag: zero-window probing, or the override timer of RFC 9293 §3.8.6.2.1, has the retransmission timer. */
    public static final int PROBING = 1 << 27;
    /** Flag: this connection has seen reordering (RACK.reordering_seen of RFC 8985). */
    public static final int REORDERING_SEEN = 1 << 28;
    /** Flag: data went out with the SYN (RFC 7413). */
    public static final int FAST_OPEN = 1 << 29;
    /** Flag: the receive buffer was set by the application and is not tuned. */
    public static final int RECEIVE_BUFFER_LOCKED = 1 << 30;
    /** Flag: the send buffer was set by the application and is not tuned. */
    public static final int SEND_BUFFER_LOCKED = 1 << 31;

    /** Of {@link #moreFlags}: the next full segment gives a sample of the round trip as the receiver sees it. */
    public static final int MORE_ROUND_TRIP_WANTED = 1;
    /** Of {@link #moreFlags}: counted among the orphans. */
    public static final int MORE_ADOPTED = 1 << 1;
    /** Of {@link #moreFlags}: the SYN-ACK carries a Fast Open cookie. */
    public static final int MORE_COOKIE_OWED = 1 << 2;
    /** Of {@link #moreFlags}: counted among those that Fast Open accepted before their handshake is over. */
    public static final int MORE_FAST_OPEN_PENDING = 1 << 3;
    /** Of {@link #moreFlags}: the peer repeated its SYN, and got the SYN-ACK once more. */
    public static final int MORE_SYN_ACK_REPEATED = 1 << 4;
    /** Of {@link #moreFlags}: the first acknowledgement of text has waited for who accepts the connection. */
    public static final int MORE_ACK_WAITED = 1 << 5;
    /** Of {@link #moreFlags}: routers may fragment what is sent: the path takes less than the smallest MTU believed. */
    public static final int MORE_FRAGMENTABLE = 1 << 13;
    /** Of {@link #moreFlags}: larger segments are tried by probing alone (RFC 4821). */
    public static final int MORE_SEARCHING = 1 << 14;
    /** Of {@link #moreFlags}: segments were made smaller because nothing came back, and nothing has since. */
    public static final int MORE_BLACK_HOLE = 1 << 15;

    private static final int LOCAL_HI = 0;
    private static final int LOCAL_LO = 8;
    private static final int REMOTE_HI = 16;
    private static final int REMOTE_LO = 24;
    private static final int PORTS = 32;
    private static final int GENERATION = 36;
    private static final int STATE = 40;
    private static final int TRAFFIC_CLASS = 42;
    private static final int EVENTS = 43;
    private static final int FLAGS = 44;
    private static final int NEIGHBOUR = 144;
    private static final int LISTENER = 440;
    private static final int READY_NEXT = 164;
    private static final int OUTPUT_NEXT = 168;
    private static final int MORE_FLAGS = 188;
    /** Two numbers of four bits: the soft failure above. */
    private static final int FAILURES = 400;

    /** Address of the record that the flyweight points at. */
    long address;

    /** True where one of the flags is set. */
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

    /** The DS field of every packet (RFC 2474 §3) as it stands in the header: the lower two bits, ECN's, are 0. */
    public int trafficClass() {
        return Memory.getUnsignedByte(address + TRAFFIC_CLASS);
    }

    /** @param value 0 to 255. */
    public void trafficClass(final int value) {
        Memory.putByte(address + TRAFFIC_CLASS, value);
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

    /** Sixteen bits: {@code MORE_...} above. */
    public int moreFlags() {
        return Memory.getUnsignedShort(address + MORE_FLAGS);
    }

    public void moreFlags(final int value) {
        Memory.putShort(address + MORE_FLAGS, value);
    }

    /** Next hop as {@code IpOutput} names it. */
    public long neighbour() {
        return Memory.getLong(address + NEIGHBOUR);
    }

    public void neighbour(final long value) {
        Memory.putLong(address + NEIGHBOUR, value);
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

    /** Ordinal of the failure, 0 to 15. */
    public int failure() {
        return Memory.getByte(address + FAILURES) & 0xF;
    }

    public void failure(final int value) {
        Memory.putByte(address + FAILURES, softFailure() << 4 | value);
    }

    /** Ordinal of the last ICMP error, 0 to 15: told if the connection times out (RFC 9293 §3.9.2.2). */
    public int softFailure() {
        return Memory.getUnsignedByte(address + FAILURES) >>> 4;
    }

    public void softFailure(final int value) {
        Memory.putByte(address + FAILURES, value << 4 | failure());
    }
}
