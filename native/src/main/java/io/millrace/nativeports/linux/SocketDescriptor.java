package io.millrace.nativeports.linux;

/** Numbers of {@code sys/socket.h}, {@code linux/filter.h} and {@code linux/if_arp.h}. */
public final class SocketDescriptor {
    public static final int SOCK_RAW = 3;
    public static final int SOL_SOCKET = 1;
    public static final int SO_ERROR = 4;
    public static final int SO_SNDBUF = 7;
    public static final int SO_RCVBUF = 8;
    public static final int SO_ATTACH_FILTER = 26;
    public static final int SO_SNDBUFFORCE = 32;
    public static final int SO_ATTACH_BPF = 50;
    public static final int SO_RCVBUFFORCE = 33;
    /** Busy polling: microseconds; before interrupts; frames of a turn. */
    public static final int SO_BUSY_POLL = 46;
    public static final int SO_PREFER_BUSY_POLL = 69;
    public static final int SO_BUSY_POLL_BUDGET = 70;

    public static final int MSG_DONTWAIT = 0x40;

    /** {@code struct sock_fprog}. */
    public static final int PROGRAM_LENGTH = 16;
    public static final int PROGRAM_FILTER_OFFSET = 8;
    /** {@code struct sock_filter}. */
    public static final int INSTRUCTION_LENGTH = 8;
    public static final int JUMP_TRUE_OFFSET = 2;
    public static final int JUMP_FALSE_OFFSET = 3;
    public static final int CONSTANT_OFFSET = 4;

    /** Instructions: load from a place of the frame, jump, return. */
    public static final int LOAD_WORD = 0x20;
    public static final int LOAD_HALF = 0x28;
    public static final int LOAD_BYTE = 0x30;
    public static final int JUMP_EQUAL = 0x15;
    public static final int JUMP_ANY_BIT = 0x45;
    public static final int RETURN = 0x06;
    /** Place of what is known about a frame besides its bytes: whether it comes or goes. */
    public static final int PACKET_TYPE = -0x1000 + 4;
    public static final int PACKET_OUTGOING = 4;

    /** Hardware type of Ethernet. */
    public static final int ARPHRD_ETHER = 1;

    private SocketDescriptor() {}
}
