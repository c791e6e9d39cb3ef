package io.millrace.config;

import io.millrace.config.Origin.Source;
import io.millrace.fastpath.wire.IpAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Rules between keys. Each is looked at only where the keys that it is about are legal by themselves. */
final class CrossChecks {
    private static final int IPV6_MIN_MTU = 1_280;
    private static final int IP_AND_TCP_HEADER = 40;
    private static final long MAX_WINDOW_FIELD = 65_535;
    /** RFC 7323 §2.3: the largest shift says a few bytes less than the largest buffer. */
    private static final int MAX_SHIFT = 14;

    private static final List<Rule> RULES = List.of(
            new Rule(CrossChecks::mssFitsMtu, TcpKeys.MSS, PortKeys.MTU),
            new Rule(config -> notAbove(config, TcpKeys.RTO_MIN, TcpKeys.RTO_INITIAL), TcpKeys.RTO_MIN,
                    TcpKeys.RTO_INITIAL),
            new Rule(config -> notAbove(config, TcpKeys.RECEIVE_BUFFER, EngineKeys.SLAB), TcpKeys.RECEIVE_BUFFER,
                    EngineKeys.SLAB),
            new Rule(config -> notAbove(config, TcpKeys.SEND_BUFFER, EngineKeys.SLAB), TcpKeys.SEND_BUFFER,
                    EngineKeys.SLAB),
            new Rule(config -> initialNotAbove(config, TcpKeys.INITIAL_RECEIVE_BUFFER, TcpKeys.RECEIVE_BUFFER),
                    TcpKeys.INITIAL_RECEIVE_BUFFER, TcpKeys.RECEIVE_BUFFER),
            new Rule(config -> initialNotAbove(config, TcpKeys.INITIAL_SEND_BUFFER, TcpKeys.SEND_BUFFER),
                    TcpKeys.INITIAL_SEND_BUFFER, TcpKeys.SEND_BUFFER),
            new Rule(CrossChecks::windowScaleIsEnough, TcpOptionKeys.WINDOW_SCALE, TcpKeys.RECEIVE_BUFFER),
            new Rule(config -> notAbove(config, ListenKeys.BACKLOG, ListenKeys.MAX_BACKLOG), ListenKeys.BACKLOG,
                    ListenKeys.MAX_BACKLOG),
            new Rule(CrossChecks::listenersGoWithTheRest, ListenKeys.RULES),
            new Rule(config -> notAbove(config, EphemeralPortKeys.LOW, EphemeralPortKeys.HIGH), EphemeralPortKeys.LOW,
                    EphemeralPortKeys.HIGH),
            new Rule(CrossChecks::framesHoldTwoBursts, PortKeys.FRAMES, EngineKeys.BURST),
            new Rule(CrossChecks::addressesAreUsable, IpKeys.ADDRESSES, Ipv6Keys.MODE, DhcpKeys.DHCP),
            new Rule(PortChecks::sharedPortsStandAlone, PortKeys.SHARED_PORTS),
            new Rule(CrossChecks::ownPrefixesAreUsable, IpKeys.OWN_PREFIXES),
            new Rule(CrossChecks::ipv6IsNotOff, IpKeys.ADDRESSES, Ipv6Keys.MODE),
            new Rule(CrossChecks::mtuFitsIpv6, PortKeys.MTU, IpKeys.ADDRESSES, Ipv6Keys.MODE),
            new Rule(CrossChecks::cpusAreEnough, ThreadingKeys.CPUS, ThreadingKeys.ENGINES),
            new Rule(PortChecks::arePorts, PortKeys.FURTHER),
            new Rule(PortChecks::haveNetworksOfTheirOwn, PortKeys.FURTHER, IpKeys.ADDRESSES),
            new Rule(CrossChecks::gatewayIsNear, IpKeys.GATEWAY, IpKeys.ADDRESSES, IpKeys.OWN_PREFIXES,
                    PortKeys.FURTHER),
            new Rule(CrossChecks::routesAreNear, IpKeys.ROUTES, IpKeys.ADDRESSES, IpKeys.OWN_PREFIXES,
                    PortKeys.FURTHER),
            new Rule(CrossChecks::hostAddressIsAnother, PortKeys.HOST_ADDRESS, IpKeys.ADDRESSES, IpKeys.OWN_PREFIXES));

    private CrossChecks() {}

    /**
     * @param check what is wrong, as it follows the blamed key and its value; null where nothing is.
     * @param keys  the keys that it is about.
     */
    private record Rule(Function<MillraceConfig, @Nullable String> check, List<ConfigKey<?>> keys) {
        Rule(final Function<MillraceConfig, @Nullable String> check, final ConfigKey<?>... keys) {
            this(check, List.of(keys));
        }
    }

    static void run(final MillraceConfig config, final Settings settings) {
        for (final Rule rule : rules()) {
            final String wrong = rule.keys().stream().anyMatch(settings::isRefused) ? null : rule.check().apply(config);
            if (wrong != null) {
                final ConfigKey<?> blamed = blamed(config, rule.keys());
                settings.problem(config.origin(blamed), blamed + " = " + config.text(blamed), wrong);
            }
        }
    }

    private static List<Rule> rules() {
        final List<Rule> rules = new ArrayList<>(RULES);
        PortOptionKey.ALL.forEach(option -> rules.add(new Rule(option::isSaidOnce, option.key(), PortKeys.DEVICE)));
        return rules;
    }

    /** The first key that somebody has set: a default is never to blame. */
    private static ConfigKey<?> blamed(final MillraceConfig config, final List<ConfigKey<?>> keys) {
        for (final ConfigKey<?> key : keys) {
            if (config.origin(key).source() != Source.DEFAULT) {
                return key;
            }
        }
        return keys.getFirst();
    }

    private static <T extends Comparable<? super T>> @Nullable String notAbove(final MillraceConfig config,
            final ConfigKey<T> low, final ConfigKey<T> high) {
        return config.get(low).compareTo(config.get(high)) <= 0
                ? null
                : low + " (" + config.text(low) + ") must not be above " + high + " (" + config.text(high) + ")";
    }

    /** The default of an initial size makes way. */
    private static @Nullable String initialNotAbove(final MillraceConfig config, final ConfigKey<Long> initial,
            final ConfigKey<Long> largest) {
        return config.get(initial).equals(initial.defaultValue()) ? null : notAbove(config, initial, largest);
    }

    private static @Nullable String windowScaleIsEnough(final MillraceConfig config) {
        if (!config.get(TcpOptionKeys.WINDOW_SCALING) || config.get(TcpOptionKeys.WINDOW_SCALE).isEmpty()) {
            return null;
        }
        int needed = 0;
        while (needed < MAX_SHIFT && MAX_WINDOW_FIELD << needed < config.get(TcpKeys.RECEIVE_BUFFER)) {
            needed++;
        }
        return config.get(TcpOptionKeys.WINDOW_SCALE).get() >= needed
                ? null
                : TcpOptionKeys.WINDOW_SCALE + " (" + config.text(TcpOptionKeys.WINDOW_SCALE) + ") must be at least "
                        + needed + " for " + TcpKeys.RECEIVE_BUFFER + " (" + config.text(TcpKeys.RECEIVE_BUFFER) + ')';
    }

    private static @Nullable String mssFitsMtu(final MillraceConfig config) {
        final long limit = config.get(PortKeys.MTU) - IP_AND_TCP_HEADER;
        return config.get(TcpKeys.MSS) <= limit
                ? null
                : TcpKeys.MSS + " (" + config.text(TcpKeys.MSS) + ") must be at most " + limit + " bytes, "
                        + PortKeys.MTU + " - " + IP_AND_TCP_HEADER;
    }

    private static @Nullable String listenersGoWithTheRest(final MillraceConfig config) {
        final List<ListenRule> rules = config.get(ListenKeys.RULES);
        for (int i = 0; i < rules.size(); i++) {
            final ListenRule rule = rules.get(i);
            if (rules.subList(0, i).stream().anyMatch(rule::isForSameAs)) {
                return "names the same listeners twice, those of port " + rule.port();
            }
            try {
                config.tcpSettings(rule);
            } catch (final ConfigException e) {
                return "for port " + rule.port() + ": " + e.problems().getFirst().message();
            }
        }
        return null;
    }

    private static @Nullable String cpusAreEnough(final MillraceConfig config) {
        final List<Integer> cpus = config.cpus();
        if (new HashSet<>(cpus).size() < cpus.size()) {
            return "must not name a CPU twice";
        }
        return cpus.isEmpty() || cpus.size() >= config.get(ThreadingKeys.ENGINES)
                ? null
                : ThreadingKeys.CPUS + " (" + config.text(ThreadingKeys.CPUS) + ") must be at least as many as "
                        + ThreadingKeys.ENGINES + " (" + config.text(ThreadingKeys.ENGINES) + ")";
    }

    private static @Nullable String framesHoldTwoBursts(final MillraceConfig config) {
        final int needed = 2 * config.get(EngineKeys.BURST);
        return config.get(PortKeys.FRAMES) >= needed
                ? null
                : PortKeys.FRAMES + " (" + config.text(PortKeys.FRAMES) + ") must be at least " + needed
                        + ", two bursts (" + EngineKeys.BURST + ")";
    }

    private static @Nullable String addressesAreUsable(final MillraceConfig config) {
        final Set<InetAddress> seen = new HashSet<>();
        for (final Cidr cidr : config.addresses()) {
            final InetAddress address = cidr.address();
            if (!seen.add(address)) {
                return "must not name " + IpAddress.toString(address) + " twice";
            }
            final boolean isHost = Addresses.bits(address) - cidr.prefixLength() <= 1 || !cidr.isNetwork();
            if (!isHost || cidr.isDirectedBroadcast() || address.isMulticastAddress() || address.isAnyLocalAddress()
                    || address.isLoopbackAddress()) {
                return "must be addresses of a host, which " + cidr + " is not";
            }
        }
        return seen.isEmpty() && !config.isIpv6() && !config.get(DhcpKeys.DHCP) && !config.isShared()
                ? "must name at least one address"
                : null;
    }

    private static @Nullable String ownPrefixesAreUsable(final MillraceConfig config) {
        for (final Cidr prefix : config.get(IpKeys.OWN_PREFIXES)) {
            if (!prefix.isNetwork()) {
                return "must be prefixes, and " + prefix + " has bits set after its prefix";
            }
            final InetAddress first = prefix.address();
            if (prefix.prefixLength() == 0 || first.isMulticastAddress() || first.isLoopbackAddress()
                    || first.isAnyLocalAddress()) {
                return "must be prefixes of hosts' addresses, which " + prefix + " is not";
            }
        }
        return null;
    }

    private static @Nullable String ipv6IsNotOff(final MillraceConfig config) {
        return config.get(Ipv6Keys.MODE) == Ipv6Mode.OFF && config.get(IpKeys.ADDRESSES).stream()
                .anyMatch(cidr -> cidr.address() instanceof Inet6Address)
                        ? "must not name addresses of IPv6 where " + Ipv6Keys.MODE + " is off"
                        : null;
    }

    private static @Nullable String mtuFitsIpv6(final MillraceConfig config) {
        return !config.isIpv6() || config.get(PortKeys.MTU) >= IPV6_MIN_MTU
                ? null
                : PortKeys.MTU + " must be at least " + IPV6_MIN_MTU + " bytes for IPv6 addresses (RFC 8200 §5)";
    }

    private static @Nullable String gatewayIsNear(final MillraceConfig config) {
        return config.get(IpKeys.GATEWAY).map(gateway -> notNear(config, "", gateway)).orElse(null);
    }

    private static @Nullable String routesAreNear(final MillraceConfig config) {
        for (final Route route : config.get(IpKeys.ROUTES)) {
            final String wrong = notNear(config, "gateway of " + route.destination() + ' ', route.gateway());
            if (wrong != null) {
                return wrong;
            }
            if (route.link() >= config.links()) {
                return "gateway of " + route.destination()
                        + " must be on a link of the stack, and there is none with the"
                        + " number " + route.link();
            }
        }
        return null;
    }

    private static @Nullable String notNear(final MillraceConfig config, final String which,
            final InetAddress gateway) {
        if (isOwn(config, gateway)) {
            return which + "must not be one of the stack's own addresses";
        }
        // a link-local router is reached from the link-local address that the stack gives itself
        return config.isShared() && config.addresses().isEmpty()
                || gateway instanceof Inet6Address && gateway.isLinkLocalAddress() && config.isIpv6()
                || allAddresses(config).anyMatch(cidr -> cidr.contains(gateway))
                        ? null
                        : which + "must lie within the network of one of " + IpKeys.ADDRESSES + configured(config)
                                + (config.links() == 1 ? "" : ", or of " + PortKeys.FURTHER);
    }

    /** The value of the key is its default where DHCP or a router gives the address, and then not in effect. */
    private static String configured(final MillraceConfig config) {
        return config.addresses().isEmpty() ? ", and none is configured" : ' ' + config.text(IpKeys.ADDRESSES);
    }

    private static @Nullable String hostAddressIsAnother(final MillraceConfig config) {
        return config.get(PortKeys.HOST_ADDRESS).filter(host -> isOwn(config, host.address())).isPresent()
                ? "must not be one of the stack's own addresses, " + IpKeys.ADDRESSES + ' '
                        + config.text(IpKeys.ADDRESSES)
                : null;
    }

    private static boolean isOwn(final MillraceConfig config, final InetAddress address) {
        return allAddresses(config).anyMatch(own -> own.address().equals(address))
                || config.get(IpKeys.OWN_PREFIXES).stream().anyMatch(prefix -> prefix.contains(address));
    }

    private static Stream<Cidr> allAddresses(final MillraceConfig config) {
        return config.addressesOfLinks().stream().flatMap(List::stream);
    }
}
