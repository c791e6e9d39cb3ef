package io.millrace.nativeports.linux;

/** Numbers of {@code linux/if_packet.h}: packet sockets with rings of the version TPACKET_V2. */
public final class PacketDescriptor {
    public static final int AF_PACKET = 17;
    public static final int SOL_PACKET = 263;
    /** All protocols, in network byte order, as {@code sockaddr_ll} has it. */
    public static final int ETH_P_ALL = 3;

    public static final int ADD_MEMBERSHIP = 1;
    public static final int RX_RING = 5;
    public static final int STATISTICS = 6;
    public static final int COPY_THRESH = 7;
    public static final int VERSION = 10;
    public static final int TX_RING = 13;
    public static final int VNET_HDR = 15;
    public static final int FANOUT = 18;
    public static final int IGNORE_OUTGOING = 23;

    public static final int TPACKET_V2 = 1;

    public static final int FANOUT_DATA = 22;
    public static final int FANOUT_HASH = 0;
    /** A program chooses, whose descriptor {@link #FANOUT_DATA} takes. */
    public static final int FANOUT_EBPF = 7;
    /** Flags of the type of a fanout. */
    public static final int FANOUT_FLAG_UNIQUEID = 0x2000;
    public static final int FANOUT_FLAG_IGNORE_OUTGOING = 0x4000;

    /** Who a slot belongs to, and what is with the frame in it. */
    public static final int STATUS_KERNEL = 0;
    public static final int STATUS_USER = 1;
    public static final int STATUS_COPY = 2;
    public static final int STATUS_VLAN_VALID = 0x10;
    public static final int STATUS_VLAN_TPID_VALID = 0x40;
    /** The same in a ring for transmission. */
    public static final int STATUS_AVAILABLE = 0;
    public static final int STATUS_SEND_REQUEST = 1;
    public static final int STATUS_SENDING = 2;
    public static final int STATUS_WRONG_FORMAT = 4;

    /** Within {@code struct tpacket2_hdr}, with which each slot begins. */
    public static final int STATUS_OFFSET = 0;
    public static final int LENGTH_OFFSET = 4;
    public static final int SNAP_LENGTH_OFFSET = 8;
    public static final int MAC_OFFSET = 12;
    public static final int VLAN_CONTROL_OFFSET = 24;
    public static final int VLAN_TYPE_OFFSET = 26;
    /** {@code sizeof(struct tpacket2_hdr)}: what is to be transmitted begins here. */
    public static final int HEADER_LENGTH = 32;
    /** TPACKET2_HDRLEN, that structure and a {@code sockaddr_ll}: what is received begins behind it. */
    public static final int FULL_HEADER_LENGTH = 52;

    /** {@code struct tpacket_req}. */
    public static final int REQUEST_LENGTH = 16;
    public static final int BLOCK_SIZE_OFFSET = 0;
    public static final int BLOCKS_OFFSET = 4;
    public static final int FRAME_SIZE_OFFSET = 8;
    public static final int FRAMES_OFFSET = 12;

    /** {@code struct sockaddr_ll}. */
    public static final int ADDRESS_LENGTH = 20;
    public static final int ADDRESS_PROTOCOL_OFFSET = 2;
    public static final int ADDRESS_INDEX_OFFSET = 4;

    /** {@code struct packet_mreq}. */
    public static final int MEMBERSHIP_LENGTH = 16;
    public static final int MEMBERSHIP_TYPE_OFFSET = 4;
    public static final int MEMBERSHIP_ADDRESS_LENGTH_OFFSET = 6;
    public static final int MEMBERSHIP_ADDRESS_OFFSET = 8;
    public static final int MEMBERSHIP_PROMISCUOUS = 1;
    public static final int MEMBERSHIP_ALL_MULTICAST = 2;
    public static final int MEMBERSHIP_UNICAST = 3;

    /** {@code struct tpacket_stats}. */
    public static final int STATISTICS_LENGTH = 8;
    public static final int STATISTICS_DROPS_OFFSET = 4;

    private PacketDescriptor() {}
}
