package io.millrace.fastpath.wire;

import io.millrace.fastpath.memory.Memory;

/**
 * IGMP messages of all three versions (RFC 1112 appendix I, RFC 2236 §2, RFC 3376 §4). Thread: the owner's.
 *
 * <pre>
 *    0       1       2               4               8       9       10              12
 *   +-------+-------+---------------+---------------+-------+-------+---------------+------- - - -
 *   | type  | code  |   checksum    |     group     |S, QRV | QQIC  |    sources    | source addresses (v3 query)
 *   +-------+-------+---------------+---------------+-------+-------+---------------+------- - - -
 *   |  34   |   0   |   checksum    |   0   |records| group records                 (v3 report)
 *   +-------+-------+---------------+---------------+------- - - -
 * </pre>
 */
public final class IgmpMessage extends MembershipMessage {
    /** Bytes of the shortest message. */
    public static final int MIN_LENGTH = 8;
    /** Bytes of a version 3 query without sources. */
    public static final int V3_QUERY_LENGTH = 12;
    /** Bytes of a group record without sources. */
    public static final int RECORD_LENGTH = 8;

    public static final int QUERY = 0x11;
    public static final int V1_REPORT = 0x12;
    public static final int V2_REPORT = 0x16;
    public static final int V2_LEAVE = 0x17;
    public static final int V3_REPORT = 0x22;

    /** Types of group records (RFC 3376 §4.2.12). */
    public static final int MODE_IS_INCLUDE = 1;
    public static final int MODE_IS_EXCLUDE = 2;
    public static final int CHANGE_TO_INCLUDE = 3;
    public static final int CHANGE_TO_EXCLUDE = 4;
    public static final int ALLOW_NEW_SOURCES = 5;
    public static final int BLOCK_OLD_SOURCES = 6;

    private static final int CODE_OFFSET = 1;
    private static final int CHECKSUM_OFFSET = 2;
    private static final int GROUP_OFFSET = 4;
    private static final int RECORDS_OFFSET = 6;
    private static final int ADDRESS_LENGTH = 4;

    public IgmpMessage() {
        super(MIN_LENGTH, ADDRESS_LENGTH);
    }

    @Override
    public boolean wrap(final long newAddress, final int available) {
        address = newAddress;
        length = available;
        return available >= MIN_LENGTH;
    }

    /** The group that a query asks about, or that is reported or left by a message before version 3; 0: all. */
    public int group() {
        return Memory.getIntBE(address + GROUP_OFFSET);
    }

    /** Version of a query, told by its length and code (RFC 3376 §7.1); 0 where it is none. */
    public int queryVersion() {
        if (type() != QUERY) {
            return 0;
        }
        if (length == MIN_LENGTH) {
            return code() == 0 ? 1 : 2;
        }
        return length >= V3_QUERY_LENGTH ? 3 : 0;
    }

    /** How long a query leaves time to answer, in tenths of a second; version 3 (RFC 3376 §4.1.1). */
    public int maxResponseTenths() {
        return queryVersion() == 3 ? decode(code()) : code();
    }

    /** A source address of a version 3 query, in host order. */
    public int source(final int index) {
        return Memory.getIntBE(sourceAddress(index));
    }

    private int code() {
        return Memory.getUnsignedByte(address + CODE_OFFSET);
    }

    /** Writes a report or leave of version 1 or 2: {@value #MIN_LENGTH} bytes. */
    public static void write(final long address, final int type, final int group) {
        Memory.putIntBE(address, type << 24);
        Memory.putIntBE(address + GROUP_OFFSET, group);
        finish(address, MIN_LENGTH);
    }

    /** Begins a version 3 report: {@value #MIN_LENGTH} bytes, then {@link #writeRecord}s, then {@link #finishReport}. */
    public static void beginReport(final long address) {
        Memory.putIntBE(address, V3_REPORT << 24);
        Memory.putIntBE(address + GROUP_OFFSET, 0);
    }

    /**
     * Writes a group record without its sources, which follow as addresses in network order.
     *
     * @param recordType one of the constants.
     */
    public static void writeRecord(final long record, final int recordType, final int sources, final int group) {
        Memory.putIntBE(record, recordType << 24 | sources);
        Memory.putIntBE(record + GROUP_OFFSET, group);
    }

    /** Stores the number of records and the checksum. */
    public static void finishReport(final long address, final int records, final int length) {
        Memory.putShortBE(address + RECORDS_OFFSET, records);
        finish(address, length);
    }

    private static void finish(final long address, final int length) {
        Memory.putShortBE(address + CHECKSUM_OFFSET, 0);
        Memory.putShortBE(address + CHECKSUM_OFFSET, Checksum.of(address, length));
    }

    @Override
    public String toString() {
        final String group = IpAddress.toString(0, IpAddress.v4(group()));
        return switch (type()) {
            case QUERY -> "IGMP v" + queryVersion() + " query " + group;
            case V1_REPORT -> "IGMP v1 report " + group;
            case V2_REPORT -> "IGMP v2 report " + group;
            case V2_LEAVE -> "IGMP v2 leave " + group;
            case V3_REPORT -> "IGMP v3 report, " + Memory.getShortBE(address + RECORDS_OFFSET) + " group record(s)";
            default -> "IGMP type " + type();
        };
    }
}
