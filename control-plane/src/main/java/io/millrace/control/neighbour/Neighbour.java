package io.millrace.control.neighbour;

/** One entry of the cache. Thread: the agent's. */
final class Neighbour {
    final long hi;
    final long lo;
    /** The lower, the older. */
    final long number;
    NeighbourState state = NeighbourState.INCOMPLETE;
    /** Link-layer address, 48 bits; 0 while unknown. */
    long mac;
    /** It said that it is a router (RFC 4861 §5.1, IsRouter). */
    boolean router;
    /** When the state is looked at again; {@link Long#MAX_VALUE}: never. */
    long deadlineNs = Long.MAX_VALUE;
    /** Requests sent in this state. */
    int attempts;
    /** Polls answered since anything showed that the neighbour is in use. */
    int unusedPolls;
    /** The engine that asked last: requests leave through its port queue. */
    int engine;

    Neighbour(final long hi, final long lo, final long number) {
        this.hi = hi;
        this.lo = lo;
        this.number = number;
    }

    /** What it is now, for others to read. */
    NeighbourInfo info(final int link) {
        return new NeighbourInfo(link, hi, lo, mac, state, router, deadlineNs);
    }

    boolean isEvictable() {
        return isUnused() || state == NeighbourState.INCOMPLETE;
    }

    /** Of two that may go: what nobody uses before what has not answered yet, the older first. */
    boolean goesBefore(final Neighbour other) {
        if (isUnused() != other.isUnused()) {
            return isUnused();
        }
        return isUnused() ? deadlineNs < other.deadlineNs : number < other.number;
    }

    private boolean isUnused() {
        return state == NeighbourState.STALE || state == NeighbourState.FAILED;
    }
}
