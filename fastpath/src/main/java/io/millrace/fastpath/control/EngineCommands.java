package io.millrace.fastpath.control;

/**
 * Commands from the control plane to an engine; the proxy writes them into the engine's ring buffer, the engine handles
 * them on its own thread, in order. The {@code link} of a command is the one that it is for, 0 where a stack has one
 * port. Thread: any for the proxy.
 */
public interface EngineCommands {
    /** Bytes of the longest IGMP message: what an Ethernet frame takes behind a header with Router Alert. */
    int MAX_IGMP_LENGTH = 1_476;
    /** Bytes of the longest datagram of the control plane: what an Ethernet frame takes. */
    int MAX_DATAGRAM_LENGTH = 1_480;

    /** Bytes of the longest ICMPv6 message: what an Ethernet frame takes behind a header with Router Alert. */
    int MAX_ICMPV6_LENGTH = 1_452;

    /** The neighbour's address is known (again): queued frames go out. The MAC has 48 bits. */
    boolean neighbourResolved(int link, long hi, long lo, long mac);

    /** The neighbour did not answer: queued frames are dropped, connections that wait for it are told. */
    boolean neighbourFailed(int link, long hi, long lo);

    /** Forget the neighbour; the next frame asks anew. */
    boolean neighbourForgotten(int link, long hi, long lo);

    /** Send an ARP packet. Broadcast where the target MAC is all ones. */
    boolean transmitArp(int link, int operation, long senderMac, int senderIp, long targetMac, int targetIp);

    /**
     * Send an IGMP message to a group, with the Router Alert option and time to live 1 (RFC 3376 §4). Lost where the port
     * has no room: IGMP repeats itself.
     *
     * @param source      own IPv4 address in host order; 0 where there is none.
     * @param destination IPv4 in host order.
     * @param address     where the message lies; it is copied before this returns.
     * @param length      bytes, at most {@value #MAX_IGMP_LENGTH}.
     */
    boolean transmitIgmp(int link, int source, int destination, long address, int length);

    /**
     * Send a UDP datagram as it is, from any address: before a stack has one, from 0.0.0.0. Lost where the port has no
     * room: who sends it repeats it.
     *
     * @param source          IPv4 in host order; 0 where there is none.
     * @param destination     IPv4 in host order.
     * @param linkDestination 48 bits: the MAC that it goes to; 0: everybody for 255.255.255.255, else where the route leads.
     * @param address         where the datagram lies, UDP header and checksum included; it is copied before this returns.
     * @param length          bytes, 8 to {@value #MAX_DATAGRAM_LENGTH}.
     */
    boolean transmitDatagram(int link, int source, int destination, long linkDestination, long address, int length);

    /**
     * No packet of IPv6 that is sent over this link is longer than so many bytes, 1,280 and more: a router said so (RFC
     * 4861 §6.3.4).
     */
    boolean linkMtuV6(int link, int mtu);

    /**
     * No packet of IPv4 that is sent over this link is longer than so many bytes, 576 and more: a server of DHCP said so
     * (RFC 2132 §5.1); {@link Integer#MAX_VALUE}: none does any more.
     */
    boolean linkMtuV4(int link, int mtu);

    /** Packets of IPv6 that are sent over this link have this hop limit, 1 to 255: a router said so (RFC 4861 §6.3.4). */
    boolean linkHopLimitV6(int link, int hopLimit);

    /** Addresses of the stack were removed: connections of those not its own any more fail, within some turns. */
    boolean addressesRemoved();

    /**
     * Send an ICMPv6 message of Neighbour Discovery or of Multicast Listener Discovery. The engine writes the headers
     * and the checksum. Lost where the port has no room: both repeat themselves.
     *
     * @param sourceHi        own address, or the unspecified one.
     * @param linkDestination 48 bits: the MAC that it goes to; 0: what follows from the destination, by RFC 2464 §7 for a
     *                        group, else by the neighbour table.
     * @param hopLimit        1 to 255.
     * @param routerAlert     with the hop-by-hop option of RFC 2711.
     * @param address         where the message lies, checksum 0; it is copied before this returns.
     * @param length          bytes, at most {@value #MAX_ICMPV6_LENGTH}.
     */
    default boolean transmitIcmpv6(final int link, final long sourceHi, final long sourceLo, final long destinationHi,
            final long destinationLo, final long linkDestination, final int hopLimit, final boolean routerAlert,
            final long address, final int length) {
        return false;
    }

    /** An ICMP error that reached another engine: {@link IcmpErrors#onIcmpError}. Lost where the ring is full. */
    default boolean icmpError(final int error, final long localHi, final long localLo, final long remoteHi,
            final long remoteLo, final int ports, final int sequence, final int mtu) {
        return false;
    }

    /** The listener is closed: its half-open connections are reset. */
    boolean listenerClosed(int listenerId);

    /** Reset a connection that nobody accepted. */
    boolean abort(long connection);

    /** Close a datagram endpoint that nobody has any more, by its name within the engine. */
    boolean closeEndpoint(int endpoint);
}
