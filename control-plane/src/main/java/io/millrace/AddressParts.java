package io.millrace;

import io.millrace.config.Cidr;
import io.millrace.config.IpKeys;
import io.millrace.config.Ipv6Keys;
import io.millrace.config.MillraceConfig;
import io.millrace.config.NeighbourKeys;
import io.millrace.config.Route;
import io.millrace.control.address.OwnAddress;
import io.millrace.control.address.PublishedRoutes;
import io.millrace.control.address.RouteTable;
import io.millrace.control.autoconf.Ipv6Settings;
import io.millrace.control.neighbour.NeighbourSettings;
import io.millrace.control.neighbour.OwnAddressSettings;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.List;

/** What the configuration says of addresses, routes and neighbours, as their parts want it. Thread: any. */
final class AddressParts {
    private AddressParts() {}

    /**
     * The configured addresses and routes. On a link, an IPv6 address is tentative until duplicate address detection is
     * over, and so is one of IPv4 where that is to be probed.
     *
     * @param linkLayer true where the device has neighbours.
     */
    static PublishedRoutes routes(final MillraceConfig config, final boolean linkLayer) {
        final List<Route> routes = new ArrayList<>(config.get(IpKeys.ROUTES));
        config.get(IpKeys.GATEWAY).ifPresent(gateway -> routes.add(RouteTable.defaultVia(gateway)));
        final PublishedRoutes published = new PublishedRoutes(RouteTable.of(config.get(IpKeys.ADDRESSES),
                config.get(IpKeys.OWN_PREFIXES), routes, config.get(IpKeys.TTL)));
        for (final Cidr address : config.get(IpKeys.ADDRESSES)) {
            final boolean tried = address.address() instanceof Inet4Address
                    ? config.get(NeighbourKeys.PROBE)
                    : config.get(Ipv6Keys.DAD_TRANSMITS) > 0;
            if (linkLayer && tried) {
                published.state(address.address(), OwnAddress.State.TENTATIVE);
            }
        }
        return published;
    }

    static NeighbourSettings neighbourSettings(final MillraceConfig config, final boolean linkLayer) {
        final NeighbourSettings defaults = NeighbourSettings.DEFAULT;
        final OwnAddressSettings own = defaults.own();
        final boolean announce = config.get(NeighbourKeys.ANNOUNCE) && linkLayer;
        return new NeighbourSettings(config.get(NeighbourKeys.CACHE_SIZE),
                config.get(NeighbourKeys.RETRANSMIT_INTERVAL).toNanos(), config.get(NeighbourKeys.PROBES),
                config.get(NeighbourKeys.REACHABLE_TIME).toNanos(), defaults.staleNs(), defaults.failedNs(),
                new OwnAddressSettings(config.get(Ipv6Keys.DAD_TRANSMITS), own.arpProbes(),
                        announce ? own.announcements() : 0, config.get(NeighbourKeys.ON_CONFLICT)));
    }

    static Ipv6Settings ipv6Settings(final MillraceConfig config) {
        return new Ipv6Settings(config.get(Ipv6Keys.ACCEPT_RA), config.get(Ipv6Keys.AUTOCONF),
                config.get(Ipv6Keys.ACCEPT_REDIRECTS), config.get(Ipv6Keys.MAX_ADDRESSES),
                config.get(Ipv6Keys.DAD_TRANSMITS) > 0, config.get(Ipv6Keys.STABLE_SECRET));
    }
}
