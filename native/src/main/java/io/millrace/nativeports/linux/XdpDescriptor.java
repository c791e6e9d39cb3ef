package io.millrace.nativeports.linux;

/** Numbers of {@code linux/if_xdp.h}: sockets that share memory and four rings with the kernel. */
public final class XdpDescriptor {
    public static final int AF_XDP = 44;
    public static final int SOL_XDP = 283;

    /** Options of a socket. */
    public static final int MMAP_OFFSETS = 1;
    public static final int RX_RING = 2;
    public static final int TX_RING = 3;
    public static final int UMEM_REG = 4;
    public static final int UMEM_FILL_RING = 5;
    public static final int UMEM_COMPLETION_RING = 6;
    public static final int STATISTICS = 7;
    public static final int OPTIONS = 8;
    /** How many descriptors one system call sends at the most; 32 if not set. Linux 6.18. */
    public static final int MAX_TX_SKB_BUDGET = 9;

    /** Where each ring begins in what is mapped of the socket. */
    public static final long PGOFF_RX_RING = 0;
    public static final long PGOFF_TX_RING = 0x80000000L;
    public static final long UMEM_PGOFF_FILL_RING = 0x100000000L;
    public static final long UMEM_PGOFF_COMPLETION_RING = 0x180000000L;

    /** {@code struct xdp_mmap_offsets}: of the rings for receiving, sending, filling and completion. */
    public static final int MMAP_OFFSETS_LENGTH = 128;
    public static final int RX_OFFSET = 0;
    public static final int TX_OFFSET = 32;
    public static final int FILL_OFFSET = 64;
    public static final int COMPLETION_OFFSET = 96;
    /** {@code struct xdp_ring_offset}, one of them. */
    public static final int PRODUCER_OFFSET = 0;
    public static final int CONSUMER_OFFSET = 8;
    public static final int DESCRIPTORS_OFFSET = 16;
    public static final int FLAGS_OFFSET = 24;
    /** Flag of a ring: the kernel waits for a call. */
    public static final int RING_NEED_WAKEUP = 1;

    /** {@code struct xdp_umem_reg}. */
    public static final int UMEM_LENGTH = 32;
    public static final int UMEM_ADDRESS_OFFSET = 0;
    public static final int UMEM_BYTES_OFFSET = 8;
    public static final int UMEM_CHUNK_SIZE_OFFSET = 16;
    public static final int UMEM_HEADROOM_OFFSET = 20;
    public static final int UMEM_FLAGS_OFFSET = 24;
    /** Behind what headers of Linux before 6.8 name. */
    public static final int UMEM_TX_METADATA_LENGTH_OFFSET = 28;
    /** There is metadata in front of what is sent (Linux 6.11). */
    public static final int UMEM_TX_METADATA_LEN = 1 << 2;

    /** {@code struct xdp_desc}: an entry of the rings for receiving and sending. The other rings have an address alone. */
    public static final int DESCRIPTOR_LENGTH = 16;
    public static final int DESCRIPTOR_ADDRESS_OFFSET = 0;
    public static final int DESCRIPTOR_BYTES_OFFSET = 8;
    public static final int DESCRIPTOR_OPTIONS_OFFSET = 12;
    /** Options: the next entry belongs to the same packet; there is metadata in front. */
    public static final int PKT_CONTD = 1;
    public static final int TX_METADATA = 1 << 1;

    /** {@code struct xsk_tx_metadata}, in front of a packet that asks for something. */
    public static final int METADATA_LENGTH = 24;
    public static final int METADATA_FLAGS_OFFSET = 0;
    public static final int METADATA_CHECKSUM_START_OFFSET = 8;
    public static final int METADATA_CHECKSUM_OFFSET_OFFSET = 10;
    public static final int TXMD_FLAGS_CHECKSUM = 1 << 1;

    /** {@code struct sockaddr_xdp}. */
    public static final int ADDRESS_LENGTH = 16;
    public static final int ADDRESS_FLAGS_OFFSET = 2;
    public static final int ADDRESS_INDEX_OFFSET = 4;
    public static final int ADDRESS_QUEUE_OFFSET = 8;
    public static final int COPY = 1 << 1;
    public static final int ZEROCOPY = 1 << 2;
    public static final int USE_NEED_WAKEUP = 1 << 3;
    /** Packets of several descriptors (Linux 6.6). */
    public static final int USE_SG = 1 << 4;

    /** {@code struct xdp_statistics}. */
    public static final int STATISTICS_LENGTH = 48;
    public static final int RX_DROPPED_OFFSET = 0;
    public static final int RX_INVALID_OFFSET = 8;
    public static final int TX_INVALID_OFFSET = 16;
    public static final int RX_RING_FULL_OFFSET = 24;

    /** {@code struct xdp_options}: its flags. */
    public static final int OPTIONS_LENGTH = 4;
    public static final int OPTIONS_ZEROCOPY = 1;

    /** In front of each packet that is received, besides the headroom that is asked for. */
    public static final int PACKET_HEADROOM = 256;
    public static final int MIN_CHUNK_SIZE = 2_048;

    private XdpDescriptor() {}
}
