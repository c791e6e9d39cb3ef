package io.millrace.fastpath.control;

/**
 * Events from an engine to the control plane; the proxy that an engine is given writes them into a ring buffer, the
 * agent handles them. An event that finds the ring full is counted and lost: each is repeated by the protocol behind it.
 * Addresses are pairs of longs.
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
    void onArp(int operation, long senderMac, int senderIp, int targetIp);

    /**
     * An IGMP message arrived, whose checksum is right.
     *
     * @param source      IPv4 in host order.
     * @param destination IPv4 in host order: an own address, or a group.
     * @param address     where it lies, until this returns.
     * @param length      bytes, at least 8.
     */
    default void onIgmp(final int source, final int destination, final long address, final int length) {}

    /** A frame waits for the link-layer address of this neighbour. */
    void onNeighbourWanted(long hi, long lo);

    /** The transport saw progress from this neighbour: it is reachable (RFC 4861 §7.3.1). */
    void onNeighbourConfirmed(long hi, long lo);
}
