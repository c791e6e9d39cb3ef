package io.millrace.fastpath.wire;

import io.millrace.fastpath.memory.Memory;

/**
 * ICMP message for IPv6 (RFC 4443), and the types of Neighbour Discovery (RFC 4861) and MLD (RFC 3810). Thread: the
 * owner's.
 *
 * <pre>
 *    0       1       2               4                               8
 *   +-------+-------+---------------+-------------------------------+------- - - -
 *   | type  | code  |   checksum    | MTU, pointer, identifier ...  | data, or the quoted packet
 *   +-------+-------+---------------+-------------------------------+------- - - -
 * </pre>
 */
public final class Icmpv6Header extends IcmpHeader {
    public static final int DESTINATION_UNREACHABLE = 1;
    public static final int PACKET_TOO_BIG = 2;
    public static final int TIME_EXCEEDED = 3;
    public static final int PARAMETER_PROBLEM = 4;
    public static final int ECHO_REQUEST = 128;
    public static final int ECHO_REPLY = 129;
    public static final int MLD_QUERY = 130;
    public static final int MLD_REPORT = 131;
    public static final int MLD_DONE = 132;
    public static final int ROUTER_SOLICITATION = 133;
    public static final int ROUTER_ADVERTISEMENT = 134;
    public static final int NEIGHBOUR_SOLICITATION = 135;
    public static final int NEIGHBOUR_ADVERTISEMENT = 136;
    public static final int REDIRECT = 137;
    public static final int MLD_V2_REPORT = 143;

    /** Codes of {@link #DESTINATION_UNREACHABLE}. */
    public static final int NO_ROUTE = 0;
    public static final int ADMIN_PROHIBITED = 1;
    public static final int ADDRESS_UNREACHABLE = 3;
    public static final int PORT_UNREACHABLE = 4;

    /** Codes of {@link #TIME_EXCEEDED}. */
    public static final int HOP_LIMIT_EXCEEDED = 0;
    public static final int REASSEMBLY_TIME_EXCEEDED = 1;

    /** Codes of {@link #PARAMETER_PROBLEM}. */
    public static final int ERRONEOUS_HEADER = 0;
    public static final int UNKNOWN_NEXT_HEADER = 1;
    public static final int UNKNOWN_OPTION = 2;
    /** The first fragment does not hold the whole chain of headers (RFC 7112 §5). */
    public static final int INCOMPLETE_CHAIN = 3;

    private static final int FIRST_INFORMATIONAL = 128;

    /** True for messages about a packet: they quote it, and no error message may answer them (RFC 4443 §2.4(e)). */
    public static boolean isError(final int type) {
        return type < FIRST_INFORMATIONAL;
    }

    /** True for the messages of Neighbour Discovery, which come from the same link or are forged (RFC 4861 §11.2). */
    public static boolean isNeighbourDiscovery(final int type) {
        return type >= ROUTER_SOLICITATION && type <= REDIRECT;
    }

    /** True for the messages of MLD, both versions. */
    public static boolean isMulticastListener(final int type) {
        return type >= MLD_QUERY && type <= MLD_DONE || type == MLD_V2_REPORT;
    }

    /** True where the checksum over pseudo-header and message is right (RFC 4443 §2.3). */
    public boolean checksumValid(final long sourceHi, final long sourceLo, final long destinationHi,
            final long destinationLo) {
        return sum(sourceHi, sourceLo, destinationHi, destinationLo) == 0;
    }

    /** Sums the whole message as it stands and stores the checksum. */
    public Icmpv6Header updateChecksum(final long sourceHi, final long sourceLo, final long destinationHi,
            final long destinationLo) {
        Memory.putShortBE(address + CHECKSUM_OFFSET, 0);
        Memory.putShortBE(address + CHECKSUM_OFFSET, sum(sourceHi, sourceLo, destinationHi, destinationLo));
        return this;
    }

    /** Of {@link #PACKET_TOO_BIG}: what fits the link, in bytes of IP packet; unsigned, and not to be trusted. */
    public int mtu() {
        return Memory.getIntBE(address + REST_OFFSET);
    }

    /** Of {@link #PARAMETER_PROBLEM}: which byte of the quoted packet it is about. */
    public int pointer() {
        return Memory.getIntBE(address + REST_OFFSET);
    }

    private int sum(final long sourceHi, final long sourceLo, final long destinationHi, final long destinationLo) {
        return Checksum.finish(Checksum.sum(address, length, Checksum.pseudoHeaderV6(sourceHi, sourceLo, destinationHi,
                destinationLo, IpProtocol.ICMPV6, length)));
    }

    @Override
    public String toString() {
        return "ICMP6 " + body() + ", length " + length;
    }

    private String body() {
        return switch (type()) {
            case DESTINATION_UNREACHABLE -> "unreachable, code " + code();
            case PACKET_TOO_BIG -> "packet too big, mtu " + Integer.toUnsignedString(mtu());
            case TIME_EXCEEDED ->
                code() == HOP_LIMIT_EXCEEDED ? "time exceeded in-transit" : "reassembly time exceeded";
            case PARAMETER_PROBLEM -> "parameter problem, code " + code() + " - octet "
                    + Integer.toUnsignedString(pointer());
            case ECHO_REQUEST -> "echo request";
            case ECHO_REPLY -> "echo reply";
            case ROUTER_SOLICITATION -> "router solicitation";
            case ROUTER_ADVERTISEMENT -> "router advertisement";
            case NEIGHBOUR_SOLICITATION -> "neighbor solicitation";
            case NEIGHBOUR_ADVERTISEMENT -> "neighbor advertisement";
            default -> "type " + type() + ", code " + code();
        };
    }
}
