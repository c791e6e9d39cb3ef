package io.millrace.control.shared;

import io.millrace.config.Cidr;
import io.millrace.config.ConfigKey;
import io.millrace.config.EphemeralPortKeys;
import io.millrace.config.IpKeys;
import io.millrace.config.Ipv6Keys;
import io.millrace.config.Ipv6Mode;
import io.millrace.config.MillraceConfig;
import io.millrace.config.NeighbourKeys;
import io.millrace.config.Origin.Source;
import io.millrace.config.PortInterval;
import io.millrace.config.PortKeys;
import io.millrace.config.Route;
import io.millrace.config.SharedGuard;
import io.millrace.config.SharedPort;
import io.millrace.fastpath.port.HostNetwork;
import io.millrace.fastpath.port.SharedPorts;
import io.millrace.fastpath.wire.IpAddress;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a stack takes over from its host: addresses, routes and MTU as they are when it starts. Immutable. Thread: any.
 */
public final class SharedHost {
    private static final int IPV6_MIN_MTU = 1_280;
    private static final long LARGEST_MTU = 65_535;

    private final HostNetwork host;
    private final List<Cidr> addresses;
    private final SharedPorts ports;

    private SharedHost(final MillraceConfig config, final HostNetwork host) throws IOException {
        this.host = host;
        addresses = addresses(config);
        ports = new SharedPorts(addresses.stream().map(Cidr::address).toList(),
                bits(config, true), bits(config, false), config.get(PortKeys.SHARED_GUARD) == SharedGuard.TCX);
        for (final Route route : routes(config)) {
            if (route.destination().prefixLength() == 0) {
                checkNear(route.gateway());
            }
        }
    }

    /**
     * Looks at a host for a stack of this configuration, which {@link MillraceConfig#isShared}.
     *
     * @throws IOException one sentence: what the host lacks.
     */
    public static SharedHost of(final MillraceConfig config, final HostNetwork host) throws IOException {
        return new SharedHost(config, host);
    }

    /** What the stack takes. */
    public SharedPorts ports() {
        return ports;
    }

    /**
     * The configuration in effect: with the host's addresses, routes and MTU where it says nothing of them, and without
     * anything that claims an address or learns one from routers, for that is the kernel's business.
     *
     * @throws io.millrace.config.ConfigException where what is set does not go with what the host has.
     */
    public MillraceConfig apply(final MillraceConfig config) {
        final PortInterval ephemeral = config.get(PortKeys.SHARED_EPHEMERAL);
        return config.toBuilder()
                .set(IpKeys.ADDRESSES, isSet(config, IpKeys.ADDRESSES) ? config.get(IpKeys.ADDRESSES) : addresses)
                .set(IpKeys.ROUTES, routes(config))
                .set(PortKeys.MTU, isSet(config, PortKeys.MTU) ? config.get(PortKeys.MTU) : mtu())
                .set(EphemeralPortKeys.LOW, ephemeral.low()).set(EphemeralPortKeys.HIGH, ephemeral.high())
                .set(NeighbourKeys.PROBE, false).set(NeighbourKeys.ANNOUNCE, false)
                .set(Ipv6Keys.DAD_TRANSMITS, 0).set(Ipv6Keys.ACCEPT_RA, false).set(Ipv6Keys.AUTOCONF, false)
                .set(Ipv6Keys.ACCEPT_REDIRECTS, false).build();
    }

    private static boolean isSet(final MillraceConfig config, final ConfigKey<?> key) {
        return config.origin(key).source() != Source.DEFAULT;
    }

    private long mtu() {
        return Math.min(host.mtu(), LARGEST_MTU);
    }

    private List<Cidr> addresses(final MillraceConfig config) throws IOException {
        if (isSet(config, IpKeys.ADDRESSES)) {
            for (final Cidr address : config.addresses()) {
                if (host.addresses().stream().noneMatch(of -> of.address().equals(address.address()))) {
                    throw new IOException(IpAddress.toString(address.address()) + " cannot be shared: "
                            + host.interfaceName() + " has " + described());
                }
            }
            return config.addresses();
        }
        final boolean ipv6 = config.get(Ipv6Keys.MODE) != Ipv6Mode.OFF
                && (isSet(config, PortKeys.MTU) ? config.get(PortKeys.MTU) : mtu()) >= IPV6_MIN_MTU;
        final List<Cidr> found = host.addresses().stream()
                .filter(of -> ipv6 || !(of.address() instanceof Inet6Address))
                .map(of -> new Cidr(withoutZone(of.address()), of.prefixLength())).toList();
        if (found.isEmpty()) {
            throw new IOException("no address can be shared: " + host.interfaceName() + " has " + described());
        }
        return found;
    }

    private static InetAddress withoutZone(final InetAddress address) {
        return IpAddress.toInetAddress(IpAddress.hi(address), IpAddress.lo(address));
    }

    private String described() {
        return host.addresses().isEmpty()
                ? "none"
                : host.addresses().stream().map(of -> IpAddress.toString(of.address()))
                        .collect(Collectors.joining(", "));
    }

    /** Those that are set; besides, those of the host that lead elsewhere, of several to one destination the first. */
    private List<Route> routes(final MillraceConfig config) {
        final List<Route> routes = new ArrayList<>(config.get(IpKeys.ROUTES));
        for (final HostNetwork.Route of : host.routes()) {
            final Cidr destination = new Cidr(withoutZone(of.destination()), of.prefixLength());
            final boolean isDefault = of.prefixLength() == 0;
            final boolean known = routes.stream().anyMatch(route -> route.destination().equals(destination))
                    || isDefault && config.get(IpKeys.GATEWAY)
                            .filter(gateway -> isV6(gateway) == isV6(of.gateway())).isPresent();
            final boolean ours = addresses.stream().anyMatch(address -> isV6(address.address()) == isV6(of.gateway()));
            if (!known && ours && (isDefault || isNear(of.gateway()))) {
                routes.add(new Route(destination, withoutZone(of.gateway())));
            }
        }
        return routes;
    }

    private static boolean isV6(final InetAddress address) {
        return address instanceof Inet6Address;
    }

    private boolean isNear(final InetAddress gateway) {
        return gateway.isLinkLocalAddress() && isV6(gateway)
                || addresses.stream().anyMatch(address -> address.contains(gateway));
    }

    /** Some clouds give an address with a prefix of /32, and a router beyond it. */
    private void checkNear(final InetAddress gateway) throws IOException {
        if (!isNear(gateway)) {
            throw new IOException("the default router of the host, " + IpAddress.toString(gateway)
                    + ", lies outside of the networks of " + described() + "; set " + IpKeys.ADDRESSES
                    + " to the same address with the prefix of a network that has the router in it");
        }
    }

    private static BitSet bits(final MillraceConfig config, final boolean tcp) {
        final BitSet bits = new BitSet();
        for (final SharedPort port : config.get(PortKeys.SHARED_PORTS)) {
            if (tcp ? port.tcp() : port.udp()) {
                set(bits, port.ports());
            }
        }
        set(bits, config.get(PortKeys.SHARED_EPHEMERAL));
        return bits;
    }

    private static void set(final BitSet bits, final PortInterval ports) {
        bits.set(ports.low(), ports.high() + 1);
    }
}
