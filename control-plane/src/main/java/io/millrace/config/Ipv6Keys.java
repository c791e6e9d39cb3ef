package io.millrace.config;

import static io.millrace.config.ValueTypes.choice;
import static io.millrace.config.ValueTypes.onOff;
import static io.millrace.config.ValueTypes.text;
import static io.millrace.config.ValueTypes.whole;

/** {@code millrace.ipv6}: whether the stack speaks IPv6, and what it believes of what routers say (RFC 4861, RFC 4862). */
public final class Ipv6Keys {
    static final String GROUP = "millrace.ipv6";

    /** Whether there is IPv6 at all. */
    public static final ConfigKey<Ipv6Mode> MODE = ConfigKey.of(GROUP + ".mode", choice(Ipv6Mode.class), Ipv6Mode.AUTO,
            "net.ipv6.conf.*.disable_ipv6", """
                    Whether the stack speaks IPv6. on: it gives itself a link-local address and asks for routers;
                    auto: so where millrace.ip names an address, a prefix or a route of IPv6; off: never.
                    """);

    /** Duplicate address detection. */
    public static final ConfigKey<Integer> DAD_TRANSMITS = ConfigKey.of(GROUP + ".dad-transmits", whole(0, 10), 1,
            "net.ipv6.conf.*.dad_transmits", """
                    How often others are asked whether they have an address before it is used (RFC 4862 §5.4), a
                    millrace.neighbour.retransmit-interval apart: until then, a second or two after the start,
                    it cannot be used. 0 asks nobody.
                    """);

    /** Heed router advertisements. */
    public static final ConfigKey<Boolean> ACCEPT_RA = ConfigKey.of(GROUP + ".accept-ra", onOff(), true,
            "net.ipv6.conf.*.accept_ra",
            """
                    Take default routers, prefixes of the link, its MTU, times and the hop limit from router
                    advertisements; no hop limit that is below both 32 and millrace.ip.ttl. Routes of millrace.ip win over
                    those.
                    """);

    /** Addresses from prefixes. */
    public static final ConfigKey<Boolean> AUTOCONF = ConfigKey.of(GROUP + ".autoconf", onOff(), true,
            "net.ipv6.conf.*.autoconf", """
                    Make an address of each advertised prefix that is meant for it (RFC 4862 §5.5).
                    """);

    /** How many of those. */
    public static final ConfigKey<Integer> MAX_ADDRESSES = ConfigKey.of(GROUP + ".max-addresses", whole(1, 1_024), 16,
            "net.ipv6.conf.*.max_addresses", """
                    Addresses made of advertised prefixes at the most. Further prefixes are not taken up.
                    """);

    /** Follow redirects. */
    public static final ConfigKey<Boolean> ACCEPT_REDIRECTS = ConfigKey.of(GROUP + ".accept-redirects", onOff(), true,
            "net.ipv6.conf.*.accept_redirects", """
                    Follow redirects (RFC 4861 §8) of the router that a destination is reached through. Those of
                    anybody else are always refused, and those of IPv4 too.
                    """);

    /** Key of interface identifiers. */
    public static final ConfigKey<String> STABLE_SECRET = ConfigKey.of(GROUP + ".stable-secret", text(), "",
            "net.ipv6.conf.*.stable_secret", """
                    Where it is set: addresses that the stack gives itself end with an identifier made of this
                    secret and the prefix (RFC 7217), the same at every start. "" makes them of the MAC.
                    """);

    private Ipv6Keys() {}
}
