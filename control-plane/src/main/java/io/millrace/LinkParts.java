package io.millrace;

import io.millrace.config.DhcpKeys;
import io.millrace.config.MillraceConfig;
import io.millrace.config.NeighbourKeys;
import io.millrace.control.address.LinkRoutes;
import io.millrace.control.address.PublishedRoutes;
import io.millrace.control.autoconf.Autoconfiguration;
import io.millrace.control.autoconf.LinkParameters;
import io.millrace.control.autoconf.SolicitedNodeGroups;
import io.millrace.control.channel.PatientCommands;
import io.millrace.control.dhcp.DhcpClient;
import io.millrace.control.dhcp.DhcpSettings;
import io.millrace.control.dhcp.LeasedRoutes;
import io.millrace.control.lifecycle.ControlTask;
import io.millrace.control.lifecycle.Link;
import io.millrace.control.multicast.GroupMembership;
import io.millrace.control.neighbour.NeighbourCache;
import io.millrace.fastpath.port.PortCapabilities;
import io.millrace.fastpath.wire.IpAddress;
import java.net.InetAddress;
import java.util.List;
import java.util.SplittableRandom;

/** Makes what speaks on each link of a stack, by the configuration of that link. Thread: the one that starts the stack. */
final class LinkParts {
    /** What a secret is derived for; each link has others. */
    private static final int IGMP_DELAYS = 7;
    private static final int NEIGHBOUR_DELAYS = 10;
    private static final int ROUTER_DELAYS = 11;
    private static final int DHCP = 12;
    private static final int LINK_SHIFT = 8;

    private final MillraceBuilder builder;
    private final PublishedRoutes routes;
    private final PatientCommands[] commands;
    private final List<LeasedRoutes> leases;

    /** @param leases where the routes of each link that asks for an address are added. */
    LinkParts(final MillraceBuilder builder, final PublishedRoutes routes, final PatientCommands[] commands,
            final List<LeasedRoutes> leases) {
        this.builder = builder;
        this.routes = routes;
        this.commands = commands.clone();
        this.leases = leases;
    }

    /**
     * @param number of the link.
     * @param device name of its device.
     */
    Link make(final int number, final String device, final PortCapabilities port) {
        final MillraceConfig config = builder.config.link(number);
        if (config.get(DhcpKeys.DHCP) && !port.linkLayer()) {
            throw new IllegalArgumentException(device + " has no link layer, which DHCP needs");
        }
        final LinkRoutes own = routes.link(number);
        final StackSettings settings = StackSettings.of(builder.config);
        final GroupMembership groups = new GroupMembership(settings.igmp(), commands[0], own,
                random(IGMP_DELAYS, number), builder.counters);
        final NeighbourCache neighbours = new NeighbourCache(settings.neighbour(port.linkLayer()), commands,
                port.macAddress(), own, builder.conflictListener, random(NEIGHBOUR_DELAYS, number), builder.counters);
        return new Link(device, neighbours, groups,
                config.get(DhcpKeys.DHCP) ? dhcpClient(config, own, port.macAddress()) : null,
                port.linkLayer() && config.isIpv6() && !config.isShared()
                        ? autoconfiguration(config, own, port.macAddress(), neighbours, groups)
                        : new ControlTask[0]);
    }

    /** Neighbours that never change, each on the link whose prefix it lies in, or the first. When there are engines to tell. */
    void addPermanentNeighbours(final List<Link> links) {
        builder.permanentNeighbours.forEach(each -> addPermanent(links, each.address(), each.mac()));
        builder.config.get(NeighbourKeys.STATIC).forEach(each -> addPermanent(links, each.address(), each.mac()));
    }

    private void addPermanent(final List<Link> links, final InetAddress address, final long mac) {
        links.get(routes.current().routing().linkOf(address)).neighbours().addPermanent(IpAddress.hi(address),
                IpAddress.lo(address), mac);
    }

    private DhcpClient dhcpClient(final MillraceConfig config, final LinkRoutes own, final long mac) {
        final LeasedRoutes leased = new LeasedRoutes(own, config.get(DhcpKeys.PROBE), mtu -> {
            for (final PatientCommands engine : commands) {
                engine.linkMtuV4(own.link(), mtu);
            }
        });
        final DhcpClient client = new DhcpClient(
                new DhcpSettings(own.link(), mac, config.get(DhcpKeys.HOST_NAME).orElse(""),
                        config.get(DhcpKeys.RELEASE)),
                commands[0], leased, random(DHCP, own.link()), builder.counters);
        leased.tell(client);
        leases.add(leased);
        return client;
    }

    private ControlTask[] autoconfiguration(final MillraceConfig config, final LinkRoutes own, final long mac,
            final NeighbourCache neighbours, final GroupMembership groups) {
        final Autoconfiguration autoconfiguration = new Autoconfiguration(StackSettings.ipv6(config), mac, own,
                neighbours, random(ROUTER_DELAYS, own.link()), builder.counters, parameters(own.link()));
        autoconfiguration.start();
        return new ControlTask[]{autoconfiguration, new SolicitedNodeGroups(own, groups)};
    }

    private LinkParameters parameters(final int link) {
        return new LinkParameters() {
            @Override
            public void mtu(final int bytes) {
                for (final PatientCommands engine : commands) {
                    engine.linkMtuV6(link, bytes);
                }
            }

            @Override
            public void hopLimit(final int hops) {
                for (final PatientCommands engine : commands) {
                    engine.linkHopLimitV6(link, hops);
                }
            }
        };
    }

    private SplittableRandom random(final int purpose, final int link) {
        return new SplittableRandom(builder.secret.derive(link << LINK_SHIFT | purpose).k0());
    }
}
