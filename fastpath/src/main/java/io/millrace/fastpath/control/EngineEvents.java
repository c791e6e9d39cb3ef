package io.millrace.fastpath.control;

/**
 * Events from an engine to the control plane; the proxy that an engine is given writes them into a ring buffer, the
 * agent handles them. An event that finds the ring full is counted and lost: each is repeated by the protocol behind it.
 * Addresses are pairs of longs. The {@code link} of an event is the one that it came from, 0 where a stack has one port.
 */
public interface EngineEvents {
    /**
     * An ARP packet for IPv4 over Ethernet arrived.
     *
     * @param operation 1 request, 2 reply.
     * @param senderMac 48 bits.
     * @param senderIp  IPv4 in host order.
     * @param targetIp  IPv4 in host order.
     */
    void onArp(int link, int operation, long senderMac, int senderIp, int targetIp);

    /**
     * An IGMP message arrived, whose checksum is right.
     *
     * @param source      IPv4 in host order.
     * @param destination IPv4 in host order: an own address, or a group.
     * @param address     where it lies, until this returns.
     * @param length      bytes, at least 8.
     */
    default void onIgmp(final int link, final int source, final int destination, final long address,
            final int length) {}

    /**
     * A datagram for the DHCP client arrived, whose UDP checksum is right.
     *
     * @param source      IPv4 of the server or relay, in host order.
     * @param destination IPv4 in host order: 255.255.255.255, or what the server offers, which need not be ours.
     * @param linkSource  48 bits: the MAC that the frame came from.
     * @param address     where the DHCP message lies, until this returns.
     * @param length      bytes of the DHCP message, 0 or more.
     */
    default void onDhcp(final int link, final int source, final int destination, final long linkSource,
            final long address,
            final int length) {}

    /**
     * An ICMPv6 message of Neighbour Discovery (types 133 to 137, RFC 4861) or of Multicast Listener Discovery (130 to
     * 132 and 143, RFC 3810) arrived. Its checksum is right; the hop limit of Neighbour Discovery is 255, so no router
     * has forwarded it (RFC 4861 §11.2).
     *
     * @param linkSource 48 bits: the MAC that the frame came from; 0 on a port without a link layer.
     * @param address    where it lies, until this returns.
     * @param length     bytes, 8 to {@value EngineCommands#MAX_ICMPV6_LENGTH}.
     */
    default void onIcmpv6(final int link, final long sourceHi, final long sourceLo, final long destinationHi,
            final long destinationLo, final int hopLimit, final long linkSource, final long address,
            final int length) {}

    /** A frame waits for the link-layer address of this neighbour. */
    void onNeighbourWanted(int link, long hi, long lo);

    /** The transport saw progress from this neighbour: it is reachable (RFC 4861 §7.3.1). */
    void onNeighbourConfirmed(int link, long hi, long lo);
}
