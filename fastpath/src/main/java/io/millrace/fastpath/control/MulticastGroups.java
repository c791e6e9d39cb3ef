package io.millrace.fastpath.control;

/**
 * What the endpoints of a stack want to hear of multicast groups (RFC 3376 §2): the control plane tells the routers, and
 * engines take in what {@link RouteSnapshot#isJoined} says. Thread: any.
 */
public interface MulticastGroups {
    /** Joins nothing. */
    MulticastGroups NONE = (listener, hi, lo, include, sources) -> {};

    /**
     * Says what a listener wants of a group from now on; it replaces what it said before. When this returns, engines take
     * datagrams to the group in.
     *
     * @param listener names the listener; each socket is one of its own.
     * @param include  true: from these sources and no others (none at all: it leaves the group); false: from every
     *                 source but these.
     * @param sources  upper and lower halves in turn.
     * @throws IllegalArgumentException where the address is no multicast group.
     */
    void listen(Object listener, long groupHi, long groupLo, boolean include, long... sources);
}
