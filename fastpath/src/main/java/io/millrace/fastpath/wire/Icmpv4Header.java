package io.millrace.fastpath.wire;

import io.millrace.fastpath.memory.Memory;

/**
 * ICMP message for IPv4 (RFC 792, RFC 1191, RFC 1812 §5.2.7). Thread: the owner's.
 *
 * <pre>
 *    0       1       2               4                               8
 *   +-------+-------+---------------+---------------+---------------+------- - - -
 *   | type  | code  |   checksum    |  identifier   | sequence, MTU | data, or the quoted packet
 *   +-------+-------+---------------+---------------+---------------+------- - - -
 * </pre>
 */
public final class Icmpv4Header extends IcmpHeader {
    public static final int IDENTIFIER_OFFSET = 4;
    public static final int POINTER_OFFSET = 4;
    public static final int SEQUENCE_OFFSET = 6;
    public static final int MTU_OFFSET = 6;

    public static final int ECHO_REPLY = 0;
    public static final int DESTINATION_UNREACHABLE = 3;
    public static final int ECHO_REQUEST = 8;
    public static final int TIME_EXCEEDED = 11;
    public static final int PARAMETER_PROBLEM = 12;

    /** Codes of {@link #DESTINATION_UNREACHABLE}. */
    public static final int NET_UNREACHABLE = 0;
    public static final int HOST_UNREACHABLE = 1;
    public static final int PROTOCOL_UNREACHABLE = 2;
    public static final int PORT_UNREACHABLE = 3;
    /** The packet was too long for a link and must not be fragmented: {@link #mtu()}. */
    public static final int FRAGMENTATION_NEEDED = 4;
    public static final int SOURCE_ROUTE_FAILED = 5;
    public static final int NET_PROHIBITED = 9;
    public static final int HOST_PROHIBITED = 10;
    public static final int ADMIN_PROHIBITED = 13;

    /** Codes of {@link #TIME_EXCEEDED}. */
    public static final int TTL_EXCEEDED = 0;
    public static final int REASSEMBLY_TIME_EXCEEDED = 1;

    private static final int SOURCE_QUENCH = 4;
    private static final int REDIRECT = 5;

    /** For writing a fresh header without data; the caller knows that there is room. */
    public Icmpv4Header wrapUnchecked(final long address) {
        return wrapUnchecked(address, LENGTH);
    }

    /** For writing a fresh message of so many bytes, header included. */
    public Icmpv4Header wrapUnchecked(final long address, final int length) {
        this.address = address;
        this.length = length;
        return this;
    }

    public Icmpv4Header type(final int type) {
        Memory.putByte(address + TYPE_OFFSET, type);
        return this;
    }

    public Icmpv4Header code(final int code) {
        Memory.putByte(address + CODE_OFFSET, code);
        return this;
    }

    public Icmpv4Header checksum(final int checksum) {
        Memory.putShortBE(address + CHECKSUM_OFFSET, checksum);
        return this;
    }

    /** True where the checksum over the whole message is right. */
    public boolean checksumValid() {
        return Checksum.of(address, length) == 0;
    }

    /** Sums the whole message as it stands and stores the checksum. */
    public Icmpv4Header updateChecksum() {
        return checksum(0).checksum(Checksum.of(address, length));
    }

    /** Of an echo request or reply. */
    public int identifier() {
        return Memory.getShortBE(address + IDENTIFIER_OFFSET);
    }

    public Icmpv4Header identifier(final int identifier) {
        Memory.putShortBE(address + IDENTIFIER_OFFSET, identifier);
        return this;
    }

    /** Of an echo request or reply. */
    public int sequence() {
        return Memory.getShortBE(address + SEQUENCE_OFFSET);
    }

    public Icmpv4Header sequence(final int sequence) {
        Memory.putShortBE(address + SEQUENCE_OFFSET, sequence);
        return this;
    }

    /** Of fragmentation needed: what fits the link, in bytes of IP packet; 0 from routers older than RFC 1191. */
    public int mtu() {
        return Memory.getShortBE(address + MTU_OFFSET);
    }

    public Icmpv4Header mtu(final int mtu) {
        Memory.putShortBE(address + MTU_OFFSET, mtu);
        return this;
    }

    /** Of a parameter problem: which byte of the quoted packet it is about. */
    public int pointer() {
        return Memory.getUnsignedByte(address + POINTER_OFFSET);
    }

    /** True for messages about a packet: they quote it, and no error message may answer them (RFC 1122 §3.2.2). */
    public boolean isError() {
        final int type = type();
        return type == DESTINATION_UNREACHABLE || type == TIME_EXCEEDED || type == PARAMETER_PROBLEM
                || type == SOURCE_QUENCH || type == REDIRECT;
    }

    @Override
    public String toString() {
        return "ICMP " + body() + ", length " + length;
    }

    private String body() {
        return switch (type()) {
            case ECHO_REQUEST -> "echo request, id " + identifier() + ", seq " + sequence();
            case ECHO_REPLY -> "echo reply, id " + identifier() + ", seq " + sequence();
            case DESTINATION_UNREACHABLE -> unreachableText(code());
            case TIME_EXCEEDED -> code() == TTL_EXCEEDED ? "time exceeded in-transit" : "reassembly time exceeded";
            case PARAMETER_PROBLEM -> "parameter problem - octet " + pointer();
            default -> "type " + type() + ", code " + code();
        };
    }

    private String unreachableText(final int code) {
        return switch (code) {
            case NET_UNREACHABLE -> "net unreachable";
            case HOST_UNREACHABLE -> "host unreachable";
            case PROTOCOL_UNREACHABLE -> "protocol unreachable";
            case PORT_UNREACHABLE -> "port unreachable";
            case FRAGMENTATION_NEEDED -> "unreachable - need to frag (mtu " + mtu() + ")";
            case SOURCE_ROUTE_FAILED -> "unreachable - source route failed";
            case NET_PROHIBITED -> "net prohibited";
            case HOST_PROHIBITED -> "host prohibited";
            case ADMIN_PROHIBITED -> "unreachable - admin prohibited";
            default -> "unreachable, code " + code;
        };
    }
}
