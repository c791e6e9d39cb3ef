package io.millrace.control.channel;

/**
 * Types and fields of the messages in the event ring; offsets in bytes from the start of a message, host byte order.
 *
 * <pre>
 *   ARP        0: sender MAC (8)    8: operation (4)   12: sender IP (4)   16: target IP (4)   20: link (4)
 *   NEIGHBOUR  0: address, hi (8)   8: address, lo (8)  16: link (4)
 *   IGMP       0: source (4)        4: destination (4)  8: link (4)   12: the message
 *   ICMPV6     0: source, hi, lo (16)   16: destination, hi, lo (16)   32: link source (8)   40: hop limit (4)
 *             44: link (4)         48: the message
 *   DHCP       0: source (4)        4: destination (4)  8: link (4)   16: link source (8)   24: the message
 * </pre>
 */
final class EngineEventLayout {
    /** {@link io.millrace.fastpath.control.EngineEvents#onArp}. */
    static final int ARP = 1;
    /** {@link io.millrace.fastpath.control.EngineEvents#onNeighbourWanted}. */
    static final int NEIGHBOUR_WANTED = 2;
    /** {@link io.millrace.fastpath.control.EngineEvents#onNeighbourConfirmed}. */
    static final int NEIGHBOUR_CONFIRMED = 3;
    /** {@link io.millrace.fastpath.control.EngineEvents#onIgmp}. */
    static final int IGMP = 4;

    /** {@link io.millrace.fastpath.control.EngineEvents#onIcmpv6}. */
    static final int ICMPV6 = 5;

    /** {@link io.millrace.fastpath.control.EngineEvents#onDhcp}. */
    static final int DHCP = 6;

    static final int ARP_SENDER_MAC = 0;
    static final int ARP_OPERATION = 8;
    static final int ARP_SENDER_IP = 12;
    static final int ARP_TARGET_IP = 16;
    static final int ARP_LINK = 20;
    static final int ARP_LENGTH = 24;

    static final int NEIGHBOUR_HI = 0;
    static final int NEIGHBOUR_LO = 8;
    static final int NEIGHBOUR_LINK = 16;
    static final int NEIGHBOUR_LENGTH = 20;

    static final int V4_SOURCE = 0;
    static final int V4_DESTINATION = 4;
    static final int V4_LINK = 8;
    static final int IGMP_MESSAGE = 12;
    static final int DHCP_LINK_SOURCE = 16;
    static final int DHCP_MESSAGE = 24;

    static final int ICMPV6_SOURCE_HI = 0;
    static final int ICMPV6_SOURCE_LO = 8;
    static final int ICMPV6_DESTINATION_HI = 16;
    static final int ICMPV6_DESTINATION_LO = 24;
    static final int ICMPV6_LINK_SOURCE = 32;
    static final int ICMPV6_HOP_LIMIT = 40;
    static final int ICMPV6_LINK = 44;
    static final int ICMPV6_MESSAGE = 48;

    private EngineEventLayout() {}
}
