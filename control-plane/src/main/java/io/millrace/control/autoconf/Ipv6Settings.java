package io.millrace.control.autoconf;

/**
 * What an IPv6 host believes of what routers say. Checked by the configuration, not here.
 *
 * @param acceptAdvertisements true where router advertisements are heeded (Linux accept_ra).
 * @param autoconfigure        true where addresses are made of advertised prefixes (Linux autoconf).
 * @param acceptRedirects      true where redirects of the router in use are heeded (Linux accept_redirects).
 * @param maxAddresses         addresses made of advertised prefixes, at the most (Linux max_addresses).
 * @param detectDuplicates     true where an address is tried before it is used.
 * @param stableSecret         key of opaque interface identifiers (RFC 7217); empty: they are made of the MAC (RFC 4291
 *                             appendix A).
 */
public record Ipv6Settings(boolean acceptAdvertisements, boolean autoconfigure, boolean acceptRedirects,
        int maxAddresses, boolean detectDuplicates, String stableSecret) {
    /** As Linux has it. */
    public static final Ipv6Settings DEFAULT = new Ipv6Settings(true, true, true, 16, true, "");
}
