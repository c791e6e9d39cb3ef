package io.millrace.fastpath.ip;

/** Kinds of ICMP errors as TCP tells them apart (RFC 9293 §3.9.2.2, RFC 1122 §4.2.3.9). */
public enum IcmpError {
    /** Soft: network, host unreachable, time exceeded: the path may come back. */
    UNREACHABLE,
    /** The host does not answer link-layer resolution: our own finding. */
    NEIGHBOUR_FAILED,
    /** Hard: protocol or port unreachable. */
    REFUSED,
    /** The packet was too large for the path (RFC 1191). */
    FRAGMENTATION_NEEDED;

    private static final IcmpError[] VALUES = values();

    /** The one with this ordinal. */
    public static IcmpError of(final int ordinal) {
        return VALUES[ordinal];
    }
}
