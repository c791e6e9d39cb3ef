package io.millrace.fastpath.links;

import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.testing.Family;
import io.millrace.fastpath.wire.IpAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * Routes of a host with the addresses {@code 10.0.LINK.NUMBER} of either {@link Family}, one a link, and {@code fe80::NUMBER}
 * on every link; single hosts may be sent to by the gateway of a link. Never changes.
 */
final class LinkedRoutes implements RouteSnapshot {
    static final long LINK_LOCAL = 0xFE80L << 48;
    static final long ALL_NODES_HI = 0xFF02L << 48;
    static final long ALL_NODES_LO = 1;
    private static final int NETWORK = 0x0A00_0000;

    private final int number;
    private final int links;
    /** Host by gateway, each as IPv4 in host order. */
    private final Map<Integer, Integer> gateways;
    /** Where link-local addresses are looked for. */
    private final int scoped;
    /** Has no address to answer groups from. */
    private final int bare;

    LinkedRoutes(final int number, final int links) {
        this(number, links, Map.of(), 0, -1);
    }

    private LinkedRoutes(final int number, final int links, final Map<Integer, Integer> gateways, final int scoped,
            final int bare) {
        this.number = number;
        this.links = links;
        this.gateways = gateways;
        this.scoped = scoped;
        this.bare = bare;
    }

    /** As IPv4 in host order. */
    static int address(final int link, final int number) {
        return NETWORK | link << 8 | number;
    }

    /** The same, but one host is sent to by a gateway. */
    LinkedRoutes with(final int host, final int gateway) {
        final Map<Integer, Integer> more = new HashMap<>(gateways);
        more.put(host, gateway);
        return new LinkedRoutes(number, links, more, scoped, bare);
    }

    /** The same, but link-local addresses are looked for on another link. */
    LinkedRoutes linkLocalOn(final int link) {
        return new LinkedRoutes(number, links, gateways, link, bare);
    }

    /** The same, but one link has no address to answer groups from. */
    LinkedRoutes withoutAddressOn(final int link) {
        return new LinkedRoutes(number, links, gateways, scoped, link);
    }

    private static int v4(final long lo) {
        return (int) lo;
    }

    private static boolean isHost(final long hi, final long lo) {
        return hi == Family.of(hi, lo).hi();
    }

    @Override
    public boolean isOwn(final long hi, final long lo) {
        final int address = v4(lo);
        return hi == LINK_LOCAL && lo == number
                || isHost(hi, lo) && address == address(linkOf(address), number) && linkOf(address) < links;
    }

    private static int linkOf(final int address) {
        return address >>> 8 & 0xFF;
    }

    @Override
    public boolean isBroadcast(final long hi, final long lo) {
        return hi == 0 && (lo == IpAddress.v4(-1) || (v4(lo) & 0xFF) == 0xFF && v4(lo) >>> 24 == 10);
    }

    @Override
    public long groupSourceHi(final long hi, final long lo) {
        return Family.of(hi, lo).hi();
    }

    @Override
    public long groupSourceLo(final long hi, final long lo) {
        return Family.of(hi, lo).lo(address(0, number));
    }

    /** The number of a route is its link. */
    @Override
    public int route(final long hi, final long lo) {
        if (isOwn(hi, lo)) {
            return LOCAL;
        }
        if (hi == LINK_LOCAL) {
            return scoped;
        }
        final int link = linkOf(gateways.getOrDefault(v4(lo), v4(lo)));
        return isHost(hi, lo) && v4(lo) >>> 24 == 10 && link < links ? link : NO_ROUTE;
    }

    @Override
    public int link(final int route) {
        return route;
    }

    @Override
    public int ownLink(final long hi, final long lo) {
        return isOwn(hi, lo) && hi != LINK_LOCAL ? linkOf(v4(lo)) : 0;
    }

    @Override
    public long nextHopHi(final int route, final long hi, final long lo) {
        return hi;
    }

    @Override
    public long nextHopLo(final int route, final long hi, final long lo) {
        final Integer gateway = hi == LINK_LOCAL ? null : gateways.get(v4(lo));
        return gateway == null ? lo : Family.of(hi, lo).lo(gateway);
    }

    @Override
    public boolean isJoined(final long hi, final long lo) {
        return hi == ALL_NODES_HI && lo == ALL_NODES_LO;
    }

    @Override
    public long linkSourceHi(final int link, final long hi, final long lo) {
        return link == bare ? 0 : sourceHi(link, hi, lo);
    }

    @Override
    public long linkSourceLo(final int link, final long hi, final long lo) {
        return link == bare ? 0 : sourceLo(link, hi, lo);
    }

    @Override
    public long sourceHi(final int route) {
        return 0;
    }

    @Override
    public long sourceLo(final int route) {
        return Family.V4.lo(address(route, number));
    }

    @Override
    public long sourceHi(final int route, final long hi, final long lo) {
        return Family.of(hi, lo).hi();
    }

    @Override
    public long sourceLo(final int route, final long hi, final long lo) {
        return Family.of(hi, lo).lo(address(route, number));
    }
}
