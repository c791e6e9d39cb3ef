package io.millrace.control.dhcp;

/**
 * What the client asks with. Checked by the configuration, not here.
 *
 * @param link      the link that is asked on, 0 and more.
 * @param mac       link-layer address of the link's device, 48 bits: the client's name.
 * @param hostName  told to the server (RFC 2132 §3.14); empty for none.
 * @param release   give the address back when the stack closes (RFC 2131 §4.4.6).
 */
public record DhcpSettings(int link, long mac, String hostName, boolean release) {}
