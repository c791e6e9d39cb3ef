package io.millrace.fastpath.wire;

import io.millrace.fastpath.memory.Memory;

/**
 * What a message of ICMP is for either version of IP (RFC 792, RFC 4443 §2.1). Thread: the owner's.
 *
 * <pre>
 *    0       1       2               4                               8
 *   +-------+-------+---------------+-------------------------------+------- - - -
 *   | type  | code  |   checksum    | by type                       | data, or the quoted packet
 *   +-------+-------+---------------+-------------------------------+------- - - -
 * </pre>
 */
public abstract sealed class IcmpHeader permits Icmpv4Header, Icmpv6Header {
    /** Bytes of the header. */
    public static final int LENGTH = 8;
    public static final int TYPE_OFFSET = 0;
    public static final int CODE_OFFSET = 1;
    public static final int CHECKSUM_OFFSET = 2;
    public static final int REST_OFFSET = 4;

    long address;
    int length;

    IcmpHeader() {}

    /**
     * @param available bytes of the whole message, the IP payload.
     * @return false where that is shorter than the header.
     */
    public final boolean wrap(final long newAddress, final int available) {
        address = newAddress;
        length = available;
        return available >= LENGTH;
    }

    /**
     * Writes a whole header with checksum 0.
     *
     * @param rest the four bytes after the checksum: identifier and sequence, or MTU, or pointer (of IPv4: in its upper
     *             byte).
     */
    public static void write(final long address, final int type, final int code, final int rest) {
        Memory.putIntBE(address, (type & 0xFF) << 24 | (code & 0xFF) << 16);
        Memory.putIntBE(address + REST_OFFSET, rest);
    }

    public final long address() {
        return address;
    }

    /** Bytes of the whole message. */
    public final int length() {
        return length;
    }

    public final int type() {
        return Memory.getUnsignedByte(address + TYPE_OFFSET);
    }

    public final int code() {
        return Memory.getUnsignedByte(address + CODE_OFFSET);
    }

    public final int checksum() {
        return Memory.getShortBE(address + CHECKSUM_OFFSET);
    }

    /** Of an error message: where the quoted packet begins, with its IP header; of an echo: where the data begin. */
    public final long embeddedAddress() {
        return address + LENGTH;
    }

    /** Bytes after the header. The quoted packet's own length fields may say more than was quoted. */
    public final int embeddedLength() {
        return length - LENGTH;
    }
}
