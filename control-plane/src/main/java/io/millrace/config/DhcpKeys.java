package io.millrace.config;

import static io.millrace.config.ValueTypes.hostName;
import static io.millrace.config.ValueTypes.onOff;
import static io.millrace.config.ValueTypes.optional;

import java.util.Optional;

/** {@code millrace.ip.dhcp...}: the DHCP client (RFC 2131). */
public final class DhcpKeys {
    /** Ask for an address. */
    public static final ConfigKey<Boolean> DHCP = ConfigKey.of(IpKeys.GROUP + ".dhcp", onOff(), false,
            "systemd-networkd DHCP=ipv4, dhclient", """
                    Lease an IPv4 address, with its network and routes, from a DHCP server (RFC 2131). Addresses need
                    not be set then, and those that are stay beside it. When a lease is lost, connections that use
                    its address end with an error that says so.
                    """);

    /** Give it back. */
    public static final ConfigKey<Boolean> RELEASE = ConfigKey.of(IpKeys.GROUP + ".dhcp-release", onOff(), true,
            "systemd-networkd SendRelease=", """
                    Give the leased address back when the stack closes. Off keeps it for this stack's next start, as
                    far as the server remembers.
                    """);

    /** Look whether somebody has it. */
    public static final ConfigKey<Boolean> PROBE = ConfigKey.of(IpKeys.GROUP + ".dhcp-probe", onOff(), true,
            "systemd-networkd IPv4DuplicateAddressDetection for DHCP", """
                    Ask by ARP whether another host has the leased address before it is used (RFC 5227 §2.1), which
                    takes four to seven seconds. Where one has, the lease is declined. Off uses the address at once.
                    """);

    /** Name for the server. */
    public static final ConfigKey<Optional<String>> HOST_NAME = ConfigKey.of(IpKeys.GROUP + ".dhcp-host-name",
            optional(hostName()), Optional.empty(), "systemd-networkd Hostname=", """
                    Name that the DHCP server is told, e.g. for its DNS. "" tells none.
                    """);

    private DhcpKeys() {}
}
