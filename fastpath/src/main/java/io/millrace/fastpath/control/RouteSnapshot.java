package io.millrace.fastpath.control;

import io.millrace.fastpath.wire.IpAddress;

/**
 * Addresses and routes of a stack, published whole by the control plane and read by engines without a lock. Addresses
 * are pairs of longs, IPv4 as {@code ::ffff:a.b.c.d}. Never changes. Thread: any.
 */
public interface RouteSnapshot {
    /** What {@link #route} answers where no route leads to the destination. */
    int NO_ROUTE = -1;
    /** What RFC 1700 recommends. */
    int DEFAULT_HOP_LIMIT = 64;
    /** What {@link #route} answers where the destination is one of the stack's own addresses. */
    int LOCAL = -2;

    /** True for one of the stack's own unicast addresses. */
    boolean isOwn(long hi, long lo);

    /**
     * True for one that endpoints may be bound to: an own one, or one that will be as soon as it is known that no other
     * host has it (RFC 4862 §5.4). Allocates.
     */
    default boolean isAssigned(final long hi, final long lo) {
        return isOwn(hi, lo);
    }

    /** True for the limited broadcast, a directed broadcast of an own prefix, or a multicast group that all hosts join. */
    boolean isBroadcast(long hi, long lo);

    /** True for a multicast group that this host has joined. The group of all hosts is not among them. */
    default boolean isJoined(final long hi, final long lo) {
        return false;
    }

    /** Upper half of what {@link #groupSourceLo} says; 0 also for every address of IPv4. */
    default long groupSourceHi(final long hi, final long lo) {
        return 0;
    }

    /**
     * Lower half of the address that a broadcast or a multicast is sent from where its sender is bound to none; the
     * unspecified address where the stack has none of that family.
     */
    default long groupSourceLo(final long hi, final long lo) {
        return IpAddress.v4(0);
    }

    /** The route with the longest prefix for a destination: 0 or more, {@link #NO_ROUTE} or {@link #LOCAL}. */
    int route(long hi, long lo);

    /** Upper half of the address to ask the neighbour table for: the gateway, or the destination itself. */
    long nextHopHi(int route, long hi, long lo);

    /** Lower half of the same. */
    long nextHopLo(int route, long hi, long lo);

    /** The link that a route leads over: an index of the stack's ports, 0 where it has one. */
    default int link(final int route) {
        return 0;
    }

    /** The link that one of the stack's own addresses is on; 0 for any other. */
    default int ownLink(final long hi, final long lo) {
        return 0;
    }

    /** Time to live, or hop limit, of packets sent, unless a router says another of a link: 1 to 255. */
    default int hopLimit() {
        return DEFAULT_HOP_LIMIT;
    }

    /**
     * Upper half of the address that a packet to this destination over this route is sent from: of several own ones the
     * one that suits the destination best (RFC 6724 §5).
     */
    default long sourceHi(final int route, final long hi, final long lo) {
        return sourceHi(route);
    }

    /** Lower half of the same. */
    default long sourceLo(final int route, final long hi, final long lo) {
        return sourceLo(route);
    }

    /**
     * Upper half of the address that a packet to a link-local destination is sent from that is reached over this link:
     * one that the link has (RFC 6724 §4); the unspecified address where it has none.
     */
    default long linkSourceHi(final int link, final long hi, final long lo) {
        final int route = route(hi, lo);
        return route < 0 ? 0 : sourceHi(route, hi, lo);
    }

    /** Lower half of the same. */
    default long linkSourceLo(final int link, final long hi, final long lo) {
        final int route = route(hi, lo);
        return route < 0 ? 0 : sourceLo(route, hi, lo);
    }

    /** Upper half of the address that a packet over this route is sent from. */
    long sourceHi(int route);

    /** Lower half of the same. */
    long sourceLo(int route);
}
