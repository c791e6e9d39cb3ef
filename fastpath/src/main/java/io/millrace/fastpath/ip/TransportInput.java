package io.millrace.fastpath.ip;

/** What the IP layer hands upwards; implemented by TCP. Thread: the engine's. */
public interface TransportInput {
    /**
     * A TCP segment for one of our addresses. The frame stays the caller's.
     *
     * @param checksumTrusted the port verified the checksum, or left it to be completed on a wire that is not there.
     * @param ecn             the ECN field of the IP header, 0 to 3 (RFC 3168 §5).
     * @param arrivedNs       when the frame reached the port, in nanoseconds of the engine's clock; the time of this turn
     *                        where the port does not say.
     */
    void onSegment(long localHi, long localLo, long remoteHi, long remoteLo, long address, int length,
            boolean checksumTrusted, int ecn, long arrivedNs);

    /** The same from another engine, which found that the segment belongs to this one; with this turn. */
    void onForwardedSegment(long localHi, long localLo, long remoteHi, long remoteLo, long address, int length,
            boolean checksumTrusted, int ecn);

    /** True where a segment belongs to a connection of this engine; listeners do not count. */
    boolean isKnown(long localHi, long localLo, long remoteHi, long remoteLo, long address, int length);

    /**
     * An ICMP error about a segment we sent (RFC 9293 §3.9.2.2), or the like from our own neighbour resolution.
     *
     * @param ports    our port in the upper 16 bits, the peer's in the lower.
     * @param sequence the sequence number quoted: the error counts only where it is in flight (RFC 5927 §4.1).
     * @param mtu      with {@link IcmpError#FRAGMENTATION_NEEDED}: the MTU of the next hop; else 0.
     */
    void onIcmpError(IcmpError error, long localHi, long localLo, long remoteHi, long remoteLo, int ports,
            int sequence, int mtu);
}
