package io.millrace.fastpath.control;

/**
 * Identifications of datagrams that may be fragmented (RFC 6864 §4.3): as long as possible before one comes back between
 * the same two hosts, and for nobody else to foresee (RFC 7739 §3). Thread: one engine's; each engine has its own object.
 */
@FunctionalInterface
public interface DatagramIdentifications {
    /** The next one for these addresses and protocol; IPv4 takes the lower 16 bits. */
    int next(long sourceHi, long sourceLo, long destinationHi, long destinationLo, int protocol);
}
