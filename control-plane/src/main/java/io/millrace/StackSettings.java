package io.millrace;

import io.millrace.config.Cidr;
import io.millrace.config.EphemeralPortKeys;
import io.millrace.config.IpKeys;
import io.millrace.config.Ipv6Keys;
import io.millrace.config.ListenKeys;
import io.millrace.config.ListenRule;
import io.millrace.config.MillraceConfig;
import io.millrace.config.NeighbourKeys;
import io.millrace.config.Route;
import io.millrace.control.address.OwnAddress;
import io.millrace.control.address.RouteTable;
import io.millrace.control.address.Routing;
import io.millrace.control.autoconf.Ipv6Settings;
import io.millrace.control.listen.ListenSettings;
import io.millrace.control.listen.ListenerRule;
import io.millrace.control.multicast.IgmpSettings;
import io.millrace.control.neighbour.NeighbourSettings;
import io.millrace.control.neighbour.OwnAddressSettings;
import io.millrace.fastpath.engine.EngineSettings;
import io.millrace.fastpath.tcp.TcpSettings;
import io.millrace.fastpath.wire.IpAddress;
import io.millrace.fastpath.wire.IpPrefix;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A configuration as the parts of a stack take it: made as a whole before any part is told, at the start and when the
 * configuration is read anew. Immutable. Thread: any.
 *
 * @param tcp       what connections start from.
 * @param engine    sizes and limits of each engine.
 * @param listen    limits of listeners, and the ports that are chosen for who asks for none.
 * @param neighbour neighbour resolution; announcements as configured, whatever the device is.
 * @param igmp      multicast groups.
 * @param table     addresses and routes.
 */
record StackSettings(TcpSettings tcp, EngineSettings engine, ListenSettings listen, NeighbourSettings neighbour,
        IgmpSettings igmp, RouteTable table) {

    /** @throws IllegalArgumentException one sentence: which address or route contradicts which. */
    static StackSettings of(final MillraceConfig config) {
        return new StackSettings(config.tcpSettings(), config.engineSettings(), listen(config), neighbour(config),
                IgmpSettings.DEFAULT.withMaxGroups(config.get(IpKeys.MAX_GROUPS)), table(config));
    }

    Routing routing() {
        return table.routing();
    }

    /** Neighbour resolution on a device; where it has no link layer, nothing is announced. */
    NeighbourSettings neighbour(final boolean linkLayer) {
        return linkLayer ? neighbour : neighbour.silent();
    }

    private static ListenerRule listenerRule(final ListenRule rule, final MillraceConfig config) {
        final InetAddress address = rule.address().orElse(null);
        return new ListenerRule(address == null ? 0 : IpAddress.hi(address),
                address == null ? 0 : IpAddress.lo(address),
                rule.port(), rule.backlog().orElse(0),
                rule.sources().stream().map(network -> IpPrefix.of(network.address(), network.prefixLength())).toList(),
                rule.tcp().isEmpty() ? null : config.tcpSettings(rule));
    }

    private static ListenSettings listen(final MillraceConfig config) {
        return new ListenSettings(config.get(ListenKeys.BACKLOG), config.get(ListenKeys.MAX_BACKLOG),
                config.get(ListenKeys.SYN_QUEUE), config.get(ListenKeys.SYN_COOKIES),
                config.get(ListenKeys.ABORT_ON_OVERFLOW),
                config.get(ListenKeys.RULES).stream().map(rule -> listenerRule(rule, config)).toList(),
                config.get(EphemeralPortKeys.LOW),
                config.get(EphemeralPortKeys.HIGH));
    }

    private static NeighbourSettings neighbour(final MillraceConfig config) {
        final NeighbourSettings defaults = NeighbourSettings.DEFAULT;
        final OwnAddressSettings own = defaults.own();
        return new NeighbourSettings(config.get(NeighbourKeys.CACHE_SIZE),
                config.get(NeighbourKeys.RETRANSMIT_INTERVAL).toNanos(), config.get(NeighbourKeys.PROBES),
                config.get(NeighbourKeys.REACHABLE_TIME).toNanos(), defaults.staleNs(), defaults.failedNs(),
                new OwnAddressSettings(config.get(Ipv6Keys.DAD_TRANSMITS), own.arpProbes(),
                        config.get(NeighbourKeys.ANNOUNCE) ? own.announcements() : 0,
                        config.get(NeighbourKeys.ON_CONFLICT)));
    }

    /** What the stack believes of what routers say. */
    static Ipv6Settings ipv6(final MillraceConfig config) {
        return new Ipv6Settings(config.get(Ipv6Keys.ACCEPT_RA), config.get(Ipv6Keys.AUTOCONF),
                config.get(Ipv6Keys.ACCEPT_REDIRECTS), config.get(Ipv6Keys.MAX_ADDRESSES),
                config.get(Ipv6Keys.DAD_TRANSMITS) > 0, config.get(Ipv6Keys.STABLE_SECRET));
    }

    /** With the addresses that are to be tried before they are used in the state that says so. */
    private static RouteTable table(final MillraceConfig config) {
        final List<Route> routes = new ArrayList<>(config.get(IpKeys.ROUTES));
        config.get(IpKeys.GATEWAY).ifPresent(gateway -> routes.add(RouteTable.defaultVia(gateway)));
        final List<OwnAddress> addresses = new ArrayList<>();
        for (int link = 0; link < config.links(); link++) {
            for (final Cidr address : config.link(link).addresses()) {
                addresses.add(new OwnAddress(address,
                        isTried(address, config) ? OwnAddress.State.TENTATIVE : OwnAddress.State.PREFERRED, true,
                        link));
            }
        }
        return RouteTable.onLinks(addresses, config.get(IpKeys.OWN_PREFIXES), routes, config.get(IpKeys.TTL));
    }

    private static boolean isTried(final Cidr address, final MillraceConfig config) {
        return address.address() instanceof Inet4Address
                ? config.get(NeighbourKeys.PROBE)
                : config.get(Ipv6Keys.DAD_TRANSMITS) > 0;
    }
}
