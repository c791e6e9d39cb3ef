package io.millrace.fastpath.wire;

/** Protocol numbers of the IPv4 protocol field and the IPv6 next-header field (IANA "Protocol Numbers"). */
public final class IpProtocol {
    /** IPv6 hop-by-hop options. */
    public static final int HOP_BY_HOP = 0;
    public static final int ICMP = 1;
    public static final int IGMP = 2;
    public static final int TCP = 6;
    public static final int UDP = 17;
    /** IPv6 routing header. */
    public static final int IPV6_ROUTE = 43;
    /** IPv6 fragment header. */
    public static final int IPV6_FRAGMENT = 44;
    public static final int ICMPV6 = 58;
    /** IPv6: nothing follows. */
    public static final int IPV6_NO_NEXT_HEADER = 59;
    /** IPv6 destination options. */
    public static final int IPV6_DESTINATION_OPTIONS = 60;

    private IpProtocol() {}

    /** Text for people, e.g. {@code "TCP"}; {@code "unknown"} where this stack has no name for it. */
    public static String name(final int protocol) {
        return switch (protocol) {
            case HOP_BY_HOP -> "hop-by-hop";
            case ICMP -> "ICMP";
            case IGMP -> "IGMP";
            case TCP -> "TCP";
            case UDP -> "UDP";
            case IPV6_ROUTE -> "route";
            case IPV6_FRAGMENT -> "fragment";
            case ICMPV6 -> "ICMPv6";
            case IPV6_NO_NEXT_HEADER -> "none";
            case IPV6_DESTINATION_OPTIONS -> "destination-options";
            default -> "unknown";
        };
    }
}
