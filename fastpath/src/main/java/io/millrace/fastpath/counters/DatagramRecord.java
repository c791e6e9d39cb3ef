package io.millrace.fastpath.counters;

/**
 * Layout of one UDP endpoint in an engine's answer ({@link Mailbox}), as long as a {@link ConnectionRecord}: offsets in
 * bytes, host order. Thread: any.
 */
public final class DatagramRecord {
    public static final int LOCAL_HI = 0;
    public static final int LOCAL_LO = 8;
    public static final int REMOTE_HI = 16;
    public static final int REMOTE_LO = 24;
    /** Local port in the upper 16 bits, remote port in the lower, 0 where the endpoint is not connected. */
    public static final int PORTS = 32;
    /** Datagrams that wait for the application, and the bytes of their data. */
    public static final int WAITING = 36;
    public static final int UNREAD = 40;
    /** Bytes at the most that may wait, 32 for each datagram included. */
    public static final int RECEIVE_BUFFER = 44;
    /** Bytes at the most that are sent in a turn. */
    public static final int SEND_BUFFER = 48;
    /** ASCII, zero-terminated where shorter: what the application calls itself. */
    public static final int OWNER_NAME = 64;
    public static final int OWNER_NAME_LENGTH = 96;

    private DatagramRecord() {}
}
