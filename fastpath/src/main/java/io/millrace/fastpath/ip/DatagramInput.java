package io.millrace.fastpath.ip;

/** What the IP layer hands to UDP. Thread: the engine's. */
public interface DatagramInput {
    /** Flag: the port verified the checksum, or left it to be completed on a wire that is not there. */
    int CHECKSUM_TRUSTED = 1;
    /** Flag: sent to a broadcast address. */
    int BROADCAST = 2;
    /** Flag: sent to a multicast group. */
    int MULTICAST = 4;
    /** What stands from this bit on: payload bytes of each of several datagrams that follow one header; 0: it is one. */
    int SEGMENT_SHIFT = 16;

    /**
     * A UDP packet for one of our addresses, a broadcast address or a multicast group. The frame stays the caller's.
     *
     * @param flags a sum of the flags, and a size behind {@link #SEGMENT_SHIFT}.
     * @return false where it is right but nobody wants it; what is wrong with it was counted otherwise.
     */
    boolean onDatagram(long localHi, long localLo, long remoteHi, long remoteLo, long address, int length, int flags);

    /**
     * An ICMP error about a datagram that we sent, or the like from our own neighbour resolution.
     *
     * @param ports our port in the upper 16 bits, the peer's in the lower.
     * @param mtu   with {@link IcmpError#FRAGMENTATION_NEEDED}: the MTU of the next hop; else 0.
     */
    void onDatagramError(IcmpError error, long localHi, long localLo, long remoteHi, long remoteLo, int ports,
            int mtu);
}
