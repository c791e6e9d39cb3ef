package io.millrace.control.address;

import io.millrace.config.Cidr;
import io.millrace.config.Route;
import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.wire.IpAddress;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Own addresses and own prefixes, connected prefixes and routes in arrays, the longest prefix first (RFC 1812 §5.2.4.3),
 * so the first match is the answer. Every address of an own prefix is the stack's (Linux: a route of type local). A stack has a handful: a scan of a few cache lines beats a trie. A lookup allocates nothing.
 * Immutable. Thread: any.
 */
public final class RouteTable implements RouteSnapshot {
    /** Columns of a route's row: mask, destination, gateway, source address; each an upper and a lower half. */
    private static final int MASK = 0;
    private static final int DESTINATION = 2;
    private static final int GATEWAY = 4;
    private static final int SOURCE = 6;
    private static final int ROW = 8;
    /** Columns of an own prefix: mask and network. */
    private static final int OWN_ROW = 4;

    private static final long LIMITED_BROADCAST = IpAddress.v4(0xFFFF_FFFF);
    private static final long ALL_HOSTS_V4 = IpAddress.v4(0xE000_0001); // 224.0.0.1, RFC 1112 §4
    private static final long ALL_NODES_HI = 0xff02L << 48; // ff02::1, RFC 4291 §2.7.1
    private static final long ALL_NODES_LO = 1;

    private final List<Cidr> addresses;
    private final List<Cidr> ownPrefixes;
    private final List<Route> routes;
    private final long[] own;
    /** Rows of own prefixes. */
    private final long[] ownRows;
    /** Each directed broadcast address with the own address of its network; lower halves. */
    private final long[] broadcasts;
    private final long firstV4Lo;
    private final long[] rows;
    /** Lower halves of joined IPv4 groups, sorted. */
    private final long[] groups;

    private final int hopLimit;

    private RouteTable(final List<Cidr> addresses, final List<Cidr> ownPrefixes, final List<Route> routes,
            final List<long[]> rows, final int hopLimit) {
        this.hopLimit = hopLimit;
        this.addresses = List.copyOf(addresses);
        this.ownPrefixes = List.copyOf(ownPrefixes);
        this.routes = List.copyOf(routes);
        final List<Prefix> prefixes = addresses.stream().map(Prefix::of).toList();
        own = prefixes.stream().flatMapToLong(prefix -> LongStream.of(prefix.hi(), prefix.lo())).toArray();
        ownRows = ownPrefixes.stream().map(Prefix::of).flatMapToLong(prefix -> LongStream.of(prefix.maskHi(),
                prefix.maskLo(), prefix.networkHi(), prefix.networkLo())).toArray();
        broadcasts = prefixes.stream().filter(Prefix::hasBroadcast)
                .flatMapToLong(prefix -> LongStream.of(prefix.broadcastLo(), prefix.lo())).toArray();
        firstV4Lo = prefixes.stream().filter(Prefix::isV4).mapToLong(Prefix::lo).findFirst().orElse(IpAddress.v4(0));
        this.rows = rows.stream().flatMapToLong(Arrays::stream).toArray();
        groups = new long[0];
    }

    private RouteTable(final RouteTable table, final long[] groups) {
        addresses = table.addresses;
        ownPrefixes = table.ownPrefixes;
        routes = table.routes;
        own = table.own;
        ownRows = table.ownRows;
        broadcasts = table.broadcasts;
        firstV4Lo = table.firstV4Lo;
        rows = table.rows;
        hopLimit = table.hopLimit;
        this.groups = groups;
    }

    /** The same with these multicast groups joined, by the lower halves of their addresses. */
    RouteTable withGroups(final long... joined) {
        final long[] sorted = joined.clone();
        Arrays.sort(sorted);
        return new RouteTable(this, sorted);
    }

    /**
     * Makes a table.
     *
     * @param addresses   own addresses, each with the prefix of its network; a destination in one of these is a neighbour.
     * @param ownPrefixes prefixes all of whose addresses are own ones, but for broadcasts and what names no host.
     * @param routes      prefixes behind gateways; each gateway lies in the network of an own address.
     * @param hopLimit    time to live of packets sent, 1 to 255.
     * @throws IllegalArgumentException one sentence: which address, prefix or route is wrong, and why.
     */
    public static RouteTable of(final List<Cidr> addresses, final List<Cidr> ownPrefixes, final List<Route> routes,
            final int hopLimit) {
        addresses.forEach(address -> checkAddress(address, addresses));
        ownPrefixes.forEach(RouteTable::checkOwnPrefix);
        final List<long[]> rows = new ArrayList<>();
        for (final Cidr address : addresses) {
            rows.add(row(Prefix.of(address), 0, 0, Prefix.of(address)));
        }
        for (final Route route : routes) {
            rows.add(row(Prefix.of(route.destination()), IpAddress.hi(route.gateway()), IpAddress.lo(route.gateway()),
                    Prefix.of(sourceFor(route, addresses, ownPrefixes))));
        }
        // Stable: of two equal prefixes the connected one wins, then the one named first.
        rows.sort(Comparator.comparingInt(RouteTable::prefixBits).reversed());
        return new RouteTable(addresses, ownPrefixes, routes, rows, hopLimit);
    }

    /** Makes a table without own prefixes. */
    public static RouteTable of(final List<Cidr> addresses, final List<Route> routes, final int hopLimit) {
        return of(addresses, List.of(), routes, hopLimit);
    }

    /** Makes a table with the usual hop limit. */
    public static RouteTable of(final List<Cidr> addresses, final List<Route> routes) {
        return of(addresses, routes, DEFAULT_HOP_LIMIT);
    }

    /** The route of last resort through a gateway, in the gateway's family. */
    public static Route defaultVia(final InetAddress gateway) {
        return new Route(Cidr.parse(gateway instanceof Inet4Address ? "0.0.0.0/0" : "::/0"), gateway);
    }

    /** Own addresses with their prefixes, in the order given. */
    public List<Cidr> addresses() {
        return addresses;
    }

    /** Prefixes all of whose addresses are own ones, in the order given. */
    public List<Cidr> ownPrefixes() {
        return ownPrefixes;
    }

    /** Routes through gateways, in the order given. */
    public List<Route> routes() {
        return routes;
    }

    /** True where the address lies in an own prefix: it is reached without a gateway. */
    public boolean isOnLink(final long hi, final long lo) {
        final int route = route(hi, lo);
        return route >= 0 && nextHopHi(route, hi, lo) == hi && nextHopLo(route, hi, lo) == lo;
    }

    @Override
    public int hopLimit() {
        return hopLimit;
    }

    @Override
    public boolean isOwn(final long hi, final long lo) {
        return isAddress(hi, lo) || ownRows.length != 0 && isInOwnPrefix(hi, lo);
    }

    /** True for one of {@link #addresses}, false for the others of an own prefix. */
    public boolean isAddress(final long hi, final long lo) {
        for (int i = 0; i < own.length; i += 2) {
            if (own[i + 1] == lo && own[i] == hi) {
                return true;
            }
        }
        return false;
    }

    /** As in Linux's local table, a broadcast address of an own network is a longer prefix, and wins. */
    private boolean isInOwnPrefix(final long hi, final long lo) {
        for (int row = 0; row < ownRows.length; row += OWN_ROW) {
            if ((lo & ownRows[row + MASK + 1]) == ownRows[row + DESTINATION + 1]
                    && (hi & ownRows[row + MASK]) == ownRows[row + DESTINATION]) {
                return !isNoUnicast(hi, lo) && !isBroadcast(hi, lo);
            }
        }
        return false;
    }

    @Override
    public boolean isBroadcast(final long hi, final long lo) {
        if (hi != 0) {
            return hi == ALL_NODES_HI && lo == ALL_NODES_LO;
        }
        if (lo == LIMITED_BROADCAST || lo == ALL_HOSTS_V4) {
            return true;
        }
        for (int i = 0; i < broadcasts.length; i += 2) {
            if (broadcasts[i] == lo) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean isJoined(final long hi, final long lo) {
        return hi == 0 && Arrays.binarySearch(groups, lo) >= 0;
    }

    /** {@inheritDoc} A directed broadcast is sent from the address of its network, everything else from the first. */
    @Override
    public long groupSourceLo(final long hi, final long lo) {
        for (int i = 0; i < broadcasts.length; i += 2) {
            if (hi == 0 && broadcasts[i] == lo) {
                return broadcasts[i + 1];
            }
        }
        return firstV4Lo;
    }

    /**
     * {@inheritDoc}
     * <p>
     * No route leads to a broadcast or multicast address, to the unspecified one, or to a loopback address that is not
     * an own one: such packets must not reach a wire (RFC 1122 §3.2.1.3).
     */
    @Override
    public int route(final long hi, final long lo) {
        if (isOwn(hi, lo)) {
            return LOCAL;
        }
        if (isNoUnicast(hi, lo) || isBroadcast(hi, lo)) {
            return NO_ROUTE;
        }
        final boolean v4 = IpAddress.isV4(hi, lo);
        for (int row = 0; row < rows.length; row += ROW) {
            if ((lo & rows[row + MASK + 1]) == rows[row + DESTINATION + 1]
                    && (hi & rows[row + MASK]) == rows[row + DESTINATION]
                    && v4 == IpAddress.isV4(rows[row + SOURCE], rows[row + SOURCE + 1])) {
                return row;
            }
        }
        return NO_ROUTE;
    }

    @Override
    public long nextHopHi(final int route, final long hi, final long lo) {
        return isConnected(route) ? hi : rows[route + GATEWAY];
    }

    @Override
    public long nextHopLo(final int route, final long hi, final long lo) {
        return isConnected(route) ? lo : rows[route + GATEWAY + 1];
    }

    @Override
    public long sourceHi(final int route) {
        return rows[route + SOURCE];
    }

    @Override
    public long sourceLo(final int route) {
        return rows[route + SOURCE + 1];
    }

    /** {@code 10.0.0.2/24, local 10.64.0.0/16, 0.0.0.0/0 via 10.0.0.1}. */
    @Override
    public String toString() {
        final Stream<String> local = ownPrefixes.stream().map(prefix -> "local " + prefix);
        return Stream.of(addresses.stream().map(Object::toString), local, routes.stream().map(Object::toString))
                .flatMap(texts -> texts).collect(Collectors.joining(", "));
    }

    private boolean isConnected(final int route) {
        return (rows[route + GATEWAY] | rows[route + GATEWAY + 1]) == 0;
    }

    private static boolean isNoUnicast(final long hi, final long lo) {
        if (IpAddress.isV4(hi, lo)) {
            final int first = (int) lo >>> 24;
            return first == 0 || first == 127 || first >= 224;
        }
        return hi >>> 56 == 0xff || hi == 0 && (lo == 0 || lo == 1);
    }

    private static long[] row(final Prefix to, final long gatewayHi, final long gatewayLo, final Prefix source) {
        return new long[]{to.maskHi(), to.maskLo(), to.networkHi(), to.networkLo(), gatewayHi, gatewayLo, source.hi(),
                source.lo()};
    }

    private static int prefixBits(final long[] row) {
        return Long.bitCount(row[MASK]) + Long.bitCount(row[MASK + 1]);
    }

    private static void checkAddress(final Cidr address, final List<Cidr> all) {
        final Prefix prefix = Prefix.of(address);
        if (isNoUnicast(prefix.hi(), prefix.lo()) || prefix.hasBroadcast()
                && (prefix.lo() == prefix.broadcastLo() || prefix.lo() == prefix.networkLo())) {
            throw new IllegalArgumentException(address + " cannot be an own address: it names no single host");
        }
        if (all.stream().filter(other -> other.address().equals(address.address())).count() > 1) {
            throw new IllegalArgumentException(address.address().getHostAddress() + " is given twice");
        }
    }

    private static void checkOwnPrefix(final Cidr cidr) {
        final Prefix prefix = Prefix.of(cidr);
        if (prefix.hi() != prefix.networkHi() || prefix.lo() != prefix.networkLo()) {
            throw new IllegalArgumentException("own prefix " + cidr + " has bits set after its prefix");
        }
        // of the whole address space nothing would be left for others
        if (cidr.prefixLength() == 0 || isNoUnicast(prefix.hi(), prefix.lo())) {
            throw new IllegalArgumentException("own prefix " + cidr + " cannot be this stack's alone");
        }
    }

    private static Cidr sourceFor(final Route route, final List<Cidr> addresses, final List<Cidr> ownPrefixes) {
        if (addresses.stream().anyMatch(address -> address.address().equals(route.gateway()))
                || ownPrefixes.stream().anyMatch(prefix -> prefix.contains(route.gateway()))) {
            throw new IllegalArgumentException("route " + route + ": the gateway is an own address");
        }
        return addresses.stream().filter(address -> address.contains(route.gateway())).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "route " + route + ": the gateway lies in none of this stack's prefixes "
                                + addresses.stream().map(Cidr::toString).collect(Collectors.joining(", "))));
    }
}
