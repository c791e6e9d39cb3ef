package io.millrace.fastpath.control;

/**
 * Takes ICMP errors about segments to the other engines of a stack: a port spreads packets over its queues by rules of its
 * own, and the error comes from a router, not from the peer. What finds no room is lost: the router repeats it. Thread: any.
 */
@FunctionalInterface
public interface IcmpErrors {
    /** Where there is no other engine. */
    IcmpErrors NONE = (error, localHi, localLo, remoteHi, remoteLo, ports, sequence, mtu) -> {};

    /**
     * The parameters of {@code TransportInput.onIcmpError}.
     *
     * @param error ordinal of the kind.
     */
    void onIcmpError(int error, long localHi, long localLo, long remoteHi, long remoteLo, int ports, int sequence,
            int mtu);
}
