package io.millrace.config;

import java.net.Inet6Address;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What further ports must be like beside each other: each answer follows the blamed key and its value; null: all is well. */
final class PortChecks {
    private static final String MEMORY = "memory";
    private static final DeviceSpec ANY = new DeviceSpec("auto", "");

    private PortChecks() {}

    /** Each for itself is what the first port might be, and no device is there twice. */
    static @Nullable String arePorts(final MillraceConfig config) {
        final List<FurtherPort> ports = config.get(PortKeys.FURTHER);
        final Set<DeviceSpec> devices = new HashSet<>();
        devices.add(config.get(PortKeys.DEVICE));
        for (int i = 0; i < ports.size(); i++) {
            final DeviceSpec device = ports.get(i).device();
            if (!devices.add(device) && !device.scheme().equals(MEMORY) && !device.equals(ANY)) {
                return "must not name " + device + " twice";
            }
            try {
                config.link(i + 1);
            } catch (final ConfigException e) {
                return "for " + device + ": " + e.problems().getFirst().message();
            }
        }
        return null;
    }

    /** What shares the host's addresses has none of its own, and nothing that needs one. */
    static @Nullable String sharedPortsStandAlone(final MillraceConfig config) {
        if (!config.isShared()) {
            return null;
        }
        final String other = config.get(DhcpKeys.DHCP)
                ? DhcpKeys.DHCP + ": the host has leased its address itself"
                : config.get(PortKeys.VLAN) != 0
                        ? PortKeys.VLAN + ": name the interface of the VLAN as the device"
                        : config.get(PortKeys.HOST_ADDRESS).isPresent()
                                ? PortKeys.HOST_ADDRESS.path()
                                : !config.get(PortKeys.FURTHER).isEmpty()
                                        ? PortKeys.FURTHER.path()
                                        : !config.get(IpKeys.OWN_PREFIXES).isEmpty()
                                                ? IpKeys.OWN_PREFIXES.path()
                                                : "";
        return other.isEmpty() ? null : "must not be set together with " + other;
    }

    /** A host is reached over one link: no prefix of one overlaps that of another, but for link-local ones. */
    static @Nullable String haveNetworksOfTheirOwn(final MillraceConfig config) {
        final List<List<Cidr>> links = config.addressesOfLinks();
        for (int link = 1; link < links.size(); link++) {
            for (int other = 0; other < link; other++) {
                final String wrong = overlap(config, link, other);
                if (wrong != null) {
                    return wrong;
                }
            }
        }
        return null;
    }

    private static @Nullable String overlap(final MillraceConfig config, final int link, final int other) {
        for (final Cidr cidr : config.addressesOfLinks().get(link)) {
            for (final Cidr taken : config.addressesOfLinks().get(other)) {
                if (cidr.overlaps(taken) && !isLinkLocal(cidr)) {
                    return "must have networks of their own: " + cidr + " of " + device(config, link) + " overlaps "
                            + taken + " of " + device(config, other);
                }
            }
        }
        return null;
    }

    private static DeviceSpec device(final MillraceConfig config, final int link) {
        return link == 0 ? config.get(PortKeys.DEVICE) : config.get(PortKeys.FURTHER).get(link - 1).device();
    }

    private static boolean isLinkLocal(final Cidr cidr) {
        return cidr.address() instanceof Inet6Address && cidr.address().isLinkLocalAddress();
    }
}
