package io.millrace.config;

import static io.millrace.config.ValueTypes.address;
import static io.millrace.config.ValueTypes.cidr;
import static io.millrace.config.ValueTypes.list;
import static io.millrace.config.ValueTypes.optional;
import static io.millrace.config.ValueTypes.route;
import static io.millrace.config.ValueTypes.whole;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** {@code millrace.ip}: addresses and routes of the stack. */
public final class IpKeys {
    static final String GROUP = "millrace.ip";

    /** The stack's own addresses. */
    public static final ConfigKey<List<Cidr>> ADDRESSES = ConfigKey.of(GROUP + ".addresses", list(cidr()),
            List.of(Cidr.parse("10.0.0.2/24")), "ip address add", """
                    The stack's own addresses, each with the prefix length of its network: what lies within is
                    reached directly. The first one that fits is the source of connections to elsewhere.
                    """);

    /** The default gateway. */
    public static final ConfigKey<Optional<InetAddress>> GATEWAY = ConfigKey.of(GROUP + ".gateway",
            optional(address()), Optional.empty(), "ip route add default via", """
                    Router for every destination that no route and no own network leads to. It must lie within the
                    network of one of the addresses. "" for none: such destinations are unreachable.
                    """);

    /** Further routes. */
    public static final ConfigKey<List<Route>> ROUTES = ConfigKey.of(GROUP + ".routes", list(route()), List.of(),
            "ip route add", """
                    Further routes, e.g. ["10.1.0.0/16 via 10.0.0.254"]. The longest prefix wins.
                    """);

    /** Time to live. */
    public static final ConfigKey<Integer> TTL = ConfigKey.of(GROUP + ".ttl", whole(1, 255), 64,
            "net.ipv4.ip_default_ttl, IP_TTL", """
                    Time to live (IPv6: hop limit) of packets sent: how many routers they may pass.
                    """);

    private IpKeys() {}
}
