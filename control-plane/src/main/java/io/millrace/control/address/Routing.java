package io.millrace.control.address;

import io.millrace.config.Cidr;
import io.millrace.config.Route;
import io.millrace.fastpath.wire.IpAddress;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link RouteTable} is made from: addresses in any state, each on a link, and routes, which are in force while
 * their gateway is on the link of an address in use. No address is reached over two links: prefixes of different links
 * do not overlap. Changes make a new one. Immutable. Thread: any.
 *
 * @param addresses   each once.
 * @param ownPrefixes prefixes all of whose addresses are the stack's.
 * @param onLink      further prefixes that are reached without a gateway.
 * @param routes      through gateways; of two to the same prefix the first in force wins.
 * @param hopLimit    time to live of packets sent, 1 to 255.
 */
public record Routing(List<OwnAddress> addresses, List<Cidr> ownPrefixes, List<OnLink> onLink, List<Route> routes,
        int hopLimit) {
    /** What {@link #linkOf} answers where a route is not in force. */
    public static final int NOWHERE = -1;

    /** Copies the lists. */
    public Routing {
        addresses = List.copyOf(addresses);
        ownPrefixes = List.copyOf(ownPrefixes);
        onLink = List.copyOf(onLink);
        routes = List.copyOf(routes);
    }

    /** True where there is an address, and none that is still being tried. */
    boolean isSettled() {
        return !addresses.isEmpty()
                && addresses.stream().noneMatch(own -> own.state() == OwnAddress.State.TENTATIVE);
    }

    /** The entry of an address; null where it is none of the stack's. Of a link-local one that of the first link that has it. */
    public @Nullable OwnAddress find(final InetAddress address) {
        return addresses.stream().filter(own -> own.address().equals(address)).findFirst().orElse(null);
    }

    /** The entry of an address; a link-local one may be another on each link. Null where it is none of the stack's. */
    public @Nullable OwnAddress find(final InetAddress address, final int link) {
        return addresses.stream().filter(own -> own.is(address, link)).findFirst().orElse(null);
    }

    /**
     * With one more address, the last.
     *
     * @throws IllegalArgumentException one sentence: why it can be no address of this stack, or that it is one already.
     */
    public Routing with(final OwnAddress address) {
        RouteTable.checkAddress(address.cidr());
        if (find(address.address(), address.link()) != null) {
            throw new IllegalArgumentException(IpAddress.toString(address.address()) + " is given twice");
        }
        if (address.connected()) {
            checkOverlap(address.cidr(), address.link());
        }
        return withAddresses(plus(addresses, address));
    }

    /** With an address in another state; unchanged where it is none of the stack's. */
    public Routing with(final InetAddress address, final int link, final OwnAddress.State state) {
        return withAddresses(addresses.stream().map(own -> own.is(address, link) ? own.in(state) : own).toList());
    }

    /** Without an address; unchanged where it is none of the stack's. Routes that relied on it wait for another. */
    public Routing without(final InetAddress address, final int link) {
        return withAddresses(minus(addresses, own -> own.is(address, link)));
    }

    /**
     * With one more route, the last; unchanged where it is there.
     *
     * @throws IllegalArgumentException one sentence: why the gateway can be none.
     */
    public Routing with(final Route route) {
        checkGateway(route);
        return routes.contains(route)
                ? this
                : new Routing(addresses, ownPrefixes, onLink, plus(routes, route), hopLimit);
    }

    /** Without a route; unchanged where it is not there. */
    public Routing without(final Route route) {
        return new Routing(addresses, ownPrefixes, onLink, minus(routes, route::equals), hopLimit);
    }

    /**
     * With one more prefix that is on a link; unchanged where it is there.
     *
     * @throws IllegalArgumentException one sentence: which prefix of another link it overlaps.
     */
    public Routing withOnLink(final OnLink prefix) {
        if (onLink.contains(prefix)) {
            return this;
        }
        checkOverlap(prefix.prefix(), prefix.link());
        return new Routing(addresses, ownPrefixes, plus(onLink, prefix), routes, hopLimit);
    }

    /** Without a prefix that was on a link. */
    public Routing withoutOnLink(final OnLink prefix) {
        return new Routing(addresses, ownPrefixes, minus(onLink, prefix::equals), routes, hopLimit);
    }

    /**
     * As another configuration wants it: what was configured, and is no more, goes; what comes is added in its order; what
     * was learned, leased or found out stays, the state of an address that stays too.
     *
     * @param was  what the configuration in effect makes.
     * @param will what the next one makes.
     * @throws IllegalArgumentException one sentence: which prefix of one link overlaps which of another.
     */
    public Routing reconfigured(final Routing was, final Routing will) {
        final List<OwnAddress> own = new ArrayList<>();
        for (final OwnAddress wanted : will.addresses()) {
            final OwnAddress there = find(wanted.address(), wanted.link());
            own.add(there == null || there.link() != wanted.link()
                    ? wanted
                    : new OwnAddress(wanted.cidr(), there.state(), there.connected(), there.link()));
        }
        own.addAll(minus(addresses, there -> was.find(there.address(), there.link()) != null
                || will.find(there.address(), there.link()) != null));
        final Routing changed = new Routing(own, merged(ownPrefixes, was.ownPrefixes, will.ownPrefixes),
                merged(onLink, was.onLink, will.onLink), merged(routes, was.routes, will.routes), will.hopLimit);
        changed.addresses.stream().filter(OwnAddress::connected)
                .forEach(each -> changed.checkOverlap(each.cidr(), each.link()));
        return changed;
    }

    /** What is on one link: its addresses and prefixes, and routes whose gateways are there; own prefixes are the first's. */
    Routing of(final int link) {
        return new Routing(minus(addresses, own -> own.link() != link), link == 0 ? ownPrefixes : List.of(),
                minus(onLink, prefix -> prefix.link() != link), minus(routes, route -> linkOf(route) != link),
                hopLimit);
    }

    /** True where all is on the first link. */
    boolean isOfFirstLink() {
        return addresses.stream().allMatch(own -> own.link() == 0) && onLink.stream().allMatch(on -> on.link() == 0);
    }

    /** True where nothing is on a link of this number or above. */
    boolean fits(final int links) {
        return addresses.stream().allMatch(own -> own.link() < links)
                && onLink.stream().allMatch(on -> on.link() < links)
                && routes.stream().allMatch(route -> route.link() < links);
    }

    /** True where every address and own prefix of another is among these. */
    public boolean ownsAllOf(final Routing other) {
        return other.addresses.stream().allMatch(own -> find(own.address()) != null)
                && ownPrefixes.containsAll(other.ownPrefixes);
    }

    private static <T> List<T> merged(final List<T> there, final List<T> was, final List<T> will) {
        final List<T> all = new ArrayList<>(will);
        all.addAll(minus(there, item -> was.contains(item) || will.contains(item)));
        return all;
    }

    /** The link of an address of this stack, or of another host by the prefix that it lies in; the first where in none. */
    public int linkOf(final InetAddress address) {
        final OwnAddress itself = find(address);
        if (itself != null) {
            return itself.link();
        }
        return addresses.stream().filter(own -> own.connected() && own.cidr().contains(address))
                .mapToInt(OwnAddress::link).findFirst().orElse(0);
    }

    /**
     * The link that a route's gateway is on: that of an address in use, or of {@link #onLink} in a family that is in use;
     * {@link #NOWHERE} where there is none.
     */
    public int linkOf(final Route route) {
        final InetAddress gateway = route.gateway();
        final boolean scoped = OwnAddress.isScoped(gateway);
        for (final OwnAddress own : addresses) {
            if (own.state().isUsable() && own.connected() && own.cidr().contains(gateway)
                    && (!scoped || own.link() == route.link())) {
                return own.link();
            }
        }
        for (final OnLink on : onLink) {
            if (on.prefix().contains(gateway) && addresses.stream()
                    .anyMatch(own -> own.state().isUsable() && isV4(own.address()) == isV4(gateway))) {
                return on.link();
            }
        }
        return NOWHERE;
    }

    private void checkGateway(final Route route) {
        final InetAddress gateway = route.gateway();
        if (find(gateway, route.link()) != null || ownPrefixes.stream().anyMatch(prefix -> prefix.contains(gateway))) {
            throw new IllegalArgumentException("route " + route + ": the gateway is an own address");
        }
        if (!gateway.isLinkLocalAddress() && addresses.stream().noneMatch(own -> own.cidr().contains(gateway))
                && onLink.stream().noneMatch(on -> on.prefix().contains(gateway))) {
            throw new IllegalArgumentException("route " + route + ": the gateway lies in none of this stack's prefixes "
                    + String.join(", ", addresses.stream().map(own -> own.cidr().toString()).toList()));
        }
    }

    /** Whoever is reached over one link cannot be reached over another: a host has one place. */
    private void checkOverlap(final Cidr prefix, final int link) {
        if (OwnAddress.isScoped(prefix.address())) {
            return;
        }
        for (final OwnAddress own : addresses) {
            if (own.overlaps(prefix, link)) {
                throw overlap(prefix, link, own.cidr(), own.link());
            }
        }
        for (final OnLink on : onLink) {
            if (on.link() != link && on.prefix().overlaps(prefix)) {
                throw overlap(prefix, link, on.prefix(), on.link());
            }
        }
    }

    private static IllegalArgumentException overlap(final Cidr prefix, final int link, final Cidr other,
            final int otherLink) {
        return new IllegalArgumentException(prefix + " of link " + link + " overlaps " + other + " of link " + otherLink
                + ": prefixes of different links must not");
    }

    private Routing withAddresses(final List<OwnAddress> changed) {
        return new Routing(changed, ownPrefixes, onLink, routes, hopLimit);
    }

    private static boolean isV4(final InetAddress address) {
        return address instanceof Inet4Address;
    }

    private static <T> List<T> plus(final List<T> list, final T item) {
        final List<T> longer = new ArrayList<>(list);
        longer.add(item);
        return longer;
    }

    private static <T> List<T> minus(final List<T> list, final Predicate<T> goes) {
        return list.stream().filter(goes.negate()).toList();
    }
}
