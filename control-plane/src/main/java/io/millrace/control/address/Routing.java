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
 * What a {@link RouteTable} is made from: addresses in any state, and routes, which are in force while their gateway is
 * on the link of an address in use. Changes make a new one. Immutable. Thread: any.
 *
 * @param addresses   each once.
 * @param ownPrefixes prefixes all of whose addresses are the stack's.
 * @param onLink      further prefixes that are reached without a gateway.
 * @param routes      through gateways; of two to the same prefix the first in force wins.
 * @param hopLimit    time to live of packets sent, 1 to 255.
 */
public record Routing(List<OwnAddress> addresses, List<Cidr> ownPrefixes, List<Cidr> onLink, List<Route> routes,
        int hopLimit) {

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

    /** The entry of an address; null where it is none of the stack's. */
    public @Nullable OwnAddress find(final InetAddress address) {
        return addresses.stream().filter(own -> own.address().equals(address)).findFirst().orElse(null);
    }

    /**
     * With one more address, the last.
     *
     * @throws IllegalArgumentException one sentence: why it can be no address of this stack, or that it is one already.
     */
    public Routing with(final OwnAddress address) {
        RouteTable.checkAddress(address.cidr());
        if (find(address.address()) != null) {
            throw new IllegalArgumentException(IpAddress.toString(address.address()) + " is given twice");
        }
        return withAddresses(plus(addresses, address));
    }

    /** With an address in another state; unchanged where it is none of the stack's. */
    public Routing with(final InetAddress address, final OwnAddress.State state) {
        return withAddresses(
                addresses.stream().map(own -> own.address().equals(address) ? own.in(state) : own).toList());
    }

    /** Without an address; unchanged where it is none of the stack's. Routes that relied on it wait for another. */
    public Routing without(final InetAddress address) {
        return withAddresses(minus(addresses, own -> own.address().equals(address)));
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

    /** With one more prefix that is on the link; unchanged where it is there. */
    public Routing withOnLink(final Cidr prefix) {
        return onLink.contains(prefix)
                ? this
                : new Routing(addresses, ownPrefixes, plus(onLink, prefix), routes, hopLimit);
    }

    /** Without a prefix that was on the link. */
    public Routing withoutOnLink(final Cidr prefix) {
        return new Routing(addresses, ownPrefixes, minus(onLink, prefix::equals), routes, hopLimit);
    }

    /**
     * As another configuration wants it: what was configured, and is no more, goes; what comes is added in its order; what
     * was learned, leased or found out stays, the state of an address that stays too.
     *
     * @param was  what the configuration in effect makes.
     * @param will what the next one makes.
     */
    public Routing reconfigured(final Routing was, final Routing will) {
        final List<OwnAddress> own = new ArrayList<>();
        for (final OwnAddress wanted : will.addresses()) {
            final OwnAddress there = find(wanted.address());
            own.add(there == null ? wanted : new OwnAddress(wanted.cidr(), there.state(), there.connected()));
        }
        own.addAll(minus(addresses, there -> was.find(there.address()) != null || will.find(there.address()) != null));
        return new Routing(own, merged(ownPrefixes, was.ownPrefixes, will.ownPrefixes),
                merged(onLink, was.onLink, will.onLink), merged(routes, was.routes, will.routes), will.hopLimit);
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

    /** True where the address is on the link of an address in use, or of {@link #onLink} in a family that is in use. */
    boolean isOnLink(final InetAddress gateway) {
        return addresses.stream().anyMatch(own -> own.state().isUsable() && own.connected()
                && own.cidr().contains(gateway))
                || onLink.stream().anyMatch(prefix -> prefix.contains(gateway)) && addresses.stream()
                        .anyMatch(own -> own.state().isUsable() && isV4(own.address()) == isV4(gateway));
    }

    private void checkGateway(final Route route) {
        final InetAddress gateway = route.gateway();
        if (find(gateway) != null || ownPrefixes.stream().anyMatch(prefix -> prefix.contains(gateway))) {
            throw new IllegalArgumentException("route " + route + ": the gateway is an own address");
        }
        if (!gateway.isLinkLocalAddress() && addresses.stream().noneMatch(own -> own.cidr().contains(gateway))
                && onLink.stream().noneMatch(prefix -> prefix.contains(gateway))) {
            throw new IllegalArgumentException("route " + route + ": the gateway lies in none of this stack's prefixes "
                    + String.join(", ", addresses.stream().map(own -> own.cidr().toString()).toList()));
        }
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
