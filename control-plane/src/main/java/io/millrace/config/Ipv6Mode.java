package io.millrace.config;

/** Whether a stack speaks IPv6. */
public enum Ipv6Mode {
    /** Where one of its configured addresses, prefixes or routes is one of IPv6. */
    AUTO,
    /** Also without: it has a link-local address, and those that it makes of advertised prefixes. */
    ON,
    /** Not at all. */
    OFF
}
