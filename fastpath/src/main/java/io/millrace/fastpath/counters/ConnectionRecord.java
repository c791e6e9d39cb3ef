package io.millrace.fastpath.counters;

/**
 * Layout of one connection in an engine's answer ({@link Mailbox}): offsets in bytes, host order. Times are nanoseconds,
 * sizes bytes. Thread: any.
 */
public final class ConnectionRecord {
    /** Bytes of a record. */
    public static final int LENGTH = 384;

    public static final int LOCAL_HI = 0;
    public static final int LOCAL_LO = 8;
    public static final int REMOTE_HI = 16;
    public static final int REMOTE_LO = 24;
    /** Local port in the upper 16 bits, remote port in the lower. */
    public static final int PORTS = 32;
    /** Ordinal of the state, a byte. */
    public static final int STATE = 36;
    /** Ordinal of what limits sending, a byte. */
    public static final int LIMIT = 37;
    /** One of {@code OWNER_...}, a byte. */
    public static final int OWNER = 38;
    public static final int TRAFFIC_CLASS = 39;
    /** Bits {@code FLAG_...}. */
    public static final int FLAGS = 40;
    public static final int SEND_SHIFT = 44;
    public static final int RECEIVE_SHIFT = 45;
    /** The link that leads to the peer, a byte. */
    public static final int LINK = 46;
    /** What the application calls the connection. */
    public static final int HANDLE = 48;
    /** Time until the timer fires, {@link #OFF} where it is off: retransmission, or zero-window probe. */
    public static final int TIMER_RETRANSMIT = 56;
    /** Delayed acknowledgement. */
    public static final int TIMER_ACK = 64;
    /** Keepalive, or the end of FIN_WAIT_2 or TIME_WAIT. */
    public static final int TIMER_LIFE = 72;
    /** Sending may be tried again. */
    public static final int TIMER_OUTPUT = 80;
    public static final int RTO = 88;
    public static final int SRTT = 96;
    public static final int RTTVAR = 104;
    public static final int MIN_RTT = 112;
    public static final int RECEIVE_RTT = 120;
    public static final int SEND_MSS = 128;
    public static final int RECEIVE_MSS = 132;
    public static final int ANNOUNCED_MSS = 136;
    public static final int PATH_MTU = 140;
    public static final int CONGESTION_WINDOW = 144;
    public static final int SLOW_START_THRESHOLD = 148;
    public static final int SEND_WINDOW = 152;
    public static final int RECEIVE_WINDOW = 156;
    public static final int SEND_BUFFER = 160;
    public static final int RECEIVE_BUFFER = 164;
    /** Received and not taken by the application. */
    public static final int UNREAD = 168;
    public static final int NOT_SENT = 172;
    public static final int UNACKED = 176;
    public static final int SACKED = 180;
    public static final int LOST = 184;
    public static final int RETRANSMITTED = 188;
    /** Segments sent again in the connection's life. */
    public static final int TOTAL_RETRANSMITS = 192;
    /** Timeouts in a row. */
    public static final int TIMEOUTS = 196;
    /** Probes without an answer. */
    public static final int PROBES = 200;
    public static final int REORDERING_DEGREE = 204;
    /** Memory of the slab that is held to send from, and to receive into. */
    public static final int SEND_MEMORY = 208;
    public static final int RECEIVE_MEMORY = 212;
    /** Id of the listener that made it; 0 for an active open. */
    public static final int LISTENER = 216;
    /** Since data was sent; {@link #OFF}: none was. */
    public static final int SINCE_SENT = 224;
    public static final int SINCE_RECEIVED = 232;
    /** Bytes a second; 0: not paced. */
    public static final int PACING_RATE = 240;
    public static final int DELIVERED = 248;
    /** Bytes a second. */
    public static final int DELIVERY_RATE = 256;
    /** ASCII, zero-terminated where shorter. */
    public static final int CONGESTION_CONTROL = 264;
    public static final int CONGESTION_CONTROL_LENGTH = 24;
    /** ASCII, zero-terminated where shorter: what the application calls itself. */
    public static final int OWNER_NAME = 288;
    public static final int OWNER_NAME_LENGTH = LENGTH - OWNER_NAME;

    /** A time that does not apply. */
    public static final long OFF = -1;

    /** Nobody: an orphan, or a record of TIME_WAIT. */
    public static final int OWNER_NONE = 0;
    /** An application. */
    public static final int OWNER_APPLICATION = 1;
    /** Waits in an accept queue. */
    public static final int OWNER_ACCEPT_QUEUE = 2;
    /** In the SYN queue of a listener. */
    public static final int OWNER_LISTENER = 3;

    public static final int FLAG_TIMESTAMPS = 1;
    public static final int FLAG_SACK = 1 << 1;
    public static final int FLAG_WINDOW_SCALING = 1 << 2;
    public static final int FLAG_ECN = 1 << 3;
    public static final int FLAG_FAST_OPEN = 1 << 4;
    public static final int FLAG_IN_RECOVERY = 1 << 5;
    public static final int FLAG_REORDERING_SEEN = 1 << 6;
    public static final int FLAG_RATE_APPLICATION_LIMITED = 1 << 7;
    public static final int FLAG_NO_DELAY = 1 << 8;
    public static final int FLAG_CORK = 1 << 9;
    public static final int FLAG_KEEP_ALIVE = 1 << 10;
    /** The retransmission timer probes a closed window. */
    public static final int FLAG_PROBING = 1 << 11;

    private ConnectionRecord() {}
}
