package io.millrace.control.dhcp;

/**
 * What the client asks with. Checked by the configuration, not here.
 *
 * @param mac       link-layer address of the stack's device, 48 bits: the client's name.
 * @param hostName  told to the server (RFC 2132 §3.14); empty for none.
 * @param probes    ARP probes for an address before it is used (RFC 5227 PROBE_NUM), 0 to use it at once.
 * @param announce  announce the address by ARP when it is used (RFC 5227 §2.3).
 * @param release   give the address back when the stack closes (RFC 2131 §4.4.6).
 */
public record DhcpSettings(long mac, String hostName, int probes, boolean announce, boolean release) {}
