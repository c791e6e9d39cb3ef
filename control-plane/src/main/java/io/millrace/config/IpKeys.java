package io.millrace.config;

import static io.millrace.config.ValueTypes.address;
import static io.millrace.config.ValueTypes.bytesOrZero;
import static io.millrace.config.ValueTypes.cidr;
import static io.millrace.config.ValueTypes.list;
import static io.millrace.config.ValueTypes.onOff;
import static io.millrace.config.ValueTypes.optional;
import static io.millrace.config.ValueTypes.route;
import static io.millrace.config.ValueTypes.time;
import static io.millrace.config.ValueTypes.whole;

import io.millrace.fastpath.ip.PathMtuSettings;
import io.millrace.fastpath.ip.ReassemblySettings;
import java.net.InetAddress;
import java.time.Duration;
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
                    `millrace reload` refuses to take one away that is in use.
                    """).changingAtOnce();

    /** Prefixes that are the stack's as a whole. */
    public static final ConfigKey<List<Cidr>> OWN_PREFIXES = ConfigKey.of(GROUP + ".own-prefixes", list(cidr()),
            List.of(), "ip route add local 10.64.0.0/16 dev lo", """
                    Prefixes whose every address is the stack's own, e.g. ["10.64.0.0/16"]: it answers ARP for them,
                    listens there, and connects from each that a program names. None is announced, and none is taken
                    as a source where no program names it.
                    """).changingAtOnce();

    /** The default gateway. */
    public static final ConfigKey<Optional<InetAddress>> GATEWAY = ConfigKey.of(GROUP + ".gateway",
            optional(address()), Optional.empty(), "ip route add default via", """
                    Router for every destination that no route and no own network leads to. It must lie within the
                    network of one of the addresses. "" for none: such destinations are unreachable.
                    """).changingAtOnce();

    /** Further routes. */
    public static final ConfigKey<List<Route>> ROUTES = ConfigKey.of(GROUP + ".routes", list(route()), List.of(),
            "ip route add", """
                    Further routes, e.g. ["10.1.0.0/16 via 10.0.0.254"]. The longest prefix wins.
                    """).changingAtOnce();

    /** Time to live. */
    public static final ConfigKey<Integer> TTL = ConfigKey.of(GROUP + ".ttl", whole(1, 255), 64,
            "net.ipv4.ip_default_ttl, IP_TTL", """
                    Time to live (IPv6: hop limit) of packets sent: how many routers they may pass. Over IPv6 what a
                    router advertises for its link wins (millrace.ipv6.accept-ra).
                    """).changingAtOnce();

    /** Wildcards of one family. */
    public static final ConfigKey<Boolean> V6_ONLY = ConfigKey.of(GROUP + ".v6-only", onOff(), false,
            "net.ipv6.bindv6only, IPV6_V6ONLY",
            """
                    What is bound to :: takes IPv6 alone, and what is bound to 0.0.0.0 IPv4 alone. Where this is off, and
                    the stack has an address of IPv6, either wildcard stands for both families, as in Java.
                    """);

    /** Flow labels. */
    public static final ConfigKey<Boolean> FLOW_LABELS = ConfigKey.of(GROUP + ".flow-labels", onOff(), true,
            "net.ipv6.auto_flowlabels",
            """
                    Packets of IPv6 carry a label, the same for all of a connection (RFC 6437), so that routers that spread
                    their load keep them in order.
                    """);

    /** Memory for fragments. */
    public static final ConfigKey<Long> REASSEMBLY_MEMORY = ConfigKey.of(GROUP + ".reassembly-memory",
            bytesOrZero(1 << 17, 1 << 30), ReassemblySettings.DEFAULT.memoryBytes(), "net.ipv4.ipfrag_high_thresh", """
                    Memory of one engine for fragments of datagrams that are not complete. Each datagram takes at
                    least 4,368 bytes of it; when it is full, the oldest is dropped. 0 drops every fragment.
                    """);

    /** Time for fragments. */
    public static final ConfigKey<Duration> REASSEMBLY_TIMEOUT = ConfigKey.of(GROUP + ".reassembly-timeout",
            time(Duration.ofSeconds(1), Duration.ofSeconds(120)),
            Duration.ofNanos(ReassemblySettings.DEFAULT.timeoutNs()), "net.ipv4.ipfrag_time", """
                    How long a datagram waits for its fragments, from the first that arrives. Then it is dropped,
                    and the sender told, if its beginning has come.
                    """).changingAtOnce();

    /** Destinations whose path MTU is remembered. */
    public static final ConfigKey<Integer> PATH_MTUS = ConfigKey.of(GROUP + ".path-mtus", whole(16, 1_048_576),
            PathMtuSettings.DEFAULT.entries(), "FNHE_RECLAIM_DEPTH; 10,240 for each next hop there", """
                    Destinations of one engine whose path MTU is remembered: what ICMP told, or what TCP found out. When
                    the table is full, the entry renewed longest ago goes, counted (PathMtuEvicted).
                    """);

    /** How long a path MTU is remembered. */
    public static final ConfigKey<Duration> PATH_MTU_EXPIRY = ConfigKey.of(GROUP + ".path-mtu-expiry",
            time(Duration.ofSeconds(1), Duration.ofDays(1)), Duration.ofNanos(PathMtuSettings.DEFAULT.expiryNs()),
            "net.ipv4.route.mtu_expires, net.ipv4.tcp_probe_interval", """
                    How long what is known of a path's MTU holds; then longer packets are tried again (RFC 1191 §6.3).
                    """);

    /** Smallest path MTU believed. */
    public static final ConfigKey<Integer> MIN_PATH_MTU = ConfigKey.of(GROUP + ".min-path-mtu", whole(68, 65_535),
            PathMtuSettings.DEFAULT.minimumV4(), "net.ipv4.route.min_pmtu",
            """
                    Smallest path MTU believed over IPv4. Where ICMP tells of less, packets are this long, and routers may
                    fragment them. Over IPv6 it is 1280: less is no news (RFC 8201 §4).
                    """);

    /** Multicast groups at once. */
    public static final ConfigKey<Integer> MAX_GROUPS = ConfigKey.of(GROUP + ".max-groups", whole(1, 65_536), 1_024,
            "net.ipv4.igmp_max_memberships", """
                    Multicast groups that the stack may have joined at once. Joining one more fails.
                    """).changingAtOnce();

    private IpKeys() {}
}
