package io.millrace.fastpath.ip;

import io.millrace.fastpath.wire.Ipv6Header;

/** An IPv6 packet that arrived, and how; one object an engine, used anew for each. Thread: the engine's. */
final class Ipv6Arrival {
    final Ipv6Header ip = new Ipv6Header();
    /** The link that it came over. */
    int link;
    /** MAC that the frame came from; 0 without a link layer. */
    long linkSource;
    /** The port has verified the transport's checksum, or left it to be completed on a wire that is not there. */
    boolean checksumTrusted;
    /** Payload bytes of each datagram where the frame stands for several; else 0. */
    int datagramSegment;
    /** It is for a multicast group. */
    boolean toGroup;
    /** It came in fragments. */
    boolean reassembled;
    /** It has no source that could be answered: the unspecified address, or from outside one of our own. */
    boolean anonymous;
    /** It has a Router Alert option. */
    boolean routerAlert;
    /** When it reached the port, in nanoseconds of the engine's clock. */
    long arrivedNs;
}
