package io.millrace.fastpath.wire;

import io.millrace.fastpath.memory.Memory;

/**
 * Messages of Multicast Listener Discovery, versions 1 and 2 (RFC 2710 §3, RFC 3810 §5). Thread: the owner's.
 *
 * <pre>
 *    0       1       2               4               6               8               24      25      26              28
 *   +-------+-------+---------------+---------------+---------------+---------------+-------+-------+---------------+----
 *   | type  |   0   |   checksum    | max response  |   reserved    | group         |S, QRV | QQIC  |    sources    | (v2)
 *   +-------+-------+---------------+---------------+---------------+---------------+-------+-------+---------------+----
 *   |  143  |   0   |   checksum    |   reserved    |    records    | records: type, 0, sources (2), group, sources (v2 report)
 *   +-------+-------+---------------+---------------+---------------+------- - - -
 * </pre>
 */
public final class MldMessage extends MembershipMessage {
    public static final int QUERY = 130;
    public static final int V1_REPORT = 131;
    public static final int V1_DONE = 132;
    public static final int V2_REPORT = 143;

    /** Bytes of every message of version 1. */
    public static final int V1_LENGTH = 24;
    /** Bytes of a version 2 query without sources. */
    public static final int V2_QUERY_LENGTH = 28;
    /** Bytes of a version 2 report without records. */
    public static final int V2_REPORT_LENGTH = 8;
    /** Bytes of a record without sources; its types are those of {@link IgmpMessage}. */
    public static final int RECORD_LENGTH = 20;
    /** Bytes of a source. */
    public static final int ADDRESS_LENGTH = 16;

    private static final int MAX_RESPONSE_OFFSET = 4;
    private static final int RECORDS_OFFSET = 6;
    private static final int GROUP_OFFSET = 8;
    private static final int RECORD_GROUP_OFFSET = 4;

    public MldMessage() {
        super(V1_LENGTH, ADDRESS_LENGTH);
    }

    @Override
    public boolean wrap(final long newAddress, final int available) {
        address = newAddress;
        length = available;
        return available >= V2_REPORT_LENGTH && (type() == V2_REPORT || available >= V1_LENGTH);
    }

    /** Upper half of the group that a query asks about, or that is reported or left by a message of version 1; 0: all. */
    public long groupHi() {
        return Memory.getLongBE(address + GROUP_OFFSET);
    }

    /** Lower half of the same. */
    public long groupLo() {
        return Memory.getLongBE(address + GROUP_OFFSET + 8);
    }

    /** Version of a query, told by its length (RFC 3810 §8.1); 0 where it is none. */
    public int queryVersion() {
        if (type() != QUERY) {
            return 0;
        }
        return length == V1_LENGTH ? 1 : length >= V2_QUERY_LENGTH ? 2 : 0;
    }

    /** How long a query leaves time to answer, in milliseconds (RFC 3810 §5.1.3, RFC 2710 §3.4). */
    public int maxResponseMs() {
        final int code = Memory.getShortBE(address + MAX_RESPONSE_OFFSET);
        return code < 0x8000 || queryVersion() == 1 ? code : (code & 0xFFF | 0x1000) << (code >>> 12 & 7) + 3;
    }

    /** Upper half of a source address of a version 2 query. */
    public long sourceHi(final int index) {
        return Memory.getLongBE(sourceAddress(index));
    }

    /** Lower half of the same. */
    public long sourceLo(final int index) {
        return Memory.getLongBE(sourceAddress(index) + 8);
    }

    /** Writes a report or done of version 1: {@value #V1_LENGTH} bytes; the checksum is left to who sends it. */
    public static void write(final long address, final int type, final long groupHi, final long groupLo) {
        Memory.putIntBE(address, type << 24);
        Memory.putIntBE(address + MAX_RESPONSE_OFFSET, 0);
        Memory.putLongBE(address + GROUP_OFFSET, groupHi);
        Memory.putLongBE(address + GROUP_OFFSET + 8, groupLo);
    }

    /** Begins a version 2 report; {@link #writeRecord}s follow, then {@link #finishReport}. */
    public static void beginReport(final long address) {
        Memory.putIntBE(address, V2_REPORT << 24);
        Memory.putIntBE(address + MAX_RESPONSE_OFFSET, 0);
    }

    /** Writes a group record without its sources, which follow as addresses in network order. */
    public static void writeRecord(final long record, final int recordType, final int sources, final long groupHi,
            final long groupLo) {
        Memory.putIntBE(record, recordType << 24 | sources);
        Memory.putLongBE(record + RECORD_GROUP_OFFSET, groupHi);
        Memory.putLongBE(record + RECORD_GROUP_OFFSET + 8, groupLo);
    }

    /** Stores the number of records. */
    public static void finishReport(final long address, final int records) {
        Memory.putShortBE(address + RECORDS_OFFSET, records);
    }
}
