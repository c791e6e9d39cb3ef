package io.millrace.control.address;

import io.millrace.config.Cidr;
import io.millrace.config.Route;
import io.millrace.fastpath.control.RouteSnapshot;
import io.millrace.fastpath.wire.IpAddress;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Own addresses and own prefixes, connected prefixes and routes of both families: the longest prefix wins (RFC 1812
 * §5.2.4.3). Every address of an own prefix is the stack's (Linux: a route of type local). A lookup allocates nothing.
 * Immutable. Thread: any.
 */
public final class RouteTable implements RouteSnapshot {
    /** Columns of a route's row: gateway and source address, each an upper and a lower half, and the link. */
    private static final int GATEWAY = 0;
    private static final int SOURCE = 2;
    private static final int LINK = 4;
    private static final int ROW = 5;

    private static final long LIMITED_BROADCAST = IpAddress.v4(0xFFFF_FFFF);
    private static final long ALL_HOSTS_V4 = IpAddress.v4(0xE000_0001); // 224.0.0.1, RFC 1112 §4
    private static final long ALL_NODES_HI = 0xff02L << 48; // ff02::1, RFC 4291 §2.7.1
    private static final long ALL_NODES_LO = 1;

    private final Routing routing;
    /** The link that link-local addresses of IPv6 are looked for on. */
    private final int home;
    private final List<Cidr> addresses;
    /** Of each of the addresses. */
    private final int[] links;
    /** Addresses in use, then own prefixes. */
    private final PrefixTrie own;
    /** Each directed broadcast address with the own address of its network; lower halves. */
    private final long[] broadcasts;
    private final long firstV4Lo;
    private final SourceSelection sources;
    /** Connected prefixes, then routes: their rows by {@link #ROW}. */
    private final PrefixTrie routes;
    private final long[] rows;
    private final JoinedGroups groups;

    /** The table for addresses and routes, with multicast groups joined: halves of their addresses in turn. */
    RouteTable(final Routing routing, final long... groups) {
        this(routing, 0, groups);
    }

    private RouteTable(final Routing routing, final int home, final long[] groups) {
        this.routing = routing;
        this.home = home;
        this.groups = new JoinedGroups(routing, groups);
        final List<OwnAddress> usable = routing.addresses().stream().filter(each -> each.state().isUsable()).toList();
        addresses = usable.stream().map(OwnAddress::cidr).toList();
        links = usable.stream().mapToInt(OwnAddress::link).toArray();
        final List<Prefix> prefixes = addresses.stream().map(Prefix::of).toList();
        own = new PrefixTrie(Stream.concat(prefixes.stream().map(prefix -> new Prefix(prefix.hi(), prefix.lo(), 128)),
                routing.ownPrefixes().stream().map(Prefix::of)).toList());
        broadcasts = prefixes.stream().filter(Prefix::hasBroadcast)
                .flatMapToLong(prefix -> LongStream.of(prefix.broadcastLo(), prefix.lo())).toArray();
        firstV4Lo = prefixes.stream().filter(Prefix::isV4).mapToLong(Prefix::lo).findFirst().orElse(IpAddress.v4(0));
        sources = new SourceSelection(usable);
        final List<Prefix> destinations = new ArrayList<>();
        rows = rows(usable, destinations);
        routes = new PrefixTrie(destinations);
    }

    private RouteTable(final RouteTable table, final long[] groups) {
        routing = table.routing;
        home = table.home;
        addresses = table.addresses;
        links = table.links;
        own = table.own;
        broadcasts = table.broadcasts;
        firstV4Lo = table.firstV4Lo;
        sources = table.sources;
        routes = table.routes;
        rows = table.rows;
        this.groups = new JoinedGroups(routing, groups);
    }

    /** The same with these multicast groups joined: upper and lower halves of their addresses in turn. */
    RouteTable withGroups(final long... joined) {
        return new RouteTable(this, joined);
    }

    /**
     * Makes a table.
     *
     * @param addresses   own addresses, each with the prefix of its network; a destination in one of these is a neighbour.
     * @param ownPrefixes prefixes all of whose addresses are own ones, but for broadcasts and what names no host.
     * @param routes      prefixes behind gateways; each gateway lies in the network of an own address, or is link-local.
     * @param hopLimit    time to live of packets sent, 1 to 255.
     * @throws IllegalArgumentException one sentence: which address, prefix or route is wrong, and why.
     */
    public static RouteTable of(final List<Cidr> addresses, final List<Cidr> ownPrefixes, final List<Route> routes,
            final int hopLimit) {
        return onLinks(addresses.stream().map(OwnAddress::of).toList(), ownPrefixes, routes, hopLimit);
    }

    /**
     * Makes a table of addresses on several links.
     *
     * @throws IllegalArgumentException one sentence, as {@link #of} says, or which prefixes of two links overlap.
     */
    public static RouteTable onLinks(final List<OwnAddress> addresses, final List<Cidr> ownPrefixes,
            final List<Route> routes, final int hopLimit) {
        ownPrefixes.forEach(RouteTable::checkOwnPrefix);
        Routing routing = new Routing(List.of(), ownPrefixes, List.of(), List.of(), hopLimit);
        for (final OwnAddress address : addresses) {
            routing = routing.with(address);
        }
        for (final Route route : routes) {
            routing = routing.with(route);
        }
        return new RouteTable(routing);
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

    /** What the table was made from. */
    public Routing routing() {
        return routing;
    }

    /** What one link has of it, for who speaks on that link alone; without multicast groups. */
    RouteTable of(final int link) {
        return link == 0 && routing.isOfFirstLink() ? this : new RouteTable(routing.of(link), link, new long[0]);
    }

    /** Own addresses in use with their prefixes, in the order given. */
    public List<Cidr> addresses() {
        return addresses;
    }

    /** Prefixes all of whose addresses are own ones, in the order given. */
    public List<Cidr> ownPrefixes() {
        return routing.ownPrefixes();
    }

    /** Routes through gateways, in the order given; those too that are not in force. */
    public List<Route> routes() {
        return routing.routes();
    }

    /** True where the address lies in a connected prefix: it is reached without a gateway. */
    public boolean isOnLink(final long hi, final long lo) {
        final int route = route(hi, lo);
        return route >= 0 && isConnected(route);
    }

    /** True where one of the own addresses is of IPv6, be it in use already or not yet. */
    public boolean hasV6() {
        return Stream.concat(routing.addresses().stream().filter(RouteTable::mayBeUsed).map(OwnAddress::address),
                ownPrefixes().stream().map(Cidr::address)).anyMatch(Inet6Address.class::isInstance);
    }

    private static boolean mayBeUsed(final OwnAddress own) {
        return own.state() != OwnAddress.State.DUPLICATE;
    }

    @Override
    public int hopLimit() {
        return routing.hopLimit();
    }

    /** {@inheritDoc} As in Linux's local table, a broadcast address of an own network wins over an own prefix. */
    @Override
    public boolean isOwn(final long hi, final long lo) {
        final int found = own.find(hi, lo);
        return found >= addresses.size() ? !isNoUnicast(hi, lo) && !isBroadcast(hi, lo) : found != PrefixTrie.NONE;
    }

    @Override
    public int ownLink(final long hi, final long lo) {
        final int found = own.find(hi, lo);
        return found >= 0 && found < links.length ? links[found] : 0;
    }

    @Override
    public boolean isAssigned(final long hi, final long lo) {
        if (isOwn(hi, lo)) {
            return true;
        }
        final OwnAddress own = routing.find(IpAddress.toInetAddress(hi, lo));
        return own != null && own.state() == OwnAddress.State.TENTATIVE;
    }

    /** True for one of {@link #addresses}, false for the others of an own prefix. */
    public boolean isAddress(final long hi, final long lo) {
        final int found = own.find(hi, lo);
        return found != PrefixTrie.NONE && found < addresses.size();
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
        return groups.contains(hi, lo);
    }

    @Override
    public long groupSourceHi(final long hi, final long lo) {
        if (IpAddress.isV4(hi, lo)) {
            return 0;
        }
        final int source = sources.select(hi, lo, home);
        return source == SourceSelection.NONE ? 0 : sources.hi(source);
    }

    /** {@inheritDoc} A directed broadcast is sent from the address of its network, IPv4 otherwise from the first. */
    @Override
    public long groupSourceLo(final long hi, final long lo) {
        if (!IpAddress.isV4(hi, lo)) {
            final int source = sources.select(hi, lo, home);
            return source == SourceSelection.NONE ? 0 : sources.lo(source);
        }
        for (int i = 0; i < broadcasts.length; i += 2) {
            if (broadcasts[i] == lo) {
                return broadcasts[i + 1];
            }
        }
        return firstV4Lo;
    }

    /**
     * {@inheritDoc}
     * <p>
     * No route leads to a broadcast or multicast address, to the unspecified one, or to a loopback address that is not
     * an own one: such packets must not reach a wire (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3). None leads to a link-local
     * address through a gateway, for no router forwards it (RFC 4291 §2.5.6).
     */
    @Override
    public int route(final long hi, final long lo) {
        if (isOwn(hi, lo)) {
            return LOCAL;
        }
        if (isNoUnicast(hi, lo) || isBroadcast(hi, lo)) {
            return NO_ROUTE;
        }
        final int found = routes.find(hi, lo);
        if (found == PrefixTrie.NONE) {
            return NO_ROUTE;
        }
        final int row = found * ROW;
        if (IpAddress.isLinkLocal(hi) && !isConnected(row)) {
            return NO_ROUTE;
        }
        // ::/0 holds the IPv4 addresses too
        return IpAddress.isV4(hi, lo) == IpAddress.isV4(rows[row + SOURCE], rows[row + SOURCE + 1]) ? row : NO_ROUTE;
    }

    @Override
    public int link(final int route) {
        return (int) rows[route + LINK];
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
    public long sourceHi(final int route, final long hi, final long lo) {
        final int source = IpAddress.isV4(hi, lo) ? SourceSelection.NONE : sources.select(hi, lo, link(route));
        return source == SourceSelection.NONE ? rows[route + SOURCE] : sources.hi(source);
    }

    @Override
    public long sourceLo(final int route, final long hi, final long lo) {
        final int source = IpAddress.isV4(hi, lo) ? SourceSelection.NONE : sources.select(hi, lo, link(route));
        return source == SourceSelection.NONE ? rows[route + SOURCE + 1] : sources.lo(source);
    }

    @Override
    public long linkSourceHi(final int link, final long hi, final long lo) {
        final int source = sources.selectOn(link, hi, lo);
        return source == SourceSelection.NONE ? 0 : sources.hi(source);
    }

    @Override
    public long linkSourceLo(final int link, final long hi, final long lo) {
        final int source = sources.selectOn(link, hi, lo);
        return source == SourceSelection.NONE ? 0 : sources.lo(source);
    }

    @Override
    public long sourceHi(final int route) {
        return rows[route + SOURCE];
    }

    @Override
    public long sourceLo(final int route) {
        return rows[route + SOURCE + 1];
    }

    /** {@code 10.0.0.2/24, local 10.64.0.0/16, on-link fd00::/64, 0.0.0.0/0 via 10.0.0.1}. */
    @Override
    public String toString() {
        final String text = Stream.of(routing.addresses().stream().map(Object::toString),
                routing.ownPrefixes().stream().map(prefix -> "local " + prefix),
                routing.onLink().stream().map(prefix -> "on-link " + prefix),
                routing.routes().stream().map(Object::toString)).flatMap(texts -> texts)
                .collect(Collectors.joining(", "));
        return text.isEmpty() ? "without an address" : text;
    }

    /** Makes the rows, and lists the prefix of each. A connected prefix comes before a route to the same. */
    private long[] rows(final List<OwnAddress> usable, final List<Prefix> destinations) {
        final List<long[]> all = new ArrayList<>();
        for (final OwnAddress address : usable) {
            // one link's link-local addresses mean nothing on another (RFC 4007 §5)
            if (address.connected() && (address.link() == home || !OwnAddress.isScoped(address.address()))) {
                final Prefix prefix = Prefix.of(address.cidr());
                destinations.add(prefix);
                all.add(new long[]{0, 0, prefix.hi(), prefix.lo(), address.link()});
            }
        }
        for (final OnLink on : routing.onLink()) {
            add(Prefix.of(on.prefix()), null, on.prefix().address(), on.link(), destinations, all);
        }
        for (final Route route : routing.routes()) {
            final int link = routing.linkOf(route);
            if (link != Routing.NOWHERE) {
                add(Prefix.of(route.destination()), route.gateway(), route.gateway(), link, destinations, all);
            }
        }
        return all.stream().flatMapToLong(LongStream::of).toArray();
    }

    /** Adds a row, where the stack has an address to send from: for IPv4 that of the gateway's network. */
    private void add(final Prefix to, final @Nullable InetAddress gateway, final InetAddress near, final int link,
            final List<Prefix> destinations, final List<long[]> all) {
        final boolean v4 = to.isV4();
        final int source = v4 ? SourceSelection.NONE : sources.select(to.networkHi(), to.networkLo(), link);
        final long lo = v4 ? sourceV4(near, link) : 0;
        if (v4 ? lo != IpAddress.ANY_V4 : source != SourceSelection.NONE) {
            destinations.add(to);
            all.add(new long[]{gateway == null ? 0 : IpAddress.hi(gateway), gateway == null ? 0 : IpAddress.lo(gateway),
                    v4 ? 0 : sources.hi(source), v4 ? lo : sources.lo(source), link});
        }
    }

    /** The address of the network that another lies in, else one of the link, else any. */
    private long sourceV4(final InetAddress near, final int link) {
        long ofLink = firstV4Lo;
        boolean found = false;
        for (final OwnAddress own : routing.addresses()) {
            if (own.state().isUsable() && own.address() instanceof Inet4Address) {
                if (own.cidr().contains(near)) {
                    return IpAddress.lo(own.address());
                }
                if (!found && own.link() == link) {
                    found = true;
                    ofLink = IpAddress.lo(own.address());
                }
            }
        }
        return ofLink;
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

    static void checkAddress(final Cidr address) {
        final Prefix prefix = Prefix.of(address);
        if (isNoUnicast(prefix.hi(), prefix.lo()) || prefix.hasBroadcast()
                && (prefix.lo() == prefix.broadcastLo() || prefix.lo() == prefix.networkLo())) {
            throw new IllegalArgumentException(address + " cannot be an own address: it names no single host");
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
}
