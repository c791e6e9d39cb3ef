package io.millrace.fastpath.udp;

/** What the network said about an earlier datagram of a connected endpoint (RFC 1122 §4.1.3.3). */
public enum DatagramError {
    /** ICMP port or protocol unreachable. */
    PORT_UNREACHABLE,
    /** ICMP net or host unreachable, time exceeded, or a neighbour that does not answer. */
    HOST_UNREACHABLE,
    /** ICMP fragmentation needed, or packet too big, where the endpoint has forbidden to fragment. */
    TOO_LONG
}
