package io.millrace.control.counters;

import java.util.Locale;

/** What the control plane counts. Label and documentation are one text. */
public enum ControlCounter {
    /** Frames that a trunk carries for others. */
    VLAN_OTHERS("frames dropped: of another VLAN than millrace.port.vlan, or of none"),
    /** ARP requests sent, probes included. */
    ARP_REQUESTS_SENT("ARP requests sent, probes and announcements included"),
    /** ARP replies sent. */
    ARP_REPLIES_SENT("ARP replies sent"),
    /** ARP packets from hosts and for addresses that are not our business. */
    ARP_IGNORED("ARP packets not for us and from no neighbour that we asked for"),
    /** ARP packets with an impossible sender. */
    ARP_INVALID("ARP packets whose sender is no unicast address"),
    /** Somebody else uses an own address. */
    ADDRESS_CONFLICTS("ARP and ND messages in which another host claims one of our addresses (RFC 5227)"),
    /** An own address was given up. */
    ADDRESSES_GIVEN_UP("own addresses given up because another host claimed them, as configured"),
    /** A tentative address was taken. */
    DUPLICATE_ADDRESSES("addresses never used because another host had them (duplicate address detection)"),
    /** Neighbour solicitations sent. */
    ND_SOLICITATIONS_SENT("neighbour solicitations sent (IPv6), duplicate address detection included"),
    /** Neighbour advertisements sent. */
    ND_ADVERTISEMENTS_SENT("neighbour advertisements sent (IPv6)"),
    /** Of no interest. */
    ND_IGNORED("neighbour advertisements of hosts that we did not ask for"),
    /** Malformed. */
    ND_INVALID("messages of Neighbour Discovery that are malformed (RFC 4861 §6.1, §7.1, §8.1)"),
    /** Router solicitations sent. */
    ROUTER_SOLICITATIONS_SENT("router solicitations sent (IPv6)"),
    /** Router advertisements. */
    ROUTER_ADVERTISEMENTS_RECEIVED("router advertisements received (IPv6)"),
    /** What a router says would keep packets from getting far. */
    ROUTER_HOP_LIMITS_REFUSED("hop limits of router advertisements not taken: too small to get far with (IPv6)"),
    /** A better hop was named. */
    REDIRECTS_FOLLOWED("redirects of the router in use that were followed (IPv6)"),
    /** By nobody, or nobody asked. */
    REDIRECTS_REFUSED("redirects refused: not from the router in use, or not wanted (IPv6)"),
    /** A neighbour got another link-layer address. */
    NEIGHBOURS_CHANGED("neighbours whose link-layer address changed"),
    /** A neighbour did not answer. */
    NEIGHBOURS_FAILED("neighbours that did not answer"),
    /** An entry was given up for a newer one. */
    NEIGHBOURS_EVICTED("unused neighbours forgotten to make room"),
    /** No room for another neighbour. */
    NEIGHBOUR_CACHE_FULL("neighbours not asked for: the table is full of neighbours in use"),
    /** Queries of multicast routers. */
    IGMP_QUERIES_RECEIVED("IGMP queries received"),
    /** Reports of others that spare us ours. */
    IGMP_REPORTS_HEARD("IGMP reports of other hosts about groups of ours (before version 3: one is enough)"),
    /** Of no interest. */
    IGMP_IGNORED("IGMP messages ignored: of no interest, or malformed"),
    /** Reports sent. */
    IGMP_REPORTS_SENT("IGMP reports sent"),
    /** Leaves sent. */
    IGMP_LEAVES_SENT("IGMP leave messages sent"),
    /** Messages of the DHCP client. */
    DHCP_SENT("DHCP messages sent"),
    /** Of no interest. */
    DHCP_IGNORED("DHCP messages ignored: malformed, for another client, too late, or unusable"),
    /** Leases made or prolonged. */
    DHCP_LEASES("DHCP leases made or prolonged"),
    /** Refusals. */
    DHCP_REFUSED("DHCP requests that a server refused (NAK)"),
    /** Leased to two. */
    DHCP_DECLINED("DHCP leases declined: another host has the address"),
    /** Leases over. */
    DHCP_EXPIRED("DHCP leases that expired: no server answered in time"),
    /** Queries of multicast routers. */
    MLD_QUERIES_RECEIVED("MLD queries received"),
    /** Reports of others that spare us ours. */
    MLD_REPORTS_HEARD("MLD reports of other hosts about groups of ours (before version 2: one is enough)"),
    /** Of no interest. */
    MLD_IGNORED("MLD messages ignored: of no interest, not from the link, or malformed"),
    /** Reports sent. */
    MLD_REPORTS_SENT("MLD reports sent"),
    /** Leaves sent. */
    MLD_DONES_SENT("MLD done messages sent"),
    /** A handshake met a full accept queue. */
    LISTEN_OVERFLOWS("SYNs and handshakes dropped: the accept queue was full (Linux: ListenOverflows)"),
    /** Any drop at a listener. */
    LISTEN_DROPS("SYNs and handshakes dropped at listeners, for any reason (Linux: ListenDrops)"),
    /** A SYN met a full SYN queue. */
    SYN_QUEUE_FULL("SYNs dropped: the SYN queue was full (Linux: TCPReqQFullDrop)"),
    /** Connections put into accept queues. */
    CONNECTIONS_QUEUED("connections put into accept queues"),
    /** Connections taken by applications. */
    CONNECTIONS_ACCEPTED("connections accepted by applications"),
    /** Connections that died in an accept queue. */
    DEAD_BEFORE_ACCEPT("connections that died before they were accepted"),
    /** A command had to wait. */
    COMMANDS_DEFERRED("commands that found an engine's ring full and were tried again"),
    /** A command was lost. */
    COMMANDS_REFUSED(
            "commands lost: an engine's ring was full, and ARP, IGMP, ICMPv6 and DHCP do not wait, or too many others did"),
    /** A defect. */
    CONTROL_EXCEPTIONS("exceptions caught in the control agent: defects, please report");

    private static final ControlCounter[] VALUES = values();

    private final String text;

    ControlCounter(final String text) {
        this.text = text;
    }

    /** One line of documentation. */
    public String text() {
        return text;
    }

    /** The name as shown to users, e.g. {@code ListenOverflows}. */
    public String label() {
        final StringBuilder label = new StringBuilder();
        for (final String word : name().split("_")) {
            label.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return label.toString();
    }

    static int count() {
        return VALUES.length;
    }
}
