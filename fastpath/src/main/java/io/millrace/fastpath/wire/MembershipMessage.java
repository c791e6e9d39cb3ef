package io.millrace.fastpath.wire;

import io.millrace.fastpath.memory.Memory;

/**
 * What the messages of IGMP and MLD have in common: the newest version of a query ends in the same fields, behind the group
 * (RFC 3376 §4.1, RFC 3810 §5.1). Thread: the owner's.
 *
 * <pre>
 *    0       1       2               4
 *   +-------+-------+---------------+------- - - -
 *   |S, QRV | QQIC  |    sources    | source addresses
 *   +-------+-------+---------------+------- - - -
 * </pre>
 */
public abstract sealed class MembershipMessage permits IgmpMessage, MldMessage {
    private static final int INTERVAL_OFFSET = 1;
    private static final int SOURCES_OFFSET = 2;
    private static final int ADDRESSES_OFFSET = 4;
    private static final int ROBUSTNESS_MASK = 7;

    private final int tail;
    private final int addressLength;
    long address;
    int length;

    /**
     * @param tail          where those fields begin, in bytes from the message's start.
     * @param addressLength bytes of a source.
     */
    MembershipMessage(final int tail, final int addressLength) {
        this.tail = tail;
        this.addressLength = addressLength;
    }

    /**
     * @param available bytes of the whole message.
     * @return false where it is shorter than what every such message has. The checksum is not looked at.
     */
    public abstract boolean wrap(long newAddress, int available);

    public final int type() {
        return Memory.getUnsignedByte(address);
    }

    /** Of a query of the newest version: how often to repeat what may be lost; 0: the querier does not say. */
    public final int robustness() {
        return Memory.getUnsignedByte(address + tail) & ROBUSTNESS_MASK;
    }

    /** Of a query of the newest version: seconds between two general queries; 0: the querier does not say. */
    public final int queryIntervalSeconds() {
        return decode(Memory.getUnsignedByte(address + tail + INTERVAL_OFFSET));
    }

    /** Sources that a query of the newest version names; -1 where the message is too short for as many as it claims. */
    public final int sources() {
        final int count = Memory.getShortBE(address + tail + SOURCES_OFFSET);
        return tail + ADDRESSES_OFFSET + count * addressLength <= length ? count : -1;
    }

    /** Where a source address of a query of the newest version lies. */
    final long sourceAddress(final int index) {
        return address + tail + ADDRESSES_OFFSET + (long) index * addressLength;
    }

    /** A byte from 128 on is a floating-point number (RFC 3376 §4.1.1, §4.1.7, RFC 3810 §5.1.9). */
    static int decode(final int code) {
        return code < 128 ? code : (code & 0xF | 0x10) << (code >>> 4 & 7) + 3;
    }
}
